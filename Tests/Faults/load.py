"""Mixed load from several threads, each answer held against the model while it runs.

`OPERATIONS` is the table of what is done to the bucket without versions; versioned.py has that of the other one.
"""

import random

from history import VERSIONED_KEYS
from model import Model
from objects import Unknown
from operations import (
    copy,
    delete,
    delete_several,
    get,
    get_tags,
    head_only,
    list_some,
    post_form,
    put,
    put_cut_off,
    put_if_absent,
    put_if_match,
    put_if_other,
    put_tags,
    put_unheard,
    upload_in_parts,
)
from versioned import versioned_workers
from workers import Crowd, Operation, Worker, may_be_busy

OPERATIONS = [
    Operation("PUT", 28, put),
    Operation("DELETE", 14, delete),
    Operation("POST form", 10, post_form),
    Operation("COPY", 10, copy),
    Operation("multipart upload", 9, upload_in_parts),
    Operation("tags", 7, put_tags),
    Operation("DeleteObjects", 3, delete_several),
    Operation("PUT if absent", 7, put_if_absent),
    Operation("PUT if match", 5, put_if_match),
    Operation("PUT if another's tag", 4, put_if_other, changes=False),
    Operation("GET", 12, get, changes=False),
    Operation("HEAD", 5, head_only, changes=False),
    Operation("GET tags", 3, get_tags, changes=False),
    Operation("LIST", 5, list_some, changes=False),
    Operation("PUT cut off", 3, put_cut_off, changes=False),
    Operation("PUT unheard", 1, put_unheard, changes=False),
]


def key_families(count):
    """Keys of every kind of place (storage/README.md, "Keys"), as (families owned by one worker each, shared keys).

    Keys of one family stand in each other's way on disk and are dealt to different workers.
    """
    owned, obstructing = [], []
    for i in range(count):
        owned += [f"plain{i}", f"deep/er/{i}/k", f"deep/er/{i}/l", f"trailing{i}/", f"double//{i}"]
        obstructing += [f"o{i}", f"o{i}/b", f"o{i}/b/c", f"o{i}/", f"o{i}//b"]
    owned += [
        "x/../y",
        "x/./y",
        ".nfs0001",
        "lost+found/x",
        "a&b<c>\"d'%41+ é\u0301\u00e9😀",
        "e\u0301",
        "\u00e9",
        "n" * 255,
        "n" * 256,
        "long/" + "n" * 1019,
        "/".join(["n" * 255] * 4) + "x",
        '"\\' * 512,
        "s/" * 63 + "natural",
        "s/" * 64 + "escaped",
        "tab\tkey",
    ]
    shared = [f"shared/{i}" for i in range(max(2, count // 2))] + ["shared//escaped"]
    return owned, obstructing, shared


def stocked(server, count):
    """The keys for a load, and a model of both buckets of a new server."""
    families = key_families(count)
    model = Model([key for family in families for key in family], versioned=VERSIONED_KEYS)
    model.history.make(server)
    return families, model


class PlainWorker(Worker):
    """A worker on the bucket without versions: some keys are its own, some everybody's."""

    operations = OPERATIONS

    def current(self, key):
        states = self.model.states(key)
        if key in self.shared or len(states) != 1:
            raise Unknown(key)
        return next(iter(states))

    def begin_store(self, key, version):
        return self.model.begin(key, version)

    begin_alteration = begin_store

    def begin_delete(self, key):
        return self.model.begin(key, None)

    def acknowledge(self, change, answer, id=None):
        self.model.acknowledge(change, answer)


class Load(Crowd):
    """Workers on one server, on both buckets if the model has two.

    `seed` makes what they send, though not when, the same again.
    """

    def __init__(self, server, families, model, seed, workers=16, count=100_000, may_fail=may_be_busy):
        owned, obstructing, shared = families
        rng = random.Random(seed)
        dealt = [[] for _ in range(workers)]
        for position, key in enumerate([*owned, *obstructing]):
            dealt[position % workers].append(key)
        assert all(dealt), "more workers than keys"
        made = [PlainWorker(server, model, own, shared, rng.getrandbits(64), count, may_fail) for own in dealt]
        if model.history:
            made += versioned_workers(server, model.history, rng.getrandbits(64), count, may_fail)
        super().__init__(made)


def said(counts):
    """Counts of acknowledged changes as a text."""
    per_bucket = {}
    for (bucket, name), count in counts.most_common():
        per_bucket.setdefault(bucket, []).append(f"{name} {count}")
    details = "; ".join(f"{bucket}: {', '.join(names)}" for bucket, names in sorted(per_bucket.items()))
    return f"{counts.total()} acknowledged changes ({details})"

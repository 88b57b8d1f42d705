"""Mixed load from several threads, each answer held against the model while it runs.

`OPERATIONS` is the table of what is done, `NOT_YET` that of what the server does not offer yet: an entry of the second
becomes one of the first on the day its probe is answered otherwise, and test_model.py fails until it does.
"""

import random
import threading
import time
from dataclasses import dataclass
from typing import Callable

from model import META, Version, head, md5, read, shown
from traffic import Client, Gone, list_page

SIZES = [0, 1, 100, 100, 5_000, 5_000, 65_536, 70_000, 300_000]


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
        "\"\\" * 512,
        "s/" * 63 + "natural",
        "s/" * 64 + "escaped",
        "tab\tkey",
    ]
    shared = [f"shared/{i}" for i in range(max(2, count // 2))] + ["shared//escaped"]
    return owned, obstructing, shared


@dataclass(frozen=True)
class Operation:
    """One kind of request; `run` sends it for a worker and a key."""

    name: str
    weight: int
    run: Callable


@dataclass(frozen=True)
class Offer:
    """A kind of request that the server may not offer; `probe` sends one and returns the answer."""

    name: str
    probe: Callable


class Contradiction(Exception):
    """An answer that the model rules out."""


class Worker(threading.Thread):
    """Sends requests until the server is gone, `count` of them are sent, or it is told to stop."""

    def __init__(self, server, model, own, shared, seed, count, may_fail):
        super().__init__(daemon=True)
        self.client = Client(server)
        self.model = model
        self.own = own
        self.shared = shared
        self.rng = random.Random(seed)
        self.count = count
        self.may_fail = may_fail
        self.acknowledged = 0
        self.failed = 0
        self.unanswered = 0
        self.problems = []
        self.is_told_to_stop = threading.Event()

    def run(self):
        weights = [operation.weight for operation in OPERATIONS]
        for _ in range(self.count):
            if self.is_told_to_stop.is_set():
                break
            operation = self.rng.choices(OPERATIONS, weights)[0]
            key = self.rng.choice(self.own if self.rng.random() < 0.85 else self.shared)
            try:
                operation.run(self, key)
            except Gone:
                self.unanswered += 1
                break
            except Exception as error:  # Whatever ends a worker early is a finding, the rig's own mistakes included.
                self.problems.append(f"{operation.name} {shown(key)}: {type(error).__name__}: {str(error)[:600]}")
                break
        self.client.close()

    # What operations are made of

    def content(self):
        return self.rng.randbytes(self.rng.choice(SIZES))

    def attributes(self):
        """Headers of an upload: none, some, or more than fit into an extended attribute."""
        choice = self.rng.random()
        if choice < 0.5:
            return {}
        tag = f"{self.rng.getrandbits(64):016x}"
        headers = {"Content-Type": f"image/{tag[:4]}", META + "tag": tag, "Cache-Control": f"max-age={tag[:3]}"}
        if choice < 0.75:
            headers.update({"Content-Language": "en", "Content-Disposition": f'attachment; filename="{tag}"'})
        if choice > 0.9:
            headers.update({META + "long": tag * 110, "Content-Disposition": "inline; x=" + tag * 140})
            headers["Expires"] = "Thu, 01 Dec 2044 16:00:00 GMT"
        return headers

    def certain_state(self, key):
        """The one state that a key has, when nobody else writes it and nothing is open; else raises KeyError."""
        states = self.model.states(key)
        if key in self.shared or len(states) != 1:
            raise KeyError(key)
        return next(iter(states))

    def change(self, key, effect, send, refusal_due=None):
        """Sends a request that changes a key, and tells the model how it ended.

        `refusal_due` says whether a precondition has to fail; None when that cannot be known.
        """
        change = self.model.begin(key, effect)
        answer = send()
        if answer.status in (200, 201, 204):
            self.model.acknowledge(change, answer)
            self.acknowledged += 1
            if refusal_due:
                raise Contradiction(f"a precondition that does not hold was passed over: {answer}")
        elif answer.status == 412:
            self.model.refuse(key, change)
            answer.error()
            if refusal_due is False:
                raise Contradiction(f"refused although its precondition holds: {answer}")
        else:
            self.judge(key, change, answer)
        return answer

    def judge(self, key, change, answer):
        """An answer that is neither success nor a failed precondition."""
        code = answer.error()["Code"]
        reason = answer.headers.get("x-larder-reason", "")
        self.failed += 1
        if answer.status == 503 and "read-only" in reason:
            # It may have been published before the sync that failed: the change stays open.
            pass
        else:
            self.model.refuse(key, change)
        if not self.may_fail(answer.status, code):
            raise Contradiction(f"unexpected {answer}")

    def expect(self, key, state, answer):
        """Holds what was read against what the key may have been between question and answer."""
        allowed = self.model.states(key, answer.began, answer.ended)
        if state not in allowed:
            said = self.model.describe(key, state)
            raise Contradiction(f"is {state} ({said}), may be {sorted(map(repr, allowed))}")


# MARK: Operations


def put(worker, key):
    content, headers = worker.content(), worker.attributes()
    worker.change(key, Version.of(content, headers), lambda: worker.client.send("PUT", key, content, headers))


def delete(worker, key):
    worker.change(key, None, lambda: worker.client.send("DELETE", key))


def post_form(worker, key):
    content, headers = worker.content(), worker.attributes()
    worker.change(key, Version.of(content, headers), lambda: worker.client.post_form(key, content, headers))


def _conditional(worker, key, condition, refusal_due):
    content, headers = worker.content(), worker.attributes()
    send = lambda: worker.client.send("PUT", key, content, {**headers, **condition})
    worker.change(key, Version.of(content, headers), send, refusal_due)


def put_if_absent(worker, key):
    try:
        refusal_due = worker.certain_state(key) is not None
    except KeyError:
        refusal_due = None
    _conditional(worker, key, {"If-None-Match": "*"}, refusal_due)


def put_if_match(worker, key):
    try:
        state = worker.certain_state(key)
    except KeyError:
        return
    if state is not None:
        _conditional(worker, key, {"If-Match": f'"{state.etag}"'}, False)


def put_if_other(worker, key):
    try:
        state = worker.certain_state(key)
    except KeyError:
        return
    if state is not None:
        _conditional(worker, key, {"If-Match": f'"{md5(b"another")}"'}, True)


def get(worker, key):
    state, answer = read(worker.client, key)
    worker.expect(key, state, answer)


def head_only(worker, key):
    # HEAD has no bytes: those that the ETag stands for are taken for granted.
    _, answer = head(worker.client, key, None)
    digest = answer.headers.get("etag", "").strip('"')
    worker.expect(key, Version.seen(answer, digest) if answer.status == 200 else None, answer)


def list_some(worker, key):
    page = list_page(worker.client, after=key, count=worker.rng.choice([1, 5, 20, 1000]))
    if page is None:
        raise Contradiction("the index is being rebuilt although nothing happened to it")
    inside = lambda name: name.encode() > key.encode() and (page.end is None or name.encode() <= page.end.encode())
    for name in filter(inside, worker.model.keys):
        rows = {s and s.row for s in worker.model.states(name, page.answer.began, page.answer.ended)}
        if page.entries.get(name) not in rows:
            raise Contradiction(f"LIST shows {shown(name)} as {page.entries.get(name)}, may be {rows}")
    strangers = set(page.entries) - set(worker.model.keys)
    if strangers:
        raise Contradiction(f"listed and never written: {[shown(key) for key in sorted(strangers)[:5]]}")


def put_cut_off(worker, key):
    """A client that dies in the middle of its body: nothing is stored."""
    body = worker.rng.randbytes(worker.rng.choice([100, 70_000, 300_000]))
    worker.client.hang_up(key, body, len(body) // 2)


def put_unheard(worker, key):
    """A client that dies before the answer: it is stored or not."""
    body = worker.content()
    worker.model.begin(key, Version.of(body))
    worker.client.hang_up(key, body, len(body))


OPERATIONS = [
    Operation("PUT", 30, put),
    Operation("DELETE", 18, delete),
    Operation("POST form", 12, post_form),
    Operation("PUT if absent", 8, put_if_absent),
    Operation("PUT if match", 6, put_if_match),
    Operation("PUT if another's tag", 4, put_if_other),
    Operation("GET", 12, get),
    Operation("HEAD", 5, head_only),
    Operation("LIST", 5, list_some),
    Operation("PUT cut off", 3, put_cut_off),
    Operation("PUT unheard", 1, put_unheard),
]

NOT_YET = [
    Offer("COPY", lambda client: client.send("PUT", "copy", headers={"x-amz-copy-source": "/uploads/source"})),
    Offer("multipart upload", lambda client: client.send("POST", "parts", query={"uploads": ""})),
    Offer(
        "versions",
        lambda client: client.send(
            "PUT",
            body=b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            query={"versioning": ""},
        ),
    ),
    Offer("tags", lambda client: client.send("PUT", "source", b"<Tagging><TagSet/></Tagging>", query={"tagging": ""})),
    Offer("DeleteObjects", lambda client: client.send("POST", body=b"<Delete/>", query={"delete": ""})),
]


# MARK: The whole


def _passing(status, code):
    """What the store may say under load: the parents of a key were removed again and again while it was written."""
    return (status, code) == (503, "SlowDown")


class Load:
    """Workers on one server. `seed` makes what they send, though not when, the same again."""

    def __init__(self, server, families, model, seed, workers=16, count=100_000, may_fail=_passing):
        owned, obstructing, shared = families
        rng = random.Random(seed)
        dealt = [[] for _ in range(workers)]
        for position, key in enumerate([*owned, *obstructing]):
            dealt[position % workers].append(key)
        assert all(dealt), "more workers than keys"
        self.workers = [
            Worker(server, model, own, shared, rng.getrandbits(64), count, may_fail) for own in dealt
        ]

    @property
    def acknowledged(self):
        return sum(worker.acknowledged for worker in self.workers)

    def start(self):
        for worker in self.workers:
            worker.start()
        return self

    def wait_for(self, count, timeout=30):
        """Until so many changes are acknowledged, or no worker is left."""
        deadline = time.monotonic() + timeout
        while self.acknowledged < count and any(worker.is_alive() for worker in self.workers):
            assert time.monotonic() < deadline, f"only {self.acknowledged} changes in {timeout} s"
            time.sleep(0.002)

    def stop(self):
        for worker in self.workers:
            worker.is_told_to_stop.set()
        return self.join()

    def wait(self, timeout=40):
        """Waits for the workers, whatever they found."""
        for worker in self.workers:
            worker.join(timeout)
            assert not worker.is_alive(), "a worker still waits for an answer"

    def join(self, timeout=40):
        """Waits for the workers and fails on what they found wrong."""
        self.wait(timeout)
        problems = [problem for worker in self.workers for problem in worker.problems]
        assert not problems, f"{len(problems)} wrong answers:\n" + "\n".join(problems[:10])
        return self

"""What is done to the bucket that keeps versions, each key by one worker."""

import random

import documents
from history import NULL, version_page
from objects import Contradiction, look, shown
from operations import (
    copy,
    delete,
    get,
    head_only,
    list_some,
    post_form,
    put,
    put_if_absent,
    put_if_match,
    put_tags,
    put_unheard,
    send_copy,
    send_deletions,
    source_header,
    upload_in_parts,
)
from workers import Operation, Worker

WORKERS = 6
# A key that has so many versions loses one next.
MOST_VERSIONS = 5


def delete_version(worker, key):
    """A version goes for good: the current one, an older one, a marker, or one that is gone already."""
    state = worker.model.certain(key)
    gone = worker.model.removed(key)
    if not state or gone and worker.rng.random() < 0.05:
        return delete_again(worker, key, gone)
    entry = state[0] if worker.rng.random() < 0.5 else worker.rng.choice(state)
    answer = worker.change(
        key,
        worker.model.begin_removal(key, entry.id),
        lambda: worker.send("DELETE", key, query={"versionId": entry.id}),
    )
    if answer.status != 204:
        return
    worker.model.note_removal(key, entry.id)
    is_marker = answer.headers.get("x-amz-delete-marker") == "true"
    if is_marker != (entry.content is None) or answer.headers.get("x-amz-version-id") != entry.id:
        raise Contradiction(f"{entry} was deleted: {answer}")


def delete_again(worker, key, gone):
    """What is gone can be deleted as often as one likes."""
    if gone:
        answer = worker.send("DELETE", key, query={"versionId": worker.rng.choice(gone)})
        if answer.status != 204:
            worker.judge(answer, lambda: None)


def delete_several_versions(worker, key):
    """DeleteObjects: versions of several keys, and markers before others."""
    changes = {}
    for one in sorted({key, *worker.rng.sample(worker.own, min(2, len(worker.own)))}):
        if len(worker.model.states(one)) > 1:
            continue
        state = worker.model.certain(one)
        if state and worker.rng.random() < 0.6:
            entry = worker.rng.choice(state)
            changes[one, entry.id] = worker.model.begin_removal(one, entry.id)
        else:
            changes[one, None] = worker.begin_delete(one)
    send_deletions(worker, changes)
    for (one, id), change in changes.items():
        if id and change.is_acknowledged:
            worker.model.note_removal(one, id)


def copy_version(worker, key):
    """An older version becomes the current one again, or that of another key."""
    source = worker.rng.choice([key, *worker.own])
    entries = [entry for entry in worker.model.certain(source) if entry.content is not None]
    if entries:
        entry = worker.rng.choice(entries)
        attributes = worker.attributes() if worker.rng.random() < 0.2 else None
        send_copy(worker, key, source_header(worker, source, entry.id), entry.content, attributes)


def put_version_tags(worker, key):
    entries = [entry for entry in worker.model.certain(key) if entry.content is not None]
    if entries:
        entry, tags = worker.rng.choice(entries), worker.tags()
        change = worker.model.begin_alteration(key, entry.id, entry.content.tagged(tags))
        query = {"tagging": "", "versionId": entry.id}
        worker.change(key, change, lambda: worker.send("PUT", key, documents.tagging(tags), query=query))


def get_version(worker, key):
    state = worker.model.certain(key)
    if not state:
        return
    entry = worker.rng.choice(state)
    if entry.content is None:
        answer = worker.send("GET", key, query={"versionId": entry.id})
        if (answer.status, answer.error()["Code"]) != (405, "MethodNotAllowed"):
            raise Contradiction(f"{entry} is a delete marker: {answer}")
    else:
        seen, _ = look(worker.client, key, worker.model.bucket, entry.id)
        worker.expect(seen, {entry.content})


def get_removed(worker, key):
    there = {entry.id for entry in worker.model.certain(key)}
    for id in worker.model.removed(key):
        if id not in there:
            seen, _ = look(worker.client, key, worker.model.bucket, id)
            worker.expect(seen, {None})


def list_versions(worker, key):
    """A page of whole keys: those of this worker have to be as they are, the others as they may be."""
    rows, following, answer = version_page(worker.client, worker.model.bucket, prefix=key[: worker.rng.randint(0, 4)])
    if following:
        raise Contradiction("a page of 1,000 versions is not the whole")
    for name, some in rows.items():
        ids = [row.id for row in some]
        states = worker.model.states(name, answer.began, answer.ended)
        if not any(_shows(ids, state) for state in states):
            raise Contradiction(f"LIST shows {shown(name)} as {ids}, may be {[list(state) for state in states]}")


def _shows(ids, state):
    return len(ids) == len(state) and all(entry.id in (None, id) for id, entry in zip(ids, state))


OPERATIONS = [
    Operation("PUT", 22, put),
    Operation("DELETE", 12, delete),
    Operation("DELETE version", 14, delete_version),
    Operation("DeleteObjects", 4, delete_several_versions),
    Operation("POST form", 3, post_form),
    Operation("COPY", 4, copy),
    Operation("COPY version", 8, copy_version),
    Operation("multipart upload", 6, upload_in_parts),
    Operation("tags", 3, put_tags),
    Operation("tags of a version", 4, put_version_tags),
    # Most are refused.
    Operation("PUT if absent", 9, put_if_absent),
    Operation("PUT if match", 3, put_if_match),
    Operation("GET", 6, get, changes=False),
    Operation("GET version", 8, get_version, changes=False),
    Operation("GET removed version", 3, get_removed, changes=False),
    Operation("HEAD", 3, head_only, changes=False),
    Operation("LIST", 2, list_some, changes=False),
    Operation("LIST versions", 3, list_versions, changes=False),
    Operation("PUT unheard", 1, put_unheard, changes=False),
]
_REMOVAL = next(operation for operation in OPERATIONS if operation.run is delete_version)


class VersionedWorker(Worker):
    """A worker on the bucket that keeps versions. All its keys are its own."""

    operations = OPERATIONS

    def choose(self, key):
        if any(len(state) >= MOST_VERSIONS for state in self.model.states(key)):
            return _REMOVAL
        return super().choose(key)

    def current(self, key):
        state = self.model.certain(key)
        return state[0].content if state else None

    def begin_store(self, key, version):
        return self.model.begin_store(key, version)

    def begin_delete(self, key):
        return self.model.begin_marker(key)

    def begin_alteration(self, key, version):
        return self.model.begin_alteration(key, self.model.certain(key)[0].id, version)

    def acknowledge(self, change, answer, id=None):
        # What took the place of the version `null` is answered without an id, unless it is a marker.
        self.model.acknowledge(change, answer, None if id == NULL else id)


def versioned_workers(server, history, seed, count, may_fail):
    rng = random.Random(seed)
    return [
        VersionedWorker(server, history, history.keys[number::WORKERS], [], rng.getrandbits(64), count, may_fail)
        for number in range(WORKERS)
    ]

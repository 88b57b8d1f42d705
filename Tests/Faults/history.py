"""What a bucket with versions may hold after everything that was asked of it, and whether it does.

Each key is a register (registers.py) whose state is the list of its versions, the newest first. One worker owns a key
and sends one request after the other, so that at most one of them, the last, has no answer.
"""

import re
from collections import deque
from dataclasses import dataclass, replace
from math import inf

import documents
from larder import eventually
from objects import Contradiction, Unknown, Version, head, is_among, listing, read, shown
from registers import Registers
from traffic import Client
from uploads import Uploads

VERSIONED = "versioned"
NULL = "null"
# Keys of every kind of place, and some that were there before versions were kept.
VERSIONED_KEYS = [
    *[f"plain{i}" for i in range(3)],
    "deep/er/k",
    "deep/er/l",
    "o",
    "o/b",
    "o//b",
    "double//k",
    "a&b<c>\"d'%41+ é\u0301\u00e9😀",
    "long/" + "n" * 1019,
    *[f"before/{i}" for i in range(2)],
]
_MADE_HERE = re.compile("[0-9a-f]{32}")
_REMOVED_IDS = 2


@dataclass(frozen=True)
class Entry:
    """A version; a delete marker has no content. `id` is None as long as nobody has heard it."""

    id: str | None
    content: Version | None

    def __repr__(self):
        return f"{(self.id or 'unheard')[-8:]} {self.content or 'marker'}"


class History(Registers):
    """All keys of one bucket that keeps versions."""

    def __init__(self, keys, bucket=VERSIONED):
        super().__init__(keys)
        for key in keys:
            self.settle(key, ())
        self.bucket = bucket
        self.uploads = Uploads(bucket)
        self.is_enabled = False
        self._used = set()
        self._removed = {key: deque(maxlen=_REMOVED_IDS) for key in keys}

    # MARK: What requests make of a list of versions

    def _with(self, entry, state):
        """A new version is the newest; without an id of its own it takes the place of another such one."""
        return (entry, *[old for old in state if entry.id is None or old.id != entry.id])

    @property
    def _next_id(self):
        return None if self.is_enabled else NULL

    def begin_store(self, key, content):
        return self._begin(key, lambda state: self._with(Entry(self._next_id, content), state))

    def begin_marker(self, key):
        return self._begin(key, lambda state: self._with(Entry(self._next_id, None), state))

    def begin_removal(self, key, id):
        return self._begin(key, lambda state: tuple(entry for entry in state if entry.id != id))

    def begin_alteration(self, key, id, content):
        return self._begin(key, lambda state: tuple(Entry(id, content) if e.id == id else e for e in state))

    def _begin(self, key, make):
        with self._lock:
            register = self._registers[key]
            if not register.changes[-1].is_acknowledged:
                raise Unknown(key)
            return register.begin(make(register.changes[-1].effect))

    # MARK: What came of them

    def acknowledge(self, change, answer, id=None):
        """It was answered with success, and told the version's `id`, if one was made."""
        if any(entry.id is None for entry in change.effect):
            self._claim(id, answer)
            change.effect = tuple(replace(e, id=id) if e.id is None else e for e in change.effect)
        super().acknowledge(change, answer)

    def _claim(self, id, answer):
        if not _MADE_HERE.fullmatch(id or ""):
            raise Contradiction(f"the version's id is {id!r}: {answer}")
        with self._lock:
            if id in self._used:
                raise Contradiction(f"the version id {id} is used again: {answer}")
            self._used.add(id)

    def note_removal(self, key, id):
        """This version was removed for good."""
        if id != NULL:
            self._removed[key].append(id)

    def removed(self, key):
        """Some ids that must not be there, unless a state that the key may be in has them."""
        return list(self._removed[key])

    def certain(self, key):
        """The list of versions of a key; raises `Unknown`."""
        states = self.states(key)
        if len(states) > 1:
            raise Unknown(key)
        return next(iter(states))

    def current(self, key, since=inf, until=inf):
        """What may be current."""
        return {state[0].content if state else None for state in self.states(key, since, until)}

    def rows(self, key, since=inf, until=inf):
        """How a key may be listed; None for not at all."""
        return {content and content.row for content in self.current(key, since, until)}

    def fits(self, seen, state):
        """Whether a list of versions that was seen is this one."""
        return len(seen) == len(state) and all(
            found.content == entry.content and (found.id == entry.id or entry.id is None and found.id not in self._used)
            for found, entry in zip(seen, state)
        )

    def stop(self, now):
        super().stop(now)
        self.uploads.stop(now)

    def doubt(self, since):
        super().doubt(since)
        self.uploads.doubt(since)

    # MARK: The bucket

    def make(self, server):
        """Makes the bucket and what was in it before versions were kept; then they are."""
        client = Client(server)
        assert client.send("PUT", bucket=self.bucket).status == 200
        for key in self.keys:
            if key.startswith("before/"):
                change = self.begin_store(key, Version.of(key.encode()))
                answer = client.send("PUT", key, key.encode(), bucket=self.bucket)
                assert answer.status == 200, answer
                self.acknowledge(change, answer)
        client.close()
        self.switch(server)

    def switch(self, server):
        """Enables versions, or suspends them; nothing else is asked for meanwhile."""
        self.is_enabled = not self.is_enabled
        status = "Enabled" if self.is_enabled else "Suspended"
        client = Client(server)
        answer = client.send("PUT", body=documents.versioning(status), query={"versioning": ""}, bucket=self.bucket)
        client.close()
        assert answer.status == 200, answer

    # MARK: Checking

    def compare(self, findings, client, since=inf, until=inf, settle=False):
        """Compares all that the server says of the bucket with what it may hold."""
        listed = listing(client, self.bucket)
        rows = listed_versions(client, self.bucket)
        found = {}
        for key in self.keys:
            with findings.about(key):
                seen = tuple(self._entry(findings, client, key, row) for row in rows.get(key, []))
                found[key] = seen
                self._compare_list(findings, key, seen, since, until)
                self._compare_current(findings, client, key, seen, listed.get(key))
                self._compare_removed(findings, client, key, since, until)
        strangers = sorted(set(rows) - set(self.keys)) + sorted(set(listed) - set(self.keys))
        if strangers:
            findings.add(f"listed and never written: {[shown(key) for key in strangers[:5]]}")
        visible = {key: {entry.content for entry in seen} for key, seen in found.items()}
        self.uploads.compare(findings, client, visible, self.is_last, since, until, settle)
        if settle:
            for key, seen in found.items():
                self._used.update(entry.id for entry in seen if entry.id != NULL)
                self.settle(key, seen)

    def _entry(self, findings, client, key, row):
        """The version that a row is of, as GET and HEAD show it by its id."""
        if row.is_marker:
            answer = client.send("HEAD", key, query={"versionId": row.id}, bucket=self.bucket)
            assert answer.status == 405 and answer.headers.get("x-amz-delete-marker") == "true", answer
            return Entry(row.id, None)
        content, answer = read(client, key, self.bucket, row.id)
        assert content is not None, f"{row.id} is listed and not there"
        assert answer.headers["x-amz-version-id"] == row.id, answer
        headed, _ = head(client, key, self.bucket, row.id)
        if not is_among(headed, {content}) or content.row != (row.etag, row.size):
            findings.add(f"{shown(key)}: GET shows {content} of {row.id}, HEAD {headed}, the list {row}")
        return Entry(row.id, content)

    def _compare_list(self, findings, key, seen, since, until):
        allowed = self.states(key, since, until)
        if any(self.fits(seen, state) for state in allowed):
            return
        ids = [{entry.id for entry in state} for state in allowed]
        findings.losses[self.bucket] += len(set.intersection(*ids) - {None} - {entry.id for entry in seen})
        findings.add(f"{shown(key)}: has {list(seen)}, may have {[list(state) for state in allowed]}")

    def _compare_current(self, findings, client, key, seen, row):
        """What is current is the newest of the list."""
        newest = seen[0] if seen else Entry(None, None)
        current, answer = read(client, key, self.bucket)
        if current != newest.content or newest.id not in (None, answer.headers.get("x-amz-version-id")):
            findings.add(f"{shown(key)}: GET shows {current}, the newest version is {newest}: {answer.headers}")
        if (answer.headers.get("x-amz-delete-marker") == "true") != (bool(seen) and newest.content is None):
            findings.add(f"{shown(key)}: the newest version is {newest}: {answer}")
        headed, _ = head(client, key, self.bucket)
        if not is_among(headed, {current}):
            findings.add(f"{shown(key)}: GET shows {current}, HEAD {headed}")
        if row != (current and current.row):
            findings.add(f"{shown(key)}: GET shows {current}, LIST {row}")

    def _compare_removed(self, findings, client, key, since, until):
        may_be_there = {entry.id for state in self.states(key, since, until) for entry in state}
        for id in self.removed(key):
            if id not in may_be_there:
                content, _ = read(client, key, self.bucket, id)
                if content is not None:
                    findings.add(f"{shown(key)}: {id} was removed and is there: {content}")


# MARK: Listing versions


@dataclass(frozen=True)
class Row:
    """What ListObjectVersions says of a version."""

    id: str
    is_latest: bool
    is_marker: bool
    etag: str | None
    size: int


def version_page(client, bucket, count=1000, **markers):
    """One page as ({key: rows}, markers of the next); None while the server is still rebuilding its index."""
    query = {"encoding-type": "url", "max-keys": str(count), "versions": "", **markers}
    answer = client.send("GET", query=dict(sorted(query.items())), bucket=bucket)
    if answer.status == 503 and answer.error()["Code"] == "SlowDown":
        return None
    assert answer.status == 200, answer
    document, rows = documents.parse(answer), {}
    for item in document:
        kind = item.tag.removeprefix(documents.NAMESPACE)
        if kind in ("Version", "DeleteMarker"):
            rows.setdefault(documents.decoded(documents.text(item, "Key")), []).append(_row(item, kind))
    following = {}
    if documents.text(document, "IsTruncated") == "true":
        following["key-marker"] = documents.decoded(documents.text(document, "NextKeyMarker"))
        following["version-id-marker"] = documents.text(document, "NextVersionIdMarker")
    return rows, following, answer


def _row(item, kind):
    tag, size = documents.text(item, "ETag"), documents.text(item, "Size")
    return Row(
        documents.text(item, "VersionId"),
        documents.text(item, "IsLatest") == "true",
        kind == "DeleteMarker",
        tag and tag.strip('"'),
        int(size or 0),
    )


def listed_versions(client, bucket, page=7, timeout=30):
    """Every version that is listed, page by page, as {key: rows}."""
    found, markers = {}, {}
    while True:
        rows, markers, _ = eventually(lambda: version_page(client, bucket, page, **markers), timeout)
        for key, some in rows.items():
            found.setdefault(key, []).extend(some)
        if not markers:
            break
    assert list(found) == sorted(found, key=str.encode), "the list of versions is not in byte order"
    for key, rows in found.items():
        ids = [row.id for row in rows]
        assert len(ids) == len(set(ids)), f"a version of {shown(key)} is listed twice"
        latest = [row.is_latest for row in rows]
        assert latest == [True] + [False] * (len(rows) - 1), f"{shown(key)}: IsLatest is {latest}"
    return found

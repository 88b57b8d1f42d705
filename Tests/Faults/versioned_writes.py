"""Requests about the bucket that keeps versions, as writes.py has those about the other one."""

from dataclasses import dataclass, field
from urllib.parse import quote

import documents
from history import NULL, VERSIONED
from objects import Version, read
from traffic import Client
from writes import SMALL, STOUT, TAGS, Complete, fill

MARKER = None
FIRST, SECOND = b"first content " * 10, b"second content " * 10
TWO = (FIRST, SECOND)
VERSIONED_WRITE_KEYS = ["key", "new", "up/per/key", "stout", "esca//ped"]


@dataclass(frozen=True)
class Null:
    """Content that was stored while versions were suspended."""

    content: bytes


@dataclass(eq=False)
class VersionedRequest:
    """A request that changes the versions of a key.

    `before` is what there is, the oldest first; what was stored while versions were suspended is `Null`. `target` is
    the version that the request names, counted from the newest.
    """

    name: str
    key: str
    before: tuple
    headers: dict = field(default_factory=dict)
    target: int | None = None
    is_suspended: bool = False
    has_steps = True
    is_versioned = True
    # The id of `target`, decided when the request begins.
    id = None

    def prepare(self, one, model):
        history = model.history
        client = Client(one)
        for entry in history.certain(self.key):
            change = history.begin_removal(self.key, entry.id)
            answer = client.send("DELETE", self.key, query={"versionId": entry.id}, bucket=VERSIONED)
            assert answer.status == 204, answer
            history.acknowledge(change, answer)
        for content in self.before:
            is_suspended = isinstance(content, Null)
            self.switch(one, history, is_suspended)
            self.store(client, history, content.content if is_suspended else content)
        self.switch(one, history, self.is_suspended)
        client.close()

    @staticmethod
    def switch(one, history, is_suspended):
        """From now on the bucket keeps versions, or does so no more."""
        if history.is_enabled == is_suspended:
            history.switch(one)

    def store(self, client, history, content):
        if content is MARKER:
            change = history.begin_marker(self.key)
            answer = client.send("DELETE", self.key, bucket=VERSIONED)
        else:
            change = history.begin_store(self.key, Version.of(content, self.headers))
            answer = client.send("PUT", self.key, content, self.headers, bucket=VERSIONED)
        assert answer.status in (200, 204), answer
        history.acknowledge(change, answer, _heard(answer))

    def entry(self, model):
        """The version that the request names, before it."""
        return model.history.certain(self.key)[self.target]

    def acknowledge(self, model, change, answer):
        model.history.acknowledge(change, answer, _heard(answer))

    def refuse(self, model, change):
        model.history.refuse(self.key, change)

    def contradictions(self, model, client):
        history = model.history
        allowed = history.states(self.key)
        ids = {entry.id for state in allowed for entry in state} - {None}
        there = {id: found for id in ids if (found := _found(client, self.key, id)) is not None}
        current, _ = read(client, self.key, VERSIONED)
        for state in allowed:
            named = {entry.id: entry.content or "marker" for entry in state if entry.id}
            if there == named and current == (state[0].content if state else None):
                return []
        return [f"is {current} with {there}, may be {[list(state) for state in allowed]}"]


def _heard(answer):
    id = answer.headers.get("x-amz-version-id")
    return None if id == NULL else id


def _found(client, key, id):
    """The version of this id: None, "marker", or what it is."""
    if client.send("HEAD", key, query={"versionId": id}, bucket=VERSIONED).status == 405:
        return "marker"
    return read(client, key, VERSIONED, id)[0]


@dataclass(eq=False)
class Put(VersionedRequest):
    def begin(self, model):
        return model.history.begin_store(self.key, Version.of(SMALL, self.headers))

    def send(self, client):
        return client.send("PUT", self.key, SMALL, self.headers, bucket=VERSIONED)


@dataclass(eq=False)
class Mark(VersionedRequest):
    def begin(self, model):
        return model.history.begin_marker(self.key)

    def send(self, client):
        return client.send("DELETE", self.key, bucket=VERSIONED)


@dataclass(eq=False)
class Remove(VersionedRequest):
    def begin(self, model):
        self.id = self.entry(model).id
        return model.history.begin_removal(self.key, self.id)

    def send(self, client):
        return client.send("DELETE", self.key, query={"versionId": self.id}, bucket=VERSIONED)

    def acknowledge(self, model, change, answer):
        super().acknowledge(model, change, answer)
        model.history.note_removal(self.key, self.id)


@dataclass(eq=False)
class CopyVersion(VersionedRequest):
    def begin(self, model):
        entry = self.entry(model)
        self.id = entry.id
        return model.history.begin_store(self.key, entry.content.copied())

    def send(self, client):
        source = quote(f"/{VERSIONED}/{self.key}") + f"?versionId={self.id}"
        return client.send("PUT", self.key, headers={"x-amz-copy-source": source}, bucket=VERSIONED)


@dataclass(eq=False)
class TagVersion(VersionedRequest):
    def begin(self, model):
        entry = self.entry(model)
        self.id = entry.id
        return model.history.begin_alteration(self.key, entry.id, entry.content.tagged(TAGS))

    def send(self, client):
        query = {"tagging": "", "versionId": self.id}
        return client.send("PUT", self.key, documents.tagging(TAGS), query=query, bucket=VERSIONED)


class CompleteVersion(Complete):
    """Complete in the bucket that keeps versions."""

    is_versioned = True

    def __init__(self, name, key, before):
        super().__init__(key)
        self.name = name
        self.versions = VersionedRequest(name, key, before)

    def bucket_of(self, model):
        return model.history

    def prepare_key(self, one, model):
        self.versions.prepare(one, model)

    def send(self, client):
        return super().send(client, VERSIONED)

    def acknowledge(self, model, change, answer):
        of_key, of_upload = change
        self.versions.acknowledge(model, of_key, answer)
        of_upload.acknowledge(answer)

    def key_contradictions(self, model, client):
        return self.versions.contradictions(model, client)


VERSIONED_REQUESTS = [
    Put("overwrite a version", "key", TWO),
    Put("overwrite a version at an escaped place", "esca//ped", TWO),
    Put("overwrite a version with a sidecar", "stout", TWO, STOUT),
    Put("make the first version", "up/per/key", ()),
    Put("make a second version", "up/per/key", (FIRST,)),
    Put("make a version before a marker", "key", (FIRST, MARKER)),
    Mark("mark as deleted", "key", TWO),
    Mark("mark as deleted below directories", "up/per/key", (FIRST,)),
    Mark("mark as deleted with a sidecar", "stout", TWO, STOUT),
    Mark("mark what is not there", "new", ()),
    Remove("remove the current version", "key", TWO, target=0),
    Remove("remove the current version with a sidecar", "stout", TWO, STOUT, target=0),
    Remove("remove the current version behind a marker", "key", (FIRST, MARKER, SECOND), target=0),
    Remove("remove the only version", "up/per/key", (FIRST,), target=0),
    Remove("remove an older version", "key", TWO, target=1),
    Remove("remove an older version with a sidecar", "stout", TWO, STOUT, target=1),
    Remove("remove the newest marker", "key", (FIRST, SECOND, MARKER), target=0),
    Remove("remove the newest marker with a sidecar", "stout", (FIRST, MARKER), STOUT, target=0),
    Remove("remove an older marker", "key", (FIRST, MARKER, SECOND), target=1),
    CopyVersion("copy an older version", "key", TWO, target=1),
    TagVersion("tag an older version", "key", TWO, target=1),
    TagVersion("tag an older version with a sidecar", "stout", TWO, STOUT, target=1),
    CompleteVersion("complete a version", "key", TWO),
    Put("overwrite the version null", "key", (FIRST, Null(SECOND)), is_suspended=True),
    Put("replace an older version null", "key", (Null(FIRST), SECOND), is_suspended=True),
    Mark("mark the version null", "key", (FIRST, Null(SECOND)), is_suspended=True),
]


def fill_for(one, request):
    """Stores what is there from the beginning, for this request; returns the model."""
    return fill(one, VERSIONED_WRITE_KEYS if request.is_versioned else ())[0]

"""Requests that change keys of every kind of place, and what holds after one of them met a fault.

These are about the bucket without versions; versioned_writes.py has those about the other one.
"""

from dataclasses import dataclass, field
from urllib.parse import quote

import documents
from inspection import check_root
from model import Model, check
from objects import META, Version, read
from traffic import BUCKET, Client
from uploads import listed_parts, listed_uploads

OLD = b"old content " * 10
SMALL = b"new content " * 10
BIG = bytes(range(256)) * 16_000
# One byte more than goes to disk with the intents (limits.logged_bytes).
ABOVE = b"\n" * (16 * 1024 + 1)
STOUT = {META + "long": "x" * 2000, "Content-Disposition": "inline; x=" + "y" * 2000}
# Keys of every kind of place, and those that are there from the beginning.
KEYS = ["old", "new", "up/per/old", "big", "stout", "new stout", "deep/er/new", "esca//ped", "new//escaped", "after"]
INITIAL = {
    "old": (OLD, {"Content-Type": "text/plain", META + "n": "1"}),
    # More than is read into memory to be copied.
    "big": (BIG[:300_000], {}),
    "stout": (OLD, STOUT),
    "esca//ped": (OLD, {}),
    "up/per/old": (OLD, {}),
}

# Every sync that failed "of anything else" than an unpublished file (storage/README.md).
READ_ONLY = (503, "ServiceUnavailable")


@dataclass(frozen=True)
class Request:
    """A request that changes a key."""

    key: str
    content: bytes = SMALL
    headers: dict = field(default_factory=dict)
    verb: str = "PUT"
    # Whether what a failure left is looked at by a restart too, since it may end by itself what was refused.
    has_steps = False
    is_versioned = False

    @property
    def name(self):
        return f"{self.verb}-{self.key}-{len(self.content)}"

    @property
    def effect(self):
        return None if self.verb == "DELETE" else Version.of(self.content, self.headers)

    def send(self, client):
        if self.verb == "form":
            return client.post_form(self.key, self.content, self.headers)
        return client.send(self.verb, self.key, b"" if self.verb == "DELETE" else self.content, self.headers)

    def prepare(self, one, model):
        """Brings the key to what it is to be before the request."""
        client = Client(one)
        if self.key in INITIAL:
            model.put(client, self.key, *INITIAL[self.key])
        else:
            # Removing an object also removes directories that a failed write has left: the next one makes them again.
            model.put(client, self.key, SMALL)
            model.delete(client, self.key)
        client.close()

    def begin(self, model):
        """The model's side of sending it: what `acknowledge` and `refuse` take."""
        return model.begin(self.key, self.effect)

    def acknowledge(self, model, change, answer):
        model.acknowledge(change, answer)

    def refuse(self, model, change):
        model.refuse(self.key, change)

    def contradictions(self, model, client):
        """What is not as it may be after the request, as texts."""
        state, _ = read(client, self.key)
        if state in model.states(self.key):
            return []
        said = model.describe(self.key, state)
        allowed = model.states(self.key)
        model.settle(self.key, state)
        return [f"is {state} ({said}), may be {allowed}"]


@dataclass(frozen=True)
class Fresh(Request):
    """A request about an object that is on disk in the intents only, since no checkpoint came after it."""

    @property
    def name(self):
        return f"fresh-{super().name}"

    def prepare(self, one, model):
        super().prepare(one, model)
        client = Client(one)
        model.put(client, self.key, SMALL)
        client.close()


@dataclass(frozen=True)
class Copy(Request):
    """CopyObject of a key that is there from the beginning."""

    source: str = "old"
    has_steps = True

    @property
    def name(self):
        return f"copy-{self.source}-{self.key}"

    @property
    def effect(self):
        return Version.of(*INITIAL[self.source]).copied(self.headers or None)

    def send(self, client):
        headers = {"x-amz-copy-source": quote(f"/{BUCKET}/{self.source}"), **self.headers}
        if self.headers:
            headers["x-amz-metadata-directive"] = "REPLACE"
        return client.send("PUT", self.key, headers=headers)


TAGS = frozenset({("tag", "of an object"), ("other", "")})


@dataclass(frozen=True)
class Tag(Request):
    """PutObjectTagging."""

    has_steps = True

    @property
    def name(self):
        return f"tag-{self.key}"

    @property
    def effect(self):
        return Version.of(*INITIAL[self.key]).tagged(TAGS)

    def send(self, client):
        return client.send("PUT", self.key, documents.tagging(TAGS), query={"tagging": ""})


# MARK: Uploads in parts


class PartRequest:
    """A request about an upload that has one part. `bucket_of` gives the model of its bucket."""

    has_steps = True
    is_versioned = False
    name = "part"

    def __init__(self, key, content=SMALL, number=1):
        self.key, self.content, self.number = key, content, number

    def bucket_of(self, model):
        return model

    def prepare(self, one, model):
        client, bucket = Client(one), self.bucket_of(model)
        self.prepare_key(one, model)
        uploads = bucket.uploads.under_way(self.key)
        self.upload = uploads[0] if uploads else begin_upload(client, bucket, self.key)
        add_part(client, bucket, self.upload, 1, BIG)
        client.close()

    def prepare_key(self, one, model):
        Request(self.key).prepare(one, model)

    def begin(self, model):
        return self.upload.begin_part(self.number, self.content)

    def send(self, client, bucket=BUCKET):
        query = {"partNumber": str(self.number), "uploadId": self.upload.id}
        return client.send("PUT", self.key, self.content, query=query, bucket=bucket)

    def acknowledge(self, model, change, answer):
        change.acknowledge(answer)

    def refuse(self, model, change):
        self.upload.parts[self.number].refuse(change)

    def contradictions(self, model, client):
        found = listed_parts(client, self.upload, self.bucket_of(model).bucket)
        allowed = {number: register.states() for number, register in self.upload.parts.items()}
        numbers = {*found, *allowed}
        is_right = all(found.get(number) in allowed.get(number, ()) for number in numbers)
        return [] if is_right else [f"the parts are {found}, may be {allowed}"]


class PartCopyRequest(PartRequest):
    """UploadPartCopy of a key that is there from the beginning."""

    name = "part-copy"

    def __init__(self, key, source, number=1, content=None):
        super().__init__(key, content or INITIAL[source][0], number)
        self.source = source

    def send(self, client, bucket=BUCKET):
        query = {"partNumber": str(self.number), "uploadId": self.upload.id}
        headers = {"x-amz-copy-source": quote(f"/{BUCKET}/{self.source}")}
        return client.send("PUT", self.key, headers=headers, query=query, bucket=bucket)


class EndRequest(PartRequest):
    """A request that ends an upload."""

    def contradictions(self, model, client):
        bucket = self.bucket_of(model)
        is_there = (self.key, self.upload.id) in listed_uploads(client, bucket.bucket)
        allowed = self.upload.existence.states()
        problems = [] if ("there" if is_there else None) in allowed else [f"{self.upload} is there: {is_there}"]
        if is_there:
            problems += super().contradictions(model, client)
        return problems + self.key_contradictions(model, client)

    def key_contradictions(self, model, client):
        return Request(self.key).contradictions(model, client)


class Complete(EndRequest):
    name = "complete"

    @property
    def outcome(self):
        return Version.of_parts(self.upload.chosen()[1], self.upload.headers)

    def begin(self, model):
        change = self.bucket_of(model).begin_store(self.key, self.outcome)
        return change, self.upload.begin_completion(change, self.outcome)

    def send(self, client, bucket=BUCKET):
        body = documents.completion(self.upload.chosen()[0])
        return client.send("POST", self.key, body, query={"uploadId": self.upload.id}, bucket=bucket)

    def acknowledge(self, model, change, answer):
        of_key, of_upload = change
        model.acknowledge(of_key, answer)
        of_upload.acknowledge(answer)

    def refuse(self, model, change):
        of_key, of_upload = change
        self.bucket_of(model).refuse(self.key, of_key)
        self.upload.existence.refuse(of_upload)


class Abort(EndRequest):
    name = "abort"

    def begin(self, model):
        return self.upload.begin_abort()

    def send(self, client, bucket=BUCKET):
        return client.send("DELETE", self.key, query={"uploadId": self.upload.id}, bucket=bucket)

    def refuse(self, model, change):
        self.upload.existence.refuse(change)


class Create(Request):
    """CreateMultipartUpload: what nobody has heard of may be there or not."""

    has_steps = True
    name = "create-upload"

    def __init__(self, key):
        super().__init__(key)

    def send(self, client):
        return client.send("POST", self.key, headers=STOUT, query={"uploads": ""})

    def prepare(self, one, model):
        pass

    def begin(self, model):
        return model.uploads.begin_creation(self.key)

    def acknowledge(self, model, change, answer):
        model.uploads.name(change, answer, STOUT)

    def refuse(self, model, change):
        model.uploads.refuse_creation(change)

    def contradictions(self, model, client):
        found, known = listed_uploads(client, BUCKET), {(upload.key, upload.id) for upload in model.uploads.all}
        return [] if found >= known else [f"the uploads are {found}, and have to be {known}"]


def begin_upload(client, bucket, key, headers=STOUT):
    """An upload that has to be made."""
    creation = bucket.uploads.begin_creation(key)
    answer = client.send("POST", key, headers=headers, query={"uploads": ""}, bucket=bucket.bucket)
    assert answer.status == 200, answer
    return bucket.uploads.name(creation, answer, headers)


def add_part(client, bucket, upload, number, content):
    """A part that has to be taken."""
    change = upload.begin_part(number, content)
    query = {"partNumber": str(number), "uploadId": upload.id}
    answer = client.send("PUT", upload.key, content, query=query, bucket=bucket.bucket)
    assert answer.status == 200, answer
    change.acknowledge(answer)


OVERWRITE = Request("old")
OVERWRITE_BIG = Request("old", BIG)
MAKE = Request("new")
MAKE_BIG = Request("new", BIG)
MAKE_ABOVE = Request("new", ABOVE)
MAKE_DEEP = Request("deep/er/new")
MAKE_DEEP_ABOVE = Request("deep/er/new", ABOVE)
OVERWRITE_FRESH = Fresh("new", OLD)
DELETE_FRESH = Fresh("new", verb="DELETE")
MAKE_ESCAPED = Request("new//escaped")
OVERWRITE_ESCAPED = Request("esca//ped")
MAKE_STOUT = Request("new stout", headers=STOUT)
OVERWRITE_STOUT = Request("stout", headers={**STOUT, META + "other": "z" * 20})
FORM = Request("old", BIG, verb="form")
FORM_NEW = Request("new", verb="form")
DELETE = Request("old", verb="DELETE")
DELETE_DEEP = Request("up/per/old", verb="DELETE")
DELETE_ESCAPED = Request("esca//ped", verb="DELETE")
DELETE_STOUT = Request("stout", verb="DELETE")
COPY = Copy("new", source="big")
COPY_OVER = Copy("up/per/old", source="big")
COPY_SMALL = Copy("new")
COPY_STOUT = Copy("new stout", source="stout")
COPY_ONTO_ITSELF = Copy("stout", source="stout", headers={**STOUT, "Content-Type": "text/other"})
TAG = Tag("old")
TAG_STOUT = Tag("stout")
CREATE = Create("new")
PART = PartRequest("old", number=2)
REPLACE_PART = PartRequest("old")
COPY_PART = PartCopyRequest("old", source="big")
COMPLETE = Complete("old")
COMPLETE_DEEP = Complete("deep/er/new")
ABORT = Abort("old")


def fill(one, versioned=()):
    """Stores the objects that are there from the beginning; returns the model and a client."""
    model = Model(KEYS, versioned=versioned)
    if versioned:
        model.history.make(one)
    client = Client(one)
    for key, (content, headers) in INITIAL.items():
        model.put(client, key, content, headers)
    return model, client


def check_refusal(answer, expected):
    status, code = expected
    assert answer.status == status, answer
    assert answer.error()["Code"] == code, answer


def check_reads(model, client):
    """Every object can be read while a fault lasts, or after it."""
    for key in KEYS:
        state, _ = read(client, key)
        assert state in model.states(key), f"{key}: is {state}, may be {model.states(key)}"


def check_after(one, model, client, is_read_only):
    """What holds once a fault is over: reads, writes unless the root is read-only, and all of it after a restart."""
    check_reads(model, client)
    if is_read_only:
        for request in (Request("after"), Request("after", verb="DELETE"), Request("after", verb="form")):
            check_refusal(request.send(client), READ_ONLY)
    else:
        model.put(client, "after", SMALL)
    assert one.stop() == 0, one.log_text()
    model.stop()
    one.start()
    check(one, model)
    check_root(one)
    later = Client(one)
    model.put(later, "after", BIG)
    model.delete(later, "old")
    check(one, model)

"""The table "What is on disk when" of storage/README.md, line by line: what an answer waits for, strict and relaxed.

That what was answered survives is tested elsewhere (test_every_call.py, test_kill.py, test_powercut.py); here it is
which syncs come before the answer, so that the page and the server say the same.
"""

import itertools
import threading
from dataclasses import dataclass, field

import pytest

import writes
from attachments import claim, upload
from history import VERSIONED
from larder import eventually
from pictures import picture
from traffic import BUCKET, Client
from versioned_writes import FIRST, MARKER, TWO, Mark, Put, Remove, TagVersion, fill_for

SYNCS = "fsync fdatasync"
FILE, INTENT, SIDECAR = "/.larder/incoming/", "/.larder/intents/", "/.larder/sidecar/"
DIRECTORY, VERSIONS = f"/buckets/{BUCKET}", "/.larder/versions/"
UPLOADS = "/.larder/multipart"
# All but the records, which commit after a start, too; "/buckets" is of the buckets' files and of their settings.
STORE = (FILE, INTENT, SIDECAR, VERSIONS, UPLOADS, "/.larder/escaped/", "/buckets", "/index.sqlite")
NEW = (FILE, INTENT, DIRECTORY)
PICTURE = picture(size=(20, 20))
# As many attachments as a list has at most.
PAGE = 100


class Adopt(writes.Request):
    """A read of a file that was put by hand: it becomes an object before it is served."""

    def prepare(self, one, model):
        one.path("buckets", BUCKET, self.key).write_bytes(self.content)

    def begin(self, model):
        return None

    def send(self, client):
        return client.send("GET", self.key)

    def acknowledge(self, model, change, answer):
        # A read, which the model hears nothing of.
        assert answer.body == self.content


@dataclass(frozen=True)
class Bucket:
    """A request about a bucket of its own."""

    method: str
    query: dict = field(default_factory=dict)
    body: bytes = b""
    is_versioned = False

    def prepare(self, one, model):
        client = Client(one)
        client.send("DELETE", bucket="fresh")
        if self.method == "DELETE" or self.query:
            assert client.send("PUT", bucket="fresh").status == 200

    def begin(self, model):
        return None

    def send(self, client):
        return client.send(self.method, body=self.body, query=self.query or None, bucket="fresh")

    def acknowledge(self, model, change, answer):
        pass


SETTINGS = Bucket(
    "PUT",
    {"versioning": ""},
    b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status>'
    b"</VersioningConfiguration>",
)

# What is done, and the syncs that come before the answer: paths, with a number those of which there are so many. In
# relaxed durability there are those of the second list.
LINES = {
    "PUT, small new key": (writes.MAKE, (INTENT,), ()),
    "PUT, small new key below new directories": (writes.MAKE_DEEP, (INTENT,), ()),
    "PUT, new key": (writes.MAKE_ABOVE, NEW, ()),
    "PUT, new key below new directories": (writes.MAKE_DEEP_ABOVE, (*NEW, (DIRECTORY, 3)), ()),
    "PUT, new key, escaped": (writes.MAKE_ESCAPED, (FILE, INTENT, "/.larder/escaped/"), ()),
    "PUT, new key with a sidecar": (writes.MAKE_STOUT, (*NEW, (SIDECAR, 2)), ()),
    "form": (writes.FORM, NEW, ()),
    "form, small new key": (writes.FORM_NEW, (INTENT,), ()),
    "overwrite": (writes.OVERWRITE, NEW, ()),
    "overwrite of what is logged": (writes.OVERWRITE_FRESH, (*NEW, (INTENT, 2), (DIRECTORY, 3)), ()),
    "overwrite with a sidecar": (writes.OVERWRITE_STOUT, (*NEW, (SIDECAR, 1)), ()),
    "DELETE": (writes.DELETE, (INTENT, DIRECTORY), ()),
    "DELETE of what is logged": (writes.DELETE_FRESH, ((INTENT, 2), (DIRECTORY, 3)), ()),
    "versioned overwrite": (Put("", "key", TWO), (FILE, INTENT, VERSIONS, f"/buckets/{VERSIONED}"), ()),
    "versioned DELETE": (Mark("", "key", TWO), (FILE, INTENT, VERSIONS, f"/buckets/{VERSIONED}"), ()),
    "DELETE of the current version": (
        Remove("", "key", TWO, target=0),
        (INTENT, f"/buckets/{VERSIONED}", VERSIONS),
        (),
    ),
    "DELETE of the newest marker": (
        Remove("", "key", (FIRST, MARKER), target=0),
        (INTENT, f"/buckets/{VERSIONED}", VERSIONS),
        (),
    ),
    "DELETE of an older version": (Remove("", "key", TWO, target=1), (INTENT, VERSIONS), ()),
    "COPY": (writes.COPY, NEW, ()),
    "tags": (writes.TAG, (INTENT, f"{DIRECTORY}/old"), ()),
    "tags with a sidecar": (writes.TAG_STOUT, (INTENT, SIDECAR, f"{DIRECTORY}/stout"), ()),
    "tags of an older version": (TagVersion("", "key", TWO, target=1), (INTENT, VERSIONS), ()),
    "CreateMultipartUpload": (writes.CREATE, ((UPLOADS, 3),), ("upload.json",)),
    "Abort": (writes.ABORT, (UPLOADS,), ()),
    "part": (writes.PART, (FILE, f"{UPLOADS}/"), ()),
    "part over another": (writes.REPLACE_PART, (FILE, f"{UPLOADS}/"), ()),
    "Complete": (writes.COMPLETE, (*NEW, UPLOADS), ()),
    "adopted file": (Adopt("by hand"), (INTENT, f"{DIRECTORY}/by hand"), ()),
    "CreateBucket": (Bucket("PUT"), (("/.larder/buckets", 2), "/buckets"), ("/.larder/buckets",)),
    "settings": (SETTINGS, (("/.larder/buckets", 2),), ("/.larder/buckets",)),
    "DeleteBucket": (Bucket("DELETE"), ("/.larder/buckets",), ("/.larder/buckets",)),
}
each_line = pytest.mark.parametrize(
    ("request_", "strict", "relaxed"), LINES.values(), ids=[name.replace(" ", "-") for name in LINES]
)


def start(server, faults, request, **env):
    # What is put by hand is for the requests alone to find.
    quiet = {"LARDER_SCAN_WATCHED_DIRECTORIES": "0", "LARDER_SCAN_INTERVAL_SECONDS": "0"}
    one = server(env={**faults.env, **quiet, **env})
    return one, fill_for(one, request)


def sent(one, model, request, answers):
    """A thread that sends the request."""
    change = request.begin(model)

    def send():
        answer = request.send(Client(one))
        request.acknowledge(model, change, answer)
        answers.append(answer)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


@each_line
def test_an_answer_waits_for_each_sync_of_its_line(server, faults, request_, strict, relaxed):
    one, model = start(server, faults, request_)
    for line in strict:
        path, count = line if isinstance(line, tuple) else (line, 1)
        request_.prepare(one, model)
        rule = faults.arm(SYNCS, path, after=count - 1, mode="stall")
        answers = []
        sender = sent(one, model, request_, answers)
        eventually(lambda: rule.hits > 0 or not sender.is_alive(), 20, 0.001)
        sender.join(0.05)
        assert rule.hits > 0 and not answers, f"it was answered before sync {count} of {path}"
        faults.clear()
        sender.join(20)
        assert answers and answers[0].status in (200, 204), answers


@each_line
def test_with_relaxed_durability_only_what_cannot_be_lost_is_synced(server, faults, request_, strict, relaxed):
    one, model = start(server, faults, request_, LARDER_DURABILITY="relaxed")
    request_.prepare(one, model)
    every = [faults.arm(SYNCS, path, mode="pass") for path in STORE]
    rules = [faults.arm(SYNCS, path, mode="pass") for path in relaxed]
    answers = []
    sent(one, model, request_, answers).join(20)
    assert answers and answers[0].status in (200, 204), answers
    assert all(rule.hits > 0 for rule in rules)
    if not relaxed:
        assert not any(rule.hits for rule in every)


@pytest.mark.parametrize("request_", [writes.MAKE, writes.MAKE_DEEP, writes.FORM_NEW], ids=lambda one: one.name)
def test_a_small_new_object_takes_one_sync(server, faults, request_):
    one, model = start(server, faults, request_)
    request_.prepare(one, model)
    line = faults.arm(SYNCS, INTENT, mode="pass")
    others = [faults.arm(SYNCS, path, mode="pass") for path in (FILE, DIRECTORY, SIDECAR)]
    answers = []
    sent(one, model, request_, answers).join(20)
    assert answers and answers[0].status in (200, 204), answers
    assert line.hits == 1 and not any(rule.hits for rule in others)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_somebody_has_moved_is_on_disk_before_its_line_goes(server, faults, method):
    one = server(env={**faults.env, "LARDER_SCAN_WATCHED_DIRECTORIES": "0"})
    client = Client(one)
    for key in ("stays", "key"):
        assert client.send("PUT", key, b"content").status == 200
    whole = faults.arm("syncfs", "", mode="pass")
    # What lies where it was is synced by itself.
    assert client.send("DELETE", "stays").status == 204 and whole.hits == 0
    one.path("buckets", BUCKET, "key").rename(one.path("buckets", BUCKET, "elsewhere"))
    answer = client.send(method, "key", b"again" if method == "PUT" else b"")
    assert answer.status == {"GET": 404, "PUT": 200, "DELETE": 204}[method] and whole.hits == 1
    assert client.send("GET", "elsewhere").body == b"content"


# Records


@dataclass
class Service:
    """The attachments of a server: one that is done, one that can be claimed, and a name that nothing has yet."""

    one: object
    done: int = 0
    key: str = ""
    name: str = ""

    def prepare(self, number=0):
        answer = claim(self.one, upload(self.one, b"text", "a.txt", "text/plain"))
        self.done, self.key = answer.json()["id"], upload(self.one, PICTURE, f"{number}.png")
        self.name = f"made-{number}"

    def has(self, key, value):
        """Whether there is such an attachment, as lists tell without making one."""
        for first in itertools.count(0, PAGE):
            page = self.one.api("GET", headers={"Range": f"objects={first}-{first + PAGE - 1}"}).json()
            if value in {item[key] for item in page}:
                return True
            if len(page) < PAGE:
                return False

    def names(self, area):
        return self.one.run(area, "list").stdout.split()


def create(service, area):
    return service.one.run(area, "create", "--name", service.name, check=False).returncode == 0


def answered(call):
    """Whether a request was answered with a success; a server that is gone has not."""
    try:
        answer = call()
    except OSError:
        return False
    assert answer.ok, answer.text
    return True


# What is done to the records, and whether it is done, as seen later.
RECORDS = {
    "authorization": (
        lambda s: answered(
            lambda: s.one.api("GET", "/upload_authorization", params={"content_type": "image/png"})
        ),
        None,
    ),
    "claim": (
        lambda s: answered(lambda: claim(s.one, s.key)),
        lambda s: s.has("filename", s.key.rpartition("/")[2]),
    ),
    "deletion": (lambda s: answered(lambda: s.one.api("DELETE", f"/{s.done}")), lambda s: not s.has("id", s.done)),
    "token": (lambda s: create(s, "token"), lambda s: s.name in s.names("token")),
    "access key": (lambda s: create(s, "key"), lambda s: s.name in s.names("key")),
}
each_record = pytest.mark.parametrize(
    ("act", "is_done"), RECORDS.values(), ids=[name.replace(" ", "-") for name in RECORDS]
)


@pytest.mark.parametrize("durability", ["strict", "relaxed"])
@each_record
def test_a_change_of_the_records_waits_for_their_sync_always(server, faults, act, is_done, durability):
    one = server(env={**faults.env, "LARDER_DURABILITY": durability})
    service = Service(one)
    service.prepare()
    rule = faults.arm(SYNCS, "records.sqlite-wal", mode="stall")
    results = []
    sender = threading.Thread(target=lambda: results.append(act(service)), daemon=True)
    sender.start()
    eventually(lambda: rule.hits > 0 or not sender.is_alive(), 20, 0.001)
    sender.join(0.05)
    assert rule.hits > 0 and not results
    faults.clear()
    sender.join(30)
    assert results == [True]


@each_record
@pytest.mark.timeout(480)
def test_at_whichever_call_to_the_records_the_server_dies_they_are_as_before_or_after(
    server, faults, act, is_done
):
    one = server(env=faults.env)
    service = Service(one)
    # A claim takes two dozen, and some more when its job is looked at meanwhile.
    for number in range(150):
        service.prepare(number)
        rule = faults.arm("write pwrite fsync fdatasync rename", "records.sqlite", after=number, mode="stall")
        results = []
        sender = threading.Thread(target=lambda: results.append(act(service)), daemon=True)
        sender.start()
        eventually(lambda: rule.hits > 0 or not sender.is_alive(), 20, 0.001)
        is_over = rule.hits == 0
        sender.join(0.03)
        one.kill()
        # A command that came too late for the server does the work itself, and must not be held up by what held that up.
        faults.clear()
        sender.join(20)
        one.start()
        # What was answered is done; what was not may be, and is either wholly.
        if results == [True] and is_done:
            assert is_done(service)
        assert answered(lambda: claim(one, service.key))
        if is_over:
            break
    assert is_over and number > 1
    assert one.stop() == 0
    # Whatever each came to, the records and the objects agree, but for deletions that a server has still to end.
    assert one.run("fsck", "--repair", check=False).returncode in (0, 1)
    one.run("fsck")

"""System calls that fail: the client is told the truth, what was there is intact, and the server goes on.

What each errno becomes is `StorageError+System.swift`; when the root turns read-only is storage/README.md, "A failed
`fsync` is never repeated".
"""

import errno
import os
from dataclasses import dataclass

import pytest

from faults import FOR_EVER
from inspection import check_root
from larder import eventually
from model import Model, check
from objects import META
from traffic import Client, Gone
from versioned_writes import VERSIONED_REQUESTS, fill_for
from writes import (
    ABORT,
    BIG,
    COMPLETE,
    COPY,
    COPY_ONTO_ITSELF,
    COPY_PART,
    COPY_SMALL,
    COPY_STOUT,
    CREATE,
    DELETE,
    DELETE_STOUT,
    FORM,
    MAKE,
    MAKE_ABOVE,
    MAKE_BIG,
    MAKE_DEEP,
    MAKE_DEEP_ABOVE,
    MAKE_ESCAPED,
    MAKE_STOUT,
    OVERWRITE,
    OVERWRITE_BIG,
    OVERWRITE_ESCAPED,
    OVERWRITE_STOUT,
    PART,
    READ_ONLY,
    REPLACE_PART,
    SMALL,
    TAG,
    TAG_STOUT,
    Request,
    check_after,
    check_reads,
    check_refusal,
)

FULL = (507, "InsufficientStorage")
FAILED = (500, "InternalError")
BUSY = (503, "SlowDown")
FINE = (200, None)


@dataclass(frozen=True)
class Case:
    """A fault, a request that meets it, and how that has to end.

    A request that is refused has no effect, unless `is_open`: then what is on disk is unknown.
    """

    request: Request
    functions: str
    path: str
    error: int = 0
    answer: tuple = FAILED
    after: int = 0
    times: int = FOR_EVER
    mode: str = "fail"
    is_open: bool = False

    @property
    def id(self):
        name = errno.errorcode.get(self.error, self.mode)
        number = f"+{self.after}" if self.after else ""
        once = "-once" if self.times == 1 else ""
        text = f"{name}-{self.functions}-{self.path}{number}{once}-{self.request.name}"
        return text.replace("/", "_").replace(" ", "+")


def cases(requests, functions, path, *endings, **options):
    """A case for each request and each (errno, answer)."""
    return [
        Case(request, functions, path, error, answer, **options) for request in requests for error, answer in endings
    ]


NO_ROOM = [(errno.ENOSPC, FULL), (errno.EDQUOT, FULL)]
BROKEN = [(errno.EIO, FAILED)]
NO_DESCRIPTOR = [(errno.EMFILE, BUSY), (errno.ENFILE, BUSY)]
UPLOAD = "/incoming/#"
# What is matched is the path of the descriptor, or directory and name.
BUCKET_DIRECTORY = "/buckets/uploads"

CASES = [
    # Content
    *cases([OVERWRITE, OVERWRITE_BIG, FORM], "pwrite write", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_BIG, MAKE_BIG], "pwrite write", UPLOAD, *NO_ROOM[:1], *BROKEN, after=3),
    *cases([OVERWRITE, OVERWRITE_BIG, FORM, MAKE_STOUT], "pwrite write", UPLOAD, (0, FINE), mode="short"),
    *cases([OVERWRITE, MAKE], "open", "/incoming/.", *NO_DESCRIPTOR, *NO_ROOM, *BROKEN),
    *cases([OVERWRITE], "futimens", UPLOAD, *BROKEN),
    *cases([OVERWRITE, MAKE_ABOVE, FORM, OVERWRITE_STOUT], "fsync", UPLOAD, *BROKEN, *NO_ROOM[:1]),
    # Records
    *cases([OVERWRITE, MAKE], "setxattr", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([OVERWRITE, MAKE], "setxattr", UPLOAD, (errno.ENOSPC, FINE), (errno.E2BIG, FINE), times=1),
    *cases([OVERWRITE_STOUT, MAKE_STOUT], "setxattr", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_STOUT, MAKE_STOUT], "pwrite write", "/sidecar/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_STOUT, MAKE_STOUT], "pwrite write", "/sidecar/", (0, FINE), mode="short"),
    *cases([OVERWRITE_STOUT, MAKE_STOUT], "fsync", "/sidecar/", *BROKEN, *NO_ROOM[:1], times=1),
    *cases([MAKE_STOUT], "mkdir", "/sidecar/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_STOUT], "fsync", "/sidecar/", (errno.EIO, READ_ONLY), after=1),
    # Intents
    *cases([OVERWRITE, MAKE, DELETE, FORM, MAKE_STOUT], "write pwrite", "/intents/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE, MAKE, DELETE, MAKE_STOUT], "write pwrite", "/intents/", (0, FINE), mode="short", times=1),
    *cases([OVERWRITE, MAKE, DELETE], "write pwrite", "/intents/", (0, FULL), mode="short"),
    *cases([OVERWRITE, MAKE, DELETE, MAKE_STOUT], "fdatasync fsync", "/intents/", (errno.EIO, READ_ONLY)),
    # Publishing
    *cases([MAKE, MAKE_ABOVE], "link", "/buckets/uploads/new", *NO_ROOM, *BROKEN),
    # As in a directory that the file system keeps apart: the key goes to its escaped place.
    *cases([MAKE, MAKE_ABOVE], "link", "/buckets/uploads/new", (errno.EXDEV, FINE)),
    *cases([MAKE_STOUT], "link", "/buckets/uploads/new stout", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE, OVERWRITE_STOUT, FORM], "link", "/incoming", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE, OVERWRITE_STOUT, FORM], "rename", "/incoming", *NO_ROOM, *BROKEN),
    *cases([MAKE_ESCAPED], "link", "/escaped/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_ESCAPED], "rename", "/escaped/", *NO_ROOM, *BROKEN),
    *cases([MAKE_DEEP], "mkdir", BUCKET_DIRECTORY, *NO_ROOM, *BROKEN),
    *cases([MAKE_DEEP], "mkdir", BUCKET_DIRECTORY, *NO_ROOM, *BROKEN, after=1),
    *cases([MAKE_ESCAPED], "mkdir", "/escaped/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE, MAKE, DELETE], "open", BUCKET_DIRECTORY, *NO_DESCRIPTOR, *BROKEN),
    *cases(
        [OVERWRITE, MAKE_ABOVE, MAKE_STOUT, FORM, DELETE, DELETE_STOUT],
        "fsync",
        BUCKET_DIRECTORY,
        (errno.EIO, READ_ONLY),
        is_open=True,
    ),
    *[
        case
        for after in (0, 1, 2)
        for case in cases(
            [MAKE_DEEP_ABOVE], "fsync", BUCKET_DIRECTORY, (errno.EIO, READ_ONLY), after=after, times=1, is_open=True
        )
    ],
    *cases([MAKE_ESCAPED, OVERWRITE_ESCAPED], "fsync", "/escaped/", (errno.EIO, READ_ONLY), is_open=True),
    # Removing
    *cases([DELETE, DELETE_STOUT], "unlink", BUCKET_DIRECTORY, *BROKEN),
    *cases([DELETE_STOUT], "unlink", "/sidecar/", (errno.EIO, FINE)),
    *cases([OVERWRITE_STOUT], "unlink", "/sidecar/", (errno.EIO, FINE)),
    # The index: derived, so that no request depends on it
    *cases([OVERWRITE, MAKE, DELETE], "pwrite write", "index.sqlite", (errno.EIO, FINE), (errno.ENOSPC, FINE)),
    *cases([OVERWRITE, MAKE, DELETE], "pwrite write", "index.sqlite", (0, FINE), mode="short", times=1),
]


def perform(model, client, request, expected, is_open=False):
    """Sends the request, holds the answer against the expected one and tells the model."""
    change = request.begin(model)
    answer = request.send(client)
    if expected == FINE:
        assert answer.status in (200, 204), answer
        request.acknowledge(model, change, answer)
        return
    check_refusal(answer, expected)
    if not is_open:
        request.refuse(model, change)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_call_that_fails_is_told_and_nothing_is_lost(stored, faults, case):
    one, model, client = stored
    rule = faults.arm(case.functions, case.path, case.error, after=case.after, times=case.times, mode=case.mode)
    perform(model, client, case.request, case.answer, case.is_open)
    # Rows of the index are written a few milliseconds after the answer.
    eventually(lambda: rule.hits > 0)
    if "open" not in case.functions:
        check_reads(model, client)
    faults.clear()
    check_after(one, model, client, is_read_only=case.answer == READ_ONLY)


# Copies, tags, uploads in parts, versions

_VERSIONED = {request.name: request for request in VERSIONED_REQUESTS}
OVERWRITE_VERSION = _VERSIONED["overwrite a version"]
OVERWRITE_STOUT_VERSION = _VERSIONED["overwrite a version with a sidecar"]
SECOND_VERSION = _VERSIONED["make a second version"]
MARK = _VERSIONED["mark as deleted"]
REMOVE_CURRENT = _VERSIONED["remove the current version"]
REMOVE_OLDER = _VERSIONED["remove an older version"]
REMOVE_MARKER = _VERSIONED["remove the newest marker"]
TAG_OLDER = _VERSIONED["tag an older version"]
COPY_OLDER = _VERSIONED["copy an older version"]
VERSIONED_DIRECTORY = "/buckets/versioned"
NO_SYNC = (errno.EIO, READ_ONLY)

STEPS = [
    *cases([COPY, COPY_PART, COMPLETE], "copy", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([COPY, COPY_PART, COMPLETE], "copy", UPLOAD, (0, FINE), mode="short"),
    *cases([COPY_SMALL, PART, REPLACE_PART], "pwrite write", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([PART], "pwrite write", UPLOAD, (0, FINE), mode="short"),
    *cases([COPY, PART, COMPLETE, MARK], "open", "/incoming/.", *NO_DESCRIPTOR, *NO_ROOM, *BROKEN),
    *cases([COPY, PART, COMPLETE, OVERWRITE_VERSION, MARK], "fsync", UPLOAD, *BROKEN, *NO_ROOM[:1]),
    # Records
    *cases([COPY, PART, COMPLETE, MARK], "setxattr", UPLOAD, *NO_ROOM, *BROKEN),
    *cases([COPY, MARK], "setxattr", UPLOAD, (errno.ENOSPC, FINE), times=1),
    *cases([TAG], "setxattr", BUCKET_DIRECTORY, *NO_ROOM, *BROKEN),
    *cases([TAG], "setxattr", BUCKET_DIRECTORY, (errno.ENOSPC, FINE), times=1),
    *cases([TAG, TAG_STOUT], "fsync", BUCKET_DIRECTORY, NO_SYNC, is_open=True),
    *cases([TAG_OLDER], "setxattr", "/versions/", *NO_ROOM, *BROKEN),
    *cases([TAG_OLDER], "fsync", "/versions/", NO_SYNC, is_open=True),
    *cases([TAG_STOUT, COPY_STOUT, COPY_ONTO_ITSELF], "pwrite write", "/sidecar/", *NO_ROOM, *BROKEN),
    *cases([TAG_STOUT, COPY_ONTO_ITSELF], "unlink", "/sidecar/", (errno.EIO, FINE)),
    # Intents
    *cases([COPY, COMPLETE, TAG, MARK, REMOVE_CURRENT], "write pwrite", "/intents/", *NO_ROOM, *BROKEN),
    *cases([COPY, COMPLETE, TAG, MARK, REMOVE_CURRENT], "fdatasync fsync", "/intents/", NO_SYNC),
    # Uploads in parts
    *cases([CREATE], "mkdir", "/multipart", *NO_ROOM, *BROKEN),
    *cases([CREATE], "pwrite write", "/multipart/", *NO_ROOM, *BROKEN),
    *cases([CREATE], "rename", "/multipart/", *NO_ROOM, *BROKEN),
    *cases([CREATE], "fsync", "/multipart", *BROKEN, times=1),
    *cases([CREATE], "fsync", "/multipart", NO_SYNC, after=1, is_open=True),
    *cases([CREATE], "fsync", "/multipart", NO_SYNC, after=2, is_open=True),
    *cases([PART], "link", "/multipart/", *NO_ROOM, *BROKEN),
    *cases([REPLACE_PART], "rename", "/multipart/", *NO_ROOM, *BROKEN),
    *cases([PART, REPLACE_PART], "fsync", "/multipart/", NO_SYNC, is_open=True),
    *cases([ABORT], "unlink", "upload.json", *BROKEN),
    *cases([ABORT], "fsync", "/multipart/", NO_SYNC, is_open=True),
    *cases([COMPLETE], "rename", "/incoming", *NO_ROOM, *BROKEN),
    *cases([COMPLETE], "fsync", BUCKET_DIRECTORY, NO_SYNC, is_open=True),
    *cases([COMPLETE], "fsync", "/multipart", NO_SYNC, is_open=True),
    # Versions
    *cases([SECOND_VERSION], "mkdir", "/versions/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_VERSION, COPY_OLDER, MARK], "link", "/versions/", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_VERSION, MARK], "open", "/versions/", *NO_DESCRIPTOR, *BROKEN),
    *cases([OVERWRITE_VERSION, OVERWRITE_STOUT_VERSION], "rename", "/incoming", *NO_ROOM, *BROKEN),
    *cases([OVERWRITE_VERSION, MARK, REMOVE_CURRENT, REMOVE_OLDER], "fsync", "/versions/", NO_SYNC, is_open=True),
    *cases([OVERWRITE_VERSION, MARK, REMOVE_CURRENT], "fsync", VERSIONED_DIRECTORY, NO_SYNC, is_open=True),
    *cases([REMOVE_CURRENT], "rename", VERSIONED_DIRECTORY, *NO_ROOM, *BROKEN),
    *cases([REMOVE_OLDER], "unlink", "/versions/", *BROKEN),
    *cases([REMOVE_MARKER], "link", VERSIONED_DIRECTORY, *NO_ROOM, *BROKEN),
    # The index
    *cases([COPY, COMPLETE, TAG, OVERWRITE_VERSION, MARK], "pwrite write", "index.sqlite", (errno.EIO, FINE)),
]


@pytest.mark.parametrize("case", STEPS, ids=lambda case: case.id)
def test_a_step_that_fails_is_told_and_nothing_is_lost(server, faults, case):
    one = server(env=faults.env)
    model = fill_for(one, case.request)
    case.request.prepare(one, model)
    client = Client(one)
    rule = faults.arm(case.functions, case.path, case.error, after=case.after, times=case.times, mode=case.mode)
    perform(model, client, case.request, case.answer, case.is_open)
    eventually(lambda: rule.hits > 0)
    faults.clear()
    if case.answer != READ_ONLY:
        assert case.request.contradictions(model, client) == []
    check_after(one, model, client, is_read_only=case.answer == READ_ONLY)


# Steps behind the first that shows. Which answer is right is the store's choice: success, since what is left is done
# later, or a refusal that has no effect.
OVERWRITE_NULL = _VERSIONED["replace an older version null"]
MARK_NULL = _VERSIONED["mark the version null"]
REMOVE_BEHIND_MARKER = _VERSIONED["remove the current version behind a marker"]

LATE_STEPS = [
    *cases([COMPLETE], "rename", "/multipart/", *BROKEN, *NO_ROOM[:1]),
    *cases([COMPLETE], "open", "/multipart", *NO_DESCRIPTOR[:1], after=4),
    *cases([MARK], "link", "/versions/", *BROKEN, after=1),
    *cases([MARK, MARK_NULL], "unlink", VERSIONED_DIRECTORY, *BROKEN),
    *cases([MARK], "open", VERSIONED_DIRECTORY, *NO_DESCRIPTOR[:1], after=1),
    *cases([REMOVE_CURRENT, REMOVE_MARKER, OVERWRITE_NULL], "unlink", "/versions/", *BROKEN),
    *cases([REMOVE_MARKER], "unlink", "/versions/", *BROKEN, after=1),
    *cases([REMOVE_BEHIND_MARKER], "unlink", VERSIONED_DIRECTORY, *BROKEN),
]


@pytest.mark.parametrize("case", LATE_STEPS, ids=lambda case: case.id)
def test_a_late_step_that_fails_is_not_told_as_if_nothing_had_been_done(server, faults, case):
    one = server(env=faults.env)
    model = fill_for(one, case.request)
    case.request.prepare(one, model)
    client = Client(one)
    rule = faults.arm(case.functions, case.path, case.error, after=case.after)
    change = case.request.begin(model)
    answer = case.request.send(client)
    eventually(lambda: rule.hits > 0)
    faults.clear()
    if answer.status in (200, 204):
        case.request.acknowledge(model, change, answer)
    elif (answer.status, answer.error()["Code"]) != READ_ONLY:
        case.request.refuse(model, change)
        assert case.request.contradictions(model, client) == [], answer
    assert one.stop() == 0
    model.stop()
    one.start()
    check(one, model)
    check_root(one)


# Reads


@pytest.mark.parametrize(
    ("functions", "path", "error", "expected"),
    [
        ("open", "/buckets/uploads/old", errno.EMFILE, BUSY),
        ("open", "/buckets/uploads/old", errno.EIO, FAILED),
        ("getxattr", "/buckets/uploads/old", errno.EIO, FAILED),
        ("pread", "/buckets/uploads/old", errno.EIO, FAILED),
        ("open", "/sidecar/", errno.EMFILE, BUSY),
        ("open", "/sidecar/", errno.EIO, FAILED),
        ("pread", "/sidecar/", errno.EIO, FAILED),
    ],
)
def test_a_read_that_fails_is_told_and_changes_nothing(stored, faults, functions, path, error, expected):
    one, model, client = stored
    key = "stout" if "sidecar" in path else "old"
    # Of a restarted server, so that nothing is remembered.
    one.restart()
    client = Client(one)
    rule = faults.arm(functions, path, error)
    check_refusal(client.send("GET", key), expected)
    if functions != "pread" or key == "stout":
        assert client.send("HEAD", key).status == expected[0]
    assert rule.hits > 0
    faults.clear()
    check_after(one, model, client, is_read_only=False)


def test_a_long_read_that_fails_in_the_middle_is_cut_short_rather_than_padded(stored, faults):
    one, model, client = stored
    content = BIG * 16
    model.put(client, "new", content)
    rule = faults.arm("pread", "/buckets/uploads/new", errno.EIO)
    try:
        answer = client.send("GET", "new")
    except Gone:
        answer = None
    # The server may send by calls that are not made to fail; then it is all there.
    assert answer is None or answer.body == content or answer.status == 500, answer
    if answer is None or answer.status == 500:
        assert rule.hits > 0
    faults.clear()
    check_after(one, model, client, is_read_only=False)


def test_a_listing_that_cannot_read_its_index_says_so_and_recovers(stored, faults):
    one, model, client = stored
    one.restart()
    client = Client(one)
    rule = faults.arm("pread", "index.sqlite", errno.EIO)
    answer = client.send("GET", query={"list-type": "2"})
    # What is in SQLite's own cache needs no call.
    assert answer.status == 200 or answer.error()["Code"] in ("InternalError", "ServiceUnavailable", "SlowDown")
    assert answer.status == 200 or rule.hits > 0
    faults.clear()
    check(one, model)
    check_after(one, model, client, is_read_only=False)


# Buckets

SETTINGS = "/.larder/buckets"


@pytest.mark.parametrize(
    ("functions", "path", "error", "expected", "after"),
    [
        ("mkdir", "/buckets/second", errno.ENOSPC, FULL, 0),
        ("mkdir", "/buckets/second", errno.EIO, FAILED, 0),
        ("pwrite write", SETTINGS, errno.ENOSPC, FULL, 0),
        ("pwrite write", SETTINGS, errno.EIO, FAILED, 0),
        ("open", SETTINGS, errno.EMFILE, BUSY, 0),
        ("fsync", SETTINGS, errno.EIO, FAILED, 0),
        ("rename", SETTINGS, errno.EIO, FAILED, 0),
        ("rename", SETTINGS, errno.ENOSPC, FULL, 0),
        ("fsync", SETTINGS, errno.EIO, READ_ONLY, 1),
    ],
)
def test_a_bucket_that_cannot_be_made_is_not_there_and_can_be_made_later(
    stored, faults, functions, path, error, expected, after
):
    one, model, client = stored
    # One call only: the sync behind it concerns the directory, not the file.
    rule = faults.arm(functions, path, error, after=after, times=1)
    check_refusal(client.send("PUT", bucket="second"), expected)
    assert rule.hits == 1
    faults.clear()
    if expected != READ_ONLY:
        assert client.send("HEAD", bucket="second").status == 404
        assert client.send("PUT", bucket="second").status == 200
        assert client.send("PUT", "k", SMALL, bucket="second").status == 200
    check_after(one, model, client, is_read_only=expected == READ_ONLY)
    later = Client(one)
    assert later.send("PUT", bucket="second").status == 200
    if expected != READ_ONLY:
        assert later.send("GET", "k", bucket="second").body == SMALL


def test_a_bucket_whose_removal_fails_is_still_there(stored, faults):
    one, model, client = stored
    assert client.send("PUT", bucket="second").status == 200
    rule = faults.arm("unlink", f"{SETTINGS}/second.json", errno.EIO)
    check_refusal(client.send("DELETE", bucket="second"), FAILED)
    assert rule.hits > 0
    faults.clear()
    assert client.send("PUT", "k", SMALL, bucket="second").status == 200
    check_after(one, model, client, is_read_only=False)
    assert Client(one).send("GET", "k", bucket="second").body == SMALL


# The databases


def test_rows_that_could_not_be_written_are_right_after_the_fault(stored, faults):
    one, model, client = stored
    rule = faults.arm("pwrite write", "index.sqlite", errno.EIO)
    model.put(client, "new", SMALL)
    model.put(client, "old", BIG)
    model.delete(client, "esca//ped")
    # Rows are written after the answers.
    eventually(lambda: rule.hits > 0)
    faults.clear()
    # The checkpoint after at most 30 s looks at them again: no restart is needed.
    eventually(lambda: _agrees(one, model), 45, 0.5)
    check_root(one)


def _agrees(one, model):
    try:
        check(one, model)
    except AssertionError:
        return False
    return True


def test_an_index_that_cannot_be_synced_at_the_stop_costs_no_object(stored, faults):
    one, model, client = stored
    model.put(client, "new", BIG)
    rule = faults.arm("fsync fdatasync", "index.sqlite", errno.EIO)
    assert one.stop() == 0
    assert rule.hits > 0
    faults.clear()
    one.start()
    check(one, model)
    check_root(one)


def api_error(answer):
    """The first code of a refusal of the API; fails when it is not of the API's form."""
    assert answer.headers["Content-Type"].startswith("application/json"), answer.text
    (items,) = answer.json()["error_codes"].values()
    assert answer.json()["errors"] and answer.headers["X-Status-Reason"]
    return items[0]["error"]


@pytest.mark.parametrize(
    ("functions", "error", "statuses"),
    [
        ("pwrite write", errno.ENOSPC, (507,)),
        ("pwrite write", errno.EIO, (500, 503)),
        ("fdatasync fsync", errno.EIO, (500, 503)),
    ],
)
def test_records_that_cannot_be_written_are_refused_in_the_form_of_the_api(stored, faults, functions, error, statuses):
    one, model, client = stored
    authorize = lambda: one.api("GET", "/upload_authorization", params={"content_type": "image/png"})
    assert authorize().status_code == 200
    rule = faults.arm(functions, "records.sqlite", error)
    answer = authorize()
    assert rule.hits > 0
    assert answer.status_code in statuses, answer.text
    assert api_error(answer)
    # S3 does not need the records.
    check_reads(model, client)
    faults.clear()
    assert one.stop() == 0
    one.start()
    assert authorize().status_code == 200
    check(one, model)


def test_a_sync_of_the_records_that_failed_makes_the_root_read_only(stored, faults):
    """storage/README.md: a failed sync "of anything else (a directory, a published file, the intents, a database)"."""
    one, model, client = stored
    authorize = lambda: one.api("GET", "/upload_authorization", params={"content_type": "image/png"})
    rule = faults.arm("fdatasync fsync", "records.sqlite", errno.EIO)
    assert authorize().status_code in (500, 503)
    assert rule.hits > 0
    faults.clear()
    answer = authorize()
    assert answer.status_code == 503, answer.text
    check_after(one, model, client, is_read_only=True)


def test_an_object_that_can_neither_be_published_nor_taken_back_is_said_to_be_unknown(stored, faults):
    one, model, client = stored
    faults.arm("link", "/buckets/uploads/new", errno.ENOSPC)
    # The first write is the object's line, the second one would say that it is not to be redone.
    faults.arm("write pwrite", "/intents/", errno.ENOSPC, after=1)
    perform(model, client, MAKE, FAILED, is_open=True)
    faults.clear()
    check_after(one, model, client, is_read_only=False)


def test_a_disk_without_room_for_zeros_behind_the_intents_takes_their_lines_all_the_same(server, faults):
    one = server(env=faults.env)
    model, client = Model([f"line{number}" for number in range(30)]), Client(one)
    keys = iter(model.keys)
    size = lambda: max(path.stat().st_size for path in one.path(".larder/intents").iterdir())
    # storage/README.md: the zeros come with the line that makes it 64 KiB.
    while size() < 55 * 1024:
        model.put(client, next(keys), b"content " * 1_000)
    # First the line, then the zeros.
    rule = faults.arm("write pwrite", "/intents/", errno.ENOSPC, after=1, times=1)
    model.put(client, next(keys), b"content " * 2_000)
    assert rule.hits == 1
    assert 64 * 1024 <= size() < 128 * 1024
    faults.clear()
    for key in keys:
        model.put(client, key, b"content " * 1_000)
    # They are not tried again, and the disk has what the zeros would have taken.
    assert size() < 512 * 1024
    one.kill()
    model.stop()
    one.start()
    check(one, model)
    check_root(one)


@pytest.mark.parametrize("has_record", [True, False])
def test_a_full_disk_does_not_keep_a_server_from_starting_after_a_kill(stored, faults, has_record):
    one, model, client = stored
    model.put(client, "new", SMALL, {META + "a": "1"})
    one.kill()
    model.stop()
    if not has_record:
        os.removexattr(one.path("buckets", "uploads", "new"), "user.larder")
    rule = faults.arm("write pwrite", UPLOAD, errno.ENOSPC)
    one.start()
    assert rule.hits > 0
    faults.clear()
    check_root(one)
    check_after(one, model, Client(one), is_read_only=False)


def test_what_a_sync_of_the_whole_file_system_has_lost_is_written_again(stored, faults):
    one, model, client = stored
    model.put(client, "new", SMALL)
    path = one.path("buckets", "uploads", "new")
    before = path.stat().st_ino
    rule = faults.arm("syncfs", "", errno.EIO)
    assert one.stop() == 0, one.log_text()
    assert rule.hits > 0
    model.stop()
    faults.clear()
    one.start()
    check_root(one)
    # What a cache shows after a sync that failed may not be on disk: the same bytes have to be written anew.
    assert path.stat().st_ino != before
    check_after(one, model, Client(one), is_read_only=False)

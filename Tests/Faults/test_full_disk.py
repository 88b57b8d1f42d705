"""A disk that is full for real: a small ext4, filled through the server.

test_errors.py has single calls fail; here every call that needs a block does, in the order the kernel chooses.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

import powercut
from disk_images import loop_device, mounted, run
from history import VERSIONED
from inspection import check_root
from larder import eventually
from model import Model, check
from objects import META, Version, read
from traffic import Client, list_page
from versioned_writes import Mark, Put, Remove
from writes import (
    CREATE,
    TAGS,
    Abort,
    Complete,
    Copy,
    PartCopyRequest,
    PartRequest,
    Request,
    Tag,
    add_part,
    begin_upload,
)

# The server's reserve and ext4's journal fit in beside some uploads.
DISK_BYTES = 96 << 20
BODY = bytes(range(256)) * 4096
KEYS = [f"fill/{i:03}" for i in range(DISK_BYTES // len(BODY) + 50)] + ["small", "stout", "new"]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(powercut.obstacle() is not None, reason=str(powercut.obstacle())),
]


@pytest.fixture
def small_disk():
    with ExitStack() as stack:
        folder = stack.enter_context(powercut.scratch())
        image = folder / "small.img"
        with open(image, "wb") as file:
            file.truncate(DISK_BYTES)
        # No blocks are kept for root: this test is root.
        run("mkfs.ext4", "-q", "-F", "-m", "0", image)
        device = stack.enter_context(loop_device(image))
        yield stack.enter_context(mounted(device, folder / "disk"))


@pytest.fixture
def full(server, small_disk):
    """A server whose disk is full, its model and what fills it."""
    one = server(storage=small_disk / "root")
    yield one, *fill(one, Model(KEYS))
    one.dispose()


@pytest.fixture
def full_with_more(server, small_disk):
    """As `full`, with an upload in parts that was begun in time and a key with two versions."""
    one = server(storage=small_disk / "root")
    model = Model(KEYS, versioned=["key"])
    model.history.make(one)
    client = Client(one)
    for content in (BODY, b"second"):
        change = model.history.begin_store("key", Version.of(content))
        answer = client.send("PUT", "key", content, bucket=VERSIONED)
        model.history.acknowledge(change, answer, answer.headers["x-amz-version-id"])
    upload = begin_upload(client, model, "stout")
    add_part(client, model, upload, 1, BODY)
    yield one, *fill(one, model), upload
    one.dispose()


def fill(one, model):
    """Fills the disk; returns the model and a client."""
    client = Client(one)
    model.put(client, "small", b"s" * 100)
    fill_up(model, client)
    assert model.states("fill/004") == {Version.of(BODY)}
    return model, client


def fill_up(model, client):
    """Takes all the room that there is, down to the last blocks; a checkpoint gives some back, twice a minute."""
    left = [key for key in model.keys if key.startswith("fill/") and model.states(key) == {None}]
    for size in (len(BODY), 65_536, 4096, 100):
        while left and attempt(model, client, left[0], BODY[:size]):
            left.pop(0)
    assert left, "the disk is larger than what is to fill it"


def attempt(model, client, key, content, headers=None):
    """A PUT that either succeeds or is refused for lack of space; returns whether it did."""
    return attempt_request(model, client, Request(key, content, headers or {}))


def attempt_request(model, client, request):
    """As `attempt`, of any request."""
    change = request.begin(model)
    answer = request.send(client)
    if answer.status in (200, 204):
        request.acknowledge(model, change, answer)
        return True
    assert (answer.status, answer.error()["Code"]) == (507, "InsufficientStorage"), answer
    request.refuse(model, change)
    return False


def about(request, upload):
    """A request about this upload."""
    request.upload = upload
    return request


@dataclass(frozen=True)
class CopyOf(Copy):
    """A copy of a file that fills the disk."""

    @property
    def effect(self):
        return Version.of(BODY).copied()


@dataclass(frozen=True)
class TagOf(Tag):
    """Tags of a file that fills the disk."""

    @property
    def effect(self):
        return Version.of(BODY).tagged(TAGS)


def test_a_full_disk_refuses_writes_and_serves_everything_it_has(full):
    one, model, client = full
    fill_up(model, client)
    assert not attempt(model, client, "small", BODY)
    fill_up(model, client)
    assert not attempt(model, client, "stout", BODY, {META + "long": "x" * 2000, "Cache-Control": "y" * 2500})
    check(one, model)
    check_root(one)


def test_objects_can_be_deleted_on_a_full_disk_and_make_room(full):
    one, model, client = full
    for key in [key for key in model.keys if key.startswith("fill/")][:5]:
        model.delete(client, key)
    assert attempt(model, client, "small", BODY)
    check(one, model)
    check_root(one)


def test_parts_completions_and_copies_are_refused_on_a_full_disk_and_leave_nothing(full_with_more):
    one, model, client, upload = full_with_more
    # Takes the last blocks, if there are any.
    while attempt_request(model, client, CREATE):
        pass
    refused = [
        about(PartRequest("stout", BODY, number=2), upload),
        about(PartRequest("stout", BODY), upload),
        about(PartCopyRequest("stout", "fill/000", number=2, content=BODY), upload),
        about(Complete("stout"), upload),
        CopyOf("small", source="fill/000"),
        CopyOf("new", source="fill/000"),
        Put("overwrite", "key", ()),
    ]
    for request in refused:
        fill_up(model, client)
        assert not attempt_request(model, client, request), request.name
    check(one, model)
    check_root(one)
    # What takes no room to speak of goes on, or is refused in the same way.
    for request in [TagOf("fill/000"), Mark("mark", "key", ()), about(Complete("stout"), upload)]:
        attempt_request(model, client, request)
    check(one, model)
    one.kill()
    model.stop()
    one.start()
    check(one, model)
    check_root(one)


def test_aborts_and_removed_versions_make_room_on_a_full_disk(full_with_more):
    one, model, client, upload = full_with_more
    assert attempt_request(model, client, about(Abort("stout"), upload))
    assert attempt_request(model, client, Remove("remove the older", "key", (), target=1))
    check_root(one)
    again = begin_upload(client, model, "small")
    add_part(client, model, again, 1, BODY[: len(BODY) // 2])
    assert attempt_request(model, client, about(Complete("small"), again))
    check(one, model)
    check_root(one)


def test_without_a_reserve_a_listing_is_whole_or_says_that_it_cannot_be(server, small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(8 << 20))
    one = server(storage=small_disk / "root", env={"LARDER_LIMITS_FREE_BYTES": "0"})
    keys = [f"fill/{i:04}" for i in range(900)]
    model, client = Model(keys), Client(one)
    sizes = [len(BODY)] * 120 + [65_536] * 60 + [100] * 720
    for key, size in zip(keys, sizes):
        attempt(model, client, key, b"x" * size)
    listed = list_page(client)
    if listed is not None:
        assert set(listed.entries) == {key for key in keys if read(client, key)[0] is not None}
    ballast.unlink()
    eventually(lambda: list_page(client) is not None, 60)
    check(one, model)
    assert one.stop() == 0
    one.start()
    check(one, model)
    one.dispose()


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
def test_a_server_starts_on_a_full_disk_and_serves_everything_it_has(full, is_killed):
    one, model, client = full
    if is_killed:
        one.kill()
    else:
        assert one.stop() == 0
    model.stop()
    one.start()
    check(one, model)
    check_root(one)
    client = Client(one)
    for key in [key for key in model.keys if key.startswith("fill/")][:5]:
        model.delete(client, key)
    assert attempt(model, client, "small", BODY)
    check(one, model)

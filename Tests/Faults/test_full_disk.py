"""A disk that is full for real: a small ext4, filled through the server.

test_errors.py has single calls fail; here every call that needs a block does, in the order the kernel chooses.
"""

from contextlib import ExitStack

import pytest

import powercut
from inspection import check_root
from larder import eventually
from model import Model, check
from objects import META, Version, read
from traffic import Client, list_page

# The server's reserve and ext4's journal fit in beside some uploads.
DISK_BYTES = 96 << 20
BODY = bytes(range(256)) * 4096

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
        powercut.run("mkfs.ext4", "-q", "-F", "-m", "0", image)
        device = stack.enter_context(powercut.loop_device(image))
        yield stack.enter_context(powercut.mounted(device, folder / "disk"))


@pytest.fixture
def full(server, small_disk):
    """A server whose disk is full, its model and what fills it."""
    one = server(storage=small_disk / "root")
    keys = [f"fill/{i:03}" for i in range(DISK_BYTES // len(BODY) + 10)] + ["small", "stout"]
    model = Model(keys)
    client = Client(one)
    model.put(client, "small", b"s" * 100)
    for number, key in enumerate(keys):
        if not attempt(model, client, key, BODY):
            break
    assert 3 < number < len(keys) - 3
    # Down to the last blocks.
    for size in (65_536, 4096, 100):
        for key in keys[number + 1 : -2]:
            if not attempt(model, client, key, b"x" * size):
                break
    yield one, model, client
    one.dispose()


def attempt(model, client, key, content, headers=None):
    """A PUT that either succeeds or is refused for lack of space; returns whether it did."""
    change = model.begin(key, Version.of(content, headers))
    answer = client.send("PUT", key, content, headers)
    if answer.status == 200:
        model.acknowledge(change, answer)
        return True
    assert (answer.status, answer.error()["Code"]) == (507, "InsufficientStorage"), answer
    model.refuse(key, change)
    return False


def test_a_full_disk_refuses_writes_and_serves_everything_it_has(full):
    one, model, client = full
    assert not attempt(model, client, "small", BODY)
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
    eventually(lambda: list_page(client) is not None)
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

"""Starts that meet an error: refused with its reason, or right; and the next one is right."""

import errno
from pathlib import Path

import pytest

from inspection import check_root
from larder import NotReady
from model import check
from objects import read
from traffic import Client
from writes import BIG, KEYS, SMALL, STOUT


@pytest.mark.parametrize(
    ("functions", "path", "error"),
    [
        ("open", "/intents", errno.EIO),
        ("pread", "/intents/", errno.EIO),
        ("fsync", "/intents", errno.EIO),
        ("open", "/.larder/buckets", errno.EIO),
        ("pread", "/.larder/buckets/", errno.EIO),
        ("pread", "/format.json", errno.EIO),
        ("getxattr", "/buckets/uploads", errno.EIO),
        ("open", "/buckets/uploads/", errno.EIO),
        ("pread", "index.sqlite", errno.EIO),
        ("pwrite write", "index.sqlite", errno.EIO),
        ("fsync fdatasync", "index.sqlite", errno.EIO),
        ("unlink", "/incoming/", errno.EIO),
        ("unlink", "/intents/", errno.EIO),
        ("fsync", "/.larder", errno.EIO),
    ],
)
def test_a_start_that_meets_an_error_is_refused_or_right_and_the_next_one_is_right(
    stored, faults, functions, path, error
):
    one, model, client = stored
    model.put(client, "new", BIG, STOUT)
    model.put(client, "stout", SMALL)
    model.delete(client, "old")
    one.kill()
    rule = faults.arm(functions, path, error)
    try:
        one.start()
    except NotReady as refusal:
        assert "errno" in str(refusal) or "I/O" in str(refusal) or "disk" in str(refusal), refusal
    else:
        late = Client(one)
        for key in KEYS:
            answer = late.send("GET", key)
            assert answer.status >= 500 or read(late, key)[0] in model.states(key), f"{key}: {answer}"
        one.kill()
    assert rule.hits > 0
    faults.clear()
    one.start()
    check(one, model)
    check_root(one)


def test_the_shim_is_loaded_and_does_nothing_unless_told(stored, faults):
    one, model, client = stored
    maps = Path(f"/proc/{one.process.pid}/maps").read_text()
    assert "faults.so" in maps and "faults.board" in maps
    check(one, model)
    check_root(one)

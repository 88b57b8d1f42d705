"""The power goes at any moment: what was acknowledged by then is there after the restart, on a sound file system.

Simulated as powercut.py says. Two tests show that the rig is not blind: without syncs it has to find losses.
"""

import os
import random
import signal
import threading
import time
from collections import Counter

import pytest

import powercut
from inspection import leftovers
from larder import NotReady
from load import Load, said, stocked
from model import check, compare
from objects import read
from traffic import Client

CUTS = int(os.environ.get("LARDER_FAULT_POWERCUTS") or 10)
COPIES_PER_RUN = 4

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.timeout(90 + 6 * CUTS),
    pytest.mark.skipif(powercut.obstacle() is not None, reason=str(powercut.obstacle())),
]


@pytest.fixture
def copied_disk():
    with powercut.CopiedDisk() as disk:
        yield disk


@pytest.fixture
def volatile_disk():
    with powercut.VolatileDisk() as disk:
        yield disk


@pytest.fixture
def ended(server):
    """The factory of servers; all are killed before the disk below them goes."""
    made = []

    def make(*arguments, **options):
        one = server(*arguments, start=False, **options)
        made.append(one)
        return one.start()

    yield make
    for one in made:
        one.dispose()


def find_losses(make, disk, taken, model, **options):
    """Starts a server on a copy of the disk; returns what contradicts the model, and what recovery left."""
    copy, since, until = taken
    with disk.opened(copy) as place:
        try:
            one = make(storage=place / "root", **options)
        except NotReady as refusal:
            raise AssertionError(f"the server does not start after a power cut: {refusal}") from refusal
        try:
            findings = compare(one, model, since, until)
            left = leftovers(one)
            answer = Client(one).send("PUT", model.keys[0], b"after the power cut")
            assert answer.status == 200, answer
        finally:
            one.kill()
    return findings, left


def copies_under_load(disk, load, rng, count):
    """Copies at random moments of a load, which then stops with the server."""
    taken = []
    for _ in range(count):
        time.sleep(rng.uniform(0, 0.2))
        taken.append(disk.copy())
    return taken


def copies_at_the_end_and_the_beginning(disk, one, rng):
    """A copy while the server stops or after it was killed, and one while it starts again."""
    if rng.random() < 0.5:
        one.process.send_signal(signal.SIGTERM)
        time.sleep(rng.uniform(0, 0.04))
    taken = [disk.copy()]
    one.kill()
    starting = threading.Thread(target=one.start)
    starting.start()
    time.sleep(rng.uniform(0, 0.12))
    taken.append(disk.copy())
    starting.join(40)
    return taken


def test_what_was_acknowledged_survives_a_power_cut_at_any_moment(copied_disk, ended, seed):
    rng = random.Random(seed)
    disk = copied_disk
    one = ended(storage=disk.place / "root")
    families, model = stocked(one, 3)
    cuts, counts, left = 0, Counter(), []
    while cuts < CUTS:
        load = Load(one, families, model, rng.getrandbits(64), workers=12).start()
        load.wait_for(1)
        taken = copies_under_load(disk, load, rng, COPIES_PER_RUN)
        load.stop()
        taken += copies_at_the_end_and_the_beginning(disk, one, rng)
        for number, copy in enumerate(taken):
            findings, rest = find_losses(ended, disk, copy, model)
            assert not findings.problems, (
                f"cut {cuts}, copy {number} of {len(taken)} (direct: {disk.is_direct}):\n"
                + "\n".join(findings.problems[:10])
            )
            left += rest
            cuts += 1
        counts += load.counts
        model.stop()
        check(one, model)
        model.history.switch(one)
    print(f"{cuts} power cuts, {said(counts)}, direct: {disk.is_direct}")
    assert counts.total() > 5 * cuts
    assert not left, "\n".join(sorted(set(left))[:10])


def test_what_was_acknowledged_survives_a_disk_that_loses_its_cache(volatile_disk, ended, seed):
    rng = random.Random(seed)
    disk = volatile_disk
    one = ended(storage=disk.place / "root")
    families, model = stocked(one, 3)
    counts, left = Counter(), []
    for number in range(CUTS):
        survivors = rng.choice([0, 0, 0.2, 0.5, 0.9])
        counts += cut_under_load(disk, one, families, model, rng, survivors)
        one.start()
        findings = compare(one, model, settle=True)
        shown = "\n".join(findings.problems[:10])
        assert not findings.problems, f"cut {number}, {survivors} of what was not flushed survived:\n{shown}"
        left += leftovers(one)
        if number % 10 == 9:
            one.kill()
            disk.check()
            one.start()
        if number % 4 == 3:
            model.history.switch(one)
    print(f"{CUTS} power cuts, {said(counts)}")
    assert counts.total() > 5 * CUTS
    one.kill()
    disk.check()
    assert not left, "\n".join(sorted(set(left))[:10])


def cut_under_load(disk, one, families, model, rng, survivors):
    """Cuts the power under a running server; returns how much was acknowledged, by kind."""
    load = Load(one, families, model, rng.getrandbits(64), workers=12, may_fail=lambda *_: True).start()
    load.wait_for(1)
    time.sleep(rng.uniform(0, 0.25))
    since, _ = disk.cut(rng, survivors)
    one.kill()
    # What it answered after the cut, errors above all, came from a server that would have been dark.
    load.wait()
    model.stop()
    model.doubt(since)
    disk.reconnect()
    return load.counts


def test_with_relaxed_durability_a_power_cut_leaves_nothing_that_passes_for_whole(copied_disk, ended, seed):
    rng = random.Random(seed)
    relaxed = {"LARDER_DURABILITY": "relaxed"}
    one = ended(storage=copied_disk.place / "root", env=relaxed)
    families, model = stocked(one, 3)
    seen = 0
    for _ in range(3):
        load = Load(one, families, model, rng.getrandbits(64), workers=12).start()
        load.wait_for(100)
        copy, _, _ = copied_disk.copy()
        load.stop()
        with copied_disk.opened(copy) as place:
            after = ended(storage=place / "root", env=relaxed)
            try:
                seen += check_contents(after, model)
            finally:
                after.kill()
    assert seen > 0


def check_contents(one, model):
    """Fails unless each key holds what it was asked to hold, or nothing, or a scrub finds it; returns how many do."""
    client, seen, zeroed = Client(one), 0, set()
    for key in model.keys:
        state, _ = read(client, key)
        if state is None or state.digest in model.contents(key):
            seen += state is not None
        elif state.etag == state.digest:
            # Its record stood in a sidecar that the cut took: what is there was adopted.
            assert not state.headers, f"{key}: {state}"
        else:
            zeroed.add(f"{model.bucket}/{key}")
    # The file system may have given a file its size before its content; without a sync nobody but a scrub can tell.
    found = one.run("scrub", model.bucket, check=False).stdout
    assert len(zeroed) == found.count("bit-rot  "), f"{zeroed}:\n{found}"
    answer = client.send("PUT", model.keys[0], b"after the power cut")
    assert answer.status == 200, answer
    return seen


# The rig


def test_the_rig_finds_losses_when_nothing_is_synced(copied_disk, ended, seed):
    rng = random.Random(seed)
    relaxed = {"LARDER_DURABILITY": "relaxed"}
    one = ended(storage=copied_disk.place / "root", env=relaxed)
    families, model = stocked(one, 3)
    losses = Counter()
    for _ in range(10):
        load = Load(one, families, model, rng.getrandbits(64), workers=12).start()
        load.wait_for(50)
        taken = copied_disk.copy()
        load.stop()
        findings, _ = find_losses(ended, copied_disk, taken, model)
        losses += findings.losses
        if set(losses) == {model.bucket, model.history.bucket}:
            return
    pytest.fail(f"{losses} were found to be lost although the server synced nothing: the rig is blind")


def test_the_rig_finds_losses_of_the_cache_when_nothing_is_synced(volatile_disk, ended, seed):
    rng = random.Random(seed)
    one = ended(storage=volatile_disk.place / "root", env={"LARDER_DURABILITY": "relaxed"})
    families, model = stocked(one, 3)
    losses = Counter()
    for _ in range(10):
        cut_under_load(volatile_disk, one, families, model, rng, 0)
        one.start()
        losses += compare(one, model, settle=True).losses
        if set(losses) == {model.bucket, model.history.bucket}:
            return
    pytest.fail(f"{losses} were found to be lost although the server synced nothing: the rig is blind")

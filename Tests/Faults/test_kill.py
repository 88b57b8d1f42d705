"""kill -9 at any moment: nothing acknowledged is lost, nothing deleted returns, nothing is half visible."""

import os
import random
import signal
import subprocess
import time
from collections import Counter

import pytest

from inspection import leftovers
from larder import BINARY, eventually
from load import Load, said, stocked
from model import check

ROUNDS = int(os.environ.get("LARDER_FAULT_ROUNDS") or 50)


def kill_while_starting(server, moment):
    """Starts the server and kills it so many seconds later, ready or not."""
    with open(server.log, "ab") as log:
        process = subprocess.Popen(
            [str(BINARY), "serve"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=server.env
        )
    try:
        process.wait(moment)
        raise AssertionError(f"the server ended by itself with {process.returncode}\n{server.log_text()[-2000:]}")
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()


def end(server, rng):
    """Kills the server; sometimes while it stops."""
    if rng.random() < 0.2:
        server.process.send_signal(signal.SIGTERM)
        time.sleep(rng.uniform(0, 0.05))
    server.kill()


def begin(server):
    """Starts the server; returns how long that took."""
    before = time.monotonic()
    server.start()
    return time.monotonic() - before


def assert_clean(left):
    """Fails on what recoveries left: after all rounds, so that a leftover does not hide a loss."""
    left = sorted(set(left))
    assert not left, f"{len(left)} leftovers:\n" + "\n".join(left[:10])


@pytest.mark.heavy
@pytest.mark.timeout(60 + 4 * ROUNDS)
def test_what_was_acknowledged_survives_kill_9_at_any_moment(server, seed):
    rng = random.Random(seed)
    one = server()
    families, model = stocked(one, 4)
    counts, left = Counter(), []
    for round_ in range(ROUNDS):
        if round_ % 5 == 4:
            model.history.switch(one)
        load = Load(one, families, model, rng.getrandbits(64)).start()
        load.wait_for(1)
        # Not luck: every moment is as good, and they differ.
        time.sleep(rng.uniform(0, 0.3))
        end(one, rng)
        load.join()
        model.stop()
        counts += load.counts
        begin(one)
        check(one, model)
        left += leftovers(one)
    print(f"{ROUNDS} kills, {said(counts)}")
    assert counts.total() > 5 * ROUNDS
    assert one.stop() == 0
    begin(one)
    check(one, model)
    assert_clean(left)


@pytest.mark.heavy
@pytest.mark.timeout(60 + 4 * ROUNDS)
def test_a_recovery_that_is_killed_itself_is_taken_up_by_the_next(server, seed):
    rng = random.Random(seed)
    one = server(start=False)
    longest, left = begin(one), []
    families, model = stocked(one, 4)
    for _ in range(max(5, ROUNDS // 4)):
        load = Load(one, families, model, rng.getrandbits(64)).start()
        load.wait_for(rng.randrange(50, 200))
        one.kill()
        load.join()
        model.stop()
        for _ in range(rng.randint(1, 4)):
            kill_while_starting(one, rng.uniform(0, longest))
        longest = max(longest, begin(one))
        check(one, model)
        left += leftovers(one)
    assert_clean(left)


@pytest.mark.heavy
@pytest.mark.timeout(60 + ROUNDS)
def test_what_a_kill_leaves_is_made_right_by_fsck_as_by_a_start(server, seed):
    rng = random.Random(seed)
    one = server()
    families, model = stocked(one, 4)
    left = []
    for _ in range(max(5, ROUNDS // 10)):
        load = Load(one, families, model, rng.getrandbits(64)).start()
        load.wait_for(rng.randrange(20, 100))
        one.kill()
        load.join()
        model.stop()
        # Its status says whether there was something to repair.
        one.run("fsck", "--repair", check=False)
        one.run("fsck")
        begin(one)
        check(one, model)
        left += leftovers(one)
    assert one.stop() == 0
    one.run("fsck")
    assert_clean(left)


@pytest.mark.heavy
def test_intents_do_not_pile_up_over_kills_and_are_gone_after_a_clean_stop(server, seed):
    one = server()
    families, model = stocked(one, 2)
    for round_ in range(4):
        load = Load(one, families, model, seed + round_, workers=8).start()
        load.wait_for(100)
        one.kill()
        load.join()
        model.stop()
        begin(one)
    segments = lambda: list(one.path(".larder/intents").iterdir())
    # What recovery has reconciled is forgotten with the checkpoint that it makes before it serves.
    assert eventually(lambda: len(segments()) <= 2)
    assert one.stop() == 0
    assert [segment.read_bytes().strip() for segment in segments()] == [b""]
    begin(one)
    check(one, model)


@pytest.mark.heavy
@pytest.mark.timeout(60 + ROUNDS)
@pytest.mark.skipif(ROUNDS < 100, reason="waits half a minute a round for a checkpoint: scripts/soak --kills 1000")
def test_a_kill_while_a_checkpoint_is_made_under_load_loses_nothing(server, seed):
    rng = random.Random(seed)
    one = server()
    families, model = stocked(one, 4)
    left = []
    for _ in range(ROUNDS // 100):
        load = Load(one, families, model, rng.getrandbits(64)).start()
        numbers = lambda: {int(path.name) for path in one.path(".larder/intents").iterdir()}
        before = max(numbers())
        # A checkpoint begins with a new segment.
        eventually(lambda: max(numbers(), default=0) > before, 45, 0.001)
        time.sleep(rng.uniform(0, 0.03))
        one.kill()
        load.join()
        model.stop()
        begin(one)
        check(one, model)
        left += leftovers(one)
    assert_clean(left)

"""kill -9 among a hundred conditional writers: one of them has won or none, and the next one is told which.

LARDER_WRITERS_ROUNDS=1000 makes as many kills; scripts/soak does.
"""

import os
import random
import select
import socket
import time
from collections import Counter

import pytest

from dialects import send, target
from inspection import leftovers
from test_kill import assert_clean
from writers import Crowd, Writer, body_of, completions, copies, md5, puts

ROUNDS = int(os.environ.get("LARDER_WRITERS_ROUNDS") or 6)
WRITERS = 99
PLAIN, VERSIONED = "uploads", "versioned"
# In a natural place, below directories that the winner makes, and where no path can be.
KEYS = ["lock", "deep/er/{}/lock", "a//b"]
SOURCES = {f"sources/{number}": body_of(number, "source") for number in range(WRITERS)}
REFUSALS = {(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")}


@pytest.fixture
def one(server):
    """A server with a bucket of each kind, and sources of copies."""
    made = server()
    s3 = made.s3()
    s3.create_bucket(Bucket=VERSIONED)
    s3.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})
    for key, body in SOURCES.items():
        s3.put_object(Bucket=PLAIN, Key=key, Body=body)
    return made


class Race:
    """A race for one key, in the middle of which the server dies."""

    def __init__(self, server, rng, number):
        self.server, self.rng, self.number = server, rng, number
        self.bucket = rng.choice([PLAIN, VERSIONED])
        self.key = rng.choice(KEYS).format(number) + f"-{number}"
        # What is there before, and the condition that only this lets through.
        self.before = rng.choice([None, b"before %d" % number])
        self.condition = {"If-Match": f'"{md5(self.before)}"'} if self.before else {"If-None-Match": "*"}
        if self.before:
            server.s3().put_object(Bucket=self.bucket, Key=self.key, Body=self.before)

    def gather(self, crowd):
        """Writers of one kind, or of all three in any order."""
        where = (self.bucket, self.key, self.condition)
        kinds = [
            lambda count: puts(*where, count, self.number),
            lambda count: copies(*where, PLAIN, dict(list(SOURCES.items())[:count])),
            lambda count: completions(crowd, *where, count, self.number),
        ]
        if self.rng.random() < 0.5:
            self.writers = self.rng.choice(kinds)(WRITERS)
        else:
            self.writers = [writer for make in kinds for writer in make(WRITERS // 3)]
            self.rng.shuffle(self.writers)

    def run(self, longest):
        """Lets the writers go, kills the server and keeps the answers that it gave until then."""
        crowd = Crowd(self.server, WRITERS)
        self.gather(crowd)
        crowd.poise(self.writers)
        crowd.release()
        if self.rng.random() < 0.8:
            # Not luck: every moment is as good, and they differ.
            time.sleep(self.rng.uniform(0, longest))
        else:
            wait_for_a_success(crowd)
        self.server.kill()
        self.answers = crowd.answers()
        crowd.close()

    def judge(self):
        """Holds what is there after a restart against the answers; the writer whose content it is, None for none."""
        pairs = list(zip(self.writers, self.answers))
        won = [writer for writer, answer in pairs if writer.has_won(answer)]
        lost = [writer for writer, answer in pairs if answer is None or answer.status == 200]
        codes = {(answer.status, answer.code) for answer in self.answers if answer and answer.status != 200}
        assert len(won) <= 1, f"{len(won)} writers have won"
        assert codes <= REFUSALS, codes
        found = send(self.server, "GET", target(self.bucket, self.key))
        if found.status == 404 or found.body == self.before:
            assert (self.before is None) == (found.status == 404)
            assert not won, f"a success was answered, and there is {found}"
            assert (412, "PreconditionFailed") not in codes, "one was refused for the sake of what is not there"
            return None
        (there,) = [writer for writer in won or lost if writer.content == found.body]
        assert (found.status, found.header("ETag")) == (200, f'"{there.etag}"'), found
        return there

    def assert_consistent(self, there):
        """Versions and uploads are those of a race with this winner, and the next writer learns who has won."""
        rows = (self.before is not None and (self.bucket == VERSIONED or there is None)) + (there is not None)
        assert self.rows() == rows
        self.assert_uploads(there)
        (late,) = puts(self.bucket, self.key, self.condition, 1, -1)
        answer = send(self.server, "PUT", late.target, late.headers, late.body)
        assert answer.status == (200 if there is None else 412), answer
        current = late if there is None else there
        assert send(self.server, "GET", target(self.bucket, self.key)).body == current.content
        overwritten = there is None and self.before is not None and self.bucket == PLAIN
        assert self.rows() == rows + (there is None) - overwritten

    def rows(self):
        found = self.server.s3().list_object_versions(Bucket=self.bucket, Prefix=self.key)
        assert not found.get("DeleteMarkers")
        versions = found.get("Versions", [])
        assert {item["Key"] for item in versions} <= {self.key}
        return len(versions)

    def assert_uploads(self, there):
        """Each upload in parts is still there but that of the winner."""
        uploads = [writer for writer in self.writers if writer.method == "POST"]
        crowd = Crowd(self.server, len(uploads))
        answers = crowd.race([Writer("DELETE", writer.target, {}) for writer in uploads])
        crowd.close()
        found = [answer.status for answer in answers]
        assert found == [404 if writer is there else 204 for writer in uploads]


def wait_for_a_success(crowd):
    """Returns when the first success is answered, or everything is; all answers stay to be read."""
    poller, due = select.poll(), {connection.fileno(): connection for connection in crowd.poised}
    for number in due:
        poller.register(number, select.POLLIN)
    while due:
        ready = poller.poll(30_000)
        assert ready, "no answer for half a minute"
        for number, _ in ready:
            poller.unregister(number)
            if due.pop(number).recv(12, socket.MSG_PEEK).endswith(b" 200"):
                return


def time_to_a_success(server):
    """How long it takes until one has won, when nobody disturbs: the moments around it are the ones that matter."""
    crowd = Crowd(server, WRITERS)
    crowd.poise(puts(PLAIN, "undisturbed", {"If-None-Match": "*"}, WRITERS))
    began = time.monotonic()
    crowd.release()
    wait_for_a_success(crowd)
    took = time.monotonic() - began
    crowd.answers()
    crowd.close()
    return took


@pytest.mark.heavy
@pytest.mark.timeout(60 + 5 * ROUNDS)
def test_a_kill_among_conditional_writers_leaves_one_winner_or_none(one, seed):
    rng = random.Random(seed)
    usual = time_to_a_success(one)
    counts, left = Counter(), []
    for number in range(ROUNDS):
        race = Race(one, rng, number)
        race.run(2 * usual)
        one.start()
        there = race.judge()
        left += leftovers(one)
        race.assert_consistent(there)
        answered = sum(answer is not None for answer in race.answers)
        counts["answers"] += answered
        told = any(map(Writer.has_won, race.writers, race.answers))
        counts["winners told" if told else "winners not told" if there else "without a winner"] += 1
    print(f"{ROUNDS} kills among {WRITERS} writers: {', '.join(f'{n} {name}' for name, n in sorted(counts.items()))}")
    assert_clean(left)

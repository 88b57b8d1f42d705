"""A wall clock that jumps: the order of writes is kept, times are the clock's, and signatures are judged by it."""

import datetime
import email.utils
import random
import re
import time

import pytest
import requests

from inspection import check_root, record_of
from load import Load, stocked
from model import Model, check
from objects import Version
from traffic import Client, now

HOUR, DAY = 3600, 86_400
KEYS = ["old", "deep/er/old", "esca//ped"]


class Jumping:
    """A server whose clock is set by the test, and a client that goes by the server's."""

    def __init__(self, server, faults, versioned=()):
        self.faults = faults
        self.ahead = 0
        self.server = server(env=faults.env)
        self.model = Model(KEYS, versioned=versioned)
        if versioned:
            self.model.history.make(self.server)
        self.client = self.connect()

    def set(self, seconds):
        self.ahead = seconds
        self.faults.set_clock(seconds)

    def now(self):
        return now() + datetime.timedelta(seconds=self.ahead)

    def connect(self):
        return Client(self.server, clock=self.now)

    def put_all(self, content):
        for key in KEYS:
            self.model.put(self.client, key, content)

    def put_version(self, key, content):
        """Another version of a key, or a marker for None."""
        history = self.model.history
        change = history.begin_marker(key) if content is None else history.begin_store(key, Version.of(content))
        verb = "DELETE" if content is None else "PUT"
        answer = self.client.send(verb, key, content or b"", bucket=history.bucket)
        history.acknowledge(change, answer, answer.headers["x-amz-version-id"])

    def remove_version(self, key, position):
        """The version that stands there in the list of them is gone for good."""
        history = self.model.history
        id = history.certain(key)[position].id
        change = history.begin_removal(key, id)
        answer = self.client.send("DELETE", key, query={"versionId": id}, bucket=history.bucket)
        assert answer.status == 204, answer
        history.acknowledge(change, answer)
        history.note_removal(key, id)

    def restart(self, is_killed):
        self.server.kill() if is_killed else self.server.stop()
        self.server.start()
        self.client = self.connect()

    def check(self):
        # The checks sign by the true clock.
        ahead, self.ahead = self.ahead, 0
        self.faults.set_clock(0)
        check(self.server, self.model)
        check_root(self.server)
        self.set(ahead)

    def sequence(self, key="old"):
        return record_of(self.server.path("buckets/uploads", key))["seq"]


@pytest.fixture
def jumping(server, faults):
    return Jumping(server, faults)


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("jump", [-HOUR, DAY, -10 * 365 * DAY], ids=["an-hour-back", "a-day-ahead", "ten-years-back"])
def test_the_last_write_wins_whatever_the_clock_says(jumping, jump, is_killed):
    jumping.put_all(b"first")
    before = jumping.sequence()
    jumping.set(jump)
    jumping.put_all(b"second, and longer")
    middle = jumping.sequence()
    jumping.set(0)
    jumping.put_all(b"third")
    assert before < middle < jumping.sequence(), "the order of writes is that of their sequence numbers"
    jumping.set(jump)
    jumping.put_all(b"the fourth is the last")
    jumping.check()
    jumping.restart(is_killed)
    jumping.check()
    jumping.server.stop()
    for file in jumping.server.path(".larder").glob("index.sqlite*"):
        file.unlink()
    jumping.server.start()
    jumping.check()


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
def test_a_delete_while_the_clock_is_behind_stays_one(jumping, is_killed):
    jumping.put_all(b"from the future")
    jumping.set(-HOUR)
    for key in KEYS:
        jumping.model.delete(jumping.client, key)
    jumping.restart(is_killed)
    jumping.check()
    jumping.put_all(b"again")
    jumping.restart(is_killed)
    jumping.check()


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("jump", [-HOUR, -10 * 365 * DAY, DAY], ids=["an-hour-back", "ten-years-back", "a-day-ahead"])
def test_versions_keep_their_order_whatever_the_clock_says(server, faults, jump, is_killed):
    keys = ["old", "esca//ped"]
    jumping = Jumping(server, faults, keys)
    for key in keys:
        jumping.put_version(key, b"first")
        jumping.put_version(key, b"second")
    jumping.set(jump)
    for key in keys:
        jumping.put_version(key, b"third")
        jumping.put_version(key, None)
        jumping.put_version(key, b"fourth")
    jumping.check()
    # One that was written before the jump becomes current again: it is still the oldest but one.
    for key in keys:
        for _ in range(3):
            jumping.remove_version(key, 0)
    jumping.check()
    jumping.restart(is_killed)
    for key in keys:
        jumping.put_version(key, b"fifth")
    jumping.check()
    jumping.set(0)
    for key in keys:
        jumping.put_version(key, None)
        jumping.put_version(key, b"sixth")
    jumping.restart(is_killed)
    jumping.check()
    jumping.server.stop()
    for file in jumping.server.path(".larder").glob("index.sqlite*"):
        file.unlink()
    jumping.server.start()
    jumping.check()


@pytest.mark.parametrize("jump", [-HOUR, DAY])
def test_last_modified_is_what_the_clock_said(jumping, jump):
    jumping.put_all(b"first")
    jumping.set(jump)
    before = jumping.now() - datetime.timedelta(seconds=2)
    jumping.put_all(b"second")
    after = jumping.now() + datetime.timedelta(seconds=2)
    minutes = []
    for key in KEYS:
        earliest = jumping.now() - datetime.timedelta(seconds=2)
        headers = jumping.client.send("HEAD", key).headers
        date = email.utils.parsedate_to_datetime(headers["date"])
        assert earliest <= date <= jumping.now() + datetime.timedelta(seconds=2)
        modified = email.utils.parsedate_to_datetime(headers["last-modified"])
        assert before <= modified <= after
        minutes.append(modified.strftime("%Y-%m-%dT%H:%M"))
    listed = jumping.client.send("GET", query={"list-type": "2"}).text
    assert sorted(re.findall(r"<LastModified>([^<]{16})", listed)) == sorted(minutes), listed


def test_signatures_are_judged_by_the_clock_and_can_be_made_by_the_date_of_an_answer(jumping):
    jumping.put_all(b"first")
    jumping.set(DAY)
    by_true_clock = Client(jumping.server)
    refusal = by_true_clock.send("GET", "old")
    assert (refusal.status, refusal.error()["Code"]) == (403, "RequestTimeTooSkewed")
    date = email.utils.parsedate_to_datetime(refusal.headers["date"])
    by_date = Client(jumping.server, clock=lambda: date)
    assert by_date.send("GET", "old").body == b"first"


def test_a_presigned_url_ends_when_the_clock_says_so(jumping):
    jumping.put_all(b"first")
    url = jumping.server.s3().generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "old"}, ExpiresIn=HOUR)
    assert requests.get(url, timeout=30).content == b"first"
    jumping.set(DAY)
    refusal = requests.get(url, timeout=30)
    assert refusal.status_code == 403 and "<Code>AccessDenied</Code>" in refusal.text
    jumping.set(0)
    assert requests.get(url, timeout=30).content == b"first"


@pytest.mark.heavy
def test_jumps_under_load_lose_nothing(server, faults, seed):
    rng = random.Random(seed)
    one = server(env=faults.env)
    families, model = stocked(one, 3)
    for _ in range(3):
        load = Load(one, families, model, rng.getrandbits(64), workers=12).start()
        for _ in range(8):
            load.wait_for(load.acknowledged + 20)
            # No further than signatures by the true clock allow.
            faults.set_clock(rng.uniform(-600, 600))
        load.stop()
        faults.set_clock(rng.uniform(-600, 600))
        one.kill() if rng.random() < 0.5 else one.stop()
        model.stop()
        one.start()
        faults.set_clock(0)
        check(one, model)
        check_root(one)


def test_a_stop_does_not_wait_for_a_clock_that_went_back(jumping):
    jumping.set(DAY)
    jumping.put_all(b"first")
    jumping.set(-DAY)
    before = time.monotonic()
    assert jumping.server.stop() == 0
    assert time.monotonic() - before < 30

"""Mirror mode when others write there, when the remote refuses, and when the operator wants it to rest."""

import datetime
import json
import os
import time

import pytest

from larder import eventually
from mirrors import arrived, contents, entry, in_state, mirror, mirror_settings, status, stays, waiting
from test_proxy_larder import refused
from upstream import FaultProxy, behind

B = {"Bucket": "uploads"}


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def front(server, remote):
    return server(config=mirror_settings(remote.endpoint))


def body(server, key):
    return server.s3().get_object(**B, Key=key)["Body"].read()


def changed_there(front, remote, key="k"):
    """A key that was delivered and that somebody else has overwritten since."""
    front.s3().put_object(**B, Key=key, Body=b"ours")
    in_state(front, key, "verified")
    remote.s3().put_object(**B, Key=key, Body=b"theirs")


# Conflicts


def test_what_others_changed_there_is_left_alone_and_shown(front, remote):
    changed_there(front, remote)
    s3 = front.s3()
    s3.put_object(**B, Key="k", Body=b"ours again")
    s3.put_object(**B, Key="other", Body=b"x")
    found = in_state(front, "k", "conflict")
    assert found["reason"] and found["attempts"] >= 1
    in_state(front, "other", "verified")
    assert status(front)["objects"]["conflict"] == 1
    assert body(remote, "k") == b"theirs" and body(front, "k") == b"ours again"
    mirror(front, "retry")
    stays(lambda: body(remote, "k") == b"theirs")
    in_state(front, "k", "conflict")
    front.restart()
    in_state(front, "k", "conflict")
    mirror(front, "retry", "uploads", "--key", "k", "--overwrite")
    in_state(front, "k", "verified")
    assert body(remote, "k") == b"ours again"
    # From here on it is ours again.
    front.s3().put_object(**B, Key="k", Body=b"and again")
    arrived(front, remote)


def test_what_others_changed_there_is_not_deleted(front, remote):
    changed_there(front, remote)
    front.s3().delete_object(**B, Key="k")
    in_state(front, "k", "conflict")
    assert body(remote, "k") == b"theirs"
    mirror(front, "retry", "uploads", "--overwrite")
    eventually(lambda: contents(remote) == {})
    assert status(front)["objects"]["conflict"] == 0


def test_what_others_put_there_first_is_left_alone(front, remote):
    remote.s3().put_object(**B, Key="k", Body=b"theirs")
    front.s3().put_object(**B, Key="k", Body=b"ours")
    in_state(front, "k", "conflict")
    assert body(remote, "k") == b"theirs"
    mirror(front, "retry", "uploads", "--overwrite")
    in_state(front, "k", "verified")
    assert body(remote, "k") == b"ours"


def test_with_overwrite_the_local_object_wins(server, remote):
    front = server(config=mirror_settings(remote.endpoint, conflicts="overwrite"))
    changed_there(front, remote)
    changed_there(front, remote, "deleted")
    front.s3().put_object(**B, Key="k", Body=b"ours again")
    front.s3().delete_object(**B, Key="deleted")
    assert set(arrived(front, remote)) == {"k"}
    assert body(remote, "k") == b"ours again"


# Refusals


def test_what_the_remote_refuses_is_told_and_delivered_when_it_may(server, remote):
    remote.s3().create_bucket(Bucket="elsewhere")
    policy = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::*"}
    file = remote.storage / "policy.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [policy]}))
    made = json.loads(remote.run("key", "create", "--name", "reader", "--policy", file, "--json").stdout)
    keys = {"access_key": made["access_key"], "secret_key": made["secret_key"]}
    settings = mirror_settings(remote.endpoint)
    settings["remote"].update(keys)
    front = server(config=settings)
    front.s3().put_object(**B, Key="k", Body=b"x")
    found = in_state(front, "k", "failed")
    assert "AccessDenied" in found["reason"] and found["attempts"] >= 1 and found["next_attempt"]
    said = status(front)
    assert said["objects"]["failed"] == 1 and "AccessDenied" in said["last_error"] and said["lag_bytes"] >= 1
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::uploads/*"}
    remote.s3().delete_public_access_block(**B)
    remote.s3().put_bucket_policy(**B, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    # By itself: the longest pause is a second here.
    in_state(front, "k", "verified")
    arrived(front, remote)


def test_what_failed_is_tried_at_once_when_an_operator_says_so(server, remote):
    with FaultProxy(remote) as way:
        front = server(config=mirror_settings(way.endpoint, retry_seconds=300))
        way.fault = lambda method, target: 403 if method == "PUT" and "/shut" in target else None
        front.s3().put_object(**B, Key="shut", Body=b"x")
        front.s3().put_object(**B, Key="open", Body=b"x")
        in_state(front, "open", "verified")
        in_state(front, "shut", "failed")
        way.fault = None
        mirror(front, "retry")
        arrived(front, remote)


@pytest.mark.parametrize("fault", ["hang", "reset", "garbage", "truncate", "lie", 500, 503])
def test_every_fault_of_the_way_is_survived(server, remote, fault):
    with FaultProxy(remote) as way:
        settings = mirror_settings(way.endpoint, remote={"first_byte_seconds": 1, "stall_seconds": 1})
        front = server(config=settings)
        s3 = front.s3()
        for number in range(10):
            s3.put_object(**B, Key=f"k{number}", Body=os.urandom(200_000))
        arrived(front, remote)
        before, way.fault = way.requests, fault
        for number in range(0, 10, 2):
            s3.put_object(**B, Key=f"k{number}", Body=os.urandom(200_000))
        s3.delete_object(**B, Key="k1")
        eventually(lambda: way.requests >= before + 5)
        way.fault = None
        arrived(front, remote)


def test_a_key_that_is_too_long_there_fails_alone(server, remote):
    buckets = [{"bucket": "uploads", "mode": "mirror", "prefix": "p" * 100}]
    front = server(config=mirror_settings(remote.endpoint, remote={"buckets": buckets}))
    front.s3().put_object(**B, Key="k" * 1000, Body=b"x")
    front.s3().put_object(**B, Key="short", Body=b"x")
    in_state(front, "short", "verified")
    assert in_state(front, "k" * 1000, "failed")["reason"]


# Rest


@pytest.mark.parametrize("what", [[], ["uploads"]])
def test_a_pause_outlives_a_restart(front, remote, what):
    front.s3().put_object(**B, Key="before", Body=b"x")
    arrived(front, remote)
    mirror(front, "pause", *what)
    front.s3().put_object(**B, Key="k", Body=b"x")
    in_state(front, "k", "queued")
    assert status(front)["paused"] is True
    front.restart()
    front.s3().put_object(**B, Key="another", Body=b"x")
    in_state(front, "another", "queued")
    assert status(front)["paused"] is True
    stays(lambda: set(contents(remote)) == {"before"})
    assert entry(front, "k")["state"] == "queued"
    mirror(front, "resume", *what)
    assert set(arrived(front, remote)) == {"before", "k", "another"}
    assert status(front)["paused"] is False


def test_one_bucket_rests_while_another_goes_on(server, remote):
    front = server(config={**mirror_settings(remote.endpoint), "buckets": ["uploads", "another"]})
    mirror(front, "pause", "uploads")
    for bucket in ("uploads", "another"):
        front.s3().put_object(Bucket=bucket, Key="k", Body=b"x")
    in_state(front, "k", "verified", "another")
    stays(lambda: entry(front, "k")["state"] == "queued")
    mirror(front, "resume", "uploads")
    arrived(front, remote)


def hours(begin, end):
    """A window of local time, in hours from now."""
    moments = (datetime.datetime.now() + datetime.timedelta(hours=offset) for offset in (begin, end))
    return "-".join(f"{moment:%H:%M}" for moment in moments)


def test_it_works_in_its_hours_only(server, remote):
    front = server(config=mirror_settings(remote.endpoint, hours=hours(2, 4)))
    front.s3().put_object(**B, Key="k", Body=b"x")
    in_state(front, "k", "queued")
    stays(lambda: contents(remote) == {})
    assert front.stop() == 0
    front = server(config=mirror_settings(remote.endpoint, hours=hours(-2, 4)), storage=front.storage)
    arrived(front, remote)


WRONG = [{"hours": "25:00-06:00"}, {"hours": "6-22"}, {"conflicts": "guess"}, {"transfers": 0}]


@pytest.mark.parametrize("setting", WRONG)
def test_settings_that_mean_nothing_are_refused(server, remote, setting):
    one = server(config=mirror_settings(remote.endpoint, **setting), start=False)
    with pytest.raises(Exception, match=f"mirror.{next(iter(setting))}"):
        one.start()


@pytest.mark.heavy
def test_bandwidth_is_held(server, remote):
    front = server(config=mirror_settings(remote.endpoint, bytes_per_second=1_000_000))
    s3 = front.s3()
    started = time.monotonic()
    for number in range(6):
        s3.put_object(**B, Key=f"k{number}", Body=os.urandom(1_000_000))
    eventually(lambda: waiting(front) == 0 and len(contents(remote)) == 6, timeout=40)
    # The first second or so may come at once.
    assert 4 < time.monotonic() - started < 15
    arrived(front, remote)

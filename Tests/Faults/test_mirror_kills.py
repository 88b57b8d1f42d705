"""kill -9 of a server while it mirrors: what it has arrives, in order, whole and once."""

import hashlib
import json
import os
import random
import time

import pytest

from larder import eventually
from mirror_load import PART, Writer
from mirrors import SEQ, forget, history, mirror, mirror_settings, status, versions
from upstream import behind

COUNT = int(os.environ.get("LARDER_FAULT_MIRRORED") or 60)
KILLS = int(os.environ.get("LARDER_FAULT_MIRROR_KILLS") or 6)
SECONDS = 60 + COUNT // 4 + 4 * KILLS
# Of keys that are written once, of keys that are overwritten and deleted, and that with versions here too.
BUCKETS = ["once", "often", "versioned"]


@pytest.mark.heavy
@pytest.mark.timeout(SECONDS + 480)
def test_everything_arrives_in_order_and_once(server, seed):
    rng = random.Random(seed)
    deadline = time.monotonic() + SECONDS
    remote = behind(server, buckets=BUCKETS)
    front = server(config={**mirror_settings(remote.endpoint, multipart_bytes=PART), "buckets": BUCKETS})
    for one, names in ((remote, BUCKETS), (front, ["versioned"])):
        for name in names:
            one.s3().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    interrupted, expected = run(front, rng, deadline)
    for bucket in BUCKETS:
        eventually(lambda: is_over(front, bucket), max(60, deadline - time.monotonic()), interval=0.2)
    check(front, remote, expected)
    # What is there is not sent again, though all of it is looked at.
    before = {bucket: list(versions(remote, bucket)) for bucket in BUCKETS}
    front.kill()
    forget(front)
    front.start()
    for bucket in BUCKETS:
        there = sum(body is not None for (name, _), body in expected.items() if name == bucket)
        seconds = max(60, deadline - time.monotonic())
        eventually(lambda: status(front, bucket)["objects"]["verified"] >= there and is_over(front, bucket), seconds)
        assert list(versions(remote, bucket)) == before[bucket]
    total = sum(map(len, before.values()))
    print(f"{len(expected)} keys, {total} versions, {interrupted} of {KILLS} kills among mirroring")
    # A few objects may all be there before the kill comes, but for the last one.
    assert interrupted >= (KILLS // 2 if COUNT >= 1000 else 1)
    assert front.stop() == 0
    front.run("fsck")


def run(front, rng, deadline):
    """Writes and kills; returns how many kills left something to deliver, and what has to be there."""
    interrupted, expected = 0, {}
    for round_ in range(KILLS):
        # However fast deliveries are, the last kill finds some that wait: none begins before it.
        is_certain = round_ == KILLS - 1
        if is_certain:
            mirror(front, "pause")
        count = COUNT * (round_ + 1) // KILLS - COUNT * round_ // KILLS
        writers = [
            Writer(front, bucket, f"{round_}", count // 3 + (number < count % 3), rng.getrandbits(64), deadline)
            for number, bucket in enumerate(BUCKETS)
        ]
        [writer.start() for writer in writers]
        eventually(lambda: any(writer.expected for writer in writers) or not any(w.is_alive() for w in writers))
        # Not luck: every moment is as good, and they differ.
        time.sleep(rng.uniform(0, 0.02 * count))
        front.kill()
        front.start()
        if is_certain:
            eventually(lambda: waits(front))
            mirror(front, "resume")
        interrupted += is_certain or waits(front)
        for writer in writers:
            writer.join(max(1, deadline - time.monotonic()))
            assert not writer.is_alive() and writer.problem is None, writer.problem
            expected |= {(writer.bucket, key): body for key, body in writer.expected.items()}
    return interrupted, expected


def left(front, bucket):
    """How many keys are still to be delivered."""
    counts = status(front, bucket)["objects"]
    assert counts["conflict"] == 0, mirror(front, "status", bucket, "--state", "conflict")
    return counts["queued"] + counts["uploading"] + counts["failed"]


def waits(front):
    return any(left(front, bucket) for bucket in BUCKETS)


def is_over(front, bucket):
    verified = front.run("mirror", "verify", bucket, check=False).returncode == 0
    return verified and left(front, bucket) == 0


def check(front, remote, expected):
    for bucket in BUCKETS:
        keys = {key: body for (name, key), body in expected.items() if name == bucket}
        assert_contents(remote, bucket, keys)
        if bucket != "versioned":
            assert_not_doubled(remote, bucket)
        front.run("mirror", "verify", bucket, "--deep")
        listed = mirror(front, "status", bucket, "--state", "verified", "--limit", "10000")["objects"]
        assert {key for key, body in keys.items() if body is not None} <= {one["key"] for one in listed}
        assert_no_parts(remote.s3(), bucket)
    once = history(remote, "once")
    assert {key: len(found) for key, found in once.items()} == {key: 1 for name, key in expected if name == "once"}
    # A change whose answer was lost was made twice here, and so there.
    assert history(remote, "versioned") == history(front, "versioned")


def assert_contents(remote, bucket, keys):
    """None is missing, none is stale, none is there that was deleted."""
    s3 = remote.s3()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    found = {item["Key"] for page in pages for item in page.get("Contents", [])}
    assert found == {key for key, body in keys.items() if body is not None}
    for key in sorted(found):
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert hashlib.md5(body).digest() == hashlib.md5(keys[key]).digest(), f"{bucket}/{key} is stale or torn"


def assert_no_parts(s3, bucket):
    """An upload that a kill kept from being noted may be left, with nothing in it."""
    for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
        parts = s3.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        assert not parts.get("Parts"), f"{bucket}/{upload['Key']} has parts that are of no use"


def assert_not_doubled(remote, bucket):
    """No two neighbours among the versions of a key are of the same change."""
    s3, last = remote.s3(), {}
    for key, version, etag in versions(remote, bucket):
        deleted = etag is None
        seq = "deleted" if deleted else s3.head_object(Bucket=bucket, Key=key, VersionId=version)["Metadata"][SEQ]
        assert last.get(key) != seq, f"{bucket}/{key} has {seq} twice: {json.dumps(history(remote, bucket)[key])}"
        last[key] = seq

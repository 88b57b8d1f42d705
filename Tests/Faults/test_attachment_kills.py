"""kill -9 of the server and of image workers while attachments are uploaded and claimed: each of them ends, once, and is
told of."""

import json
import os
import random
import time

import pytest

from attachments import finished
from attachment_load import Killer, Uploader
from larder import eventually
from receiver import receiving

COUNT = int(os.environ.get("LARDER_FAULT_ATTACHMENTS") or 60)
SECONDS = 60 + 2 * COUNT


def jobs(server):
    return json.loads(server.run("jobs", "list", "--limit", "10000", "--json").stdout)


def stored_styles(server):
    """The keys of all objects under the styles' prefix."""
    pages = server.s3().get_paginator("list_objects_v2").paginate(Bucket="uploads", Prefix="styles/")
    return sorted(item["Key"] for page in pages for item in page.get("Contents", []))


def key_of(url):
    return url.split("?")[0].split("/uploads/", 1)[1]


@pytest.mark.heavy
@pytest.mark.timeout(SECONDS + 60)
def test_every_attachment_ends_with_its_styles_or_a_reason(server, seed):
    with receiving() as app:
        run(server, random.Random(seed), app)


def run(server, rng, app):
    deadline = time.monotonic() + SECONDS
    # An application that does not take everything at once.
    app.answers = rng.choices([204, 500, "reset"], [6, 1, 1], k=COUNT)
    fast = {"retry_seconds": 1, "longest_retry_seconds": 2}
    webhooks = {"endpoints": [app.endpoint()], "timeout_seconds": 5, **fast}
    one = server(config={"jobs": fast, "webhooks": webhooks})
    uploaders = [Uploader(one, COUNT // 4, rng.getrandbits(64), deadline) for _ in range(4)]
    # So few that half of the attachments have to succeed on the slowest machine, but for torn pictures.
    killer = Killer(one, rng.getrandbits(64), most=COUNT)
    for thread in (*uploaders, killer):
        thread.start()
    for thread in uploaders:
        thread.join(max(1, deadline - time.monotonic()))
    # Some more while only the queue works.
    time.sleep(rng.uniform(0, 2))
    killer.stop()
    for thread in uploaders:
        assert not thread.is_alive() and thread.problem is None, thread.problem

    ids = sorted(identifier for thread in uploaders for identifier in thread.claimed.values())
    assert len(ids) == len(set(ids)) == COUNT // 4 * 4
    ended = {i: finished(one, i, timeout=max(10, deadline - time.monotonic())) for i in ids}
    failed = {i: attachment for i, attachment in ended.items() if attachment["state"] == "failed"}
    print(f"{len(ids)} attachments, {len(failed)} failed, kills among them: {dict(killer.counts)}")
    assert all(attachment["failure"]["error"] and attachment["failure"]["message"] for attachment in failed.values())
    for attachment in ended.values():
        expected = set() if attachment["id"] in failed else {"thumb", "medium"}
        assert set(attachment["style_url"]) == expected, attachment
    assert len(failed) < len(ids)

    # Each was told of, by one event however often it came.
    eventually(lambda: {event["data"]["id"] for event in app.events} == set(ids), max(10, deadline - time.monotonic()))
    events = {event["id"]: event for event in app.events}
    assert sorted(event["data"]["id"] for event in events.values()) == ids
    for event in events.values():
        state = "failed" if event["data"]["id"] in failed else "processed"
        assert event["type"] == f"attachment.{state}", event
    print(f"{len(app.requests)} requests told {len(events)} events")

    # No attachment that nobody claimed, no job that nobody works on, one object for each style and none beside them.
    page = one.api("GET", headers={"Range": f"objects=0-{len(ids)}"})
    assert page.headers["Content-Range"].endswith(f"/{len(ids)}"), page.headers
    found = jobs(one)
    assert found["counts"] == {"queued": 0, "running": 0, "dead": len(failed)}
    # Killed pictures may fail for good, but each has a second try.
    assert all(job["crashes"] > 0 for job in found["jobs"] if job["reason"]["error"] == "crashed")
    recorded = sorted(key_of(url) for attachment in ended.values() for url in attachment["style_url"].values())
    # A kill may have left styles of an earlier try of one that failed later; they go within hours.
    assert [key for key in stored_styles(one) if int(key.split("/")[1]) not in failed] == recorded
    assert one.stop() == 0
    one.run("fsck")

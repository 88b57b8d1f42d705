"""Mirror mode in front of another Larder: what is written here arrives there, whatever happens in between."""

import os

import pytest

from larder import eventually
from upstream import FaultProxy, remote_environment, remote_settings

B = {"Bucket": "uploads"}


def settings(remote):
    """A configuration whose buckets are mirrored."""
    return remote_settings(remote.endpoint, mode="mirror") | {"mirror": {"retry_seconds": 1}}


@pytest.fixture
def remote(server):
    """The Larder behind."""
    return server(env=remote_environment())


@pytest.fixture
def front(server, remote):
    """The Larder that clients talk to."""
    return server(config=settings(remote))


def keys(server):
    """The keys of a server, with their entity tags."""
    pages = server.s3().get_paginator("list_objects_v2").paginate(**B)
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", [])}


def test_what_is_written_here_is_answered_at_once_and_arrives(front, remote):
    s3 = front.s3()
    for number in range(10):
        s3.put_object(**B, Key=f"k{number}", Body=os.urandom(300_000), Metadata={"a": "b"}, Tagging="x=y")
    s3.delete_object(**B, Key="k3")
    eventually(lambda: keys(remote) == keys(front) and len(keys(front)) == 9, timeout=30)
    assert remote.s3().head_object(**B, Key="k1")["Metadata"]["a"] == "b"
    assert remote.s3().get_object_tagging(**B, Key="k1")["TagSet"] == [{"Key": "x", "Value": "y"}]


def test_a_remote_that_is_gone_costs_no_write(server, remote):
    with FaultProxy(remote) as way:
        front = server(config=settings(way))
        way.gone()
        for number in range(20):
            front.s3().put_object(**B, Key=f"k{number}", Body=b"x")
        front.kill()
        front.start()
        front.s3().put_object(**B, Key="k1", Body=b"later")
        way.back()
        eventually(lambda: keys(remote) == keys(front), timeout=60)
    assert remote.s3().get_object(**B, Key="k1")["Body"].read() == b"later"


def test_a_file_that_is_put_by_hand_arrives(front, remote):
    front.s3().put_object(**B, Key="k", Body=b"x")
    front.path("buckets", "uploads", "by hand.txt").write_bytes(b"hand")
    eventually(lambda: "by hand.txt" in keys(remote), timeout=30)
    front.path("buckets", "uploads", "by hand.txt").unlink()
    eventually(lambda: set(keys(remote)) == {"k"}, timeout=30)


def test_commands_need_a_server_that_mirrors(server):
    plain = server()
    answer = plain.run("mirror", "status", check=False)
    assert answer.returncode != 0 and "remote.mode" in answer.stderr

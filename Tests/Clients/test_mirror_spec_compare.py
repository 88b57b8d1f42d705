"""Mirror mode as its operator sees it: both sides compared and made equal, states, metrics; attachments arrive."""

import json
import os
import re
import subprocess

import pytest
import requests

from attachments import attach
from larder import BINARY, eventually, read_out
from mirrors import arrived, contents, entry, in_state, mirror, mirror_settings, status, stays
from pictures import picture
from test_proxy_larder import refused
from upstream import FaultProxy, behind

B = {"Bucket": "uploads"}
LISTS = ("missing", "different", "extra")


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def front(server, remote):
    return server(config=mirror_settings(remote.endpoint))


@pytest.fixture
def apart(front, remote):
    """Two sides that others have driven apart: (front, remote)."""
    for key in ("same", "missing", "changed", "a//b", "ü"):
        front.s3().put_object(**B, Key=key, Body=f"here {key}".encode(), Metadata={"m": key.encode().hex()})
    arrived(front, remote)
    s3 = remote.s3()
    s3.delete_object(**B, Key="missing")
    s3.put_object(**B, Key="changed", Body=b"there changed")
    s3.put_object(**B, Key="extra/1", Body=b"only there", ContentType="text/x", Metadata={"e": "1"}, Tagging="t=1")
    s3.put_object(**B, Key="extra//2", Body=b"only there too")
    return front, remote


def verify(server, *arguments):
    """The document of `larder mirror verify`, and whether both sides are equal."""
    result = server.run("mirror", "verify", "uploads", "--json", *arguments, check=False)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    return json.loads(result.stdout), result.returncode == 0


def lists(document):
    assert all(document[f"{name}_count"] == len(document[name]) for name in LISTS)
    return {name: sorted(document[name]) for name in LISTS}


APART = {"missing": ["missing"], "different": ["changed"], "extra": ["extra//2", "extra/1"]}
EQUAL = {name: [] for name in LISTS}


@pytest.mark.parametrize("depth", [[], ["--deep"]])
def test_both_sides_are_compared(apart, depth):
    front, remote = apart
    document, is_equal = verify(front, *depth)
    assert not is_equal and lists(document) == APART
    assert document["bucket"] == "uploads" and document["equal"] == 3
    # Nothing was changed by that.
    assert set(contents(remote)) == {"same", "changed", "a//b", "ü", "extra/1", "extra//2"}
    assert verify(front, *depth)[0] == document


@pytest.mark.parametrize("depth", [[], ["--deep"]])
def test_sides_that_are_equal_are_said_to_be(front, remote, depth):
    for number in range(30):
        front.s3().put_object(**B, Key=f"k {number}", Body=b"x" * number)
    arrived(front, remote)
    document, is_equal = verify(front, *depth)
    assert is_equal and lists(document) == EQUAL and document["equal"] == document["compared"] == 30


def test_only_a_deep_look_sees_metadata(front, remote):
    front.s3().put_object(**B, Key="k", Body=b"x", Metadata={"a": "1"})
    arrived(front, remote)
    seq = remote.s3().head_object(**B, Key="k")["Metadata"]["larder-seq"]
    remote.s3().put_object(**B, Key="k", Body=b"x", Metadata={"a": "2", "larder-seq": seq})
    document, is_equal = verify(front, "--deep")
    assert not is_equal and document["different"] == ["k"]


@pytest.mark.timeout(300)
def test_more_keys_than_a_page_are_compared(front, remote):
    s3 = front.s3()
    for number in range(1100):
        s3.put_object(**B, Key=f"k{number:04}", Body=b"")
    eventually(lambda: status(front)["objects"]["verified"] == 1100, timeout=150)
    remote.s3().delete_objects(**B, Delete={"Objects": [{"Key": f"k{number:04}"} for number in (0, 999, 1000, 1099)]})
    document, is_equal = verify(front)
    assert not is_equal and document["missing"] == ["k0000", "k0999", "k1000", "k1099"]
    assert (document["compared"], document["equal"]) == (1100, 1096)
    mirror(front, "reconcile", "uploads")
    eventually(lambda: verify(front)[1], timeout=20)


def test_a_long_comparison_says_on_a_terminal_how_far_it_is(server, remote):
    with FaultProxy(remote) as way:
        front = server(config=mirror_settings(way.endpoint))
        for number in range(24):
            front.s3().put_object(**B, Key=f"k{number:02}", Body=b"x")
        arrived(front, remote)
        way.fault, way.pause = (lambda method, target: "delay" if method == "HEAD" else None), 2
        terminal, side = os.openpty()
        command = [BINARY, "mirror", "verify", "uploads", "--deep"]
        with subprocess.Popen(command, env=front.env, stdout=subprocess.PIPE, stderr=side) as process:
            os.close(side)
            said = b""
            while not re.search(rb"comparing: (8|16) objects", said):
                said += os.read(terminal, 1000)
            assert 8 <= status(front)["compared"] < 24
            assert process.wait(20) == 0 and process.stdout.read() == b""
        # The line is gone before the summary comes.
        assert read_out(terminal).rpartition(b"\r\x1b[K")[2].startswith(b"24 compared: 24 equal")
        assert status(front)["compared"] is None


def test_a_dry_run_changes_nothing(apart):
    front, remote = apart
    before = contents(front), contents(remote)
    document = mirror(front, "reconcile", "uploads", "--dry-run", "--pull", check=False)
    assert lists(document) == APART
    stays(lambda: (contents(front), contents(remote)) == before)
    assert status(front)["objects"]["queued"] == 0


def test_what_is_missing_there_is_sent_and_what_is_only_there_shown(apart):
    front, remote = apart
    document = mirror(front, "reconcile", "uploads", check=False)
    assert lists(document)["extra"] == APART["extra"] and document["queued"] >= 1
    in_state(front, "missing", "verified")
    eventually(lambda: "missing" in contents(remote))
    # What others changed is theirs, until an operator says that it is not.
    in_state(front, "changed", "conflict")
    assert {"extra/1", "extra//2"} <= set(contents(remote)) and "extra/1" not in contents(front)
    mirror(front, "retry", "uploads", "--overwrite")
    in_state(front, "changed", "verified")
    assert lists(verify(front)[0]) == {**EQUAL, "extra": APART["extra"]}


def test_what_is_only_there_can_be_pulled(apart):
    front, remote = apart
    document = mirror(front, "reconcile", "uploads", "--pull", check=False)
    assert document["pulled"] == 2
    in_state(front, "changed", "conflict")
    mirror(front, "retry", "uploads", "--overwrite")
    found = arrived(front, remote)
    assert {"extra/1", "extra//2", "missing", "changed"} <= set(found)
    here = front.s3().get_object(**B, Key="extra/1")
    assert (here["Body"].read(), here["ContentType"], here["Metadata"]) == (b"only there", "text/x", {"e": "1"})
    assert verify(front, "--deep")[1]


def test_what_is_only_there_can_be_removed(apart):
    front, remote = apart
    document = mirror(front, "reconcile", "uploads", "--delete", check=False)
    assert document["deleted"] == 2
    in_state(front, "changed", "conflict")
    mirror(front, "retry", "uploads", "--overwrite")
    assert set(arrived(front, remote)) == {"same", "missing", "changed", "a//b", "ü"}
    assert verify(front, "--deep")[1]


def test_pulling_and_removing_exclude_each_other(front):
    refused = front.run("mirror", "reconcile", "uploads", "--pull", "--delete", check=False)
    assert refused.returncode not in (0, 1) and refused.stderr


def test_a_lost_database_of_states_sends_nothing_twice(front, remote):
    for number in range(20):
        front.s3().put_object(**B, Key=f"k{number}", Body=b"x")
    arrived(front, remote)
    remote.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
    assert front.stop() == 0
    for file in front.path(".larder").glob("mirror.sqlite*"):
        file.unlink()
    front.start()
    arrived(front, remote)
    assert len(remote.s3().list_object_versions(**B)["Versions"]) == 20


# States, metrics


def metrics(server):
    lines = (line.rsplit(" ", 1) for line in server.get("/-/metrics").text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines if name.startswith("larder_mirror_")}


def counted(values, state):
    """The objects in a state, of what `metrics` said: one moment's, since between two they move on."""
    names = (f'larder_mirror_objects{{{labels}}}' for labels in
             (f'bucket="uploads",state="{state}"', f'state="{state}",bucket="uploads"'))
    return next((values[name] for name in names if name in values), None)


def test_states_and_metrics_say_how_far_it_is(server, remote):
    with FaultProxy(remote) as way:
        front = server(config=mirror_settings(way.endpoint))
        front.s3().put_object(**B, Key="early", Body=b"x" * 5000)
        arrived(front, remote)
        values = metrics(front)
        assert counted(values, "verified") == 1 and values["larder_mirror_sent_bytes_total"] >= 5000
        way.gone()
        for number in range(3):
            front.s3().put_object(**B, Key=f"k{number}", Body=b"x" * 1000)
        eventually(lambda: status(front)["lag_bytes"] == 3000 and status(front)["lag_seconds"] >= 1)
        values = metrics(front)
        assert values['larder_mirror_lag_bytes{bucket="uploads"}'] == 3000
        assert values['larder_mirror_lag_seconds{bucket="uploads"}'] >= 1
        assert sum(counted(values, state) or 0 for state in ("queued", "uploading", "failed")) == 3
        listed = mirror(front, "status", "uploads", "--state", "verified")["objects"]
        assert [(one["bucket"], one["key"], one["state"]) for one in listed] == [("uploads", "early", "verified")]
        way.back()
        arrived(front, remote)
        eventually(lambda: metrics(front)['larder_mirror_lag_bytes{bucket="uploads"}'] == 0)
        assert counted(metrics(front), "verified") == 4


def test_states_are_listed_for_people_too(front, remote):
    for number in range(5):
        front.s3().put_object(**B, Key=f"k{number}", Body=b"x")
    arrived(front, remote)
    assert "uploads" in front.run("mirror", "status").stdout
    shown = front.run("mirror", "status", "uploads", "--state", "verified", "--limit", "2").stdout
    assert len(re.findall(r"\bk\d\b", shown)) == 2
    said = mirror(front, "status")["buckets"]
    assert [one["bucket"] for one in said] == ["uploads"]
    assert said[0]["remote"] == f"{remote.endpoint}/uploads"
    assert entry(front, "k1")["etag"].strip('"') == front.s3().head_object(**B, Key="k1")["ETag"].strip('"')
    assert front.run("mirror", "verify", "nowhere", check=False).returncode not in (0, 1)


# Attachments


def test_attachments_and_styles_arrive(front, remote):
    attachment = attach(front, picture(size=(300, 200)))
    assert attachment["style_url"]
    for url in [attachment["original_url"], *attachment["style_url"].values()]:
        assert url.startswith(front.endpoint) and requests.get(url, timeout=30).status_code == 200
    found = arrived(front, remote)
    assert len([key for key in found if key.startswith("styles/")]) == len(attachment["style_url"])
    assert refused(front.s3().put_object, **B, Key="styles/x", Body=b"")[:2] == (403, "AccessDenied")

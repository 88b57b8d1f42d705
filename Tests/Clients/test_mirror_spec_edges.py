"""Mirror mode where keys take odd ways: versions that go, buckets that come and go, metadata that has no room left."""

import pytest

from larder import eventually
from mirrors import SEQ, arrived, contents, in_state, mirror, mirror_settings
from upstream import behind

B = {"Bucket": "uploads"}


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def front(server, remote):
    return server(config=mirror_settings(remote.endpoint))


@pytest.fixture
def versioned(front, remote):
    """A client of the server, whose bucket keeps versions, as that of the remote does."""
    for one in (remote, front):
        one.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
    return front.s3()


def test_a_version_that_is_deleted_uncovers_the_one_before(front, remote, versioned):
    versioned.put_object(**B, Key="k", Body=b"first")
    last = versioned.put_object(**B, Key="k", Body=b"second")["VersionId"]
    arrived(front, remote)
    versioned.delete_object(**B, Key="k", VersionId=last)
    assert versioned.get_object(**B, Key="k")["Body"].read() == b"first"
    arrived(front, remote)


def test_a_delete_marker_that_is_deleted_brings_the_object_back(front, remote, versioned):
    versioned.put_object(**B, Key="k", Body=b"first")
    marker = versioned.delete_object(**B, Key="k")["VersionId"]
    eventually(lambda: contents(remote) == {})
    versioned.delete_object(**B, Key="k", VersionId=marker)
    assert set(arrived(front, remote)) == {"k"}


def test_versions_that_are_suspended_end_with_the_last(front, remote, versioned):
    versioned.put_object(**B, Key="k", Body=b"kept")
    versioned.put_bucket_versioning(**B, VersioningConfiguration={"Status": "Suspended"})
    for number in range(5):
        versioned.put_object(**B, Key="k", Body=f"{number}".encode())
    versioned.put_object(**B, Key="gone", Body=b"x")
    versioned.delete_object(**B, Key="gone")
    assert set(arrived(front, remote)) == {"k"}


def test_a_renamed_object_is_renamed_there(front, remote):
    s3 = front.s3()
    for number in range(5):
        s3.put_object(**B, Key="from", Body=f"{number}".encode() * 1000, Metadata={"n": str(number)})
        s3.rename_object(**B, Key="to", RenameSource="from")
    assert set(arrived(front, remote)) == {"to"}


def test_a_bucket_that_is_made_later_is_made_there(front, remote):
    front.s3().create_bucket(Bucket="made-later")
    front.s3().put_object(Bucket="made-later", Key="k", Body=b"x")
    in_state(front, "k", "verified", "made-later")
    assert contents(remote, "made-later") == contents(front, "made-later")


def test_a_bucket_that_is_made_again_begins_anew(front, remote):
    s3 = front.s3()
    s3.create_bucket(Bucket="again")
    for turn in range(3):
        s3.put_object(Bucket="again", Key="k", Body=f"{turn}".encode())
        s3.put_object(Bucket="again", Key=f"only {turn}", Body=b"x")
        in_state(front, "k", "verified", "again")
        in_state(front, f"only {turn}", "verified", "again")
        for key in ("k", f"only {turn}"):
            s3.delete_object(Bucket="again", Key=key)
        eventually(lambda: contents(remote, "again") == {})
        s3.delete_bucket(Bucket="again")
        s3.create_bucket(Bucket="again")
    s3.put_object(Bucket="again", Key="k", Body=b"last")
    in_state(front, "k", "verified", "again")
    assert contents(remote, "again") == contents(front, "again")


@pytest.mark.parametrize(
    "metadata", [{"m": "x" * 2047}, {"larder-seq": "5"}, {"q": '"=?utf-8?q?x?="'}], ids=["no room", "our name", "encoded"]
)
def test_odd_metadata_arrives(front, remote, metadata):
    for body in (b"x", b"y"):
        front.s3().put_object(**B, Key="k", Body=body, Metadata=metadata)
        eventually(lambda: remote.s3().list_objects_v2(**B)["KeyCount"] == 1)
        eventually(lambda: remote.s3().get_object(**B, Key="k")["Body"].read() == body)
        in_state(front, "k", "verified")
        assert front.s3().head_object(**B, Key="k")["Metadata"] == metadata
        there = remote.s3().head_object(**B, Key="k")["Metadata"]
        assert {**there, SEQ: ""} == {**metadata, SEQ: ""}


def test_what_changed_while_it_rested_comes_once(front, remote):
    remote.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
    mirror(front, "pause")
    for number in range(50):
        front.s3().put_object(**B, Key="k", Body=f"{number}".encode())
    front.s3().put_object(**B, Key="never seen", Body=b"x")
    front.s3().delete_object(**B, Key="never seen")
    mirror(front, "resume")
    arrived(front, remote)
    listed = remote.s3().list_object_versions(**B)
    assert [one["Key"] for one in listed["Versions"]] == ["k"] and "DeleteMarkers" not in listed

"""Mirror mode: what is written here, in whatever way, is there in the end, and in the order of each key."""

import os
import threading

import pytest
import requests

import mirrors
from larder import eventually
from mirrors import arrived, contents, entry, forget, history, mirror_settings, status, waiting
from test_odd_keys import KEYS
from test_proxy_larder import refused
from upstream import FaultProxy, behind

B = {"Bucket": "uploads"}


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def front(server, remote):
    return server(config=mirror_settings(remote.endpoint, multipart_bytes=5 << 20))


def put(s3):
    s3.put_object(
        **B, Key="k", Body=os.urandom(300_000), ContentType="image/x", CacheControl="no-cache",
        ContentDisposition='attachment; filename="ü"', ContentLanguage="de",
        ContentEncoding="gzip", Expires="Thu, 01 Jan 2032 00:00:00 GMT", WebsiteRedirectLocation="/other", Metadata={"a": "one", "b": "zwei  2"},
        Tagging="x=1&y=a+b",
    )


def form(s3):
    post = s3.generate_presigned_post("uploads", "form/${filename}", Fields={"Content-Type": "text/x"},
                                      Conditions=[{"Content-Type": "text/x"}, ["starts-with", "$key", "form/"]])
    answer = requests.post(post["url"], data=post["fields"], files={"file": ("ä.bin", os.urandom(1000))}, timeout=30)
    assert answer.status_code == 204, answer.text


def parts(s3):
    upload = s3.create_multipart_upload(**B, Key="parts", Metadata={"m": "1"}, Tagging="t=1")["UploadId"]
    done = []
    for number, size in ((1, 5 << 20), (2, (5 << 20) + 17), (3, 100)):
        answer = s3.upload_part(**B, Key="parts", UploadId=upload, PartNumber=number, Body=os.urandom(size))
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    s3.complete_multipart_upload(**B, Key="parts", UploadId=upload, MultipartUpload={"Parts": done})


def copies(s3):
    put(s3)
    s3.copy_object(**B, Key="copy", CopySource="uploads/k")
    s3.copy_object(**B, Key="k", CopySource="uploads/k", MetadataDirective="REPLACE", Metadata={"new": "1"})


def deletions(s3):
    for number in range(6):
        s3.put_object(**B, Key=f"d{number}", Body=b"x")
    s3.delete_object(**B, Key="d0")
    s3.delete_objects(**B, Delete={"Objects": [{"Key": "d1"}, {"Key": "d2"}, {"Key": "never"}]})
    s3.put_object(**B, Key="d1", Body=b"again")


def tags(s3):
    for key in ("tagged", "untagged"):
        s3.put_object(**B, Key=key, Body=b"x", Tagging="old=1")
    s3.put_object_tagging(**B, Key="tagged", Tagging={"TagSet": [{"Key": "new", "Value": "2"}]})
    s3.delete_object_tagging(**B, Key="untagged")


def sizes(s3):
    for size in (0, 1, (5 << 20) - 1, 5 << 20, 12_000_000):
        s3.put_object(**B, Key=f"size/{size}", Body=os.urandom(size))


@pytest.mark.parametrize("write", [put, form, parts, copies, deletions, tags, sizes])
def test_what_a_client_writes_arrives(front, remote, write):
    write(front.s3())
    assert arrived(front, remote)
    # Again, when all of it is known there.
    write(front.s3())
    assert arrived(front, remote)


def test_a_change_of_tags_or_metadata_alone_arrives(front, remote):
    s3 = front.s3()
    put(s3)
    arrived(front, remote)
    for change in range(3):
        s3.put_object_tagging(**B, Key="k", Tagging={"TagSet": [{"Key": "n", "Value": str(change)}]})
        arrived(front, remote)
    s3.delete_object_tagging(**B, Key="k")
    arrived(front, remote)
    assert remote.s3().get_object_tagging(**B, Key="k")["TagSet"] == []


def test_an_upload_in_parts_has_the_same_etag_there(front, remote):
    parts(front.s3())
    arrived(front, remote)
    assert remote.s3().head_object(**B, Key="parts")["ETag"] == front.s3().head_object(**B, Key="parts")["ETag"]
    assert "Uploads" not in remote.s3().list_multipart_uploads(**B)


def test_reads_are_of_what_is_here(front, remote):
    s3 = front.s3()
    s3.put_object(**B, Key="k", Body=b"here", Metadata={"a": "1"})
    arrived(front, remote)
    there = remote.s3().head_object(**B, Key="k")
    assert there["Metadata"]["a"] == "1" and int(there["Metadata"][mirrors.SEQ]) > 0
    remote.s3().put_object(**B, Key="only there", Body=b"x")
    remote.kill()
    assert s3.get_object(**B, Key="k")["Body"].read() == b"here"
    assert s3.head_object(**B, Key="k")["Metadata"] == {"a": "1"}
    assert [one["Key"] for one in s3.list_objects_v2(**B)["Contents"]] == ["k"]
    assert refused(s3.get_object, **B, Key="only there")[:2] == (404, "NoSuchKey")
    assert (front.path("buckets", "uploads", "k")).read_bytes() == b"here"


def test_odd_keys_arrive_and_go(front, remote):
    s3 = front.s3()
    for number, key in enumerate(KEYS):
        s3.put_object(**B, Key=key, Body=f"{number}".encode())
    assert set(arrived(front, remote)) == set(KEYS)
    for key in KEYS[::2]:
        s3.delete_object(**B, Key=key)
    assert set(arrived(front, remote)) == set(KEYS[1::2])


def test_a_bucket_may_be_a_part_of_one_there(server, remote):
    buckets = [
        {"bucket": "part-of-it", "mode": "mirror", "name": "uploads", "prefix": "in/side/"},
        {"bucket": "stays-here", "mode": "local"},
    ]
    settings = mirror_settings(remote.endpoint, remote={"buckets": buckets})
    settings["remote"]["mode"] = "local"
    front = server(config={**settings, "buckets": ["part-of-it", "stays-here"]})
    remote.s3().put_object(**B, Key="outside", Body=b"x")
    for bucket in ("part-of-it", "stays-here"):
        front.s3().put_object(Bucket=bucket, Key="d/ü 1", Body=b"x")
    eventually(lambda: (entry(front, "d/ü 1", "part-of-it") or {}).get("state") == "verified")
    assert set(contents(remote)) == {"in/side/d/ü 1", "outside"}
    assert [one["bucket"] for one in mirrors.mirror(front, "status")["buckets"]] == ["part-of-it"]
    assert status(front, "part-of-it")["remote"].endswith("/uploads/in/side/")
    front.s3().delete_object(Bucket="part-of-it", Key="d/ü 1")
    eventually(lambda: set(contents(remote)) == {"outside"})


def test_a_hundred_overwrites_end_with_the_last(front, remote):
    s3 = front.s3()
    for number in range(100):
        s3.put_object(**B, Key="k", Body=f"{number}".encode() * 100)
    arrived(front, remote)
    assert remote.s3().get_object(**B, Key="k")["Body"].read() == b"99" * 100


def test_writers_at_once_leave_the_same_on_both_sides(front, remote):
    def write(writer):
        s3 = front.s3()
        for number in range(40):
            key = f"k{number % 4}"
            if number % 5 == 4:
                s3.delete_object(**B, Key=key)
            else:
                s3.put_object(**B, Key=key, Body=f"{writer} {number}".encode(), Tagging=f"w={writer}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    arrived(front, remote)


def test_versions_have_the_same_history_there(front, remote):
    for one in (remote, front):
        one.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
    s3 = front.s3()
    for number in range(100):
        s3.put_object(**B, Key="often", Body=f"{number}".encode())
    for number in range(5):
        s3.put_object(**B, Key="back and forth", Body=f"{number}".encode())
        s3.delete_object(**B, Key="back and forth")
    s3.put_object(**B, Key="once", Body=b"x")
    arrived(front, remote)
    here = history(front)
    assert {key: len(found) for key, found in here.items()} == {"often": 100, "back and forth": 10, "once": 1}
    eventually(lambda: history(remote) == here)
    # Nothing comes a second time, though everything is looked at again.
    assert front.stop() == 0
    forget(front)
    front.start()
    s3 = front.s3()
    s3.put_object(**B, Key="fence", Body=b"x")
    arrived(front, remote)
    eventually(lambda: status(front)["objects"]["verified"] >= 3)
    assert history(remote) == history(front)


def test_what_lay_here_before_it_was_mirrored_arrives(server, remote):
    front = server()
    put(front.s3())
    parts(front.s3())
    assert front.stop() == 0
    front = server(config=mirror_settings(remote.endpoint), storage=front.storage)
    assert set(arrived(front, remote)) == {"k", "parts"}


def test_files_put_in_by_hand_arrive(front, remote):
    file = front.path("buckets", "uploads", "d", "by hand.txt")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"first")
    there = lambda: {key: found[0] for key, found in contents(remote).items()}
    digest = lambda: contents(front).get("d/by hand.txt", [None])[0]
    eventually(lambda: digest() and there() == {"d/by hand.txt": digest()})
    before = digest()
    file.write_bytes(b"second, and longer")
    eventually(lambda: digest() != before and there() == {"d/by hand.txt": digest()})
    file.unlink()
    eventually(lambda: there() == {})


def test_files_put_in_while_the_server_was_down_arrive(front, remote):
    front.s3().put_object(**B, Key="k", Body=b"x")
    arrived(front, remote)
    assert front.stop() == 0
    front.path("buckets", "uploads", "new").write_bytes(b"new")
    front.path("buckets", "uploads", "k").unlink()
    front.start()
    # What was put in meanwhile is found by a scan that the start does not wait for.
    digest = lambda: contents(front).get("new", [None])[0]
    eventually(lambda: digest() and {key: found[0] for key, found in contents(remote).items()} == {"new": digest()})


def test_everything_is_delivered_in_order_when_the_remote_is_back(server, remote):
    with FaultProxy(remote) as way:
        front = server(config=mirror_settings(way.endpoint))
        for one in (remote, front):
            one.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
        s3 = front.s3()
        s3.put_object(**B, Key="early", Body=b"0")
        arrived(front, remote)
        way.gone()
        for number in range(60):
            s3.put_object(**B, Key=f"k{number % 20}", Body=f"{number}".encode())
        s3.delete_object(**B, Key="early")
        put(s3)
        eventually(lambda: waiting(front) >= 22 and status(front)["last_error"])
        assert status(front)["lag_bytes"] >= 300_000
        eventually(lambda: status(front)["lag_seconds"] >= 1)
        # A restart forgets nothing of it.
        front.restart()
        assert waiting(front) >= 22
        way.back()
        arrived(front, remote)
        assert history(remote) == history(front)
        said = status(front)
        assert (said["lag_seconds"], said["lag_bytes"], said["last_error"]) == (0, 0, None)


def test_parts_that_arrived_before_a_kill_are_not_sent_again(server, remote):
    with FaultProxy(remote) as way:
        later = lambda target: "partNumber=" in target and "partNumber=1&" not in target + "&"
        way.fault = lambda method, target: 500 if later(target) else None
        front = server(config=mirror_settings(way.endpoint, multipart_bytes=5 << 20))
        front.s3().put_object(**B, Key="k", Body=os.urandom(14_000_000))
        sent = lambda: [target for method, target, status in way.answered if "partNumber=" in target and status == 200]
        eventually(lambda: sent() or None)
        front.kill()
        way.fault = None
        front.start()
        arrived(front, remote)
        numbers = sorted(target.split("partNumber=")[1].split("&")[0] for target in sent())
        assert numbers == ["1", "2", "3"]
        assert "Uploads" not in remote.s3().list_multipart_uploads(**B)

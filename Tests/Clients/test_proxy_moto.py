"""Proxy mode in front of moto's server: an S3 that is not ours."""

import os

import pytest

from larder import eventually
from test_proxy_larder import refused
from upstream import Moto, remote_settings


@pytest.fixture(scope="module")
def moto():
    one = Moto()
    yield one
    one.dispose()


@pytest.fixture
def front(server, moto):
    return server(config=remote_settings(moto.endpoint))


@pytest.mark.parametrize("size", [0, 1000, 400_000, 3_000_000])
def test_objects_go_there_and_come_back(front, size):
    s3, body = front.s3(), os.urandom(size)
    s3.put_object(Bucket="uploads", Key="a b+c/d", Body=body, Metadata={"m": "1"})
    found = s3.get_object(Bucket="uploads", Key="a b+c/d")
    assert found["Body"].read() == body and found["Metadata"] == {"m": "1"}
    assert s3.head_object(Bucket="uploads", Key="a b+c/d")["ContentLength"] == size
    s3.delete_object(Bucket="uploads", Key="a b+c/d")
    assert refused(s3.get_object, Bucket="uploads", Key="a b+c/d")[:2] == (404, "NoSuchKey")


def test_buckets_listings_copies_and_parts(front):
    s3 = front.s3()
    s3.create_bucket(Bucket="another")
    assert "another" in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    for number in range(5):
        s3.put_object(Bucket="another", Key=f"k/{number}", Body=b"x")
    assert s3.list_objects_v2(Bucket="another", Prefix="k/")["KeyCount"] == 5
    s3.copy_object(Bucket="another", Key="copy", CopySource="another/k/1")
    upload = s3.create_multipart_upload(Bucket="another", Key="parts")["UploadId"]
    first = os.urandom(5 << 20)
    etag = s3.upload_part(Bucket="another", Key="parts", UploadId=upload, PartNumber=1, Body=first)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    whole = s3.complete_multipart_upload(Bucket="another", Key="parts", UploadId=upload, MultipartUpload=parts)
    assert whole["Location"].startswith(front.endpoint)
    assert s3.get_object(Bucket="another", Key="parts")["Body"].read() == first
    every = [{"Key": one["Key"]} for one in s3.list_objects_v2(Bucket="another")["Contents"]]
    assert len(s3.delete_objects(Bucket="another", Delete={"Objects": every})["Deleted"]) == 7
    s3.delete_bucket(Bucket="another")
    eventually(lambda: "another" not in [one["Name"] for one in s3.list_buckets()["Buckets"]])


def test_the_aws_command_copies(front, folder):
    (folder / "f").write_bytes(os.urandom(9 << 20))
    front.aws("s3", "cp", folder / "f", "s3://uploads/f")
    front.aws("s3", "cp", "s3://uploads/f", folder / "g")
    assert (folder / "f").read_bytes() == (folder / "g").read_bytes()

"""Clients that sign by version 2 in a header: refused as long as it is not switched on, and served as others then."""

import hashlib
import io

import boto3.s3.transfer
import botocore.exceptions
import pytest
import requests

from dialects import needs, run
from larder import ACCESS_KEY, SECRET_KEY
from matrix import cells

ODD = ["a b+c", "ü/€", "a//b", "a%2Fb", "sub?versions=1&acl", "😀"]


@pytest.fixture
def lenient(server):
    """A server on which it is switched on."""
    return server(config={"signatures": {"version2_header": True}})


@cells("boto3", "PutObject", "GetObject", "CopyObject", "DeleteObject", "PutObjectTagging", "GetObjectTagging")
def test_boto3_signs_by_version_2(lenient):
    s3 = lenient.s3("s3")
    for key in ODD:
        s3.put_object(Bucket="uploads", Key=key, Body=key.encode(), ContentType="text/x", Metadata={"a": "1"})
        got = s3.get_object(Bucket="uploads", Key=key, ResponseContentType="text/y", ResponseCacheControl="no-cache")
        assert got["Body"].read() == key.encode() and got["ContentType"] == "text/y" and got["Metadata"] == {"a": "1"}
        # A sub-resource is signed, other parameters are not.
        s3.put_object_tagging(Bucket="uploads", Key=key, Tagging={"TagSet": [{"Key": "t", "Value": "2"}]})
        assert s3.get_object_tagging(Bucket="uploads", Key=key)["TagSet"] == [{"Key": "t", "Value": "2"}]
        s3.copy_object(Bucket="uploads", Key="copy", CopySource={"Bucket": "uploads", "Key": key})
        assert s3.get_object(Bucket="uploads", Key="copy")["Body"].read() == key.encode()
        s3.delete_object(Bucket="uploads", Key=key)
    assert [item["Key"] for item in lenient.s3().list_objects_v2(Bucket="uploads")["Contents"]] == ["copy"]


@cells(
    "boto3", "ListObjects", "ListObjectsV2", "ListObjectVersions", "HeadBucket", "DeleteObjects", "GetBucketLocation"
)
def test_boto3_asks_for_buckets_by_version_2(lenient):
    s3, keys = lenient.s3("s3"), ["a", "b", "c"]
    for key in keys:
        s3.put_object(Bucket="uploads", Key=key, Body=b"x")
    s3.head_bucket(Bucket="uploads")
    assert s3.get_bucket_location(Bucket="uploads")["LocationConstraint"] is None
    for listing, found in [
        ("list_objects", "Contents"),
        ("list_objects_v2", "Contents"),
        ("list_object_versions", "Versions"),
    ]:
        assert [item["Key"] for item in getattr(s3, listing)(Bucket="uploads", Prefix="")[found]] == keys
    page = s3.list_objects_v2(Bucket="uploads", MaxKeys=1)
    page = s3.list_objects_v2(Bucket="uploads", MaxKeys=1, ContinuationToken=page["NextContinuationToken"])
    assert [item["Key"] for item in page["Contents"]] == ["b"]
    s3.delete_objects(Bucket="uploads", Delete={"Objects": [{"Key": key} for key in keys[1:]]})
    url = s3.generate_presigned_url("list_objects_v2", {"Bucket": "uploads", "Prefix": "a"})
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200 and "<Key>a</Key>" in answer.text and "<KeyCount>1</KeyCount>" in answer.text
    assert requests.head(s3.generate_presigned_url("head_bucket", {"Bucket": "uploads"}), timeout=30).status_code == 200
    assert requests.get(url.replace("/uploads?", "/uploads/?"), timeout=30).status_code == 200
    assert requests.get(url.replace("/uploads?", "/uploads/a?"), timeout=30).status_code == 403
    s3.create_bucket(Bucket="another")
    s3.delete_bucket(Bucket="another")


@cells("boto3", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_boto3_uploads_in_parts_by_version_2(lenient):
    body = hashlib.sha512(b"parts").digest() * (100 << 10)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    s3 = lenient.s3("s3")
    s3.upload_fileobj(io.BytesIO(body), "uploads", "k", Config=config)
    got = s3.get_object(Bucket="uploads", Key="k")
    assert got["Body"].read() == body and got["ETag"].endswith('-2"')


@cells("s3cmd", "PutObject", "GetObject", "ListObjects", "DeleteObject", "CopyObject")
@needs("s3cmd")
def test_s3cmd_signs_by_version_2(lenient, folder):
    (folder / "s3cfg").write_text(
        f"[default]\naccess_key = {ACCESS_KEY}\nsecret_key = {SECRET_KEY}\nhost_base = {lenient.authority}\n"
        f"host_bucket = {lenient.authority}\nuse_https = False\nsignature_v2 = True\n"
    )
    s3cmd = lambda *arguments, **options: run("s3cmd", "--config", folder / "s3cfg", *arguments, **options)
    (folder / "in").write_bytes(b"version 2 " * 1000)
    place = "s3://uploads/dir/ä b+c.txt"
    s3cmd("put", folder / "in", place)
    s3cmd("get", place, folder / "out")
    assert (folder / "out").read_bytes() == b"version 2 " * 1000
    s3cmd("cp", place, "s3://uploads/copy")
    assert "s3://uploads/copy" in s3cmd("ls", "s3://uploads").stdout
    s3cmd("del", "s3://uploads/copy")
    assert s3cmd("ls", "s3://uploads/copy").stdout == ""


def test_what_version_2_does_not_cover_can_be_changed_and_what_it_covers_cannot(lenient):
    """It leaves out the body and most headers: why it is off unless somebody asks for it."""
    sent = {}
    s3 = lenient.s3("s3")
    s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request=request))
    s3.put_object(Bucket="uploads", Key="k", Body=b"x", Metadata={"a": "1"})
    headers = {
        name: value.decode() if isinstance(value, bytes) else value for name, value in sent["request"].headers.items()
    }
    unbound = {name: value for name, value in headers.items() if name.lower() in ("date", "authorization")}
    # Without the header of metadata that was signed, or with another path, it is another request.
    for place, extra in [
        ("k", {}),
        ("l", {"x-amz-meta-a": "1"}),
        ("k", {"x-amz-meta-a": "2"}),
        ("k?acl", {"x-amz-meta-a": "1"}),
    ]:
        answer = requests.put(
            f"{lenient.endpoint}/uploads/{place}", data=b"y", headers={**unbound, **extra}, timeout=30
        )
        assert answer.status_code == 403 and "<Code>SignatureDoesNotMatch</Code>" in answer.text, (place, extra)
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"x"


def test_both_are_refused_while_it_is_off(shared, bucket, folder):
    s3 = shared.s3("s3")
    for call, arguments in [(s3.put_object, {"Key": "k", "Body": b"x"}), (s3.list_objects_v2, {})]:
        with pytest.raises(botocore.exceptions.ClientError) as refusal:
            call(Bucket=bucket, **arguments)
        error = refusal.value.response["Error"]
        assert error["Code"] == "InvalidRequest" and "AWS4-HMAC-SHA256" in error["Message"]
    assert shared.s3().list_objects_v2(Bucket=bucket)["KeyCount"] == 0

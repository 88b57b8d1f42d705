"""Refusals that come of the state that a server is in, a row each."""

import pytest

from refusals import Call, World, refuse, rows

QUOTA = "Your request was denied due to quota exceeded."
TIMEOUT = (
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections "
    "will be closed."
)


def over_quota(operation, **parameters):
    return Call(operation, **{"Key": "new", **parameters}).refused("over the quota", 403, "QuotaExceeded", QUOTA)


@pytest.fixture(scope="module")
def full(shared):
    """A bucket that has as many objects as it may, and an upload that would be one more."""
    s3, bucket = shared.s3(), World.name()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="new")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="new", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    shared.run("bucket", "set", bucket, "--quota-objects", "1")
    return World(shared, plain=bucket, upload=upload, part=part)


@rows(
    over_quota("PutObject", Body=b"x"),
    over_quota("CopyObject"),
    over_quota("CompleteMultipartUpload", MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "@part"}]}),
)
def test_a_quota(full, row):
    refuse(full, row)
    listed = full.client().list_objects_v2(Bucket=full.plain)
    assert [entry["Key"] for entry in listed["Contents"]] == ["k"]


def test_a_body_that_does_not_come(server):
    """A part of what is announced, and then nothing more."""
    one, bucket = server(config={"limits": {"body_window_seconds": 1}}), World.name()
    one.s3().create_bucket(Bucket=bucket)
    row = Call("PutObject", Body=b"x" * 1000, late_headers={"Content-Length": "100000"})
    row.refused("a body that does not come", 400, "RequestTimeout", TIMEOUT).answering(connection="close")
    refuse(World(one, plain=bucket), row)


def test_a_connection_too_many(server):
    one = server(config={"limits": {"connections": 1}})
    with one.connect() as held:
        held.sendall(b"GET /-/health HTTP/1.1\r\nHost: x\r\n")
        row = Call("ListBuckets").refused("a connection too many", 503, "SlowDown", "Please reduce your request rate.")
        refuse(World(one), row.answering(connection="close", retry_after="1"))

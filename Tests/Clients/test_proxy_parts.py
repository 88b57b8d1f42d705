"""Proxy mode where an object of unknown length goes on in parts: forms, and bodies that do not say how long they are."""

import base64
import hashlib
import os
import re
import zlib

import pytest
import requests

from larder import NotReady
from test_proxy_larder import refused
from upstream import FaultProxy, remote_environment, remote_settings

PART = 5 << 20


@pytest.fixture
def remote(server):
    return server(env=remote_environment())


@pytest.fixture
def front(server, remote):
    return server(config=remote_settings(remote.endpoint, multipart_bytes=PART))


def post(front, body, key="form/a", **fields):
    """Uploads by a form that wants a document."""
    fields = {"success_action_status": "201", **fields}
    conditions = [["content-length-range", 0, 1 << 30], *({name: value} for name, value in fields.items())]
    form = front.s3().generate_presigned_post("uploads", key, Fields=fields, Conditions=conditions)
    return requests.post(form["url"], data=form["fields"], files={"file": ("a", body)}, timeout=60)


def put(front, body, key="chunked"):
    """A PUT in chunks of HTTP, with no length anywhere."""
    url = front.s3().generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": key})
    return requests.put(url, data=(body[at : at + 100_000] for at in range(0, len(body), 100_000)), timeout=60)


def uploads(remote):
    """The uploads that were begun there and are not over."""
    return remote.s3().list_multipart_uploads(Bucket="uploads").get("Uploads", [])


@pytest.mark.parametrize("size", [0, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 12_345])
def test_the_tag_of_a_form_and_of_a_body_in_chunks_is_that_of_the_object(front, remote, size):
    body = os.urandom(size)
    answer = post(front, body)
    assert answer.status_code == 201, answer.text
    told = re.search("<ETag>&?(?:quot;|#34;|\")?([^<&\"]+)", answer.text).group(1)
    other = put(front, body)
    assert other.status_code == 200, other.text
    for key, tag in (("form/a", told), ("chunked", other.headers["ETag"].strip('"'))):
        got = front.s3().get_object(Bucket="uploads", Key=key)
        assert got["ETag"].strip('"') == tag and got["Body"].read() == body
        there = remote.s3().head_object(Bucket="uploads", Key=key)
        assert there["ETag"].strip('"') == tag
        parts = -(-size // PART) if size > PART else 0
        assert tag.endswith(f"-{parts}") if parts else tag == hashlib.md5(body).hexdigest()
    assert uploads(remote) == []


def test_what_the_form_says_goes_with_the_parts(front, remote):
    body = os.urandom(2 * PART)
    crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    answer = post(
        front, body, **{"Content-Type": "video/x", "x-amz-meta-a": "one", "x-amz-checksum-crc32": crc,
                        "x-amz-storage-class": "STANDARD_IA"}
    )
    assert answer.status_code == 201, answer.text
    there = remote.s3().head_object(Bucket="uploads", Key="form/a", ChecksumMode="ENABLED")
    assert there["ContentType"] == "video/x" and there["Metadata"] == {"a": "one"}
    assert there["StorageClass"] == "STANDARD_IA" and there["ChecksumCRC32"] == crc and there["ETag"].endswith('-2"')
    wrong = post(front, body + b"1", key="form/wrong", **{"x-amz-checksum-crc32": crc})
    assert wrong.status_code == 400 and "BadDigest" in wrong.text
    assert refused(remote.s3().head_object, Bucket="uploads", Key="form/wrong")[0] == 404
    assert uploads(remote) == []


def test_a_condition_holds_for_the_whole(front, remote):
    body = os.urandom(PART + 1)
    url = front.s3().generate_presigned_url(
        "put_object", Params={"Bucket": "uploads", "Key": "once", "IfNoneMatch": "*"}
    )

    def again():
        return requests.put(url, data=iter([body]), headers={"If-None-Match": "*"}, timeout=60)

    assert again().status_code == 200
    second = again()
    assert second.status_code == 412 and "PreconditionFailed" in second.text
    assert uploads(remote) == []


@pytest.mark.parametrize("fault", ["reset", 500, "garbage"])
def test_a_way_that_breaks_in_the_middle_leaves_nothing_there(server, remote, fault):
    with FaultProxy(remote) as way:
        front = server(config=remote_settings(way.endpoint, multipart_bytes=PART, attempts=1))

        way.fault = lambda method, target: fault if "partNumber=2" in target else None
        answer = post(front, os.urandom(3 * PART))
        assert answer.status_code in (500, 502), answer.text
        assert uploads(remote) == []
        assert refused(remote.s3().head_object, Bucket="uploads", Key="form/a")[0] == 404
        way.fault = None
        assert post(front, os.urandom(3 * PART)).status_code == 201


@pytest.mark.parametrize("length", [PART - 1, (5 << 30) + 1])
def test_parts_have_the_lengths_that_s3_allows(server, length):
    with pytest.raises(NotReady, match="remote.multipart_bytes"):
        server(config=remote_settings("http://127.0.0.1:9", multipart_bytes=length))

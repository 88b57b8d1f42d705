"""Proxy mode in front of another Larder: what clients see, and what arrives there."""

import hashlib
import json
import os
import subprocess
import uuid

import boto3
import botocore.exceptions
import pytest
import requests

import forms
import wire
from attachments import attach
from larder import REGION, eventually
from pictures import picture
from relay import Relay
from upstream import REMOTE_KEY, REMOTE_SECRET, behind, remote_settings


@pytest.fixture
def remote(server):
    """The Larder behind."""
    return behind(server)


@pytest.fixture
def front(server, remote):
    """The Larder that clients talk to."""
    return server(config=remote_settings(remote.endpoint))


def refused(call, **arguments):
    """Status and code of a call that is refused."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer


@pytest.mark.parametrize("size", [0, 1, 100_000, 300_000, 5_000_000])
def test_an_object_goes_there_and_comes_back(front, remote, size):
    body = os.urandom(size)
    key = "a b/ü+%2F//c"
    put = front.s3().put_object(
        Bucket="uploads", Key=key, Body=body, ContentType="text/x", Metadata={"a": "one"}, CacheControl="no-cache"
    )
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    there = remote.s3().get_object(Bucket="uploads", Key=key)
    assert there["Body"].read() == body and there["Metadata"] == {"a": "one"} and there["ContentType"] == "text/x"
    here = front.s3().get_object(Bucket="uploads", Key=key)
    assert here["Body"].read() == body and here["CacheControl"] == "no-cache"
    head = front.s3().head_object(Bucket="uploads", Key=key)
    assert head["ContentLength"] == size and head["ETag"] == put["ETag"]
    assert not front.path("buckets", "uploads").exists() or not any(front.path("buckets", "uploads").iterdir())
    front.s3().delete_object(Bucket="uploads", Key=key)
    assert refused(remote.s3().head_object, Bucket="uploads", Key=key)[0] == 404


def test_ranges_and_conditions_are_the_remotes(front):
    s3 = front.s3()
    etag = s3.put_object(Bucket="uploads", Key="k", Body=b"0123456789")["ETag"]
    part = s3.get_object(Bucket="uploads", Key="k", Range="bytes=2-4")
    assert part["Body"].read() == b"234" and part["ContentRange"] == "bytes 2-4/10"
    assert refused(s3.get_object, Bucket="uploads", Key="k", Range="bytes=20-")[:2] == (416, "InvalidRange")
    assert refused(s3.get_object, Bucket="uploads", Key="k", IfNoneMatch=etag)[0] == 304
    assert refused(s3.put_object, Bucket="uploads", Key="k", Body=b"", IfNoneMatch="*")[:2] == (412, "PreconditionFailed")
    assert s3.put_object(Bucket="uploads", Key="k", Body=b"new", IfMatch=etag)["ETag"] != etag


def test_the_life_of_a_bucket(front, remote):
    s3 = front.s3()
    s3.create_bucket(Bucket="made-here")
    assert "made-here" in [one["Name"] for one in remote.s3().list_buckets()["Buckets"]]
    assert {"uploads", "made-here"} <= {one["Name"] for one in s3.list_buckets()["Buckets"]}
    s3.put_bucket_versioning(Bucket="made-here", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="made-here", Key="k", Body=b"1")["VersionId"]
    s3.put_object(Bucket="made-here", Key="k", Body=b"2")
    assert s3.get_object(Bucket="made-here", Key="k", VersionId=first)["Body"].read() == b"1"
    versions = s3.list_object_versions(Bucket="made-here")["Versions"]
    assert len(versions) == 2 and versions == remote.s3().list_object_versions(Bucket="made-here")["Versions"]
    assert refused(s3.delete_bucket, Bucket="made-here")[:2] == (409, "BucketNotEmpty")
    for one in versions:
        s3.delete_object(Bucket="made-here", Key="k", VersionId=one["VersionId"])
    s3.delete_bucket(Bucket="made-here")
    status, code, answer = refused(s3.list_objects_v2, Bucket="made-here")
    assert (status, code) == (404, "NoSuchBucket")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-remote-request-id"]
    assert answer["ResponseMetadata"]["RequestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]
    assert s3.get_bucket_location(Bucket="uploads")["LocationConstraint"] is None


def test_listings_tags_and_deletions(front):
    s3 = front.s3()
    keys = [f"d{n}/k {m}+" for n in range(3) for m in range(4)]
    for key in keys:
        s3.put_object(Bucket="uploads", Key=key, Body=b"x")
    found = [one["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="uploads", MaxKeys=5)
             for one in page["Contents"]]
    assert found == sorted(keys)
    page = s3.list_objects(Bucket="uploads", Delimiter="/", EncodingType="url")
    assert [one["Prefix"] for one in page["CommonPrefixes"]] == ["d0/", "d1/", "d2/"]
    s3.put_object_tagging(Bucket="uploads", Key=keys[0], Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_object_tagging(Bucket="uploads", Key=keys[0])["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.copy_object(Bucket="uploads", Key="copy", CopySource={"Bucket": "uploads", "Key": keys[1]})
    assert s3.get_object(Bucket="uploads", Key="copy")["Body"].read() == b"x"
    gone = s3.delete_objects(Bucket="uploads", Delete={"Objects": [{"Key": key} for key in [*keys, "never"]]})
    assert sorted(one["Key"] for one in gone["Deleted"]) == sorted([*keys, "never"])
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="uploads")["Contents"]] == ["copy"]


def test_an_upload_in_parts_is_told_with_our_address(front, remote):
    s3 = front.s3()
    parts = [os.urandom(5 << 20), os.urandom(1000)]
    upload = s3.create_multipart_upload(Bucket="uploads", Key="big one")["UploadId"]
    assert [one["UploadId"] for one in s3.list_multipart_uploads(Bucket="uploads")["Uploads"]] == [upload]
    done = []
    for number, part in enumerate(parts, 1):
        answer = s3.upload_part(Bucket="uploads", Key="big one", UploadId=upload, PartNumber=number, Body=part)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    assert len(s3.list_parts(Bucket="uploads", Key="big one", UploadId=upload)["Parts"]) == 2
    whole = s3.complete_multipart_upload(
        Bucket="uploads", Key="big one", UploadId=upload, MultipartUpload={"Parts": done}
    )
    assert whole["Location"] == f"{front.endpoint}/uploads/big%20one"
    assert remote.s3().get_object(Bucket="uploads", Key="big one")["Body"].read() == b"".join(parts)
    upload = s3.create_multipart_upload(Bucket="uploads", Key="none")["UploadId"]
    s3.abort_multipart_upload(Bucket="uploads", Key="none", UploadId=upload)
    assert refused(s3.list_parts, Bucket="uploads", Key="none", UploadId=upload)[:2] == (404, "NoSuchUpload")


@pytest.mark.parametrize("size", [1000, 3_000_000])
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC64NVME", "SHA256"])
def test_checksums_behind_the_body_are_checked_and_kept(front, remote, size, algorithm):
    body = os.urandom(size)
    put = front.s3().put_object(Bucket="uploads", Key="k", Body=body, ChecksumAlgorithm=algorithm)
    there = remote.s3().head_object(Bucket="uploads", Key="k", ChecksumMode="ENABLED")
    assert there[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
    assert remote.s3().get_object(Bucket="uploads", Key="k")["Body"].read() == body


@pytest.mark.parametrize("size", [10_000, 2_000_000])
def test_a_wrong_checksum_makes_no_object_there(front, remote, size):
    body = os.urandom(size)
    framed = f"{size:x}\r\n".encode() + body + b"\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    url = front.s3().generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "wrong"})
    request = requests.Request("PUT", url, data=framed)
    request.headers = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": str(size),
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from larder import ACCESS_KEY, SECRET_KEY

    signed = AWSRequest("PUT", f"{front.endpoint}/uploads/wrong", data=framed, headers=request.headers)

    class Unsigned(SigV4Auth):
        def payload(self, request):
            return "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    Unsigned(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION).add_auth(signed)
    answer = requests.put(signed.url, data=framed, headers=dict(signed.headers), timeout=30)
    assert answer.status_code == 400 and "BadDigest" in answer.text
    assert refused(remote.s3().head_object, Bucket="uploads", Key="wrong")[0] == 404


@pytest.mark.parametrize("size", [0, 1000, 400_000])
def test_a_body_that_is_not_what_was_signed_makes_no_object(front, remote, size):
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from larder import ACCESS_KEY, SECRET_KEY

    body = os.urandom(size)
    request = AWSRequest("PUT", f"{front.endpoint}/uploads/forged", data=body + b"signed")
    S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION).add_auth(request)
    answer = requests.put(request.url, data=body, headers=dict(request.headers), timeout=30)
    assert answer.status_code == 400 and "XAmzContentSHA256Mismatch" in answer.text
    assert refused(remote.s3().head_object, Bucket="uploads", Key="forged")[0] == 404


def test_who_asks_is_checked_here(front, remote):
    assert refused(front.s3(secret="wrong").list_objects_v2, Bucket="uploads")[:2] == (403, "SignatureDoesNotMatch")
    # The keys of the one are nothing to the other.
    assert refused(front.s3(access=REMOTE_KEY, secret=REMOTE_SECRET).list_buckets)[:2] == (403, "InvalidAccessKeyId")
    assert requests.get(f"{front.endpoint}/uploads/k", timeout=10).status_code == 403
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::uploads/open/*"}],
    }
    file = front.storage / "policy.json"
    file.write_text(json.dumps(policy))
    made = front.run("key", "create", "--user-id", "reader", "--policy", file, "--json")
    key = json.loads(made.stdout)
    reader = front.s3(access=key["access_key"], secret=key["secret_key"])
    for name in ("open/a", "shut/a"):
        front.s3().put_object(Bucket="uploads", Key=name, Body=b"x")
    assert reader.get_object(Bucket="uploads", Key="open/a")["Body"].read() == b"x"
    assert refused(reader.get_object, Bucket="uploads", Key="shut/a")[:2] == (403, "AccessDenied")
    assert refused(reader.put_object, Bucket="uploads", Key="open/a", Body=b"")[:2] == (403, "AccessDenied")
    both = {"Objects": [{"Key": "open/a"}, {"Key": "shut/a"}]}
    answer = reader.delete_objects(Bucket="uploads", Delete=both)
    assert {one["Code"] for one in answer["Errors"]} == {"AccessDenied"} and len(answer["Errors"]) == 2


def test_presigned_urls_of_ours_work(front, remote):
    s3 = front.s3()
    body = os.urandom(400_000)
    for signature in ("s3v4", "s3"):
        client = front.s3(signature=signature)
        url = client.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": f"p {signature}"})
        assert requests.put(url, data=body, timeout=30).status_code == 200
        url = client.generate_presigned_url(
            "get_object", Params={"Bucket": "uploads", "Key": f"p {signature}", "ResponseContentType": "text/odd"}
        )
        answer = requests.get(url, timeout=30)
        assert answer.content == body and answer.headers["Content-Type"] == "text/odd"
        assert remote.s3().get_object(Bucket="uploads", Key=f"p {signature}")["Body"].read() == body
    assert requests.get(url[:-3] + "AAA", timeout=30).status_code == 403


@pytest.mark.parametrize("is_secure", [False, True])
def test_bytes_that_nobody_vouches_for_are_signed_where_tls_kept_them(server, remote, authority, is_secure):
    ca, chain, key = authority
    tls = {"tls": {"certificate": str(chain), "key": str(key)}} if is_secure else {}
    body = os.urandom(3_000_000)
    with Relay(remote) as way:
        front = server(config=remote_settings(way.endpoint) | tls, tls_ca=str(ca) if is_secure else None)
        url = front.s3().generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "k"})
        assert requests.put(url, data=body, timeout=30, verify=str(ca)).status_code == 200
        (head,) = way.heads("PUT")
    signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" if is_secure else "UNSIGNED-PAYLOAD"
    assert f"x-amz-content-sha256: {signed}\r\n" in head
    assert remote.s3().get_object(Bucket="uploads", Key="k")["Body"].read() == body


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_form_is_checked_here_and_stored_there(front, remote, size):
    body = os.urandom(size)
    conditions = [["content-length-range", 1, size], {"success_action_status": "201"}]
    post = front.s3().generate_presigned_post(
        "uploads", "form/${filename}", Fields={"success_action_status": "201", "Content-Type": "image/x"},
        Conditions=[*conditions, {"Content-Type": "image/x"}, ["starts-with", "$key", "form/"]],
    )
    answer = requests.post(post["url"], data=post["fields"], files={"file": ("a.bin", body)}, timeout=30)
    assert answer.status_code == 201, answer.text
    assert f"<Location>{front.endpoint}/uploads/form%2Fa.bin</Location>" in answer.text
    there = remote.s3().get_object(Bucket="uploads", Key="form/a.bin")
    assert there["Body"].read() == body and there["ContentType"] == "image/x"
    longer = requests.post(post["url"], data=post["fields"], files={"file": ("b.bin", body + b"1")}, timeout=30)
    assert longer.status_code == 400 and "EntityTooLarge" in longer.text
    assert refused(remote.s3().head_object, Bucket="uploads", Key="form/b.bin")[0] == 404


def test_attachments_and_styles_are_there(front, remote):
    attachment = attach(front, picture(size=(300, 200)))
    assert attachment["style_url"]
    for url in [attachment["original_url"], *attachment["style_url"].values()]:
        assert url.startswith(front.endpoint)
        assert requests.get(url, timeout=30).status_code == 200
    keys = [one["Key"] for one in remote.s3().list_objects_v2(Bucket="uploads")["Contents"]]
    assert len([key for key in keys if key.startswith("styles/")]) == len(attachment["style_url"])
    assert refused(front.s3().put_object, Bucket="uploads", Key="styles/x", Body=b"")[:2] == (403, "AccessDenied")


def test_the_aws_command_syncs(front, remote, folder):
    source = folder / "source"
    source.mkdir()
    for number in range(5):
        (source / f"f{number}").write_bytes(os.urandom(1000 * number))
    (source / "large").write_bytes(os.urandom(9 << 20))
    front.aws("s3", "sync", source, "s3://uploads/sync/")
    back = folder / "back"
    front.aws("s3", "sync", "s3://uploads/sync/", back)
    assert subprocess.run(["diff", "-r", source, back]).returncode == 0
    assert len(remote.s3().list_objects_v2(Bucket="uploads", Prefix="sync/")["Contents"]) == 6
    front.aws("s3", "rm", "--recursive", "s3://uploads/sync/")


def test_what_is_not_known_here_goes_on(server, remote):
    with Relay(remote) as relay:
        front = server(config=remote_settings(relay.endpoint))
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        from larder import ACCESS_KEY, SECRET_KEY

        url = f"{front.endpoint}/uploads/k?annotations=x%2Fy&versionId=3%2FL4kqtJlcpXroDTDmJ"
        request = AWSRequest("GET", url, headers={"x-amz-newest": "of all", "X-Forwarded-For": "1.2.3.4"})
        S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION).add_auth(request)
        answer = requests.get(request.url, headers=dict(request.headers), timeout=10)
        assert answer.headers["x-larder-remote-request-id"], answer.text
        head = eventually(lambda: next((one for one in relay.heads("GET") if "annotations" in one), None))
        assert head.startswith("GET /uploads/k?annotations=x%2Fy&versionId=3%2FL4kqtJlcpXroDTDmJ HTTP/1.1")
        assert "x-amz-newest: of all" in head and f"Credential={REMOTE_KEY}/" in head
        assert "1.2.3.4" not in head and ACCESS_KEY not in head


def test_a_bucket_may_be_called_otherwise_there_or_be_a_part_of_one(server, remote):
    named = [
        {"bucket": "other-name", "name": "uploads"},
        {"bucket": "part-of-it", "name": "uploads", "prefix": "in/side/"},
        {"bucket": "stays-here", "mode": "local"},
    ]
    front = server(
        config={**remote_settings(remote.endpoint, mode="local", buckets=named), "buckets": ["stays-here", "own"]}
    )
    s3 = front.s3()
    assert {"other-name", "part-of-it", "stays-here", "own"} <= {one["Name"] for one in s3.list_buckets()["Buckets"]}
    s3.put_object(Bucket="stays-here", Key="k", Body=b"here")
    assert (front.path("buckets", "stays-here", "k")).read_bytes() == b"here"
    s3.put_object(Bucket="part-of-it", Key="d/k 1", Body=b"part")
    assert remote.s3().get_object(Bucket="uploads", Key="in/side/d/k 1")["Body"].read() == b"part"
    assert s3.get_object(Bucket="other-name", Key="in/side/d/k 1")["Body"].read() == b"part"
    for options, key in (({}, "d/k 1"), ({"EncodingType": "url"}, "d/k+1")):
        page = s3.list_objects_v2(Bucket="part-of-it", Prefix="d/", **options)
        assert page["Name"] == "part-of-it" and page["Prefix"] == "d/"
        assert [one["Key"] for one in page["Contents"]] == [key]
    remote.s3().put_object(Bucket="uploads", Key="outside", Body=b"")
    assert [one["Key"] for one in s3.list_objects(Bucket="part-of-it")["Contents"]] == ["d/k 1"]
    assert s3.list_objects_v2(Bucket="other-name")["KeyCount"] == 2
    s3.copy_object(Bucket="part-of-it", Key="copy", CopySource="other-name/outside")
    assert remote.s3().head_object(Bucket="uploads", Key="in/side/copy")["ContentLength"] == 0
    gone = s3.delete_objects(Bucket="part-of-it", Delete={"Objects": [{"Key": "copy"}, {"Key": "d/k 1"}]})
    assert sorted(one["Key"] for one in gone["Deleted"]) == ["copy", "d/k 1"]
    assert [one["Key"] for one in remote.s3().list_objects_v2(Bucket="uploads")["Contents"]] == ["outside"]
    upload = s3.create_multipart_upload(Bucket="part-of-it", Key="m")
    assert (upload["Bucket"], upload["Key"]) == ("part-of-it", "m")
    s3.abort_multipart_upload(Bucket="part-of-it", Key="m", UploadId=upload["UploadId"])
    status, code, answer = refused(s3.get_object, Bucket="part-of-it", Key="none")
    assert (status, code) == (404, "NoSuchKey") and answer["Error"]["Key"] == "none"
    assert refused(s3.delete_bucket, Bucket="part-of-it")[:2] == (501, "NotImplemented")
    assert refused(s3.copy_object, Bucket="part-of-it", Key="k", CopySource="stays-here/k")[:2] == (501, "NotImplemented")


def test_wrong_keys_of_ours_are_not_the_clients_fault(server, remote):
    settings = remote_settings(remote.endpoint)
    settings["remote"]["secret_key"] = "not-the-secret-at-all"
    front = server(config=settings)
    status, code, answer = refused(front.s3().list_objects_v2, Bucket="uploads")
    assert (status, code) == (502, "BadGateway")
    assert "SignatureDoesNotMatch" in answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-reason"]
    assert REMOTE_KEY not in json.dumps(answer, default=str)


def test_the_keys_may_be_in_the_environment_or_a_profile(server, remote, folder):
    settings = {"remote": {"mode": "proxy", "endpoint": remote.endpoint}}
    keys = {"AWS_ACCESS_KEY_ID": REMOTE_KEY, "AWS_SECRET_ACCESS_KEY": REMOTE_SECRET}
    assert server(config=settings, env=keys).s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    file = folder / "credentials"
    file.write_text(f"[far]\naws_access_key_id = {REMOTE_KEY}\naws_secret_access_key = {REMOTE_SECRET}\n")
    env = {"AWS_SHARED_CREDENTIALS_FILE": file, "AWS_CONFIG_FILE": folder / "none"}
    settings["remote"]["profile"] = "far"
    assert server(config=settings, env=env).s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    settings["remote"]["profile"] = "near"
    front = server(config=settings, env=env)
    assert refused(front.s3().list_objects_v2, Bucket="uploads")[0] == 500
    assert "there is no profile 'near'" in front.log_text()

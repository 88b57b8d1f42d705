"""Objects: what goes in comes out, under every condition, range, checksum, copy and tag."""

import base64
import concurrent.futures
import datetime
import email.header
import email.utils
import gzip
import hashlib
import io
import itertools
import json
import threading
import uuid

import pytest
import requests

from dialects import curl, moment, send, target
from matrix import both, cell, cells

SCHEMES = ["http", "https"]
MISSING = "0" * 32


def put(store, bucket, key, body=b"", **arguments):
    return store.s3().put_object(Bucket=bucket, Key=key, Body=body, **arguments)


def read(store, bucket, key, **arguments):
    return store.s3().get_object(Bucket=bucket, Key=key, **arguments)["Body"].read()


def http_date(value):
    return email.utils.format_datetime(value.astimezone(datetime.timezone.utc), usegmt=True)


# In and out


@both("PutObject", "GetObject", "HeadObject", "DeleteObject")
def test_an_object_comes_back_as_it_was_put_until_it_is_deleted(client, bucket):
    body = bytes(range(256)) * 33
    given = {
        "ContentType": "text/x; charset=utf-8",
        "CacheControl": "max-age=5",
        "ContentDisposition": 'attachment; filename="a b.txt"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "Metadata": {"color": "dark red", "n": "1"},
        "WebsiteRedirectLocation": "/elsewhere",
        "StorageClass": "STANDARD_IA",
    }
    put = client.call("PutObject", Bucket=bucket, Key="a b/ü+c", Body=body, **given)
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    got = client.call("GetObject", Bucket=bucket, Key="a b/ü+c")
    head = client.call("HeadObject", Bucket=bucket, Key="a b/ü+c")
    assert got["Body"] == body
    for answer in (got, head):
        assert answer["ContentLength"] == len(body) and answer["AcceptRanges"] == "bytes"
        assert answer["ETag"] == put["ETag"]
        assert {name: answer[name] for name in given} == given
        assert abs(datetime.datetime.now(datetime.timezone.utc) - moment(answer["LastModified"])).total_seconds() < 60
    client.call("DeleteObject", Bucket=bucket, Key="a b/ü+c")
    assert client.code("GetObject", Bucket=bucket, Key="a b/ü+c") == "NoSuchKey"
    assert client.code("HeadObject", Bucket=bucket, Key="a b/ü+c") == "404"
    client.call("DeleteObject", Bucket=bucket, Key="a b/ü+c")


@cells("curl", "PutObject", "GetObject", "HeadObject", "DeleteObject")
def test_curl_signs_for_itself(store, bucket, folder):
    (folder / "in").write_bytes(b"curl" * 50_000)
    place = target(bucket, "of/curl.bin")
    assert curl(store, "--fail", "--upload-file", folder / "in", "-H", "Content-Type: text/x", place).stdout == b""
    assert curl(store, "--fail", place).stdout == b"curl" * 50_000
    assert b"Content-Length: 200000\r\n" in curl(store, "--head", place).stdout
    assert curl(store, "--range", "4-11", place).stdout == b"curlcurl"
    curl(store, "--fail", "--request", "DELETE", place)
    assert curl(store, "--fail", place, check=False).returncode == 22


@cells("HTTP", "PutObject", "GetObject", "HeadObject", "DeleteObject")
def test_answers_have_the_headers_of_the_protocol(store, bucket):
    put = send(store, "PUT", target(bucket, "k"), {"Content-Type": ""}, b"0123456789")
    assert put.status == 200 and put.body == b"" and put.header("ETag") == '"781e5e245d69b566979b86e28d23f2c7"'
    assert put.header("x-amz-checksum-type") == "FULL_OBJECT" and put.header("x-amz-checksum-crc64nvme")
    for method in ("GET", "HEAD"):
        answer = send(store, method, target(bucket, "k"))
        assert answer.status == 200 and answer.body == (b"0123456789" if method == "GET" else b"")
        assert answer.header("Content-Length") == "10" and answer.header("Accept-Ranges") == "bytes"
        # An empty Content-Type counts as none.
        assert answer.header("Content-Type") == "binary/octet-stream"
        for absent in ["x-amz-version-id", "x-amz-tagging-count", "x-amz-storage-class", "x-amz-mp-parts-count"]:
            assert answer.header(absent) is None, absent
        assert not [name for name in answer.headers if name.lower().startswith("x-amz-checksum")]
    deleted = send(store, "DELETE", target(bucket, "k"))
    assert deleted.status == 204 and deleted.body == b"" and deleted.header("x-amz-delete-marker") is None
    assert send(store, "DELETE", target(bucket, "k")).status == 204


# Uploads with trailers: boto3 sends them over TLS, and digests over plain HTTP.


@cells("boto3", "PutObject", "GetObject")
@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 7])
def test_uploads_of_a_stream_are_whole(store, bucket, size):
    body = (hashlib.sha512(b"seed").digest() * (size // 64 + 1))[:size]
    put = store.s3().put_object(Bucket=bucket, Key="k", Body=io.BytesIO(body))
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"' and put["ChecksumCRC32"]
    got = store.s3().get_object(Bucket=bucket, Key="k")
    # The client compares the checksum while it reads.
    assert got["Body"].read() == body and got["ContentLength"] == size and "ContentEncoding" not in got


@cells("boto3", "PutObject", "GetObject", "HeadObject")
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "XXHASH128"])
def test_checksums_that_boto3_computes_are_kept(store, bucket, algorithm):
    body = b"sum me up" * 200_000
    put = store.s3().put_object(Bucket=bucket, Key="k", Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    got = store.s3().get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert put[name] == got[name] and put["ChecksumType"] == got["ChecksumType"] == "FULL_OBJECT"
    assert name not in store.s3().head_object(Bucket=bucket, Key="k")


@cells("boto3", "PutObject", "GetObject")
def test_an_encoding_of_the_content_is_kept_and_that_of_the_transfer_is_not(store, bucket):
    body = gzip.compress(b"squeezed" * 5000)
    store.s3().put_object(Bucket=bucket, Key="k", Body=io.BytesIO(body), ContentEncoding="gzip")
    got = store.s3().get_object(Bucket=bucket, Key="k")
    assert got["ContentEncoding"] == "gzip" and got["Body"].read() == body


def trailed(
    store, bucket, body, trailer="x-amz-checksum-crc32:DUoRhQ==", length=None, announced="x-amz-checksum-crc32"
):
    """An upload in unsigned chunks with a trailer, put together by hand."""
    data = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:4], body[4:]) if piece)
    data += b"0\r\n" + (trailer.encode() + b"\r\n" if trailer else b"") + b"\r\n"
    headers = {
        "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(len(body) if length is None else length),
        "x-amz-trailer": announced,
    }
    return send(store, "PUT", target(bucket, "k"), headers, data, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER")


@cell("PutObject", "HTTP")
def test_a_trailer_is_compared_with_what_came(store, bucket):
    assert trailed(store, bucket, b"hello world").status == 200
    wrong = [
        ({"trailer": "x-amz-checksum-crc32:AAAAAA=="}, "BadDigest"),
        ({"trailer": "x-amz-checksum-crc32:nonsense"}, "InvalidRequest"),
        ({"trailer": "x-amz-checksum-sha1:Kq5sNclPz7QV2+lfQIuc6R7oRu0="}, "MalformedTrailerError"),
        ({"trailer": None}, "MalformedTrailerError"),
        ({"length": 12}, "IncompleteBody"),
        ({"announced": "x-amz-checksum-md4"}, "InvalidRequest"),
    ]
    for change, code in wrong:
        answer = trailed(store, bucket, b"hello world", **change)
        assert (answer.status, answer.code) == (400, code), change
        assert read(store, bucket, "k") == b"hello world"


@cells("aws-cli", "PutObject", "GetObject", "DeleteObject", "ListObjectsV2", "HeadObject")
def test_the_aws_command_copies_small_files(store, bucket, folder):
    (folder / "in").write_bytes(b"small" * 1000)
    store.aws("s3", "cp", folder / "in", f"s3://{bucket}/d/small")
    store.aws("s3", "cp", f"s3://{bucket}/d/small", folder / "out")
    assert (folder / "out").read_bytes() == b"small" * 1000
    store.aws("s3", "mv", f"s3://{bucket}/d/small", f"s3://{bucket}/e")
    assert "e" in store.aws("s3", "ls", f"s3://{bucket}/").stdout.split()
    store.aws("s3", "rm", "--recursive", f"s3://{bucket}/")
    assert store.aws("s3", "ls", f"s3://{bucket}/", check=False).stdout == ""


# The ten checksums


HELLO = {
    "CRC32": "DUoRhQ==",
    "CRC32C": "yZRlqg==",
    "CRC64NVME": "jSnVw/bqjr4=",
    "MD5": "XrY7u+Ae7tCTyyK7j1rNww==",
    "SHA1": "Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    "SHA256": "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
    "SHA512": "MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==",
    "XXHASH64": "RatnNLIeaWg=",
    "XXHASH3": "1Eex6kDmmIs=",
    "XXHASH128": "340J6T+HSQCpm4d1zBW2xw==",
}


@both("PutObject", "HeadObject", "ListObjectsV2")
@pytest.mark.parametrize("algorithm", HELLO)
def test_a_checksum_of_each_algorithm_is_compared_kept_and_shown(client, bucket, algorithm):
    name = f"Checksum{algorithm}"
    put = client.call("PutObject", Bucket=bucket, Key="k", Body=b"hello world", **{name: HELLO[algorithm]})
    assert put[name] == HELLO[algorithm] and put["ChecksumType"] == "FULL_OBJECT"
    assert name not in client.call("HeadObject", Bucket=bucket, Key="k")
    head = client.call("HeadObject", Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head[name] == HELLO[algorithm] and head["ChecksumType"] == "FULL_OBJECT"
    listed = client.call("ListObjectsV2", Bucket=bucket)["Contents"][0]
    assert listed["ChecksumAlgorithm"] == [algorithm] and listed["ChecksumType"] == "FULL_OBJECT"
    wrong = base64.b64encode(bytes(len(base64.b64decode(HELLO[algorithm])))).decode()
    refusal = client.refused("PutObject", Bucket=bucket, Key="k", Body=b"hello world!", **{name: wrong})
    assert refusal.code == "BadDigest"
    assert refusal.message == f"The {algorithm} you specified did not match the calculated checksum."
    assert client.call("HeadObject", Bucket=bucket, Key="k")["ContentLength"] == 11


@cell("PutObject", "HTTP")
def test_without_a_checksum_the_server_computes_its_own(store, bucket):
    answer = send(store, "PUT", target(bucket, "k"), body=b"hello world")
    assert answer.header("x-amz-checksum-crc64nvme") == HELLO["CRC64NVME"]
    head = send(store, "HEAD", target(bucket, "k"), {"x-amz-checksum-mode": "enabled"})
    assert head.header("x-amz-checksum-crc64nvme") == HELLO["CRC64NVME"]
    assert head.header("x-amz-checksum-type") == "FULL_OBJECT"


@cell("GetObject", "HTTP")
def test_checksums_go_with_whole_objects_only(store, bucket):
    send(store, "PUT", target(bucket, "k"), body=b"hello world")
    sums = lambda span: send(
        store, "GET", target(bucket, "k"), {"Range": span, "x-amz-checksum-mode": "ENABLED"}
    ).header("x-amz-checksum-crc64nvme")
    assert sums("bytes=0-4") is None and sums("bytes=1-") is None
    assert sums("bytes=0-10") == sums("bytes=0-") == sums("bytes=-11") == HELLO["CRC64NVME"]


@cell("PutObject", "HTTP")
def test_a_digest_beside_a_checksum_is_fine(store, bucket):
    headers = {"Content-MD5": HELLO["MD5"], "x-amz-checksum-crc32": HELLO["CRC32"]}
    assert send(store, "PUT", target(bucket, "k"), headers, b"hello world").status == 200


# Conditional reads


def expected_read(match, none_match, modified_since, unmodified_since):
    """What RFC 7232 with S3's rules of combination says; None where a condition is not given."""
    if match is not None:
        if not match:
            return 412
    elif unmodified_since is False:
        return 412
    if none_match is not None:
        return 304 if not none_match else 200
    return 304 if modified_since is False else 200


@cells("HTTP", "GetObject", "HeadObject")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditional_reads_in_every_combination(store, bucket, method):
    etag = put(store, bucket, "k", b"x")["ETag"]
    modified = store.s3().head_object(Bucket=bucket, Key="k")["LastModified"]
    before, same = http_date(modified - datetime.timedelta(hours=1)), http_date(modified)
    # Each header with the values to try, and whether the condition holds then.
    axes = {
        "If-Match": [(None, None), (etag, True), (etag.strip('"'), True), ("*", True), (f'"{MISSING}"', False)],
        "If-None-Match": [(None, None), (etag, False), ("*", False), (f'"{MISSING}", "1"', True)],
        "If-Modified-Since": [(None, None), (before, True), (same, False), ("no date", None)],
        "If-Unmodified-Since": [(None, None), (before, False), (same, True), ("no date", None)],
    }
    for combination in itertools.product(*axes.values()):
        headers = {name: value for name, (value, _) in zip(axes, combination) if value is not None}
        answer = send(store, method, target(bucket, "k"), headers)
        assert answer.status == expected_read(*(holds for _, holds in combination)), headers
        if answer.status == 304:
            assert answer.body == b"" and answer.header("ETag") == etag and answer.header("Last-Modified")
        if answer.status == 412 and method == "GET":
            failed = "If-Match" if combination[0][1] is False else "If-Unmodified-Since"
            assert answer.code == "PreconditionFailed" and answer.elements == {"Condition": failed}
        if method == "HEAD":
            assert answer.body == b""


@cell("GetObject", "HTTP")
def test_a_date_in_the_future_is_no_condition(store, bucket):
    put(store, bucket, "k", b"x")
    tomorrow = http_date(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1))
    assert send(store, "GET", target(bucket, "k"), {"If-Modified-Since": tomorrow}).status == 200


@cell("GetObject", "HTTP")
def test_what_is_not_modified_keeps_its_headers_for_caches(store, bucket):
    put(store, bucket, "k", b"x", CacheControl="max-age=9", Expires="Wed, 01 Jan 2031 00:00:00 GMT")
    etag = send(store, "HEAD", target(bucket, "k")).header("ETag")
    answer = send(store, "GET", target(bucket, "k"), {"If-None-Match": etag})
    assert answer.status == 304 and answer.header("Cache-Control") == "max-age=9"
    assert answer.header("Expires") == "Wed, 01 Jan 2031 00:00:00 GMT" and answer.header("Content-Type") is None


@both("GetObject", "HeadObject")
def test_clients_read_under_conditions(client, store, bucket):
    etag = put(store, bucket, "k", b"x")["ETag"]
    assert client.call("GetObject", Bucket=bucket, Key="k", IfMatch=etag)["Body"] == b"x"
    assert client.code("GetObject", Bucket=bucket, Key="k", IfMatch='"1"') == "PreconditionFailed"
    assert client.code("GetObject", Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"
    assert client.code("HeadObject", Bucket=bucket, Key="k", IfMatch='"1"') == "412"
    assert client.code("HeadObject", Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"


# Ranges


@cells("HTTP", "GetObject", "HeadObject")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "value, span",
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-9", (0, 9)),
        ("bytes=9-9", (9, 9)),
        ("bytes=2-", (2, 9)),
        ("bytes=3-99999999999999", (3, 9)),
        ("bytes=-1", (9, 9)),
        ("bytes=-10", (0, 9)),
        ("bytes=-11", (0, 9)),
        ("bytes=1-0", None),
        ("bytes=0-1,3-4", None),
        ("bytes=a-b", None),
        ("bytes=", None),
        ("bytes 0-1", None),
        ("items=0-1", None),
        ("bytes=-", None),
    ],
)
def test_a_range_is_answered_or_passed_over(store, bucket, method, value, span):
    put(store, bucket, "k", b"0123456789")
    answer = send(store, method, target(bucket, "k"), {"Range": value})
    first, last = span or (0, 9)
    assert answer.status == (206 if span else 200)
    assert answer.header("Content-Range") == (f"bytes {first}-{last}/10" if span else None)
    assert answer.header("Content-Length") == str(last - first + 1)
    assert answer.body == (b"0123456789"[first : last + 1] if method == "GET" else b"")


@cells("HTTP", "GetObject", "HeadObject")
@pytest.mark.parametrize("body, value", [(b"0123456789", "bytes=10-"), (b"0123456789", "bytes=-0"), (b"", "bytes=0-")])
def test_a_range_that_has_no_byte_is_refused(store, bucket, body, value):
    put(store, bucket, "k", body)
    answer = send(store, "GET", target(bucket, "k"), {"Range": value})
    assert (answer.status, answer.code) == (416, "InvalidRange")
    assert answer.elements == {"RangeRequested": value, "ActualObjectSize": str(len(body))}
    assert answer.header("Content-Range") == f"bytes */{len(body)}"
    assert send(store, "HEAD", target(bucket, "k"), {"Range": value}).status == 416


@both("GetObject", "HeadObject")
def test_clients_read_ranges(client, store, bucket):
    put(store, bucket, "k", b"0123456789")
    got = client.call("GetObject", Bucket=bucket, Key="k", Range="bytes=2-4")
    assert got["Body"] == b"234" and got["ContentRange"] == "bytes 2-4/10"
    assert client.code("GetObject", Bucket=bucket, Key="k", Range="bytes=10-") == "InvalidRange"
    assert client.call("HeadObject", Bucket=bucket, Key="k", Range="bytes=-3")["ContentLength"] == 3


@both("GetObject", "HeadObject")
def test_an_object_of_one_piece_has_one_part(client, store, bucket):
    put(store, bucket, "k", b"0123456789")
    got = client.call("GetObject", Bucket=bucket, Key="k", PartNumber=1)
    assert got["Body"] == b"0123456789" and got["ContentRange"] == "bytes 0-9/10" and "PartsCount" not in got
    assert client.call("HeadObject", Bucket=bucket, Key="k", PartNumber=1)["ContentLength"] == 10
    assert client.code("GetObject", Bucket=bucket, Key="k", PartNumber=2) in ("InvalidPartNumber", "416")


# Headers of the answer that the request chooses


CHOSEN = {
    "ResponseCacheControl": ("Cache-Control", "no-cache"),
    "ResponseContentDisposition": ("Content-Disposition", 'attachment; filename="x y.txt"'),
    "ResponseContentEncoding": ("Content-Encoding", "identity"),
    "ResponseContentLanguage": ("Content-Language", "fr, de"),
    "ResponseContentType": ("Content-Type", "text/y; charset=utf-8"),
    "ResponseExpires": ("Expires", "Thu, 01 Jan 2032 00:00:00 GMT"),
}


@cells("boto3", "GetObject", "HeadObject")
@pytest.mark.parametrize("operation", ["get_object", "head_object"])
def test_a_signed_url_chooses_headers_of_the_answer(store, bucket, operation):
    put(store, bucket, "k", b"x", CacheControl="max-age=1", ContentType="text/x")
    arguments = {name: value for name, (_, value) in CHOSEN.items()}
    url = store.s3().generate_presigned_url(operation, {"Bucket": bucket, "Key": "k", **arguments})
    answer = requests.request(operation.split("_")[0].upper(), url, timeout=30)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name, _ in CHOSEN.values()} == dict(CHOSEN.values())


@both("GetObject")
def test_a_signed_request_chooses_headers_of_the_answer(client, store, bucket):
    put(store, bucket, "k", b"x", ContentType="text/x")
    got = client.call(
        "GetObject", Bucket=bucket, Key="k", ResponseContentType="text/y", ResponseCacheControl="no-store"
    )
    assert (got["ContentType"], got["CacheControl"]) == ("text/y", "no-store")


@cell("GetObject", "HTTP")
@pytest.mark.parametrize("value", ["text/x\r\nX-Injected: 1", "text/x\nX-Injected: 1", "text/\u20ac"])
def test_a_chosen_header_cannot_hold_what_headers_cannot(store, bucket, value):
    put(store, bucket, "k", b"x")
    answer = send(store, "GET", target(bucket, "k", response_content_type=value))
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.elements["ArgumentName"] == "response-content-type"
    assert answer.header("X-Injected") is None


# Metadata


def metadata_of(store, bucket, value):
    """What the server answers for a value of user metadata."""
    assert send(store, "PUT", target(bucket, "k"), {"x-amz-meta-note": value}).status == 200
    return send(store, "HEAD", target(bucket, "k")).header("x-amz-meta-note")


@cells("HTTP", "PutObject", "HeadObject")
@pytest.mark.parametrize(
    "sent, kept",
    [
        ("plain", "plain"),
        ("=?UTF-8?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?a_b=5F?=", "a b_"),
        ("=?UTF-8?B?w6TDtsO8?=", "äöü"),
        ("=?UTF-8?Q?caf=C3=A9?= =?UTF-8?Q?_noir?=", "café noir"),
        ("=?UTF-8?B?YXNjaWk=?=", "ascii"),
        ("=?unknown?Q?x?=", "=?unknown?Q?x?="),
    ],
)
def test_encoded_words_are_decoded_and_made_again(store, bucket, sent, kept):
    answered = metadata_of(store, bucket, sent)
    if kept.isascii():
        assert answered == kept
    else:
        assert answered.isascii()
        parts = email.header.decode_header(answered)
        assert "".join(text if isinstance(text, str) else text.decode(charset) for text, charset in parts) == kept


@cells("HTTP", "PutObject", "HeadObject")
def test_raw_utf8_in_metadata_comes_back_encoded(store, bucket):
    ((text, charset),) = email.header.decode_header(metadata_of(store, bucket, "grüße"))
    assert text.decode(charset) == "grüße"


@cells("HTTP", "PutObject", "HeadObject")
def test_names_of_metadata_are_small_letters_and_repeated_ones_are_joined(store, bucket):
    headers = [("X-Amz-Meta-Two", "1"), ("x-amz-meta-TWO", "2"), ("x-amz-meta-a_b", "_"), ("x-amz-meta-a-b", " - ")]
    assert send(store, "PUT", target(bucket, "k"), headers).status == 200
    found = store.s3().head_object(Bucket=bucket, Key="k")["Metadata"]
    assert found == {"two": "1,2", "a_b": "_", "a-b": "-"}


@both("PutObject")
def test_metadata_may_have_2048_bytes_and_not_one_more(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"", Metadata={"a": "v" * 2046, "b": ""})
    refusal = client.refused("PutObject", Bucket=bucket, Key="k", Body=b"", Metadata={"a": "v" * 2046, "b": "w"})
    assert refusal.code == "MetadataTooLarge"


@cells("HTTP", "PutObject", "HeadObject")
def test_expires_is_kept_as_text(store, bucket):
    assert send(store, "PUT", target(bucket, "k"), {"Expires": "next week"}).status == 200
    assert send(store, "HEAD", target(bucket, "k")).header("Expires") == "next week"


# Copies


@both("CopyObject", "GetObject", "PutObject")
def test_a_copy_has_the_content_and_the_headers_of_its_source(client, bucket):
    client.call(
        "PutObject",
        Bucket=bucket,
        Key="from",
        Body=b"copied",
        ContentType="text/x",
        Metadata={"a": "1"},
        Tagging="t=1",
        StorageClass="STANDARD_IA",
        WebsiteRedirectLocation="/elsewhere",
    )
    result = client.call(
        "CopyObject", Bucket=bucket, Key="to", CopySource=f"{bucket}/from", ContentType="text/y", Metadata={"b": "2"}
    )
    assert result["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"copied").hexdigest()}"'
    got = client.call("GetObject", Bucket=bucket, Key="to")
    assert (got["Body"], got["ContentType"], got["Metadata"]) == (b"copied", "text/x", {"a": "1"})
    assert moment(result["CopyObjectResult"]["LastModified"]) == moment(got["LastModified"])
    assert "StorageClass" not in got and "WebsiteRedirectLocation" not in got
    assert client.call("GetObjectTagging", Bucket=bucket, Key="to")["TagSet"] == [{"Key": "t", "Value": "1"}]


@both("CopyObject", "HeadObject", "GetObjectTagging")
def test_a_copy_replaces_what_it_is_told_to_replace(client, bucket):
    client.call(
        "PutObject", Bucket=bucket, Key="from", Body=b"x", ContentType="text/x", Metadata={"a": "1"}, Tagging="t=1"
    )
    client.call(
        "CopyObject",
        Bucket=bucket,
        Key="to",
        CopySource=f"{bucket}/from",
        MetadataDirective="REPLACE",
        Metadata={"b": "2"},
        TaggingDirective="REPLACE",
        Tagging="u=2&v",
        StorageClass="STANDARD_IA",
        WebsiteRedirectLocation="/there",
    )
    head = client.call("HeadObject", Bucket=bucket, Key="to")
    # Nothing is left of the source: its type neither.
    assert (head["ContentType"], head["Metadata"]) == ("binary/octet-stream", {"b": "2"})
    assert (head["StorageClass"], head["WebsiteRedirectLocation"]) == ("STANDARD_IA", "/there")
    tags = client.call("GetObjectTagging", Bucket=bucket, Key="to")["TagSet"]
    assert tags == [{"Key": "u", "Value": "2"}, {"Key": "v", "Value": ""}]
    client.call("CopyObject", Bucket=bucket, Key="bare", CopySource=f"{bucket}/from", TaggingDirective="REPLACE")
    assert client.call("GetObjectTagging", Bucket=bucket, Key="bare")["TagSet"] == []


@both("CopyObject")
def test_a_copy_onto_itself_has_to_change_something(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x", Metadata={"a": "1"})
    place = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/k"}
    refusal = client.refused("CopyObject", **place)
    assert refusal.code == "InvalidRequest" and "to itself without changing" in refusal.message
    client.call("CopyObject", **place, MetadataDirective="REPLACE", Metadata={"a": "2"})
    assert client.call("HeadObject", Bucket=bucket, Key="k")["Metadata"] == {"a": "2"}
    client.call("CopyObject", **place, StorageClass="STANDARD_IA")
    head = client.call("HeadObject", Bucket=bucket, Key="k")
    assert (head["StorageClass"], head["Metadata"]) == ("STANDARD_IA", {"a": "2"})
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == b"x"


@cell("CopyObject", "HTTP")
@pytest.mark.parametrize(
    "key, source",
    [
        ("plain", "/{b}/plain"),
        ("plain", "{b}%2Fplain"),
        ("plain", "%2F{b}%2Fplain"),
        ("a b", "{b}/a+b"),
        ("a b", "{b}/a%20b"),
        ("a+b", "{b}/a%2Bb"),
        ("ü/€", "{b}/%C3%BC/%E2%82%AC"),
        ("a%2Fb", "{b}/a%252Fb"),
        ("a?versionId=x", "{b}/a%3FversionId=x"),
        ("a//b/", "{b}/a//b/"),
        ("/lead", "{b}//lead"),
        ("../up", "{b}/../up"),
    ],
)
def test_the_source_of_a_copy_is_decoded_as_a_form(store, bucket, key, source):
    put(store, bucket, key, key.encode())
    answer = send(store, "PUT", target(bucket, "to"), {"x-amz-copy-source": source.format(b=bucket)})
    assert answer.status == 200, answer
    assert answer.texts("ETag") == [f'"{hashlib.md5(key.encode()).hexdigest()}"']
    assert read(store, bucket, "to") == key.encode()


def conditions_of_sources(store, bucket):
    """Headers of a copy with conditions, and whether they let it through."""
    etag = store.s3().head_object(Bucket=bucket, Key="from")["ETag"]
    modified = store.s3().head_object(Bucket=bucket, Key="from")["LastModified"]
    before, after = (http_date(modified + datetime.timedelta(hours=hours)) for hours in (-1, 0))
    match, none_match = "x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match"
    modified_since, unmodified_since = "x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-unmodified-since"
    return [
        ({match: etag}, None),
        ({match: etag.strip('"')}, None),
        ({match: '"1"'}, "x-amz-copy-source-If-Match"),
        ({none_match: '"1"'}, None),
        ({none_match: etag}, "x-amz-copy-source-If-None-Match"),
        ({modified_since: before}, None),
        ({modified_since: after}, "x-amz-copy-source-If-Modified-Since"),
        ({unmodified_since: after}, None),
        ({unmodified_since: before}, "x-amz-copy-source-If-Unmodified-Since"),
        ({match: etag, unmodified_since: before}, None),
        ({match: '"1"', unmodified_since: after}, "x-amz-copy-source-If-Match"),
        ({none_match: etag, modified_since: before}, "x-amz-copy-source-If-None-Match"),
        ({none_match: '"1"', modified_since: before}, None),
    ]


@cell("CopyObject", "HTTP")
def test_copies_under_conditions_of_their_source(store, bucket):
    put(store, bucket, "from", b"x")
    for number, (headers, failed) in enumerate(conditions_of_sources(store, bucket)):
        answer = send(store, "PUT", target(bucket, f"to{number}"), {"x-amz-copy-source": f"{bucket}/from", **headers})
        assert answer.status == (412 if failed else 200), headers
        if failed:
            assert answer.code == "PreconditionFailed" and answer.elements == {"Condition": failed}
            assert send(store, "HEAD", target(bucket, f"to{number}")).status == 404


@both("CopyObject")
def test_copies_under_conditions_of_what_is_there(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="from", Body=b"new")
    etag = client.call("PutObject", Bucket=bucket, Key="to", Body=b"old")["ETag"]
    copy = {"Bucket": bucket, "CopySource": f"{bucket}/from"}
    assert client.code("CopyObject", **copy, Key="to", IfNoneMatch="*") == "PreconditionFailed"
    assert client.code("CopyObject", **copy, Key="to", IfMatch='"1"') == "PreconditionFailed"
    assert client.code("CopyObject", **copy, Key="missing", IfMatch=etag) == "NoSuchKey"
    client.call("CopyObject", **copy, Key="to", IfMatch=etag)
    client.call("CopyObject", **copy, Key="fresh", IfNoneMatch="*")
    for key in ("to", "fresh"):
        assert client.call("GetObject", Bucket=bucket, Key=key)["Body"] == b"new"


@both("CopyObject")
def test_a_copy_has_the_checksum_of_its_source_or_the_one_asked_for(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="from", Body=b"hello world", ChecksumSHA1=HELLO["SHA1"])
    result = client.call("CopyObject", Bucket=bucket, Key="same", CopySource=f"{bucket}/from")["CopyObjectResult"]
    assert (result["ChecksumSHA1"], result["ChecksumType"]) == (HELLO["SHA1"], "FULL_OBJECT")
    other = client.call(
        "CopyObject", Bucket=bucket, Key="other", CopySource=f"{bucket}/from", ChecksumAlgorithm="SHA256"
    )["CopyObjectResult"]
    assert other["ChecksumSHA256"] == HELLO["SHA256"] and "ChecksumSHA1" not in other
    head = client.call("HeadObject", Bucket=bucket, Key="other", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == HELLO["SHA256"]


@both("CopyObject")
def test_copies_go_from_one_bucket_to_another(client, store, bucket):
    other = f"b-{uuid.uuid4()}"
    client.call("CreateBucket", Bucket=other)
    put(store, bucket, "from", b"across")
    client.call("CopyObject", Bucket=other, Key="to", CopySource=f"{bucket}/from")
    assert read(store, other, "to") == b"across"
    assert client.code("CopyObject", Bucket=other, Key="to", CopySource=f"{bucket}/missing") == "NoSuchKey"
    assert client.code("CopyObject", Bucket=other, Key="to", CopySource=f"none-{other}/k") == "NoSuchBucket"
    assert read(store, other, "to") == b"across"


# Renames


@cells("boto3", "RenameObject")
def test_a_renamed_object_is_under_its_new_key_only(client, store, bucket):
    put(store, bucket, "old name", b"moved", ContentType="text/x", Metadata={"a": "1"})
    client.call("RenameObject", Bucket=bucket, Key="new/name", RenameSource="old%20name")
    got = client.call("GetObject", Bucket=bucket, Key="new/name")
    assert (got["Body"], got["ContentType"], got["Metadata"]) == (b"moved", "text/x", {"a": "1"})
    assert client.code("GetObject", Bucket=bucket, Key="old name") == "NoSuchKey"
    assert [item["Key"] for item in store.s3().list_objects_v2(Bucket=bucket)["Contents"]] == ["new/name"]


@cells("aws-cli", "RenameObject")
def test_the_aws_command_renames(store, bucket):
    put(store, bucket, "old", b"moved")
    store.aws("s3api", "rename-object", "--bucket", bucket, "--key", "new", "--rename-source", "old")
    assert read(store, bucket, "new") == b"moved"


@cell("RenameObject", "HTTP")
def test_renames_under_conditions(store, bucket):
    source = put(store, bucket, "a", b"1")["ETag"]
    put(store, bucket, "b", b"2")
    rename = lambda key, **headers: send(
        store,
        "PUT",
        target(bucket, key, renameObject=None),
        {"x-amz-rename-source": f"/{bucket}/a", **{name.replace("_", "-"): value for name, value in headers.items()}},
    )
    assert rename("b", If_None_Match="*").status == 412
    assert rename("c", x_amz_rename_source_if_match='"1"').status == 412
    assert rename("c", x_amz_rename_source_if_none_match=source).status == 412
    assert read(store, bucket, "a") == b"1" and read(store, bucket, "b") == b"2"
    assert rename("c", If_None_Match="*", x_amz_rename_source_if_match=source).status == 200
    assert read(store, bucket, "c") == b"1"
    answer = rename("d")
    assert (answer.status, answer.code) == (404, "NoSuchKey")


# Deletion


@both("DeleteObjects")
def test_many_objects_are_deleted_at_once(client, store, bucket):
    keys = [*(f"k{i}" for i in range(5)), "a%2Fb", "a/b", "<&>\"'", "ü€😀", "new\nline", "cr\rlf", " blank ", "d/"]
    for key in keys:
        put(store, bucket, key)
    put(store, bucket, "kept")
    answer = client.call(
        "DeleteObjects", Bucket=bucket, Delete={"Objects": [{"Key": key} for key in [*keys, "missing"]]}
    )
    # In the order asked for; what is not there is deleted too.
    assert [item["Key"] for item in answer["Deleted"]] == [*keys, "missing"] and "Errors" not in answer
    assert [item["Key"] for item in store.s3().list_objects_v2(Bucket=bucket)["Contents"]] == ["kept"]


@both("DeleteObjects")
def test_quiet_deletion_tells_errors_only(client, store, bucket):
    put(store, bucket, "a")
    put(store, bucket, "b")
    objects = [{"Key": "a"}, {"Key": "b", "ETag": '"1"'}, {"Key": "missing"}]
    answer = client.call("DeleteObjects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    assert "Deleted" not in answer
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("b", "PreconditionFailed")]
    assert [item["Key"] for item in store.s3().list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]


@both("DeleteObjects")
def test_each_key_has_its_own_error(client, store, bucket):
    put(store, bucket, "a")
    objects = [{"Key": "a", "VersionId": "no.version"}, {"Key": "a"}]
    answer = client.call("DeleteObjects", Bucket=bucket, Delete={"Objects": objects})
    (error,) = answer["Errors"]
    assert (error["Key"], error["VersionId"], error["Code"]) == ("a", "no.version", "NoSuchVersion")
    assert error["Message"] == "The specified version does not exist."
    assert [item["Key"] for item in answer["Deleted"]] == ["a"]


@cell("DeleteObjects", "HTTP")
@pytest.mark.parametrize("digest", ["Content-MD5", "x-amz-checksum-sha256", None])
def test_a_deletion_takes_either_digest(store, bucket, digest):
    put(store, bucket, "k")
    body = b"<Delete><Object><Key>k</Key></Object><Unknown/></Delete>"
    algorithm = {"Content-MD5": hashlib.md5, "x-amz-checksum-sha256": hashlib.sha256}.get(digest)
    headers = {digest: base64.b64encode(algorithm(body).digest()).decode()} if digest else {}
    answer = send(store, "POST", target(bucket, None, delete=None), headers, body)
    assert answer.status == 200 and answer.texts("Deleted/Key") == ["k"]


@cell("DeleteObjects", "HTTP")
def test_a_deletion_names_up_to_1000_objects(store, bucket):
    document = lambda count: "<Delete>" + "<Object><Key>k</Key></Object>" * count + "</Delete>"
    ask = lambda count: send(store, "POST", target(bucket, None, delete=""), body=document(count))
    answer = ask(1000)
    assert answer.status == 200 and len(answer.texts("Deleted/Key")) == 1000
    for count in (0, 1001):
        answer = ask(count)
        assert (answer.status, answer.code) == (400, "MalformedXML")


@both("DeleteObject")
def test_a_deletion_under_a_condition(client, store, bucket):
    etag = put(store, bucket, "k", b"x")["ETag"]
    assert client.code("DeleteObject", Bucket=bucket, Key="k", IfMatch='"1"') == "PreconditionFailed"
    assert client.code("DeleteObject", Bucket=bucket, Key="missing", IfMatch=etag) == "NoSuchKey"
    assert read(store, bucket, "k") == b"x"
    client.call("DeleteObject", Bucket=bucket, Key="k", IfMatch=etag)
    assert client.code("HeadObject", Bucket=bucket, Key="k") == "404"


# Attributes


@both("GetObjectAttributes")
def test_attributes_are_told_as_asked_for(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"hello world", ChecksumSHA1=HELLO["SHA1"])
    everything = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    found = client.call("GetObjectAttributes", Bucket=bucket, Key="k", ObjectAttributes=everything)
    # The ETag has no quotes here, and an object of one piece no parts.
    assert found["ETag"] == hashlib.md5(b"hello world").hexdigest()
    assert found["Checksum"]["ChecksumSHA1"] == HELLO["SHA1"] and found["ObjectSize"] == 11
    assert found["StorageClass"] == "STANDARD" and "ObjectParts" not in found and moment(found["LastModified"])
    found = client.call("GetObjectAttributes", Bucket=bucket, Key="k", ObjectAttributes=["ObjectSize"])
    assert found["ObjectSize"] == 11 and not {"ETag", "Checksum", "StorageClass"} & set(found)
    refusal = client.code("GetObjectAttributes", Bucket=bucket, Key="missing", ObjectAttributes=["ETag"])
    assert refusal == "NoSuchKey"


# Tags


@both("PutObjectTagging", "GetObjectTagging", "DeleteObjectTagging")
def test_tags_of_an_object_are_set_replaced_and_removed(client, store, bucket):
    put(store, bucket, "k", b"x", Metadata={"a": "1"})
    place = {"Bucket": bucket, "Key": "k"}
    assert client.call("GetObjectTagging", **place)["TagSet"] == []
    first = [{"Key": "a", "Value": "1"}, {"Key": "b c", "Value": ""}, {"Key": "ü:/=+-._@", "Value": "ä"}]
    client.call("PutObjectTagging", **place, Tagging={"TagSet": first})
    by_key = lambda tags: sorted(tags, key=lambda tag: tag["Key"])
    assert by_key(client.call("GetObjectTagging", **place)["TagSet"]) == by_key(first)
    assert client.call("GetObject", **place)["TagCount"] == 3
    client.call("PutObjectTagging", **place, Tagging={"TagSet": [{"Key": "z", "Value": "9"}]})
    assert client.call("GetObjectTagging", **place)["TagSet"] == [{"Key": "z", "Value": "9"}]
    client.call("DeleteObjectTagging", **place)
    assert client.call("GetObjectTagging", **place)["TagSet"] == []
    # The object is as it was.
    got = client.call("GetObject", **place)
    assert (got["Body"], got["Metadata"]) == (b"x", {"a": "1"}) and "TagCount" not in got
    for operation in ("GetObjectTagging", "DeleteObjectTagging"):
        assert client.code(operation, Bucket=bucket, Key="missing") == "NoSuchKey"


@both("PutObject", "GetObjectTagging")
def test_tags_come_with_an_upload_and_go_with_the_next(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b%20c=%C3%BC&d")
    tags = client.call("GetObjectTagging", Bucket=bucket, Key="k")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "1", "b c": "ü", "d": ""}
    assert client.call("HeadObject", Bucket=bucket, Key="k").get("TagCount", 3) == 3
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x")
    assert client.call("GetObjectTagging", Bucket=bucket, Key="k")["TagSet"] == []


@both("PutObjectTagging")
def test_tags_have_limits(client, store, bucket):
    put(store, bucket, "k", b"x")
    tag = lambda *pairs: client.code(
        "PutObjectTagging", Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in pairs]}
    )
    assert tag(*((f"k{i}", "") for i in range(11))) == "BadRequest"
    assert tag(("a", "1"), ("a", "2")) == "InvalidTag"
    assert tag(("k" * 129, "")) == "InvalidTag" and tag(("k", "v" * 257)) == "InvalidTag"
    assert tag(("aws:x", "")) == "InvalidTag" and tag(("a<b", "")) == "InvalidTag"
    most = [{"Key": f"{i}" + "k" * 127, "Value": "v" * 256} for i in range(10)]
    client.call("PutObjectTagging", Bucket=bucket, Key="k", Tagging={"TagSet": most})
    assert len(client.call("GetObjectTagging", Bucket=bucket, Key="k")["TagSet"]) == 10


# Writers at the same time


def outcomes(work, count):
    """How many of so many threads that start together ended in each way."""
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            work(number)
            return 200
        except Exception as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]

    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        found = list(threads.map(one, range(count)))
    return {status: found.count(status) for status in set(found)}


@cell("PutObject", "boto3")
@pytest.mark.heavy
def test_of_a_hundred_threads_that_write_a_new_key_exactly_one_wins(store, bucket):
    s3 = store.s3(max_pool_connections=100)
    found = outcomes(lambda n: s3.put_object(Bucket=bucket, Key="lock", Body=b"%d" % n, IfNoneMatch="*"), 100)
    assert found.pop(200) == 1 and set(found) <= {409, 412} and sum(found.values()) == 99
    assert read(store, bucket, "lock").isdigit()


@cell("CopyObject", "boto3")
@pytest.mark.heavy
def test_of_many_copies_to_a_new_key_exactly_one_wins(store, bucket):
    s3 = store.s3(max_pool_connections=50)
    put(store, bucket, "from", b"x")
    found = outcomes(
        lambda n: s3.copy_object(Bucket=bucket, Key="to", CopySource=f"{bucket}/from", IfNoneMatch="*"), 50
    )
    assert found.pop(200) == 1 and set(found) <= {409, 412}


@cell("PutObject", "boto3")
@pytest.mark.heavy
def test_no_swap_is_lost(store, bucket):
    """Counts with compare and swap: whoever succeeds has seen the value that it replaced."""
    s3 = store.s3(max_pool_connections=8)
    s3.put_object(Bucket=bucket, Key="count", Body=b"0")

    def count(_):
        done = 0
        while done < 5:
            now = s3.get_object(Bucket=bucket, Key="count")
            body = b"%d" % (int(now["Body"].read()) + 1)
            try:
                s3.put_object(Bucket=bucket, Key="count", Body=body, IfMatch=now["ETag"])
                done += 1
            except s3.exceptions.ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412), error

    assert outcomes(count, 8) == {200: 8}
    assert read(store, bucket, "count") == b"40"


@cells("boto3", "PutObject", "DeleteObject")
@pytest.mark.heavy
def test_a_lock_file_is_held_by_one_at_a_time(store, bucket):
    """As Terraform locks its state: the lock is made under a condition, and deleted by its holder."""
    s3 = store.s3(max_pool_connections=8)
    s3.put_object(Bucket=bucket, Key="state", Body=b"0")
    holders = []

    def apply(number):
        while True:
            try:
                s3.put_object(
                    Bucket=bucket, Key="state.tflock", Body=json.dumps({"ID": number}).encode(), IfNoneMatch="*"
                )
                break
            except s3.exceptions.ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412), error
        holders.append(number)
        assert holders == [number]
        state = int(s3.get_object(Bucket=bucket, Key="state")["Body"].read())
        s3.put_object(Bucket=bucket, Key="state", Body=b"%d" % (state + 1), ChecksumAlgorithm="SHA256")
        holders.remove(number)
        s3.delete_object(Bucket=bucket, Key="state.tflock")

    assert outcomes(apply, 8) == {200: 8}
    assert read(store, bucket, "state") == b"8"


@cells("boto3", "PutObject", "GetObject")
@pytest.mark.heavy
def test_readers_see_one_object_or_the_other_and_never_a_mixture(store, bucket):
    s3 = store.s3(max_pool_connections=12)
    bodies = [bytes([65 + i]) * (300_000 + i) for i in range(4)]
    s3.put_object(Bucket=bucket, Key="k", Body=bodies[0])
    done = threading.Event()

    def write(number):
        for _ in range(8):
            s3.put_object(Bucket=bucket, Key="k", Body=bodies[number])

    def look():
        while not done.is_set():
            got = s3.get_object(Bucket=bucket, Key="k")
            body = got["Body"].read()
            assert body in bodies and got["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'

    with concurrent.futures.ThreadPoolExecutor(4) as readers:
        looking = [readers.submit(look) for _ in range(4)]
        try:
            assert outcomes(write, 4) == {200: 4}
        finally:
            done.set()
        for one in looking:
            one.result()

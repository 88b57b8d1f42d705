"""Buckets and objects as boto3, the aws command and bare HTTP use them."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import unicodedata
import uuid

import botocore.exceptions
import pytest
import requests

import wire
from larder import ACCESS_KEY, SECRET_KEY, eventually

SCHEMES = ["http", "https"]


def refused(call, **arguments):
    """Code and status of the refusal that a call has to end in."""
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        call(**arguments)
    response = refusal.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def bucket(store):
    name = f"b-{uuid.uuid4()}"
    store.s3().create_bucket(Bucket=name)
    return name


def keys(store, bucket, **arguments):
    return [item["Key"] for item in store.s3().list_objects_v2(Bucket=bucket, **arguments).get("Contents", [])]


# The aws command


def test_the_aws_command_does_what_people_do_with_it(store, folder):
    name = f"b-{uuid.uuid4()}"
    (folder / "tree/sub").mkdir(parents=True)
    (folder / "tree/a.txt").write_text("a")
    (folder / "tree/sub/b.bin").write_bytes(bytes(range(256)) * 4096)
    store.aws("s3", "mb", f"s3://{name}")
    assert name in store.aws("s3", "ls").stdout
    store.aws("s3", "cp", folder / "tree/a.txt", f"s3://{name}/a.txt")
    store.aws("s3", "cp", "--recursive", folder / "tree", f"s3://{name}/tree/")
    listing = store.aws("s3", "ls", f"s3://{name}/").stdout
    assert "PRE tree/" in listing and "a.txt" in listing
    assert "tree/sub/b.bin" in store.aws("s3", "ls", "--recursive", f"s3://{name}").stdout
    store.aws("s3", "cp", f"s3://{name}/tree/sub/b.bin", folder / "back.bin")
    assert (folder / "back.bin").read_bytes() == (folder / "tree/sub/b.bin").read_bytes()
    store.aws("s3", "sync", f"s3://{name}/tree", folder / "synced")
    assert (folder / "synced/sub/b.bin").exists()
    assert store.aws("s3", "sync", f"s3://{name}/tree", folder / "synced").stdout == ""
    url = store.aws("s3", "presign", f"s3://{name}/a.txt").stdout.strip()
    assert requests.get(url, timeout=30).text == "a"
    head = store.aws("s3api", "head-object", "--bucket", name, "--key", "a.txt").stdout
    assert '"ContentLength": 1' in head
    assert store.aws("s3", "rb", f"s3://{name}", check=False).returncode != 0
    store.aws("s3", "rm", f"s3://{name}/a.txt")
    store.aws("s3", "rm", "--recursive", f"s3://{name}/tree/sub/b.bin")
    store.aws("s3", "rm", f"s3://{name}/tree/sub/b.bin")
    store.aws("s3", "rm", f"s3://{name}/tree/a.txt")
    store.aws("s3", "rb", f"s3://{name}")
    assert name not in store.aws("s3", "ls").stdout


# Buckets


def test_a_bucket_is_made_listed_and_removed(store):
    s3, name = store.s3(), f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    assert s3.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert name in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    s3.delete_bucket(Bucket=name)
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)
    assert refused(s3.list_objects_v2, Bucket=name) == ("NoSuchBucket", 404)


def test_a_bucket_with_objects_is_not_removed(store, bucket):
    s3 = store.s3()
    for key in ["a/b/c", "odd//key"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
        assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
        s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_bucket(Bucket=bucket)


def test_a_bucket_of_the_same_name_can_be_made_again_and_is_empty(store, bucket):
    s3 = store.s3()
    s3.put_object(Bucket=bucket, Key="deep/er/key", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="deep/er/key")
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert keys(store, bucket) == []


@pytest.mark.parametrize("name", ["ab", "Upper", "under_score", "-start", "a..b", "192.168.1.1", "x" * 64, "xn--a"])
def test_a_name_that_no_bucket_can_have_is_refused(store, name):
    answer = wire.exchange(store, wire.head("GET", f"/{name}", store))
    assert answer.status in (400, 403, 404)
    client = store.s3()
    client.meta.events.unregister(
        "before-parameter-build.s3", __import__("botocore.handlers", fromlist=["x"]).validate_bucket_name
    )
    assert refused(client.create_bucket, Bucket=name) == ("InvalidBucketName", 400)


def test_a_bucket_that_is_there_cannot_be_made_by_its_owner_elsewhere(store, bucket):
    # In us-east-1 the owner's repeated request succeeds.
    store.s3().create_bucket(Bucket=bucket)


# Objects


def test_an_object_comes_back_with_all_that_was_put(store, bucket):
    s3, body = store.s3(), b"some bytes" * 999
    put = s3.put_object(
        Bucket=bucket,
        Key="k",
        Body=body,
        ContentType="text/plain; charset=utf-8",
        CacheControl="max-age=5",
        ContentDisposition="inline",
        ContentEncoding="identity",
        ContentLanguage="en",
        Metadata={"color": "red", "n": "1"},
        Expires=datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc),
    )
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    head = s3.head_object(Bucket=bucket, Key="k")
    for answer in (got, head):
        assert answer["ContentLength"] == len(body)
        assert answer["ContentType"] == "text/plain; charset=utf-8"
        assert answer["CacheControl"] == "max-age=5" and answer["ContentDisposition"] == "inline"
        assert answer["ContentLanguage"] == "en" and answer["Metadata"] == {"color": "red", "n": "1"}
        assert answer["ETag"] == put["ETag"] and answer["AcceptRanges"] == "bytes"
        assert abs((datetime.datetime.now(datetime.timezone.utc) - answer["LastModified"]).total_seconds()) < 60


def test_metadata_beyond_an_attribute_is_kept(store, bucket):
    s3 = store.s3()
    metadata = {f"name{i}": "v" * 180 for i in range(10)}
    s3.put_object(
        Bucket=bucket,
        Key="k" * 900,
        Body=b"x",
        Metadata=metadata,
        ContentDisposition="attachment; filename=" + "n" * 1500,
        CacheControl="max-age=" + "1" * 1200,
    )
    assert s3.head_object(Bucket=bucket, Key="k" * 900)["Metadata"] == metadata
    assert refused(s3.put_object, Bucket=bucket, Key="m", Body=b"", Metadata={"a": "v" * 2100}) == (
        "MetadataTooLarge",
        400,
    )


def test_an_object_is_overwritten_and_deleted(store, bucket):
    s3 = store.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"one", Metadata={"a": "1"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"second")
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"second" and got["Metadata"] == {}
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Size"] == 6
    assert s3.delete_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.delete_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(s3.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


def test_objects_in_a_bucket_that_is_not_there(store):
    s3 = store.s3()
    assert refused(s3.put_object, Bucket="nowhere-at-all", Key="k", Body=b"") == ("NoSuchBucket", 404)
    assert refused(s3.get_object, Bucket="nowhere-at-all", Key="k") == ("NoSuchBucket", 404)


@pytest.mark.parametrize("size", [0, 1, 4096, 65537, 1 << 20, (8 << 20) + 3])
def test_objects_of_any_size_come_back(store, bucket, size):
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    store.s3().put_object(Bucket=bucket, Key="k", Body=body)
    assert store.s3().get_object(Bucket=bucket, Key="k")["Body"].read() == body


def test_a_wrong_digest_is_refused_and_leaves_what_was_there(store, bucket):
    s3 = store.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    wrong = "1B2M2Y8AsgTpgAmY7PhCfg=="
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"after", ContentMD5=wrong) == ("BadDigest", 400)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_of_boto3_are_kept(store, bucket, algorithm):
    s3 = store.s3()
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"sum me", ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert put[f"Checksum{algorithm}"] == head[f"Checksum{algorithm}"]


# Reading parts, and conditions


@pytest.mark.parametrize(
    "value, expected",
    [
        ("bytes=0-0", b"0"),
        ("bytes=2-4", b"234"),
        ("bytes=7-", b"789"),
        ("bytes=-3", b"789"),
        ("bytes=-100", b"0123456789"),
        ("bytes=5-100", b"56789"),
    ],
)
def test_a_range_is_answered_alone(store, bucket, value, expected):
    store.s3().put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = store.s3().get_object(Bucket=bucket, Key="k", Range=value)
    assert got["Body"].read() == expected
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    first = b"0123456789".index(expected[:1])
    assert got["ContentRange"] == f"bytes {first}-{first + len(expected) - 1}/10"


def test_ranges_beyond_the_end_or_of_another_form(store, bucket):
    s3 = store.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    assert refused(s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-") == ("InvalidRange", 416)
    assert s3.get_object(Bucket=bucket, Key="k", Range="lines=1-2")["Body"].read() == b"0123456789"


def test_conditional_reads(store, bucket):
    s3 = store.s3()
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    earlier = modified - datetime.timedelta(hours=1)
    get = lambda **conditions: s3.get_object(Bucket=bucket, Key="k", **conditions)
    assert refused(get, IfNoneMatch=etag) == ("304", 304)
    assert refused(get, IfModifiedSince=modified) == ("304", 304)
    assert refused(get, IfMatch='"other"') == ("PreconditionFailed", 412)
    assert refused(get, IfUnmodifiedSince=earlier) == ("PreconditionFailed", 412)
    assert get(IfMatch=etag, IfUnmodifiedSince=earlier)["Body"].read() == b"x"
    assert get(IfNoneMatch='"other"', IfModifiedSince=earlier)["Body"].read() == b"x"


def test_conditional_writes(store, bucket):
    s3 = store.s3()
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfMatch='"0"') == ("PreconditionFailed", 412)
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"


def test_the_answers_headers_can_be_chosen_in_a_signed_url(store, bucket):
    s3 = store.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    url = s3.generate_presigned_url(
        "get_object",
        {
            "Bucket": bucket,
            "Key": "k",
            "ResponseContentType": "text/x",
            "ResponseContentDisposition": "attachment",
            "ResponseCacheControl": "no-cache",
        },
    )
    answer = requests.get(url, timeout=30)
    assert answer.headers["Content-Type"] == "text/x" and answer.headers["Cache-Control"] == "no-cache"


# Signatures


@pytest.mark.parametrize("signature", ["s3", "s3v4"])
def test_presigned_urls_of_both_versions_work(store, bucket, signature):
    s3 = store.s3(signature)
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a b+ü/k", "ContentType": "text/plain"})
    assert requests.put(put, data=b"signed", headers={"Content-Type": "text/plain"}, timeout=30).status_code == 200
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b+ü/k"})
    assert requests.get(get, timeout=30).content == b"signed"
    assert requests.put(get, data=b"other", timeout=30).status_code == 403
    altered = get.replace("/k?", "/l?")
    answer = requests.get(altered, timeout=30)
    assert answer.status_code == 403 and "<Code>SignatureDoesNotMatch</Code>" in answer.text
    assert answer.headers["x-larder-error"] == "SignatureDoesNotMatch"


def test_an_expired_url_is_refused(store, bucket):
    url = store.s3().generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=1)

    def answer():
        found = requests.get(url, timeout=30)
        return found if found.status_code == 403 else None

    found = eventually(answer)
    assert "<Code>AccessDenied</Code>" in found.text and "Request has expired" in found.text


def test_a_wrong_secret_is_refused_and_explained(store):
    import boto3

    for access, secret, code in [
        (ACCESS_KEY, "wrong", "SignatureDoesNotMatch"),
        ("AKIANOBODY", SECRET_KEY, "InvalidAccessKeyId"),
    ]:
        s3 = boto3.client(
            "s3",
            endpoint_url=store.endpoint,
            verify=store.tls_ca,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            region_name="us-east-1",
        )
        assert refused(s3.list_buckets) == (code, 403)


def test_unsigned_requests_are_refused(store, bucket):
    for method, path in [
        ("GET", "/"),
        ("GET", f"/{bucket}"),
        ("PUT", f"/{bucket}/k"),
        ("DELETE", f"/{bucket}/k"),
        ("GET", f"/{bucket}/k"),
    ]:
        answer = requests.request(method, store.endpoint + path, timeout=30)
        assert answer.status_code == 403 and "<Code>AccessDenied</Code>" in answer.text
        assert answer.headers["Content-Type"] == "application/xml"


def list_buckets_by_version_2(one):
    date = email.utils.formatdate(usegmt=True)
    text = f"GET\n\n\n{date}\n/"
    signature = base64.b64encode(hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return one.get("/", headers={"Date": date, "Authorization": f"AWS {ACCESS_KEY}:{signature}"})


def test_the_header_form_of_version_2_is_off_by_default_and_can_be_switched_on(server):
    assert list_buckets_by_version_2(server()).status_code == 400
    assert list_buckets_by_version_2(server(config={"signatures": {"version2_header": True}})).status_code == 200


def test_version_2_can_be_switched_off_everywhere(server):
    one = server(config={"signatures": {"version2": False, "version2_header": True}})
    answer = list_buckets_by_version_2(one)
    assert answer.status_code == 400 and "Please use AWS4-HMAC-SHA256" in answer.text
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    url = one.s3("s3").generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "k"})
    assert requests.get(url, timeout=30).status_code in (400, 403)
    assert (
        requests.get(
            one.s3().generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "k"}), timeout=30
        ).content
        == b"x"
    )


# Lists


def test_lists_are_in_byte_order_with_prefix_and_delimiter(store, bucket):
    s3 = store.s3()
    names = ["a-b", "a/b", "a/c/d", "a", "b", "a.txt", "Z", "é", "a/é", "\U0001f600", "\uff5e"]
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    assert keys(store, bucket) == sorted(names, key=lambda n: n.encode())
    found = s3.list_objects_v2(Bucket=bucket, Delimiter="/", Prefix="a")
    assert [c["Key"] for c in found["Contents"]] == ["a", "a-b", "a.txt"]
    assert [p["Prefix"] for p in found["CommonPrefixes"]] == ["a/"]
    found = s3.list_objects_v2(Bucket=bucket, Delimiter="/", Prefix="a/")
    assert [c["Key"] for c in found["Contents"]] == ["a/b", "a/é"]
    assert [p["Prefix"] for p in found["CommonPrefixes"]] == ["a/c/"]
    assert keys(store, bucket, StartAfter="a/b") == sorted(
        (n for n in names if n.encode() > b"a/b"), key=lambda n: n.encode()
    )


@pytest.mark.parametrize("page", [1, 2, 3, 1000])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_lists_in_pages_have_everything_once(store, bucket, page, delimiter):
    s3 = store.s3()
    for i in range(7):
        for name in (f"d{i}/x", f"d{i}/y", f"f{i}"):
            s3.put_object(Bucket=bucket, Key=name, Body=b"")
    found, token, rounds = [], None, 0
    while rounds < 50:
        more = {"ContinuationToken": token} if token else {}
        answer = s3.list_objects_v2(Bucket=bucket, MaxKeys=page, Delimiter=delimiter, **more)
        items = [c["Key"] for c in answer.get("Contents", [])] + [p["Prefix"] for p in answer.get("CommonPrefixes", [])]
        assert len(items) == answer["KeyCount"] <= page
        found += items
        rounds += 1
        token = answer.get("NextContinuationToken")
        assert bool(token) == answer["IsTruncated"]
        if not token:
            break
    expected = [f"f{i}" for i in range(7)]
    expected += [f"d{i}/" for i in range(7)] if delimiter else [f"d{i}/{x}" for i in range(7) for x in "xy"]
    assert sorted(found) == sorted(expected)


def test_lists_of_the_first_version_page_too(store, bucket):
    s3 = store.s3()
    for i in range(5):
        s3.put_object(Bucket=bucket, Key=f"k{i}", Body=b"x" * i)
    first = s3.list_objects(Bucket=bucket, MaxKeys=2)
    assert [c["Key"] for c in first["Contents"]] == ["k0", "k1"] and first["IsTruncated"]
    rest = s3.list_objects(Bucket=bucket, Marker="k1")
    assert [(c["Key"], c["Size"]) for c in rest["Contents"]] == [("k2", 2), ("k3", 3), ("k4", 4)]


def test_a_token_that_is_none_is_refused(store, bucket):
    assert refused(store.s3().list_objects_v2, Bucket=bucket, ContinuationToken="none") == ("InvalidArgument", 400)
    assert refused(store.s3().list_objects_v2, Bucket=bucket, MaxKeys=-1) == ("InvalidArgument", 400)


# Keys


ODD_KEYS = [
    "a",
    "a/b",
    "a/b/c",
    "a//b",
    "//",
    "/",
    "/a",
    "a/",
    "a/./b",
    "a/../b",
    "../a",
    "..",
    ".",
    "../../../../etc/passwd",
    "a/b/",
    "x" * 255,
    "x" * 256,
    "/".join(["d" * 100] * 10),
    "y" * 1024,
    "caf\u00e9",
    "cafe\u0301",
    "A",
    " lead and trail ",
    "a b+c%20d%2Fe",
    "a?b=c#d&e",
    "\\back\\slash",
    "tab\there",
    "new\nline",
    "\u007fdel",
    "lost+found/x",
    ".nfs0001",
    ".larder/lock",
    "CON",
    'a:b*c|d<e>f"g',
    "\U0001f600/\U0001f601",
    "'",
    "%",
    "%00",
    "~",
    "a/b/../../../../c",
]


def test_every_key_has_a_place_of_its_own(server):
    one = server()
    s3 = one.s3()
    for name in ODD_KEYS:
        s3.put_object(Bucket="uploads", Key=name, Body=name.encode())
    for name in ODD_KEYS:
        assert s3.get_object(Bucket="uploads", Key=name)["Body"].read() == name.encode(), name
    found = s3.list_objects_v2(Bucket="uploads")
    assert [c["Key"] for c in found["Contents"]] == sorted(ODD_KEYS, key=lambda n: n.encode())
    one.restart()
    s3 = one.s3()
    for name in ODD_KEYS:
        assert s3.head_object(Bucket="uploads", Key=name)["ContentLength"] == len(name.encode()), name
    for name in ODD_KEYS:
        s3.delete_object(Bucket="uploads", Key=name)
        assert refused(s3.get_object, Bucket="uploads", Key=name) == ("NoSuchKey", 404)
    assert keys(one, "uploads") == []
    outside = {p.name for p in one.storage.parent.iterdir()} - {one.storage.name}
    assert outside == set()


def test_composed_and_decomposed_letters_are_two_keys(store, bucket):
    s3 = store.s3()
    composed, decomposed = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    s3.put_object(Bucket=bucket, Key=composed, Body=b"composed")
    assert refused(s3.get_object, Bucket=bucket, Key=decomposed) == ("NoSuchKey", 404)
    s3.put_object(Bucket=bucket, Key=decomposed, Body=b"decomposed")
    assert s3.get_object(Bucket=bucket, Key=composed)["Body"].read() == b"composed"
    assert len(keys(store, bucket)) == 2


def test_a_key_beside_the_folder_of_its_name_works_in_either_order(store, bucket):
    s3 = store.s3()
    for first, second in [("p", "p/q"), ("r/s", "r"), ("t/", "t"), ("u", "u/")]:
        s3.put_object(Bucket=bucket, Key=first, Body=b"1")
        s3.put_object(Bucket=bucket, Key=second, Body=b"22")
        s3.delete_object(Bucket=bucket, Key=first)
        assert s3.get_object(Bucket=bucket, Key=second)["Body"].read() == b"22"
        s3.put_object(Bucket=bucket, Key=first, Body=b"333")
        assert s3.get_object(Bucket=bucket, Key=first)["Body"].read() == b"333"
        assert s3.get_object(Bucket=bucket, Key=second)["Body"].read() == b"22"


def test_a_key_of_1025_bytes_is_refused(store, bucket):
    s3 = store.s3()
    assert refused(s3.put_object, Bucket=bucket, Key="z" * 1025, Body=b"") == ("KeyTooLongError", 400)


# What is not honoured


@pytest.mark.parametrize(
    "option",
    [
        {"ServerSideEncryption": "aws:kms"},
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32},
        {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": datetime.datetime(2099, 1, 1)},
        {"ACL": "public-read"},
    ],
)
def test_headers_that_are_not_honoured_are_refused(store, bucket, option):
    s3 = store.s3()
    # boto3 sends customer keys over TLS only unless it is told otherwise.
    if "SSECustomerKey" in option:
        url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
        answer = requests.put(
            url, data=b"x", timeout=30, headers={"x-amz-server-side-encryption-customer-algorithm": "AES256"}
        )
        assert answer.status_code in (400, 403, 501)
        return
    code, status = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", **option)
    assert status in (400, 403, 501), code
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


def test_every_answer_has_request_ids(store, bucket):
    for path in ["/", f"/{bucket}/k", "/-/health", "/api/v4/x"]:
        answer = store.get(path)
        assert answer.headers["x-amz-request-id"]
    answer = store.get(f"/{bucket}/k")
    assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>" in answer.text

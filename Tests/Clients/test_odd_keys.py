"""Keys that a path, a document or a language would take for one another, side by side in one bucket."""

import io
import random
import unicodedata
import urllib.parse

import pytest

from dialects import Aws, send, target
from larder import ACCESS_KEY, SECRET_KEY, eventually
from matrix import cells
from test_listing import assert_pages, in_order, pages_v1, pages_v2, rolled

# What stands in the way of one another below a directory, or would be one key if somebody tidied it.
PATHS = "a a/ a/b a//b a/../b a/./b ./a ../a /a a/b/ a/b/c / // . .. b b/".split()
# Written in two ways in a URL, a document or a shell.
ESCAPES = "a%2Fb a%2fb a+b a%20b a%2Bb %00 % &amp; & <Key> a?versionId=null a#b \\ '\"*".split() + ["a b"]
CASES = ["Case", "case", "CASE", "Case/x", "case/x", "\u0130", "i\u0307", "stra\u00dfe", "strasse", "STRASSE"]
COMPOSED = ["caf\u00e9", "\u00e9/x", "\ud55c\uae00", "\u212b", "\u00c5", "\ufb01le"]
DECOMPOSED = [unicodedata.normalize("NFD", key) for key in COMPOSED]
COMPATIBLE = ["file", "A\u030a"]
# Some that no document of XML 1.0 can hold among them.
CONTROLS = [f"c{char}c" for char in "\x01\x07\x08\t\n\x0b\r\x1b\x1f\x7f\x80\x85\u2028\ufeff\ufffe\uffff"]
LONG = [
    "y" * 1024,
    "y" * 1023 + "z",
    "y" * 255,
    "y" * 256,
    "\U0001f600" * 256,
    "/".join(["d" * 203] * 5)[:1024],
    "s/" * 512,
]
EMOJI = ["\U0001f600", "\U0001f600/\U0001f601", "\U0001f44d\U0001f3fd", "\U0001f44d", "\U0010ffff", "\uff5e", "\ue000"]
OURS = ["lost+found/x", ".nfs0001", ".larder/lock", "null", " ", " a", "a "]
KEYS = list(
    dict.fromkeys([*PATHS, *ESCAPES, *CASES, *COMPOSED, *DECOMPOSED, *COMPATIBLE, *CONTROLS, *LONG, *EMOJI, *OURS])
)

STATES = {"never": [None], "enabled": ["Enabled"] * 2, "suspended": ["Enabled", "Suspended"]}


class Neighbours:
    """A bucket that has all the keys, each with content of its own in each of its versions."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        server.s3().create_bucket(Bucket=name)
        self.versions = {key: [] for key in KEYS}
        for number, state in enumerate(STATES[name]):
            if state:
                server.s3().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": state})
            self.fill(number)

    @property
    def s3(self):
        """A client for where the server listens now."""
        return self.server.s3()

    def fill(self, number):
        """Writes every key, in an order in which each kind of neighbour is there first at some time."""
        s3 = self.s3
        for key in random.Random(number).sample(KEYS, len(KEYS)):
            body = f"{number} {key}".encode()
            made = s3.put_object(Bucket=self.name, Key=key, Body=body)
            self.versions[key].insert(0, (made.get("VersionId", "null"), body))

    def assert_whole(self, sizes=(1000,)):
        """Every version of every key is what was written, and all lists have them once and in order."""
        s3 = self.s3
        # An index that is made anew is not listed before it is whole.
        eventually(lambda: send(self.server, "GET", target(self.name)).status == 200, 30)
        for key, versions in self.versions.items():
            assert s3.get_object(Bucket=self.name, Key=key)["Body"].read() == versions[0][1], key
            for id, body in versions[1:]:
                assert s3.get_object(Bucket=self.name, Key=key, VersionId=id)["Body"].read() == body, key
        for delimiter in ("", "/"):
            for size in sizes:
                expected = rolled(KEYS, "", delimiter)
                for pages in (pages_v1, pages_v2):
                    assert_pages(pages(s3, self.name, size, Delimiter=delimiter), size, expected)
                self.assert_versions(s3, size, delimiter)

    def assert_versions(self, s3, size, delimiter):
        """The list of versions, in pages of this size."""
        prefixes = {name for kind, name in rolled(KEYS, "", delimiter) if kind == "prefix"}
        found, rolled_up, more = [], [], {}
        while True:
            page = s3.list_object_versions(Bucket=self.name, MaxKeys=size, Delimiter=delimiter, **more)
            found += [(item["Key"], item["VersionId"], item["IsLatest"]) for item in page.get("Versions", [])]
            rolled_up += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
            if not page["IsTruncated"]:
                break
            more = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker")}
            more = {name: value for name, value in more.items() if value}
        single = [key for key in in_order(KEYS) if not any(key.startswith(prefix) for prefix in prefixes)]
        assert found == [(key, id, n == 0) for key in single for n, (id, _) in enumerate(self.versions[key])]
        assert rolled_up == in_order(prefixes)


@cells(
    "boto3", "PutObject", "GetObject", "HeadObject", "CopyObject", "ListObjects", "ListObjectsV2", "ListObjectVersions"
)
@pytest.mark.parametrize("state", STATES)
def test_all_of_them_live_side_by_side(server, state):
    one = server()
    neighbours = Neighbours(one, state)
    neighbours.assert_whole((1, 1000))
    one.restart()
    neighbours.assert_whole()
    one.run("reindex")
    neighbours.assert_whole()
    assert one.stop() == 0
    for file in one.path(".larder").glob("index.sqlite*"):
        file.unlink()
    one.start()
    neighbours.assert_whole()
    assert_copied_one_by_one(one, neighbours)
    assert_deleted_one_by_one(one, neighbours)
    assert one.stop() == 0
    one.run("fsck")


def assert_copied_one_by_one(one, neighbours):
    """Each key is a source and a destination of its own."""
    s3 = one.s3()
    s3.create_bucket(Bucket="copies")
    for key in KEYS:
        s3.copy_object(Bucket="copies", Key=key, CopySource={"Bucket": neighbours.name, "Key": key})
    for key, versions in neighbours.versions.items():
        assert s3.get_object(Bucket="copies", Key=key)["Body"].read() == versions[0][1], key


def assert_deleted_one_by_one(one, neighbours):
    """No key takes another one with it; old versions stay."""
    s3, keys = one.s3(), random.Random(9).sample(KEYS, len(KEYS))
    for number, key in enumerate(keys):
        s3.delete_object(Bucket=neighbours.name, Key=key)
        assert send(one, "HEAD", target(neighbours.name, key)).status == 404, key
        listed = send(one, "GET", target(neighbours.name, encoding_type="url", list_type=2)).texts("Contents/Key")
        assert [urllib.parse.unquote_plus(found) for found in listed] == in_order(keys[number + 1 :]), key
    for key, versions in neighbours.versions.items():
        for id, body in versions if neighbours.name == "enabled" else versions[1:]:
            assert s3.get_object(Bucket=neighbours.name, Key=key, VersionId=id)["Body"].read() == body, key


# What else names a key


@pytest.fixture(scope="module")
def filled(shared):
    """A bucket that has them all, for tests that only look."""
    s3 = shared.s3()
    s3.create_bucket(Bucket="filled")
    for key in KEYS:
        s3.put_object(Bucket="filled", Key=key, Body=key.encode())
    return "filled"


@cells("boto3", "ListObjects", "ListObjectsV2", "ListObjectVersions")
def test_each_is_a_prefix_a_delimiter_and_a_place_to_start(shared, filled):
    s3, ordered = shared.s3(), in_order(KEYS)
    for number, key in enumerate(ordered):
        following = ordered[number + 1 : number + 3]
        for call, name, found in [
            (s3.list_objects, "Marker", "Contents"),
            (s3.list_objects_v2, "StartAfter", "Contents"),
            (s3.list_object_versions, "KeyMarker", "Versions"),
        ]:
            page = call(Bucket=filled, MaxKeys=2, **{name: key})
            assert page.get(name, key) == key
            assert [item["Key"] for item in page.get(found, [])] == following, key
        page = s3.list_objects_v2(Bucket=filled, Prefix=key)
        assert page["Prefix"] == key
        assert [item["Key"] for item in page["Contents"]] == [each for each in ordered if each.startswith(key)]
        if key not in LONG:
            expected = rolled(KEYS, "", key)
            assert_pages([s3.list_objects_v2(Bucket=filled, Delimiter=key)], 1000, expected)


@cells("boto3", "CreateMultipartUpload", "ListMultipartUploads", "CompleteMultipartUpload", "AbortMultipartUpload")
def test_each_is_uploaded_in_parts(shared, bucket):
    s3, ids = shared.s3(), {}
    for key in random.Random(3).sample(KEYS, len(KEYS)):
        ids[key] = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    for size in (1, 10, 1000):
        assert listed_uploads(s3, bucket, size, "") == rolled(KEYS)
    for number, key in enumerate(KEYS):
        place = {"Bucket": bucket, "Key": key, "UploadId": ids[key]}
        if number % 2:
            s3.abort_multipart_upload(**place)
            continue
        etag = s3.upload_part(**place, PartNumber=1, Body=key.encode())["ETag"]
        made = s3.complete_multipart_upload(**place, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
        # This document has no encoding for what XML cannot hold.
        assert made["Key"] == key or key in CONTROLS
    left = set(KEYS[::2])
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == in_order(left)
    for key in left:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert listed_uploads(s3, bucket, 1000, "") == []


def listed_uploads(s3, bucket, size, delimiter):
    """The entries of the list of uploads, read in pages of this size."""
    found, more = [], {}
    while True:
        page = s3.list_multipart_uploads(
            Bucket=bucket, MaxUploads=size, Delimiter=delimiter, EncodingType="url", **more
        )
        entries = [("key", item["Key"]) for item in page.get("Uploads", [])]
        entries += [("prefix", item["Prefix"]) for item in page.get("CommonPrefixes", [])]
        entries = [(kind, urllib.parse.unquote_plus(name)) for kind, name in entries]
        found += sorted(entries, key=lambda entry: entry[1].encode())
        assert len(entries) <= size and len(found) == len(set(found)), "a page too long, or seen before"
        if not page["IsTruncated"]:
            return found
        more = {"KeyMarker": urllib.parse.unquote_plus(page["NextKeyMarker"])}
        if page["NextUploadIdMarker"]:
            more["UploadIdMarker"] = page["NextUploadIdMarker"]


@cells("boto3", "ListMultipartUploads")
def test_uploads_are_listed_in_pages_of_common_prefixes(shared, bucket):
    s3 = shared.s3()
    for key in ["a", "a//b", "a/b", "b", "b/c", "c/d", "c/e"]:
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    for size in range(1, 8):
        listed = [name for _, name in listed_uploads(s3, bucket, size, "/")]
        assert listed == ["a", "a/", "b", "b/", "c/"]


@cells("boto3", "PutObjectTagging", "GetObjectTagging", "RenameObject")
def test_each_has_tags_of_its_own_and_is_renamed_alone(shared, bucket):
    s3 = shared.s3()
    for number, key in enumerate(KEYS):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Tagging="before=1")
        s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": "n", "Value": str(number)}]})
    for number, key in enumerate(KEYS):
        found = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        assert found == [{"Key": "n", "Value": str(number)}], key
    for number, key in enumerate(KEYS):
        s3.rename_object(Bucket=bucket, Key=f"renamed/{number}", RenameSource=target(bucket, key))
    for number, key in enumerate(KEYS):
        assert s3.get_object(Bucket=bucket, Key=f"renamed/{number}")["Body"].read() == key.encode(), key
        s3.rename_object(Bucket=bucket, Key=key, RenameSource=target(bucket, f"renamed/{number}"))
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == in_order(KEYS)
    for key in KEYS:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key


# Other clients


@cells("HTTP", "ListObjects", "ListObjectsV2", "ListObjectVersions")
@pytest.mark.parametrize("state", ["", "Enabled"])
def test_lists_in_the_encoding_of_urls_bear_every_key(shared, bucket, state):
    s3 = shared.s3()
    if state:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": state})
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key)
    for query, path in [({}, "Contents/Key"), ({"list_type": 2}, "Contents/Key"), ({"versions": None}, "Version/Key")]:
        answer = send(shared, "GET", target(bucket, None, encoding_type="url", **query))
        assert [urllib.parse.unquote_plus(key) for key in answer.texts(path)] == in_order(KEYS)


@cells("aws-cli", "ListObjects", "ListObjectsV2", "ListObjectVersions", "GetObject", "PutObject")
def test_the_aws_command_tells_them_apart(shared, versioned, folder):
    client = Aws(shared, folder)
    s3 = shared.s3()
    for key in KEYS:
        s3.put_object(Bucket=versioned, Key=key, Body=key.encode())
    for operation, found in [
        ("ListObjects", "Contents"),
        ("ListObjectsV2", "Contents"),
        ("ListObjectVersions", "Versions"),
    ]:
        assert [item["Key"] for item in client.call(operation, Bucket=versioned)[found]] == in_order(KEYS)
    for key in ("a", "a/", "a//b", "a/../b", "./a", "\U0001f600" * 256, "cafe\u0301", "c\nc", "a?versionId=null"):
        client.call("PutObject", Bucket=versioned, Key=key, Body=b"aws " + key.encode())
        assert client.call("GetObject", Bucket=versioned, Key=key)["Body"] == b"aws " + key.encode()


@cells("minio-py", "PutObject", "GetObject", "DeleteObject", "ListObjects", "ListObjectsV2")
def test_minio_py_tells_them_apart(shared, bucket):
    minio = pytest.importorskip("minio", reason="minio is not installed")
    client = minio.Minio(shared.authority, access_key=ACCESS_KEY, secret_key=SECRET_KEY, secure=False)
    # It sends no blank name, and no segments that libraries would take out of a path.
    keys = [key for key in KEYS if key.strip() and not {".", ".."}.intersection(key.split("/"))]
    for key in keys:
        body = key.encode()
        client.put_object(bucket_name=bucket, object_name=key, data=io.BytesIO(body), length=len(body))
    for key in keys:
        answer = client.get_object(bucket_name=bucket, object_name=key)
        assert answer.data == key.encode()
        answer.release_conn()
    for version_1 in (True, False):
        listed = client.list_objects(bucket_name=bucket, recursive=True, use_api_v1=version_1)
        assert [item.object_name for item in listed] == in_order(keys)
    for number, key in enumerate(in_order(keys)):
        client.remove_object(bucket_name=bucket, object_name=key)
        if number % 10 == 0:
            listed = client.list_objects(bucket_name=bucket, recursive=True)
            assert [item.object_name for item in listed] == in_order(keys)[number + 1 :]

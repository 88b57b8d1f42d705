"""Lists of objects and versions, compared with a model: every page size, delimiter and marker, keys of every kind."""

import functools
import urllib.parse
import uuid

import pytest

from dialects import curl, send, target
from matrix import both, cell, cells

ODD_KEYS = [
    "a",
    "a/",
    "a/b",
    "a//b",
    "a/../b",
    "./a",
    "../a",
    "/a",
    "//",
    "A",
    "A/B",
    "a-b",
    "a b+c%20d",
    "a*(b)~c!d'e",
    "a&b=c;d?e#f",
    '<a>"b"',
    "\\",
    "caf\u00e9",
    "cafe\u0301",
    "\U0001f600/\U0001f601",
    "\uff5e",
    "tab\tkey",
    "new\nline",
    "cr\rkey",
    "bell\x07",
    "\x7f",
    "\u0085next",
    "y" * 1024,
    "/".join(["d" * 100] * 10),
    "ü" * 512,
    "z/",
    "z//",
    "z/\U0010ffff",
    "z0",
]

# What listings of few and simple keys are compared with; with every delimiter and prefix that matters.
SIMPLE_KEYS = ["a", "a/", "a/b", "a/b/c", "a/b/d", "a//b", "a-b", "a0", "b", "b/x/1", "b/x/2", "b/y", "c//", "d"]


def in_order(keys):
    """By bytes, not by characters of UTF-16 and not by a language's rules."""
    return sorted(keys, key=lambda key: key.encode())


def rolled(keys, prefix="", delimiter=""):
    """The entries of a list: ("key", K) and ("prefix", P), each once, in order."""
    entries = []
    for key in in_order(key for key in keys if key.startswith(prefix)):
        end = key.find(delimiter, len(prefix)) if delimiter else -1
        entry = ("key", key) if end < 0 else ("prefix", key[: end + len(delimiter)])
        if entry not in entries[-1:]:
            entries.append(entry)
    return entries


def entries_of(page):
    """The entries of a page, in the order in which they were counted."""
    found = [("key", item["Key"]) for item in page.get("Contents", [])]
    found += [("prefix", item["Prefix"]) for item in page.get("CommonPrefixes", [])]
    return sorted(found, key=lambda entry: entry[1].encode())


def pages_v1(s3, bucket, size, **arguments):
    marker = ""
    while True:
        page = s3.list_objects(Bucket=bucket, MaxKeys=size, Marker=marker, **arguments)
        assert page["MaxKeys"] == size and page["Marker"] == marker
        yield page
        if not page["IsTruncated"]:
            assert "NextMarker" not in page
            return
        # S3 names the next marker only with a delimiter; clients take the last key otherwise.
        assert ("NextMarker" in page) == bool(arguments.get("Delimiter"))
        following = page.get("NextMarker") or page["Contents"][-1]["Key"]
        assert following == entries_of(page)[-1][1] and following != marker
        marker = following


def pages_v2(s3, bucket, size, **arguments):
    more, seen = {}, set()
    while True:
        page = s3.list_objects_v2(Bucket=bucket, MaxKeys=size, **more, **arguments)
        assert page["KeyCount"] == len(entries_of(page)) and page["MaxKeys"] == size
        assert page.get("ContinuationToken") == more.get("ContinuationToken")
        yield page
        token = page.get("NextContinuationToken")
        assert bool(token) == page["IsTruncated"]
        if not token:
            return
        assert token not in seen, "the same token twice"
        seen.add(token)
        more = {"ContinuationToken": token}


def assert_pages(pages, size, expected):
    """Every page is full but the last, and together they have everything once."""
    found = []
    for page in pages:
        entries = entries_of(page)
        assert len(entries) == min(size, len(expected) - len(found)) or entries == expected == []
        found += entries
        assert page["IsTruncated"] == (len(found) < len(expected))
    assert found == expected


@pytest.fixture(scope="module")
def filled(shared):
    """Makes a bucket with these keys once for all tests that only look."""

    @functools.cache
    def make(keys, versioned=False):
        name = f"b-{uuid.uuid4()}"
        s3 = shared.s3()
        s3.create_bucket(Bucket=name)
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for key in keys:
            s3.put_object(Bucket=name, Key=key, Body=key.encode())
        return name

    return make


# Pages


@cells("boto3", "ListObjects", "ListObjectsV2")
@pytest.mark.parametrize("pages", [pages_v1, pages_v2])
@pytest.mark.parametrize("delimiter", ["", "/", "//", "b"])
@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "b/x/", "c/", "none"])
def test_every_page_size_gives_the_same_list(shared, filled, pages, delimiter, prefix):
    bucket, s3 = filled(tuple(SIMPLE_KEYS)), shared.s3()
    expected = rolled(SIMPLE_KEYS, prefix, delimiter)
    for size in range(1, len(expected) + 2):
        assert_pages(pages(s3, bucket, size, Prefix=prefix, Delimiter=delimiter), size, expected)


@cells("boto3", "ListObjects", "ListObjectsV2", "PutObject", "GetObject", "DeleteObjects")
@pytest.mark.parametrize("pages", [pages_v1, pages_v2])
@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("versioned", [False, True])
def test_keys_of_every_kind_are_listed_in_pages(shared, filled, pages, delimiter, versioned):
    bucket, s3 = filled(tuple(ODD_KEYS), versioned), shared.s3()
    expected = rolled(ODD_KEYS, "", delimiter)
    for size in (1, 2, 3, 7, len(expected) - 1, len(expected), 1000):
        assert_pages(pages(s3, bucket, size, Delimiter=delimiter), size, expected)


@cells("boto3", "PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2")
@pytest.mark.parametrize("versioned", [False, True])
def test_keys_of_every_kind_are_objects_of_their_own(shared, filled, versioned):
    bucket, s3 = filled(tuple([*ODD_KEYS, "own"]), versioned), shared.s3()
    for key in ODD_KEYS:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
    for key in ODD_KEYS:
        s3.delete_object(Bucket=bucket, Key=key)
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["own"]


@both("ListObjects", "ListObjectsV2")
@pytest.mark.parametrize("operation", ["ListObjects", "ListObjectsV2"])
def test_clients_list_keys_of_every_kind(client, filled, operation):
    bucket = filled(tuple(ODD_KEYS))
    everything = client.call(operation, Bucket=bucket)
    assert [item["Key"] for item in everything["Contents"]] == in_order(ODD_KEYS)
    assert all(item["Size"] == len(item["Key"].encode()) for item in everything["Contents"])
    assert {item["StorageClass"] for item in everything["Contents"]} == {"STANDARD"}
    rolled_up = client.call(operation, Bucket=bucket, Delimiter="/", Prefix="a/")
    assert [item["Key"] for item in rolled_up["Contents"]] == ["a/", "a/b"]
    assert [item["Prefix"] for item in rolled_up["CommonPrefixes"]] == ["a/../", "a//"]
    first = client.call(operation, Bucket=bucket, MaxKeys=2)
    assert len(first["Contents"]) == 2 and first["IsTruncated"]


@cells("aws-cli", "ListObjectsV2")
def test_the_aws_command_pages_by_itself(shared, filled):
    bucket = filled(tuple(ODD_KEYS))
    listed = shared.aws("s3api", "list-objects-v2", "--bucket", bucket, "--page-size", 3, "--query", "length(Contents)")
    assert int(listed.stdout) == len(ODD_KEYS)
    assert "PRE a/" in shared.aws("s3", "ls", f"s3://{bucket}/", "--page-size", 3).stdout


@cells("curl", "ListObjects", "ListObjectsV2")
def test_curl_lists(shared, filled):
    bucket = filled(tuple(SIMPLE_KEYS))
    for query in ({"prefix": "a/b/"}, {"list_type": "2", "prefix": "a/b/"}):
        # curl 7.88 signs the query as it stands, so it has to be in order.
        listed = curl(shared, "--fail", target(bucket, None, **query)).stdout.decode()
        assert "<Key>a/b/c</Key>" in listed and "<Key>a/b/d</Key>" in listed and "<Key>a</Key>" not in listed


# Markers


@cells("boto3", "ListObjects", "ListObjectsV2")
@pytest.mark.parametrize("name, operation", [("Marker", "list_objects"), ("StartAfter", "list_objects_v2")])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_a_marker_need_not_be_there(shared, filled, name, operation, delimiter):
    bucket, s3 = filled(tuple(SIMPLE_KEYS)), shared.s3()
    markers = ["0", "a", "a/", "a/b", "a/b/c0", "a/zzz", "a/\U0010ffff", "b/x/", "b/x/1", "b", "d", "e"]
    for marker in markers:
        page = getattr(s3, operation)(Bucket=bucket, Delimiter=delimiter, **{name: marker})
        # A prefix that is the marker, or that the marker lies in, is over.
        expected = [
            entry
            for entry in rolled(SIMPLE_KEYS, "", delimiter)
            if entry[1].encode() > marker.encode() and not (entry[0] == "prefix" and marker.startswith(entry[1]))
        ]
        assert entries_of(page) == expected, marker
        assert page[name] == marker


@cell("ListObjectsV2", "boto3")
def test_a_token_counts_more_than_where_to_start(shared, filled):
    bucket, s3 = filled(tuple(SIMPLE_KEYS)), shared.s3()
    first = s3.list_objects_v2(Bucket=bucket, MaxKeys=3, StartAfter="a/")
    assert [item["Key"] for item in first["Contents"]] == ["a//b", "a/b", "a/b/c"] and first["StartAfter"] == "a/"
    more = s3.list_objects_v2(
        Bucket=bucket, MaxKeys=1, StartAfter="d", ContinuationToken=first["NextContinuationToken"]
    )
    assert [item["Key"] for item in more["Contents"]] == ["a/b/d"] and "StartAfter" not in more


# Parameters, as they are on the wire


@pytest.fixture
def ask(shared, filled):
    """Lists the simple keys by plain HTTP; `v2` and other parameters are those of the query."""
    bucket = filled(tuple(SIMPLE_KEYS))
    return lambda **query: send(shared, "GET", target(bucket, None, **query))


@cells("HTTP", "ListObjects", "ListObjectsV2")
@pytest.mark.parametrize("version", [{}, {"list_type": "2"}])
def test_the_number_of_keys_has_bounds(ask, version):
    for value, echoed, count in [
        ("0", "0", 0),
        ("5", "5", 5),
        ("1000", "1000", 14),
        ("5000", "1000", 14),
        ("", "1000", 14),
    ]:
        answer = ask(**version, max_keys=value)
        assert answer.texts("MaxKeys") == [echoed] and len(answer.texts("Contents/Key")) == count
        assert answer.texts("IsTruncated") == [str(value == "5").lower()]
    for value in ("-1", "x", "2147483648", "1.5"):
        answer = ask(**version, max_keys=value)
        assert (answer.status, answer.code) == (400, "InvalidArgument"), value


@cell("ListObjects", "HTTP")
def test_what_was_asked_for_is_repeated(ask):
    bare = ask()
    assert bare.texts("Prefix") == [""] and bare.texts("Marker") == [""] and bare.texts("MaxKeys") == ["1000"]
    assert bare.texts("Delimiter") == bare.texts("EncodingType") == bare.texts("NextMarker") == []
    assert len(bare.texts("Contents/Owner/ID")) == 14
    asked = ask(prefix="a", delimiter="/", marker="a", encoding_type="url")
    assert asked.texts("Prefix") == ["a"] and asked.texts("Delimiter") == ["/"] and asked.texts("Marker") == ["a"]
    assert asked.texts("EncodingType") == ["url"]


@cell("ListObjectsV2", "HTTP")
def test_what_was_asked_for_is_repeated_in_the_second_version(ask):
    bare = ask(list_type="2")
    assert bare.texts("Prefix") == [""] and bare.texts("KeyCount") == ["14"]
    assert bare.texts("StartAfter") == bare.texts("ContinuationToken") == bare.texts("Contents/Owner") == []
    owned = ask(list_type="2", fetch_owner="true", start_after="a")
    assert len(owned.texts("Contents/Owner/ID")) == 13 and owned.texts("StartAfter") == ["a"]
    for name in ("Name", "IsTruncated", "MaxKeys"):
        assert len(bare.texts(name)) == 1


@cells("HTTP", "ListObjects", "ListObjectsV2", "ListObjectVersions")
def test_keys_are_encoded_when_it_is_asked_for(shared, bucket):
    keys = ["a b+c", "p/*-_.~=%é", "p/q/r s"]
    for key in keys:
        shared.s3().put_object(Bucket=bucket, Key=key)

    def ask(**query):
        answer = send(shared, "GET", target(bucket, None, encoding_type="url", **query))
        assert answer.status == 200, answer
        return answer

    for query, path in [
        ({}, "Contents/Key"),
        ({"list_type": "2"}, "Contents/Key"),
        ({"versions": None}, "Version/Key"),
    ]:
        # As Java does it: `*` and the slash stay, the tilde does not, and a blank becomes a plus.
        assert ask(**query).texts(path) == ["a+b%2Bc", "p/*-_.%7E%3D%25%C3%A9", "p/q/r+s"]
        page = ask(**query, prefix="p/q/r ", delimiter=" s")
        assert page.texts("Prefix") == ["p/q/r+"] and page.texts("Delimiter") == ["+s"]
        rolled_up = ask(**query, prefix="a", delimiter=" ")
        assert rolled_up.texts("CommonPrefixes/Prefix") == ["a+"]
    assert ask(marker="a b").texts("Marker") == ["a+b"]
    assert ask(list_type="2", start_after="a b").texts("StartAfter") == ["a+b"]
    assert ask(max_keys="1", delimiter="/").texts("NextMarker") == ["a+b%2Bc"]


@cells("HTTP", "ListObjectsV2")
def test_keys_that_xml_cannot_carry_do_not_break_a_list(shared, bucket):
    shared.s3().put_object(Bucket=bucket, Key="bell\x07\x01key")
    shared.s3().put_object(Bucket=bucket, Key="fine & <good>")
    encoded = send(shared, "GET", target(bucket, None, list_type="2", encoding_type="url"))
    assert [urllib.parse.unquote_plus(key) for key in encoded.texts("Contents/Key")] == [
        "bell\x07\x01key",
        "fine & <good>",
    ]
    # Unencoded it has to be a document that can be read at all.
    assert send(shared, "GET", target(bucket, None, list_type="2")).texts("Contents/Key")[1] == "fine & <good>"


@cells("HTTP", "ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads")
@pytest.mark.parametrize("query", [{}, {"list_type": "2"}, {"versions": None}, {"uploads": None}])
@pytest.mark.parametrize("value", ["gzip", "URL", ""])
def test_another_encoding_is_refused(ask, query, value):
    answer = ask(**query, encoding_type=value)
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.elements == {"ArgumentName": "encoding-type", "ArgumentValue": value}


# Changes


@cells("boto3", "ListObjects", "ListObjectsV2")
def test_a_list_follows_each_change_at_once(client, bucket):
    list_keys = lambda: [item["Key"] for item in client.call("ListObjectsV2", Bucket=bucket).get("Contents", [])]
    for number in range(20):
        client.call("PutObject", Bucket=bucket, Key=f"k{number:02}", Body=b"x" * number)
        assert list_keys()[-1] == f"k{number:02}"
    client.call("PutObject", Bucket=bucket, Key="k05", Body=b"longer than before")
    assert client.call("ListObjects", Bucket=bucket, Prefix="k05")["Contents"][0]["Size"] == 18
    for number in range(0, 20, 2):
        client.call("DeleteObject", Bucket=bucket, Key=f"k{number:02}")
        assert f"k{number:02}" not in list_keys()
    assert list_keys() == [f"k{number:02}" for number in range(1, 20, 2)]


@cells("boto3", "ListObjectsV2")
def test_pages_hold_while_keys_come_and_go(client, bucket):
    for number in range(10):
        client.call("PutObject", Bucket=bucket, Key=f"k{number}", Body=b"")
    first = client.call("ListObjectsV2", Bucket=bucket, MaxKeys=5)
    client.call("DeleteObject", Bucket=bucket, Key="k4")
    client.call("DeleteObject", Bucket=bucket, Key="k5")
    client.call("PutObject", Bucket=bucket, Key="k1x", Body=b"")
    client.call("PutObject", Bucket=bucket, Key="k6x", Body=b"")
    rest = client.call("ListObjectsV2", Bucket=bucket, ContinuationToken=first["NextContinuationToken"])
    assert [item["Key"] for item in rest["Contents"]] == ["k6", "k6x", "k7", "k8", "k9"]


@cells("boto3", "ListObjectsV2")
def test_a_directory_marker_is_an_object_beside_what_is_in_it(client, bucket):
    for key in ["dir/", "dir/a", "dir/sub/b"]:
        client.call("PutObject", Bucket=bucket, Key=key, Body=b"")
    page = client.call("ListObjectsV2", Bucket=bucket, Prefix="dir/", Delimiter="/")
    assert [item["Key"] for item in page["Contents"]] == ["dir/", "dir/a"]
    assert client.code("HeadObject", Bucket=bucket, Key="dir") == "404"
    client.call("DeleteObject", Bucket=bucket, Key="dir/")
    page = client.call("ListObjectsV2", Bucket=bucket)
    assert [item["Key"] for item in page["Contents"]] == ["dir/a", "dir/sub/b"]


@cells("boto3", "ListObjectsV2")
@pytest.mark.heavy
def test_more_than_a_thousand_keys_come_in_pages_of_a_thousand(shared, bucket):
    import concurrent.futures

    s3 = shared.s3(max_pool_connections=16)
    keys = [f"d{number % 7}/k{number:04}" for number in range(2100)]
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda key: s3.put_object(Bucket=bucket, Key=key), keys))
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    assert [len(page["Contents"]) for page in pages] == [1000, 1000, 100]
    assert [item["Key"] for page in pages for item in page["Contents"]] == in_order(keys)
    rolled_up = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [item["Prefix"] for item in rolled_up["CommonPrefixes"]] == [f"d{number}/" for number in range(7)]


# Versions


def version_entries(page):
    """Versions and markers as ("K", id, is latest), by key in order and as the page has them, and common prefixes."""
    found = [(item["Key"], item["VersionId"], item["IsLatest"], "size") for item in page.get("Versions", [])]
    found += [(item["Key"], item["VersionId"], item["IsLatest"], "marker") for item in page.get("DeleteMarkers", [])]
    return found, [item["Prefix"] for item in page.get("CommonPrefixes", [])]


@pytest.fixture(scope="module")
def history(shared):
    """A bucket with versions and markers, and what it holds: newest first within each key."""
    s3, name = shared.s3(), f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    told = {}
    s3.put_object(Bucket=name, Key="a", Body=b"before")
    told["a"] = [("null", "size")]
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key in ["a", "b/1", "a", "b/2", "b/1", "c\n", "a/x", "b//"]:
        told.setdefault(key, []).insert(
            0, (s3.put_object(Bucket=name, Key=key, Body=key.encode())["VersionId"], "size")
        )
    for key in ["a", "b/2", "never"]:
        marker = s3.delete_object(Bucket=name, Key=key)["VersionId"]
        told.setdefault(key, []).insert(0, (marker, "marker"))
    told["a"].insert(0, (s3.put_object(Bucket=name, Key="a", Body=b"after")["VersionId"], "size"))
    rows = [
        (key, version, position == 0, kind)
        for key in in_order(told)
        for position, (version, kind) in enumerate(told[key])
    ]
    return name, rows


@both("ListObjectVersions")
def test_versions_are_listed_newest_first(client, history):
    bucket, rows = history
    page = client.call("ListObjectVersions", Bucket=bucket)
    found, _ = version_entries(page)
    # Clients tell versions and markers apart; each kind is in order.
    assert found == [row for row in rows if row[3] == "size"] + [row for row in rows if row[3] == "marker"]
    assert not page["IsTruncated"] and page["MaxKeys"] == 1000
    below = client.call("ListObjectVersions", Bucket=bucket, Prefix="b/", Delimiter="/")
    found, prefixes = version_entries(below)
    assert {row[0] for row in found} == {"b/1", "b/2"} and prefixes == ["b//"]


@cell("ListObjectVersions", "HTTP")
def test_versions_and_markers_stand_in_one_order(shared, history):
    bucket, rows = history
    root = send(shared, "GET", target(bucket, None, versions="", encoding_type="url")).document
    found = [
        (
            urllib.parse.unquote_plus(item.findtext("Key")),
            item.findtext("VersionId"),
            item.findtext("IsLatest") == "true",
        )
        for item in root
        if item.tag in ("Version", "DeleteMarker")
    ]
    assert found == [row[:3] for row in rows]
    assert [root.findtext(name) for name in ("KeyMarker", "VersionIdMarker", "Prefix")] == ["", "", ""]


@cell("ListObjectVersions", "boto3")
def test_every_page_size_gives_the_same_versions(shared, history):
    bucket, rows = history
    s3 = shared.s3()
    for size in range(1, len(rows) + 2):
        found, markers = [], {}
        while True:
            page = s3.list_object_versions(Bucket=bucket, MaxKeys=size, **markers)
            entries, _ = version_entries(page)
            assert len(entries) == min(size, len(rows) - len(found))
            found += sorted(entries, key=lambda entry: rows.index(entry))
            if not page["IsTruncated"]:
                break
            markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
            assert tuple(markers.values()) == found[-1][:2]
        assert found == rows


@cell("ListObjectVersions", "boto3")
def test_a_key_alone_comes_after_all_its_versions(shared, history):
    bucket, rows = history
    for key in ["a", "a/x", "aa", "b/1"]:
        page = shared.s3().list_object_versions(Bucket=bucket, KeyMarker=key)
        found, _ = version_entries(page)
        assert sorted(found) == sorted(row for row in rows if row[0].encode() > key.encode())


@cell("ListObjectVersions", "boto3")
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_common_prefixes_of_versions_page_too(shared, history, size):
    bucket, rows = history
    s3, found, prefixes, markers = shared.s3(), [], [], {}
    while True:
        page = s3.list_object_versions(Bucket=bucket, MaxKeys=size, Delimiter="/", **markers)
        entries, more = version_entries(page)
        assert len(entries) + len(more) <= size
        found += entries
        prefixes += more
        if not page["IsTruncated"]:
            break
        assert len(entries) + len(more) == size
        markers = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextVersionIdMarker"):
            markers["VersionIdMarker"] = page["NextVersionIdMarker"]
        else:
            # A page that ends in a common prefix has no version to name.
            assert page["NextKeyMarker"] in more
    assert prefixes == ["a/", "b/"]
    assert sorted(found) == sorted(row for row in rows if "/" not in row[0])


@both("ListObjectVersions")
def test_a_bucket_without_versions_lists_null_ones(client, filled):
    bucket = filled(tuple(SIMPLE_KEYS))
    page = client.call("ListObjectVersions", Bucket=bucket)
    assert [(item["Key"], item["VersionId"], item["IsLatest"]) for item in page["Versions"]] == [
        (key, "null", True) for key in in_order(SIMPLE_KEYS)
    ]
    assert page.get("DeleteMarkers", []) == []


@cells("boto3", "ListObjects", "ListObjectsV2")
def test_deleted_objects_of_a_bucket_with_versions_are_not_listed(shared, history):
    bucket, _ = history
    for pages in (pages_v1, pages_v2):
        assert_pages(pages(shared.s3(), bucket, 2), 2, rolled(["a", "a/x", "b/1", "b//", "c\n"]))
        assert_pages(
            pages(shared.s3(), bucket, 1, Delimiter="/"), 1, rolled(["a", "a/x", "b/1", "b//", "c\n"], "", "/")
        )


# Lists of buckets


@both("ListBuckets")
def test_buckets_are_listed_in_pages_by_prefix(client):
    mark = uuid.uuid4().hex[:12]
    names = [f"{mark}-{letter}" for letter in "abcde"]
    for name in names:
        client.call("CreateBucket", Bucket=name)
    everything = client.call("ListBuckets")
    assert set(names) <= {item["Name"] for item in everything["Buckets"]} and "ContinuationToken" not in everything
    first = client.call("ListBuckets", Prefix=mark, MaxBuckets=2)
    assert [item["Name"] for item in first["Buckets"]] == names[:2] and first["Prefix"] == mark
    second = client.call("ListBuckets", Prefix=mark, MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
    assert [item["Name"] for item in second["Buckets"]] == names[2:4]
    third = client.call("ListBuckets", Prefix=mark, MaxBuckets=2, ContinuationToken=second["ContinuationToken"])
    assert [item["Name"] for item in third["Buckets"]] == names[4:] and "ContinuationToken" not in third
    assert all(item["CreationDate"] and item["BucketRegion"] == "us-east-1" for item in first["Buckets"])
    assert client.call("ListBuckets", Prefix=mark, BucketRegion="eu-west-1")["Buckets"] == []


@cell("ListBuckets", "curl")
def test_curl_lists_buckets(shared, bucket):
    assert f"<Name>{bucket}</Name>" in curl(shared, "--fail", "/").stdout.decode()

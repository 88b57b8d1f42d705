"""Versions: what is kept, what is shown, and what each deletion does, never switched on, enabled and suspended."""

import hashlib

import pytest

from dialects import send, target
from matrix import both, cell, cells


def switch(store, bucket, status):
    store.s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def history(store, bucket, key):
    """Versions and markers of a key, newest first: (id, is latest, is marker)."""
    root = send(store, "GET", target(bucket, None, versions="", prefix=key)).document
    return [
        (item.findtext("VersionId"), item.findtext("IsLatest") == "true", item.tag == "DeleteMarker")
        for item in root
        if item.tag in ("Version", "DeleteMarker") and item.findtext("Key") == key
    ]


# The state


@both("PutBucketVersioning", "GetBucketVersioning")
def test_versioning_is_switched_on_and_suspended(client, bucket):
    state = lambda: client.call("GetBucketVersioning", Bucket=bucket).get("Status")
    assert state() is None
    for status in ("Enabled", "Suspended", "Suspended", "Enabled"):
        client.call("PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": status})
        assert state() == status


@cell("GetBucketVersioning", "HTTP")
def test_a_bucket_without_versioning_has_an_empty_configuration(shared, bucket):
    answer = send(shared, "GET", target(bucket, None, versioning=None))
    assert answer.status == 200 and answer.document.tag == "VersioningConfiguration" and len(answer.document) == 0
    assert answer.header("Content-Type") == "application/xml"


@cells("boto3", "PutBucketVersioning", "GetObject")
def test_versions_outlive_the_server(server):
    one = server()
    switch(one, "uploads", "Enabled")
    first = one.s3().put_object(Bucket="uploads", Key="k", Body=b"1")["VersionId"]
    one.kill()
    second = one.start().s3().put_object(Bucket="uploads", Key="k", Body=b"2")["VersionId"]
    one.restart()
    s3 = one.s3()
    for version, body in [(first, b"1"), (second, b"2")]:
        assert s3.get_object(Bucket="uploads", Key="k", VersionId=version)["Body"].read() == body
    assert [each[0] for each in history(one, "uploads", "k")] == [second, first]


# Enabled


@both("PutObject", "GetObject", "HeadObject", "ListObjectVersions")
def test_each_version_keeps_its_content_and_headers(client, versioned):
    ids = []
    for number in range(3):
        put = client.call("PutObject", Bucket=versioned, Key="k", Body=b"%d" % number * 5, Metadata={"n": str(number)})
        ids.append(put["VersionId"])
    assert len(set(ids)) == 3 and "null" not in ids
    for number, version in enumerate(ids):
        got = client.call("GetObject", Bucket=versioned, Key="k", VersionId=version)
        assert (got["Body"], got["Metadata"], got["VersionId"]) == (b"%d" % number * 5, {"n": str(number)}, version)
        head = client.call("HeadObject", Bucket=versioned, Key="k", VersionId=version)
        assert (head["ETag"], head["VersionId"]) == (got["ETag"], version)
    assert client.call("GetObject", Bucket=versioned, Key="k")["VersionId"] == ids[2]
    listed = client.call("ListObjectVersions", Bucket=versioned)["Versions"]
    assert [(item["VersionId"], item["IsLatest"]) for item in listed] == [
        (ids[2], True),
        (ids[1], False),
        (ids[0], False),
    ]


@both("DeleteObject", "GetObject", "HeadObject")
def test_a_deletion_adds_a_marker_and_a_deleted_marker_brings_the_object_back(client, store, versioned):
    version = client.call("PutObject", Bucket=versioned, Key="k", Body=b"kept")["VersionId"]
    deleted = client.call("DeleteObject", Bucket=versioned, Key="k")
    marker = deleted["VersionId"]
    assert deleted["DeleteMarker"] is True and marker not in (version, "null")
    assert client.code("GetObject", Bucket=versioned, Key="k") == "NoSuchKey"
    assert client.code("HeadObject", Bucket=versioned, Key="k") == "404"
    assert client.call("GetObject", Bucket=versioned, Key="k", VersionId=version)["Body"] == b"kept"
    assert client.code("GetObject", Bucket=versioned, Key="k", VersionId=marker) == "MethodNotAllowed"
    assert client.code("HeadObject", Bucket=versioned, Key="k", VersionId=marker) == "405"
    gone = client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=marker)
    assert (gone["DeleteMarker"], gone["VersionId"]) == (True, marker)
    assert client.call("GetObject", Bucket=versioned, Key="k")["Body"] == b"kept"
    gone = client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=version)
    assert gone["VersionId"] == version and "DeleteMarker" not in gone
    assert history(store, versioned, "k") == []


@cell("DeleteObject", "boto3")
def test_a_key_that_was_never_there_gets_a_marker_too(client, store, versioned):
    first = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    second = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    assert history(store, versioned, "k") == [(second, True, True), (first, False, True)]


@cell("DeleteObject", "boto3")
def test_the_next_version_becomes_the_latest(client, store, versioned):
    ids = [client.call("PutObject", Bucket=versioned, Key="k", Body=b"%d" % n)["VersionId"] for n in range(3)]
    marker = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=ids[1])
    assert history(store, versioned, "k") == [(marker, True, True), (ids[2], False, False), (ids[0], False, False)]
    client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=marker)
    client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=ids[2])
    assert history(store, versioned, "k") == [(ids[0], True, False)]
    got = client.call("GetObject", Bucket=versioned, Key="k")
    assert (got["Body"], got["VersionId"]) == (b"0", ids[0])


@cells("HTTP", "GetObject", "HeadObject")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_markers_show_in_the_headers_of_refusals(shared, versioned, method):
    s3 = shared.s3()
    s3.put_object(Bucket=versioned, Key="k", Body=b"x")
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    latest = send(shared, method, target(versioned, "k"))
    assert latest.status == 404
    by_id = send(shared, method, target(versioned, "k", versionId=marker))
    assert by_id.status == 405 and by_id.header("Allow") == "DELETE"
    for answer in (latest, by_id):
        assert answer.header("x-amz-delete-marker") == "true" and answer.header("x-amz-version-id") == marker
    if method == "GET":
        assert latest.code == "NoSuchKey" and latest.elements == {"Key": "k"}
        assert by_id.code == "MethodNotAllowed"
        assert by_id.elements == {"Method": "GET", "ResourceType": "DeleteMarker"}


@both("DeleteObjects")
def test_versions_and_markers_are_deleted_together(client, store, versioned):
    first, second = (client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")["VersionId"] for _ in range(2))
    answer = client.call("DeleteObjects", Bucket=versioned, Delete={"Objects": [{"Key": "k"}, {"Key": "new"}]})
    assert all(item["DeleteMarker"] for item in answer["Deleted"]) and "VersionId" not in answer["Deleted"][0]
    markers = {item["Key"]: item["DeleteMarkerVersionId"] for item in answer["Deleted"]}
    assert history(store, versioned, "k")[0] == (markers["k"], True, True)
    objects = [{"Key": "k", "VersionId": version} for version in (markers["k"], first)]
    answer = client.call("DeleteObjects", Bucket=versioned, Delete={"Objects": objects})
    assert answer["Deleted"] == [
        {"Key": "k", "VersionId": markers["k"], "DeleteMarker": True, "DeleteMarkerVersionId": markers["k"]},
        {"Key": "k", "VersionId": first},
    ]
    assert history(store, versioned, "k") == [(second, True, False)]


@both("DeleteBucket")
def test_a_bucket_with_any_version_or_marker_is_not_removed(client, store, versioned):
    version = client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")["VersionId"]
    marker = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    for gone in (version, marker):
        refusal = client.refused("DeleteBucket", Bucket=versioned)
        assert refusal.code == "BucketNotEmpty" and "delete all versions" in refusal.message
        client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=gone)
    client.call("DeleteBucket", Bucket=versioned)


@cells("boto3", "PutObject", "DeleteObject")
def test_conditions_look_at_the_latest_version(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"1", IfNoneMatch="*")
    assert client.code("PutObject", Bucket=versioned, Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    second = client.call("PutObject", Bucket=versioned, Key="k", Body=b"2", IfMatch=first["ETag"])
    assert client.code("PutObject", Bucket=versioned, Key="k", Body=b"3", IfMatch=first["ETag"]) == "PreconditionFailed"
    client.call("DeleteObject", Bucket=versioned, Key="k", IfMatch=second["ETag"])
    # A marker counts as nothing.
    assert client.code("PutObject", Bucket=versioned, Key="k", Body=b"3", IfMatch=second["ETag"]) == "NoSuchKey"
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"3", IfNoneMatch="*")


# Before versioning, and suspended


@cells("boto3", "GetObject", "ListObjectVersions")
def test_what_was_there_before_is_the_null_version(client, store, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"old")
    assert "VersionId" not in client.call("GetObject", Bucket=bucket, Key="k")
    assert client.call("GetObject", Bucket=bucket, Key="k", VersionId="null")["Body"] == b"old"
    switch(store, bucket, "Enabled")
    got = client.call("GetObject", Bucket=bucket, Key="k")
    assert (got["Body"], got["VersionId"]) == (b"old", "null")
    version = client.call("PutObject", Bucket=bucket, Key="k", Body=b"new")["VersionId"]
    assert history(store, bucket, "k") == [(version, True, False), ("null", False, False)]
    assert client.call("GetObject", Bucket=bucket, Key="k", VersionId="null")["Body"] == b"old"


@cells("boto3", "PutObject", "DeleteObject")
def test_suspended_versioning_replaces_the_null_version_only(client, store, versioned):
    kept = client.call("PutObject", Bucket=versioned, Key="k", Body=b"kept")["VersionId"]
    switch(store, versioned, "Suspended")
    for body in (b"null one", b"null two"):
        assert "VersionId" not in client.call("PutObject", Bucket=versioned, Key="k", Body=body)
    assert history(store, versioned, "k") == [("null", True, False), (kept, False, False)]
    got = client.call("GetObject", Bucket=versioned, Key="k")
    assert (got["Body"], got["VersionId"]) == (b"null two", "null")
    deleted = client.call("DeleteObject", Bucket=versioned, Key="k")
    assert (deleted["DeleteMarker"], deleted["VersionId"]) == (True, "null")
    assert history(store, versioned, "k") == [("null", True, True), (kept, False, False)]
    assert client.call("GetObject", Bucket=versioned, Key="k", VersionId=kept)["Body"] == b"kept"
    gone = client.call("DeleteObject", Bucket=versioned, Key="k", VersionId="null")
    assert (gone["DeleteMarker"], gone["VersionId"]) == (True, "null")
    assert history(store, versioned, "k") == [(kept, True, False)]
    assert client.call("GetObject", Bucket=versioned, Key="k")["Body"] == b"kept"


@cells("boto3", "PutObject")
def test_versioning_can_be_switched_on_again(client, store, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"1")["VersionId"]
    switch(store, versioned, "Suspended")
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"2")
    switch(store, versioned, "Enabled")
    third = client.call("PutObject", Bucket=versioned, Key="k", Body=b"3")["VersionId"]
    assert history(store, versioned, "k") == [(third, True, False), ("null", False, False), (first, False, False)]


@cells("boto3", "DeleteObject")
def test_without_versioning_a_deletion_names_no_version(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x")
    answer = client.call("DeleteObject", Bucket=bucket, Key="k")
    assert "VersionId" not in answer and "DeleteMarker" not in answer
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x")
    client.call("DeleteObject", Bucket=bucket, Key="k", VersionId="null")
    assert client.code("HeadObject", Bucket=bucket, Key="k") == "404"


# Ids


@cells("HTTP", "GetObject", "HeadObject", "DeleteObject")
@pytest.mark.parametrize("fixture", ["bucket", "versioned"])
@pytest.mark.parametrize("version", ["no.version", "", "x" * 129, "../../etc", "\u00fc"])
def test_an_id_that_the_server_cannot_have_given_is_refused(request, shared, fixture, version):
    name = request.getfixturevalue(fixture)
    shared.s3().put_object(Bucket=name, Key="k", Body=b"x")
    for method in ("GET", "DELETE"):
        answer = send(shared, method, target(name, "k", versionId=version))
        assert (answer.status, answer.code) == (400, "InvalidArgument"), answer
        assert answer.elements["ArgumentName"] == "versionId"
    assert send(shared, "HEAD", target(name, "k", versionId=version)).status == 400
    assert send(shared, "GET", target(name, "k")).body == b"x"


@both("GetObject", "DeleteObject")
def test_an_id_that_is_gone(client, versioned):
    version = client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")["VersionId"]
    client.call("PutObject", Bucket=versioned, Key="other", Body=b"x")
    assert client.code("GetObject", Bucket=versioned, Key="other", VersionId=version) == "NoSuchVersion"
    client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=version)
    assert client.code("GetObject", Bucket=versioned, Key="k", VersionId=version) == "NoSuchVersion"
    assert client.code("HeadObject", Bucket=versioned, Key="k", VersionId=version) == "404"
    assert client.code("GetObject", Bucket=versioned, Key="k", VersionId="null") == "NoSuchVersion"
    client.call("DeleteObject", Bucket=versioned, Key="k", VersionId=version)


# Other operations on versions


@both("CopyObject")
def test_a_version_is_copied(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"first")["VersionId"]
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"second")
    copied = client.call("CopyObject", Bucket=versioned, Key="to", CopySource=f"{versioned}/k?versionId={first}")
    assert copied["CopySourceVersionId"] == first and copied["VersionId"] not in (first, "null")
    assert client.call("GetObject", Bucket=versioned, Key="to")["Body"] == b"first"
    # An old version over its own key brings it back.
    client.call("CopyObject", Bucket=versioned, Key="k", CopySource=f"{versioned}/k?versionId={first}")
    assert client.call("GetObject", Bucket=versioned, Key="k")["Body"] == b"first"


@cell("CopyObject", "boto3")
def test_a_marker_is_no_source(client, versioned):
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")
    marker = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    assert client.code("CopyObject", Bucket=versioned, Key="to", CopySource=f"{versioned}/k") == "NoSuchKey"
    refusal = client.refused("CopyObject", Bucket=versioned, Key="to", CopySource=f"{versioned}/k?versionId={marker}")
    assert (refusal.code, refusal.status) == ("InvalidRequest", 400) and "delete marker" in refusal.message


@cells("boto3", "UploadPartCopy", "CompleteMultipartUpload")
def test_uploads_in_parts_make_versions(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"first")["VersionId"]
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"second")
    upload = client.call("CreateMultipartUpload", Bucket=versioned, Key="k")["UploadId"]
    place = {"Bucket": versioned, "Key": "k", "UploadId": upload}
    part = client.call("UploadPartCopy", **place, PartNumber=1, CopySource=f"{versioned}/k?versionId={first}")
    assert part["CopySourceVersionId"] == first
    listed = {"Parts": [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]}
    for name, value in part["CopyPartResult"].items():
        if name.startswith("Checksum"):
            listed["Parts"][0][name] = value
    done = client.call("CompleteMultipartUpload", **place, MultipartUpload=listed)
    got = client.call("GetObject", Bucket=versioned, Key="k")
    assert got["VersionId"] == done["VersionId"] and got["Body"] == b"first"
    assert len(client.call("ListObjectVersions", Bucket=versioned)["Versions"]) == 3
    assert client.call("CompleteMultipartUpload", **place, MultipartUpload=listed)["VersionId"] == done["VersionId"]
    assert len(client.call("ListObjectVersions", Bucket=versioned)["Versions"]) == 3


@both("PutObjectTagging", "GetObjectTagging", "DeleteObjectTagging")
def test_each_version_has_tags_of_its_own(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"1", Tagging="a=1")["VersionId"]
    second = client.call("PutObject", Bucket=versioned, Key="k", Body=b"2", Tagging="b=2")["VersionId"]
    tags = lambda **version: client.call("GetObjectTagging", Bucket=versioned, Key="k", **version)
    assert tags()["TagSet"] == [{"Key": "b", "Value": "2"}] and tags()["VersionId"] == second
    assert tags(VersionId=first)["TagSet"] == [{"Key": "a", "Value": "1"}]
    put = client.call(
        "PutObjectTagging",
        Bucket=versioned,
        Key="k",
        VersionId=first,
        Tagging={"TagSet": [{"Key": "c", "Value": "3"}]},
    )
    assert put["VersionId"] == first
    assert tags(VersionId=first)["TagSet"] == [{"Key": "c", "Value": "3"}]
    assert tags()["TagSet"] == [{"Key": "b", "Value": "2"}]
    assert client.call("DeleteObjectTagging", Bucket=versioned, Key="k", VersionId=first)["VersionId"] == first
    assert tags(VersionId=first)["TagSet"] == [] and tags()["TagSet"] == [{"Key": "b", "Value": "2"}]


@cells("boto3", "PutObjectTagging", "GetObjectTagging", "DeleteObjectTagging")
def test_markers_have_no_tags(client, versioned):
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")
    marker = client.call("DeleteObject", Bucket=versioned, Key="k")["VersionId"]
    tagging = {"Tagging": {"TagSet": []}}
    for operation, more in [("GetObjectTagging", {}), ("PutObjectTagging", tagging), ("DeleteObjectTagging", {})]:
        for version in ({}, {"VersionId": marker}):
            refusal = client.refused(operation, Bucket=versioned, Key="k", **version, **more)
            assert (refusal.code, refusal.status) == ("MethodNotAllowed", 405), (operation, version)
            assert refusal.elements["ResourceType"] == "DeleteMarker"


@both("GetObjectAttributes")
def test_attributes_of_a_version(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="k", Body=b"first")["VersionId"]
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"the second")
    place = {"Bucket": versioned, "Key": "k", "ObjectAttributes": ["ETag", "ObjectSize"]}
    found = client.call("GetObjectAttributes", **place, VersionId=first)
    assert (found["ObjectSize"], found["VersionId"]) == (5, first)
    assert found["ETag"] == hashlib.md5(b"first").hexdigest()
    assert client.call("GetObjectAttributes", **place)["ObjectSize"] == 10


@cells("boto3", "RenameObject")
def test_a_rename_leaves_versions_behind(client, versioned):
    first = client.call("PutObject", Bucket=versioned, Key="old", Body=b"x")["VersionId"]
    client.call("RenameObject", Bucket=versioned, Key="new", RenameSource="old")
    assert client.call("GetObject", Bucket=versioned, Key="new")["Body"] == b"x"
    assert client.code("GetObject", Bucket=versioned, Key="old") == "NoSuchKey"
    assert client.call("GetObject", Bucket=versioned, Key="old", VersionId=first)["Body"] == b"x"

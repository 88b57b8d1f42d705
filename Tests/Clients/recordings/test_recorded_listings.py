"""Listings of keys, uploads, parts and buckets, as AWS S3 answered."""

import uuid

import botocore.handlers
import pytest

import recorded
from larder import REGION

FOLDERS = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"]
DEEP = ["test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"]


def _put(s3, bucket, keys, content=b"content 123"):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=content)


def _bare(server, bucket, query):
    """The document that a listing answers to a client that asks for no encoding, which boto3 always does."""
    answer = recorded.signed("GET", f"{server.endpoint}/{bucket}?{query}")
    return recorded.document(answer)


# ListObjects


@pytest.mark.parametrize("delimiter", ["", "/", "%2F"])
def test_list_objects_with_prefix(case, shared, s3, bucket, delimiter):
    _put(s3, bucket, ["test/foo/bar/123"])
    answer = s3.list_objects(Bucket=bucket, Prefix="test/", Delimiter=delimiter, MaxKeys=1, EncodingType="url")
    case.check("list-objects", answer)
    if delimiter == "%2F":
        case.check("list-objects-no-encoding", _bare(shared, bucket, "prefix=test&delimiter=%2F"))


def test_list_objects_next_marker(case, s3, bucket):
    _put(s3, bucket, [f"test_{number}" for number in range(3)])
    case.check("list-objects-all", s3.list_objects(Bucket=bucket))
    answer = case.check("list-objects-max-1", s3.list_objects(Bucket=bucket, MaxKeys=1, Delimiter="/"))
    case.check("list-objects-rest", s3.list_objects(Bucket=bucket, Marker=answer["NextMarker"], MaxKeys=1))
    case.check("list-objects-marker-empty", s3.list_objects(Bucket=bucket, Marker="", MaxKeys=1))


def test_s3_list_objects_empty_marker(case, s3, bucket):
    case.check("list-objects", s3.list_objects(Bucket=bucket, Marker=""))


def test_list_objects_marker_common_prefixes(case, s3, bucket):
    _put(s3, bucket, FOLDERS)
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    case.check("list-objects-all-keys", s3.list_objects(Bucket=bucket))
    answer = case.check("list-objects-start", s3.list_objects(**page))
    answer = case.check("list-objects-next-1", s3.list_objects(**page, Marker=answer["NextMarker"]))
    case.check("list-objects-end", s3.list_objects(**page, Marker=answer["NextMarker"]))
    case.check("list-objects-manual-first-file", s3.list_objects(**page, Marker=FOLDERS[0]))


# ListObjectsV2


def test_list_objects_v2_with_prefix(case, shared, s3, bucket):
    _put(s3, bucket, DEEP)
    for number, prefix in enumerate(["test/", "test/foo", "test/foo/bar"], 1):
        answer = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, EncodingType="url")
        case.check(f"list-objects-v2-{number}", answer)
    case.check("list-objects-v2-no-encoding", _bare(shared, bucket, "list-type=2&prefix=test%2Ffoo"))


def test_list_objects_v2_with_prefix_and_delimiter(case, s3, bucket):
    _put(s3, bucket, DEEP)
    page = {"Bucket": bucket, "EncodingType": "url", "Delimiter": "/"}
    case.check("list-objects-v2-1", s3.list_objects_v2(**page, Prefix="test/"))
    case.check("list-objects-v2-1-with-max-keys", s3.list_objects_v2(**page, Prefix="test/", MaxKeys=1))
    case.check("list-objects-v2-2", s3.list_objects_v2(**page, Prefix="test/foo"))
    case.check("list-objects-v2-3", s3.list_objects_v2(**page, Prefix="test/foo/bar"))


def test_list_objects_v2_continuation_start_after(case, s3, bucket):
    _put(s3, bucket, [f"test_{number}" for number in range(12)])
    answer = case.check("list-objects-v2-max-5", s3.list_objects_v2(Bucket=bucket, MaxKeys=5))
    rest = {"Bucket": bucket, "ContinuationToken": answer["NextContinuationToken"]}
    case.check("list-objects-v2-rest", s3.list_objects_v2(**rest))
    case.check("list-objects-start-after", s3.list_objects_v2(Bucket=bucket, StartAfter="test_7", MaxKeys=2))
    case.check("list-objects-start-after-token", s3.list_objects_v2(**rest, StartAfter="test_7"))
    case.attempt("exc-continuation-token", s3.list_objects_v2, Bucket=bucket, ContinuationToken="")


def test_list_objects_v2_continuation_common_prefixes(case, s3, bucket):
    _put(s3, bucket, FOLDERS)
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    case.check("list-objects-v2-all-keys", s3.list_objects_v2(Bucket=bucket))
    answer = case.check("list-objects-v2-start", s3.list_objects_v2(**page))
    for step in ["list-objects-v2-next-1", "list-objects-v2-end"]:
        answer = case.check(step, s3.list_objects_v2(**page, ContinuationToken=answer["NextContinuationToken"]))


def test_list_objects_v2_continuation_token_safe_chars(case, shared, s3, bucket):
    dates = [f"date=2026-{month}-01/" for month in ("01", "02", "03", "05")]
    names = ["file%2Fname", "test key/", "test key//", "test%123", "test%123/", "test%percent", "test@key/"]
    _put(s3, bucket, ["a/%F0%9F%98%80/", *dates, *names], content=b"")
    answer = case.check("list-objects-v2-max-5", s3.list_objects_v2(Bucket=bucket, MaxKeys=5))
    token = answer["NextContinuationToken"]
    case.check("list-objects-v2-rest", s3.list_objects_v2(Bucket=bucket, ContinuationToken=token))

    page = {"Bucket": bucket, "MaxKeys": 2}
    bare = shared.s3()
    asking = ("before-parameter-build.s3.ListObjectsV2", botocore.handlers.set_list_objects_encoding_type_url)
    bare.meta.events.unregister(*asking)
    case.check("list-objects-start-after", bare.list_objects_v2(**page, StartAfter=dates[1]))
    answer = s3.list_objects_v2(**page, StartAfter=dates[1], EncodingType="url")
    case.check("list-objects-start-after-url-type", answer)
    encoded = dates[1].replace("=", "%3D")
    answer = case.check("list-objects-start-after-encoded", s3.list_objects_v2(**page, StartAfter=encoded))
    page["ContinuationToken"] = answer["NextContinuationToken"]
    case.check("list-objects-start-after-token", s3.list_objects_v2(**page, StartAfter=encoded))
    case.check("list-objects-continuation-token-2", s3.list_objects_v2(**page))


@pytest.mark.parametrize(
    "operation", ["list_objects", "list_objects_v2", "list_object_versions", "list_multipart_uploads"]
)
def test_list_ops_encoding_type_validation(case, lax, bucket, operation):
    call = getattr(lax, operation)
    case.attempt(f"{operation}-error-wrong-value", call, Bucket=bucket, EncodingType="value")
    case.attempt(f"{operation}-error-empty-value", call, Bucket=bucket, EncodingType="")


# ListObjectVersions


def test_list_objects_versions_markers(case, s3, versioned):
    keys = [f"test_{number}" for number in range(3)]

    def put(key, content):
        return s3.put_object(Bucket=versioned, Key=key, Body=content)["VersionId"]

    versions = [put(key, b"version 1") for key in keys]
    versions.append(put(keys[2], b"version 2"))
    versions += [s3.delete_object(Bucket=versioned, Key=key)["VersionId"] for key in keys]
    versions += [put(key, b"version 2") for key in keys[:2]]
    case.check("version-order", {"Versions": [{"VersionId": version} for version in versions]})

    def listed(step, **page):
        return case.check(step, s3.list_object_versions(Bucket=versioned, **page))

    listed("list-objects-versions-all")
    answer = listed("list-objects-versions-5", MaxKeys=5)
    by_key = {"MaxKeys": 1, "KeyMarker": answer["NextKeyMarker"]}
    by_version = {"MaxKeys": 1, "VersionIdMarker": answer["NextVersionIdMarker"]}
    listed("list-objects-next-key-only", **by_key)
    listed("list-objects-next-key-last", MaxKeys=1, KeyMarker=keys[-1])
    case.attempt("list-objects-next-version-only", s3.list_object_versions, Bucket=versioned, **by_version)
    listed("list-objects-both-markers", **by_key | by_version)
    last = {"KeyMarker": keys[-1], "VersionIdMarker": versions[3]}
    listed("list-objects-last-key-last-version", MaxKeys=1, **last)
    listed("list-objects-next-key-empty", MaxKeys=1, KeyMarker="")


def test_list_object_versions_pagination_common_prefixes(case, s3, versioned):
    _put(s3, versioned, FOLDERS)
    page = {"Bucket": versioned, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    case.check("list-object-versions-all-keys", s3.list_object_versions(Bucket=versioned))
    answer = case.check("list-object-versions-start", s3.list_object_versions(**page))
    for step in ["list-object-versions-next-1", "list-object-versions-end"]:
        answer = case.check(step, s3.list_object_versions(**page, KeyMarker=answer["NextKeyMarker"]))
    case.check("list-object-versions-manual-first-file", s3.list_object_versions(**page, KeyMarker=FOLDERS[0]))


def test_list_objects_versions_with_prefix(case, shared, s3, versioned):
    _put(s3, versioned, ["dir/test"], b"content key1-v1")
    _put(s3, versioned, ["dir/test"], b"content key-1v2")
    _put(s3, versioned, ["dir/subdir/test2"], b"content key2-v1")
    _put(s3, versioned, ["dir/subdir/test2"], b"content key2-v2")
    prefixes = ["dir/", "dir/s", "dir/test", "dir/subdir", "dir/subdir/", "dir/subdir/test2"]
    for number, prefix in enumerate(prefixes, 1):
        answer = s3.list_object_versions(Bucket=versioned, Delimiter="/", Prefix=prefix)
        case.check(f"list-object-version-{number}", answer)
    answer = _bare(shared, versioned, "versions&prefix=dir%2Fsubdir&delimiter=%2F")
    case.check("list-objects-versions-no-encoding", answer)


def test_list_objects_versions_with_prefix_only_and_pagination(case, s3, versioned):
    _put(s3, versioned, ["prefixed_key"] * 5 + ["non_prefixed_key"], b"")
    page = {"Bucket": versioned, "Prefix": "prefix"}
    case.check("list-object-version-prefix-full", s3.list_object_versions(**page))
    first = case.check("list-object-version-prefix-page-1", s3.list_object_versions(**page, MaxKeys=3))
    page["KeyMarker"] = first["NextKeyMarker"]
    case.check("list-object-version-prefix-key-marker-only", s3.list_object_versions(**page, MaxKeys=4))
    page.update(MaxKeys=5, VersionIdMarker=first["NextVersionIdMarker"])
    case.check("list-object-version-prefix-page-2", s3.list_object_versions(**page))
    listed = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in first["Versions"]]
    s3.delete_objects(Bucket=versioned, Delete={"Objects": listed})
    # The marker's version is gone, and its place is not.
    case.check("list-object-version-prefix-page-2-after-delete", s3.list_object_versions(**page))


# ListMultipartUploads


def test_list_multiparts_next_marker(case, s3, bucket):
    case.check("list-multiparts-empty", s3.list_multipart_uploads(Bucket=bucket))
    keys = ["test_c", "test_b", "test_a", "test_a", "test_a"]
    uploads = [s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in keys]
    case.check("upload-ids-order", {"UploadIds": [{"UploadId": upload} for upload in uploads]})

    def listed(step, **page):
        return case.check(step, s3.list_multipart_uploads(Bucket=bucket, **page))

    listed("list-multiparts-all")
    answer = listed("list-multiparts-max-1", MaxUploads=1)
    by_key = {"MaxUploads": 1, "KeyMarker": answer["NextKeyMarker"]}
    by_upload = {"MaxUploads": 1, "UploadIdMarker": answer["NextUploadIdMarker"]}
    listed("list-multiparts-next-key-only", **by_key)
    listed("list-multiparts-next-key-last", MaxUploads=1, KeyMarker="test_c")
    listed("list-multiparts-next-upload-only", **by_upload)
    listed("list-multiparts-both-markers", **by_key | by_upload)
    listed("list-multiparts-both-markers-2", **by_key, UploadIdMarker=uploads[-1])
    last = {"MaxUploads": 1, "KeyMarker": "test_b", "UploadIdMarker": uploads[1]}
    listed("list-multiparts-get-last-upload-no-truncate", **last)
    of_other = {"MaxUploads": 1, "KeyMarker": "test_c", "UploadIdMarker": uploads[1]}
    case.attempt("list-multiparts-wrong-id-for-key", s3.list_multipart_uploads, Bucket=bucket, **of_other)
    listed("list-multiparts-next-key-empty", MaxUploads=1, KeyMarker="")


def test_list_multiparts_with_prefix_and_delimiter(case, shared, s3, bucket):
    for key in DEEP:
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    page = {"Bucket": bucket, "EncodingType": "url", "Delimiter": "/"}
    for number, prefix in enumerate(["test/", "test/foo/", "test/foo/bar"], 1):
        case.check(f"list-multiparts-{number}", s3.list_multipart_uploads(**page, Prefix=prefix))
    case.check("list-multiparts-no-encoding", _bare(shared, bucket, "uploads&prefix=test%2Ffoo"))


def test_list_multipart_uploads_marker_common_prefixes(case, s3, bucket):
    for key in FOLDERS:
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxUploads": 1}
    start = s3.list_multipart_uploads(**page)
    # AWS leaves it empty, though its documentation promises it: whoever pages on begins again for ever.
    assert start["NextKeyMarker"] == "folder/aSubfolder/"
    case.check("list-multiparts-start", start | {"NextKeyMarker": ""})
    answer = s3.list_multipart_uploads(**page, KeyMarker="folder/aSubfolder/")
    case.check("list-multiparts-manual-prefix", answer)
    case.check("list-multiparts-manual-first-file", s3.list_multipart_uploads(**page, KeyMarker=FOLDERS[0]))


# ListParts


def _begin(client, bucket, key, parts):
    place = {"Bucket": bucket, "Key": key}
    place["UploadId"] = client.create_multipart_upload(**place)["UploadId"]
    for number in range(1, parts + 1):
        client.upload_part(**place, Body=b"data", PartNumber=number)
    return place


def test_list_parts_pagination(case, s3, bucket):
    place = _begin(s3, bucket, "test-list-part-pagination", parts=0)
    case.check("list-parts-empty", s3.list_parts(**place))
    for number in (1, 2):
        s3.upload_part(**place, Body=b"data", PartNumber=number)
    case.check("list-parts-all", s3.list_parts(**place))
    answer = case.check("list-parts-1", s3.list_parts(**place, MaxParts=1))
    marker = answer["NextPartNumberMarker"]
    case.check("list-parts-next", s3.list_parts(**place, MaxParts=1, PartNumberMarker=marker))
    case.check("list-parts-wrong-part", s3.list_parts(**place, MaxParts=1, PartNumberMarker=10))


def test_list_parts_empty_part_number_marker(case, lax, bucket):
    place = _begin(lax, bucket, "test-list-part-empty-marker", parts=1)
    case.check("list-parts-empty-marker", lax.list_parts(**place, PartNumberMarker=""))
    case.check("list-parts-empty-max-parts", lax.list_parts(**place, MaxParts=""))


def test_list_parts_via_object_attrs_pagination(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-object-attrs-pagination"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]}
    parts = []
    for number in (1, 2):
        part = {"PartNumber": number, "ChecksumAlgorithm": "SHA256"}
        answer = s3.upload_part(**upload, **part, Body=b"a" * (5 * 1024 * 1024 + 1))
        parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": answer["ChecksumSHA256"]})
    case.check("list-parts", s3.list_parts(**upload))
    answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    case.check("complete-mpu", answer)

    def attributes(step, **page):
        answer = s3.get_object_attributes(**place, ObjectAttributes=["ObjectParts"], **page)
        return case.check(step, answer)

    attributes("get-object-attrs-all")
    case.leave("get-object-attrs-1", "what was asked for cannot be told from a page of everything")
    attributes("get-object-attrs-next", MaxParts=1, PartNumberMarker=1)
    attributes("get-object-attrs-wrong-part", MaxParts=1, PartNumberMarker=10)


# ListBuckets


@pytest.fixture
def crowd(s3):
    """Some buckets of one prefix, so that a page of one has a next one."""
    prefix = f"c-{uuid.uuid4()}"
    for number in range(3):
        s3.create_bucket(Bucket=f"{prefix}-{number}")


def test_list_buckets_with_max_buckets(case, s3, crowd):
    case.check("list-objects-with-max-buckets", s3.list_buckets(MaxBuckets=1))


def test_list_buckets_with_continuation_token(case, s3, crowd):
    token = s3.list_buckets(MaxBuckets=1)["ContinuationToken"]
    case.check("list-objects-with-continuation", s3.list_buckets(MaxBuckets=1, ContinuationToken=token))


def test_list_buckets_when_continuation_token_is_empty(case, lax, crowd):
    answer = lax.list_buckets(MaxBuckets=1, ContinuationToken="")
    case.check("list-objects-with-empty-continuation-token", answer)


def test_list_buckets_by_prefix_with_case_sensitivity(case, s3, bucket):
    case.check("list-objects-by-prefix-empty", s3.list_buckets(Prefix=bucket.upper()))
    case.check("list-objects-by-prefix-not-empty", s3.list_buckets(Prefix=bucket))


def test_list_buckets_by_bucket_region(case, s3, bucket):
    elsewhere = s3.list_buckets(BucketRegion="eu-west-1", Prefix=bucket)
    case.check("list-objects-by-bucket-region-empty", elsewhere)
    case.check("list-objects-by-bucket-region-not-empty", s3.list_buckets(BucketRegion=REGION, Prefix=bucket))

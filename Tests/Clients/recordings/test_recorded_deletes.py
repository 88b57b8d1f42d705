"""Deletes of objects, versions and buckets, and ranges of objects, as AWS S3 answered."""

import datetime

FOREIGN_VERSION = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"


def _headers(answer):
    return answer["ResponseMetadata"]["HTTPHeaders"]


def _delete_objects(s3, bucket, *objects):
    """Deletes many; the answers are sorted, since AWS gives them in any order."""
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": list(objects)})
    for group in ("Deleted", "Errors"):
        if group in answer:
            answer[group].sort(key=lambda item: item["Key"])
    return answer


def test_delete_object(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-delete"}
    case.check("put-object", s3.put_object(**place, Body="test-delete"))
    case.check("delete-object", s3.delete_object(**place))
    case.check("delete-nonexistent-object", s3.delete_object(**place))
    case.attempt("delete-nonexistent-object-versionid", s3.delete_object, **place, VersionId=FOREIGN_VERSION)


def test_delete_object_versioned(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-delete"}
    version = case.check("put-object", s3.put_object(**place, Body="test-delete"))["VersionId"]
    marker = case.check("delete-object", s3.delete_object(**place))["VersionId"]

    refusal = case.attempt("get-deleted-object", s3.get_object, **place)
    assert _headers(refusal)["x-amz-delete-marker"] == "true"
    assert _headers(refusal)["x-amz-version-id"] == marker
    case.check("get-object-with-version", s3.get_object(**place, VersionId=version))
    refusal = case.attempt("get-delete-marker", s3.get_object, **place, VersionId=marker)
    assert _headers(refusal)["x-amz-delete-marker"] == "true"
    assert _headers(refusal)["x-amz-version-id"] == marker
    assert _headers(refusal)["allow"] == "DELETE"

    case.check("delete-object-2", s3.delete_object(**place))
    case.check("list-object-versions", s3.list_object_versions(Bucket=versioned, Prefix="test-delete"))
    case.check("delete-delete-marker", s3.delete_object(**place, VersionId=marker))
    case.check("delete-object-version", s3.delete_object(**place, VersionId=version))
    refusal = case.attempt("get-deleted-object-with-version", s3.get_object, **place, VersionId=version)
    assert "x-amz-delete-marker" not in _headers(refusal)
    assert "x-amz-version-id" not in _headers(refusal)
    refusal = case.attempt("delete-with-bad-version", s3.delete_object, **place, VersionId=version[:-4] + "ABCD")
    assert "x-amz-version-id" not in _headers(refusal)
    case.check("delete-wrong-key", s3.delete_object(Bucket=versioned, Key="wrong-key"))


def test_delete_objects(case, s3, bucket):
    case.check("put-object", s3.put_object(Bucket=bucket, Key="test-delete", Body="test-delete"))
    foreign = {"Key": "test-delete", "VersionId": FOREIGN_VERSION}
    case.check("delete-object-wrong-version-id", _delete_objects(s3, bucket, foreign))
    keys = [{"Key": "test-delete"}, {"Key": "c-wrong-key"}, {"Key": "a-wrong-key"}]
    case.check("delete-objects", _delete_objects(s3, bucket, *keys))


def test_delete_objects_versioned(case, s3, versioned):
    answer = case.check("put-object", s3.put_object(Bucket=versioned, Key="test-delete", Body="test-delete"))
    keys = [{"Key": "test-delete"}, {"Key": "wrongkey"}, {"Key": "wrongkey-x"}]
    deleted = case.check("delete-objects-no-version-id", _delete_objects(s3, versioned, *keys))["Deleted"]
    marker = {"Key": "test-delete", "VersionId": deleted[0]["DeleteMarkerVersionId"]}
    case.check("delete-objects-marker", _delete_objects(s3, versioned, marker))
    foreign = [{"Key": key, "VersionId": FOREIGN_VERSION} for key in ("test-delete", "wrong-key-2")]
    case.check("delete-objects-wrong-version-id", _delete_objects(s3, versioned, *foreign))
    version = {"Key": "test-delete", "VersionId": answer["VersionId"]}
    case.check("delete-objects-version-id", _delete_objects(s3, versioned, version))


def test_delete_bucket_with_objects(case, s3, bucket):
    s3.put_object(Bucket=bucket, Key="test-delete", Body="test-delete")
    case.attempt("delete-with-obj", s3.delete_bucket, Bucket=bucket)
    case.check("delete-obj", s3.delete_object(Bucket=bucket, Key="test-delete"))
    case.check("delete-bucket", s3.delete_bucket(Bucket=bucket))


def test_delete_versioned_bucket_with_objects(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-delete-versioned"}
    version = s3.put_object(**place, Body="test-delete")["VersionId"]
    marker = s3.delete_object(**place)["VersionId"]
    case.attempt("delete-with-obj-and-delete-marker", s3.delete_bucket, Bucket=versioned)
    case.check("delete-obj-by-version", s3.delete_object(**place, VersionId=version))
    case.attempt("delete-with-only-delete-marker", s3.delete_bucket, Bucket=versioned)
    case.check("delete-marker-by-version", s3.delete_object(**place, VersionId=marker))
    case.check("success-delete-bucket", s3.delete_bucket(Bucket=versioned))


YESTERDAY = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)


def _conditional_delete(case, s3, bucket, step, **conditions):
    s3.put_object(Bucket=bucket, Key="test-precondition")
    case.attempt(step, s3.delete_object, Bucket=bucket, Key="test-precondition", **conditions)


def test_delete_object_if_match_non_express(case, s3, bucket):
    _conditional_delete(case, s3, bucket, "delete-obj-if-match", IfMatch="badvalue")


def test_delete_object_if_match_modified_non_express(case, s3, bucket):
    _conditional_delete(case, s3, bucket, "delete-obj-if-match-last-modified", IfMatchLastModifiedTime=YESTERDAY)


def test_delete_object_if_match_size_non_express(case, s3, bucket):
    _conditional_delete(case, s3, bucket, "delete-obj-if-match-size", IfMatchSize=10)


def test_delete_object_if_match_all_non_express(case, s3, bucket):
    conditions = {"IfMatchSize": 10, "IfMatch": "badvalue", "IfMatchLastModifiedTime": YESTERDAY}
    _conditional_delete(case, s3, bucket, "delete-obj-if-match-all", **conditions)


def test_get_object_range(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-key-range"}
    s3.put_object(**place, Body="0123456789")
    case.check("get-0-8-checksum", s3.get_object(**place, Range="bytes=0-8", ChecksumMode="ENABLED"))
    for given in ["0-8", "1-1", "1-0", "1-", "-1-", "-2", "-9", "-15", "0-100", "0-0", "0--1", "-"]:
        case.check(f"get-{given}", s3.get_object(**place, Range=f"bytes={given}"))
    case.check("get-multiple-ranges", s3.get_object(**place, Range="bytes=0-1,3-4,7-9"))
    case.check("get-wrong-format", s3.get_object(**place, Range="0-1"))
    for given in ["-0", "100-200"]:
        case.attempt(f"get-{given}", s3.get_object, **place, Range=f"bytes={given}")
    case.check("put-after-failed", s3.put_object(**place, Body="0123456789" * 2))

"""Versions of objects, and the versioning of buckets, as AWS S3 answered."""

import string

FOREIGN_VERSION = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"


def _versioning(s3, bucket, status):
    return s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def test_bucket_versioning_crud(case, s3, bucket, nowhere):
    case.check("get-versioning-before", s3.get_bucket_versioning(Bucket=bucket))
    case.check("put-versioning-suspended-before", _versioning(s3, bucket, "Suspended"))
    case.check("get-versioning-after-suspended", s3.get_bucket_versioning(Bucket=bucket))
    case.attempt("put-versioning-enabled-lowercase", _versioning, s3=s3, bucket=bucket, status="enabled")
    case.check("put-versioning-enabled-capitalized", _versioning(s3, bucket, "Enabled"))
    case.check("get-versioning-after-enabled", s3.get_bucket_versioning(Bucket=bucket))
    case.check("put-versioning-suspended-after", _versioning(s3, bucket, "Suspended"))
    case.attempt("put-versioning-disabled", _versioning, s3=s3, bucket=bucket, status="Disabled")
    case.attempt("put-versioning-empty", s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={})
    case.attempt("put-versioning-no-bucket", _versioning, s3=s3, bucket=nowhere, status="Suspended")
    case.attempt("get-versioning-no-bucket", s3.get_bucket_versioning, Bucket=nowhere)


def test_object_version_id_format(case, s3, versioned):
    answer = case.check("put-object", s3.put_object(Bucket=versioned, Key="test-version-id"))
    assert len(answer["VersionId"]) == 32
    assert set(answer["VersionId"]) <= set(string.ascii_letters + string.digits + "._")


def test_get_object_with_version_unversioned_bucket(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-version"}
    case.check("put-object", s3.put_object(**place, Body="test-version"))
    case.attempt("get-obj-with-version", s3.get_object, **place, VersionId=FOREIGN_VERSION)
    case.check("get-obj-with-null-version", s3.get_object(**place, VersionId="null"))


def test_put_object_on_suspended_bucket(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-version"}
    for number in range(3):
        case.check(f"put-object-{number}", s3.put_object(**place, Body=f"test-version-{number}"))
    case.check("list-enabled", s3.list_object_versions(Bucket=versioned))
    _versioning(s3, versioned, "Suspended")
    case.check("list-suspended", s3.list_object_versions(Bucket=versioned))
    case.check("put-object-suspended", s3.put_object(**place, Body="test-version-suspended"))
    case.check("list-suspended-after-put", s3.list_object_versions(Bucket=versioned))
    case.check("put-object-suspended-overwrite", s3.put_object(**place, Body="test-version-suspended"))
    case.check("list-suspended-after-overwrite", s3.list_object_versions(Bucket=versioned))
    case.check("get-object-current", s3.get_object(**place))


def test_delete_object_on_suspended_bucket(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-delete-suspended"}
    for number in range(2):
        case.check(f"put-object-{number}", s3.put_object(**place, Body=f"test-version-{number}"))
    _versioning(s3, versioned, "Suspended")
    case.check("list-suspended", s3.list_object_versions(Bucket=versioned))
    case.check("delete-object-no-version", s3.delete_object(**place))
    case.check("list-suspended-delete", s3.list_object_versions(Bucket=versioned))
    case.check("put-object-suspended", s3.put_object(**place, Body="test-version-suspended-after-delete"))
    case.check("list-suspended-put", s3.list_object_versions(Bucket=versioned))
    case.check("delete-object-no-version-after-put", s3.delete_object(**place))
    case.check("list-suspended-after-put", s3.list_object_versions(Bucket=versioned))


def test_list_object_versions_order_unversioned(case, s3, bucket):
    case.check("list-empty", s3.list_object_versions(Bucket=bucket))
    case.check("put-object", s3.put_object(Bucket=bucket, Key="a-test-object-1", Body="test-object-1"))
    case.check("put-object-3", s3.put_object(Bucket=bucket, Key="c-test-object-3", Body="test-object-3"))
    case.check("put-object-2", s3.put_object(Bucket=bucket, Key="b-test-object-2", Body="test-object-2"))
    case.check("list-object-versions", s3.list_object_versions(Bucket=bucket))

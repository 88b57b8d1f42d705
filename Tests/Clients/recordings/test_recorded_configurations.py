"""Object lock, ownership, access and encryption of buckets, as AWS S3 answered."""

import json
import uuid

import pytest

# Object lock


def _locked(s3):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def _put_lock(s3, bucket, **configuration):
    return s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)


def _put_rule(s3, bucket, **retention):
    return _put_lock(s3, bucket, ObjectLockEnabled="Enabled", Rule={"DefaultRetention": retention})


def _put_versioning(s3, bucket, status):
    return s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def test_put_object_lock_configuration_on_existing_bucket(case, s3, bucket):
    lock = {"s3": s3, "bucket": bucket, "ObjectLockEnabled": "Enabled"}
    case.attempt("get-object-lock-existing-bucket-no-config", s3.get_object_lock_configuration, Bucket=bucket)
    case.attempt("put-object-lock-existing-bucket-no-versioning", _put_lock, **lock)
    case.check("suspended-versioning", _put_versioning(s3, bucket, "Suspended"))
    case.attempt("put-object-lock-existing-bucket-versioning-disabled", _put_lock, **lock)
    case.check("enabled-versioning", _put_versioning(s3, bucket, "Enabled"))
    case.check("put-object-lock-existing-bucket-enabled", _put_lock(**lock))
    case.check("get-object-lock-existing-bucket-enabled", s3.get_object_lock_configuration(Bucket=bucket))


def test_get_put_object_lock_configuration(case, s3):
    bucket = _locked(s3)
    case.check("get-lock-config-start", s3.get_object_lock_configuration(Bucket=bucket))
    case.check("put-lock-config", _put_rule(s3, bucket, Mode="GOVERNANCE", Days=1))
    case.check("get-lock-config", s3.get_object_lock_configuration(Bucket=bucket))
    case.check("put-lock-config-enabled", _put_lock(s3, bucket, ObjectLockEnabled="Enabled"))
    case.check("get-lock-config-only-enabled", s3.get_object_lock_configuration(Bucket=bucket))


def test_put_object_lock_configuration_exc(case, s3):
    given = {"s3": s3, "bucket": _locked(s3)}
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    case.attempt("put-lock-config-no-enabled", _put_lock, **given, Rule=rule)
    case.attempt("put-lock-config-empty", _put_lock, **given)
    case.attempt("put-lock-config-empty-rule", _put_lock, **given, ObjectLockEnabled="Enabled", Rule={})
    case.attempt("put-lock-config-empty-retention", _put_rule, **given)
    case.attempt("put-lock-config-no-days", _put_rule, **given, Mode="GOVERNANCE")
    case.attempt("put-lock-config-bad-mode", _put_rule, **given, Mode="BAD-VALUE", Days=1)
    case.attempt("put-lock-config-both-days-years", _put_rule, **given, Mode="GOVERNANCE", Days=1, Years=1)


def test_get_object_lock_configuration_exc(case, s3, bucket, nowhere):
    case.attempt("get-lock-config-no-enabled", s3.get_object_lock_configuration, Bucket=bucket)
    case.attempt("get-lock-config-bucket-not-exists", s3.get_object_lock_configuration, Bucket=nowhere)


def test_disable_versioning_on_locked_bucket(case, s3):
    bucket = _locked(s3)
    case.attempt("disable-versioning-on-locked-bucket", _put_versioning, s3=s3, bucket=bucket, status="Suspended")
    case.check("enable-versioning-again-on-locked-bucket", _put_versioning(s3, bucket, "Enabled"))


def test_delete_object_with_no_locking(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-delete-no-lock"}
    s3.put_object(**place, Body=b"test")
    case.attempt("delete-object-bypass-no-lock", s3.delete_object, **place, BypassGovernanceRetention=True)
    case.attempt("delete-object-bypass-no-lock-false", s3.delete_object, **place, BypassGovernanceRetention=False)
    many = {"Bucket": bucket, "Delete": {"Objects": [{"Key": place["Key"]}]}, "BypassGovernanceRetention": True}
    case.attempt("delete-objects-bypass-no-lock", s3.delete_objects, **many)


# Ownership


def _put_ownership(s3, bucket, *values):
    rules = {"Rules": [{"ObjectOwnership": value} for value in values]}
    return s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)


def test_crud_bucket_ownership_controls(case, s3, bucket):
    case.check("default-ownership", s3.get_bucket_ownership_controls(Bucket=bucket))
    case.check("put-ownership", _put_ownership(s3, bucket, "ObjectWriter"))
    case.check("get-ownership", s3.get_bucket_ownership_controls(Bucket=bucket))
    case.check("delete-ownership", s3.delete_bucket_ownership_controls(Bucket=bucket))
    case.attempt("get-ownership-after-delete", s3.get_bucket_ownership_controls, Bucket=bucket)
    case.check("delete-ownership-after-delete", s3.delete_bucket_ownership_controls(Bucket=bucket))
    other = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=other, ObjectOwnership="BucketOwnerPreferred")
    case.check("get-ownership-at-creation", s3.get_bucket_ownership_controls(Bucket=other))


def test_bucket_ownership_controls_exc(case, s3, bucket, nowhere):
    case.check("default-ownership", s3.get_bucket_ownership_controls(Bucket=bucket))

    def refused(step, *values):
        case.attempt(step, lambda: _put_ownership(s3, bucket, *values))

    refused("put-ownership-multiple-rules", "BucketOwnerPreferred", "ObjectWriter")
    refused("put-ownership-wrong-value", "RandomValue")
    refused("put-ownership-empty-rule")
    case.attempt("ownership-wrong-value-at-creation", s3.create_bucket, Bucket=nowhere, ObjectOwnership="RandomValue")
    case.attempt("ownership-non-value-at-creation", s3.create_bucket, Bucket=nowhere, ObjectOwnership="")


# Public access and policies


@pytest.fixture
def unblocked(s3, bucket):
    """A bucket that takes policies for everybody."""
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    return bucket


def test_bucket_policy_crud(case, s3, unblocked):
    statement = {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": f"arn:aws:s3:::{unblocked}/*",
        "Principal": {"AWS": "*"},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    case.attempt("get-bucket-default-policy", s3.get_bucket_policy, Bucket=unblocked)
    case.check("put-bucket-policy", s3.put_bucket_policy(Bucket=unblocked, Policy=policy))
    case.check("get-bucket-policy", s3.get_bucket_policy(Bucket=unblocked))
    case.check("delete-bucket-policy", s3.delete_bucket_policy(Bucket=unblocked))
    case.attempt("get-bucket-policy-after-delete", s3.get_bucket_policy, Bucket=unblocked)
    case.check("delete-bucket-policy-after-delete", s3.delete_bucket_policy(Bucket=unblocked))


def test_bucket_policy_exc(case, s3, unblocked):
    case.attempt("put-empty-bucket-policy", s3.put_bucket_policy, Bucket=unblocked, Policy="")
    case.attempt("put-bucket-policy-randomstring", s3.put_bucket_policy, Bucket=unblocked, Policy="invalid json")
    case.attempt("put-bucket-policy-empty-json", s3.put_bucket_policy, Bucket=unblocked, Policy="{}")


# Encryption


def _put_encryption(s3, bucket, *rules):
    configuration = {"Rules": list(rules)}
    return s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=configuration)


def _rule(algorithm, key=None, **more):
    default = {"SSEAlgorithm": algorithm}
    if key is not None:
        default["KMSMasterKeyID"] = key
    return {"ApplyServerSideEncryptionByDefault": default, **more}


def test_s3_default_bucket_encryption(case, s3, bucket):
    case.check("default-bucket-encryption", s3.get_bucket_encryption(Bucket=bucket))
    case.check("delete-bucket-encryption", s3.delete_bucket_encryption(Bucket=bucket))
    case.check("delete-bucket-encryption-idempotent", s3.delete_bucket_encryption(Bucket=bucket))
    # Its name says encryption; its recording is of the versioning.
    case.check("get-bucket-no-encryption", s3.get_bucket_versioning(Bucket=bucket))


def test_s3_default_bucket_encryption_exc(case, s3, bucket, nowhere):
    case.attempt("get-bucket-enc-no-bucket", s3.get_bucket_encryption, Bucket=nowhere)
    case.attempt("delete-bucket-enc-no-bucket", s3.delete_bucket_encryption, Bucket=nowhere)

    def refused(step, bucket, *rules):
        case.attempt(step, lambda: _put_encryption(s3, bucket, *rules))

    refused("put-bucket-enc-no-bucket", nowhere)
    refused("put-bucket-encryption-no-rules", bucket)
    refused("put-bucket-encryption-two-rules", bucket, _rule("aws:kms", BucketKeyEnabled=True), _rule("AES256"))
    refused("put-bucket-encryption-kms-with-aes", bucket, _rule("AES256", key="randomkeyid"))


def test_s3_bucket_encryption_sse_s3(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "key-encrypted"}
    case.check("put-bucket-enc", _put_encryption(s3, bucket, _rule("AES256", BucketKeyEnabled=True)))
    case.check("put-object-encrypted", s3.put_object(**place, Body="test-encrypted"))
    case.check("head-object-encrypted", s3.head_object(**place))
    case.check("get-object-encrypted", s3.get_object(**place))

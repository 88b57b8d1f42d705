"""Tags of buckets and objects, as AWS S3 answered."""

import uuid
from operator import itemgetter
from urllib.parse import urlencode

import pytest


def _tags(**pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs.items()]}


# What S3 says of a set of tags that it takes neither from buckets nor from objects.
DUPLICATE = [{"Key": "Key1", "Value": "Val1"}, {"Key": "Key1", "Value": "Val1"}]
BAD_KEY = [{"Key": "Key1,Key2", "Value": "Val1"}]
BAD_VALUE = [{"Key": "Key1", "Value": "Val1,Val2"}]
NO_KEY = [{"Key": None, "Value": "Val1"}]
NO_VALUE = [{"Key": "key1", "Value": None}]
RESERVED = [{"Key": "aws:prefixed", "Value": "Val1"}]


# Buckets


def test_bucket_tagging_crud(case, s3, bucket):
    case.attempt("get-bucket-tags-empty", s3.get_bucket_tagging, Bucket=bucket)
    answer = s3.put_bucket_tagging(Bucket=bucket, Tagging=_tags(tag1="tag1", tag2=""))
    case.check("put-bucket-tags", answer)
    case.check("get-bucket-tags", s3.get_bucket_tagging(Bucket=bucket))
    case.check("put-bucket-tags-overwrite", s3.put_bucket_tagging(Bucket=bucket, Tagging=_tags(tag3="tag3")))
    case.check("get-bucket-tags-overwritten", s3.get_bucket_tagging(Bucket=bucket))
    case.check("delete-bucket-tags", s3.delete_bucket_tagging(Bucket=bucket))
    s3.delete_bucket_tagging(Bucket=bucket)
    case.check("put-bucket-tags-empty", s3.put_bucket_tagging(Bucket=bucket, Tagging=_tags()))
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=bucket)


def test_bucket_tagging_exc(case, s3, nowhere):
    case.attempt("get-no-bucket-tags", s3.get_bucket_tagging, Bucket=nowhere)
    case.attempt("delete-no-bucket-tags", s3.delete_bucket_tagging, Bucket=nowhere)
    case.attempt("put-no-bucket-tags", s3.put_bucket_tagging, Bucket=nowhere, Tagging=_tags())


def test_put_bucket_tagging_none_value(case, lax, bucket):
    case.check("put-bucket-tags-origin", lax.put_bucket_tagging(Bucket=bucket, Tagging=_tags(tag3="tag3")))
    case.attempt("put-none-tag-set", lax.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": None})
    case.attempt("no-such-tag-set", lax.get_bucket_tagging, Bucket=bucket)


# Buckets that are made with tags


def _create(lax, bucket, tags):
    return lax.create_bucket(Bucket=bucket, CreateBucketConfiguration={"Tags": tags})


def test_create_bucket_with_tags(case, lax):
    bucket = f"b-{uuid.uuid4()}"
    case.check("create-bucket-with-tags", _create(lax, bucket, [{"Key": "tag1", "Value": "value1"}]))
    case.check("get-bucket-tags", lax.get_bucket_tagging(Bucket=bucket))


def test_create_bucket_with_empty_tags(case, lax):
    bucket = f"b-{uuid.uuid4()}"
    case.check("create-bucket-with-empty-tags", _create(lax, bucket, []))
    case.attempt("get-bucket-tags", lax.get_bucket_tagging, Bucket=bucket)
    case.attempt("create-bucket-with-none-tags", _create, lax=lax, bucket=bucket, tags=None)


def test_create_bucket_with_tags_us_east_1_idempotency(case, lax):
    bucket = f"b-{uuid.uuid4()}"
    tags, others = [{"Key": "tag1", "Value": "value1"}], [{"Key": "tag2", "Value": "value2"}]
    case.check("create-bucket-with-tags", _create(lax, bucket, tags))
    case.check("get-bucket-tags", lax.get_bucket_tagging(Bucket=bucket))
    case.attempt("create-bucket-different-tags", _create, lax=lax, bucket=bucket, tags=others)
    case.attempt("create-bucket-with-no-tags", lax.create_bucket, Bucket=bucket)
    case.check("get-bucket-tags-after-re-create", lax.get_bucket_tagging(Bucket=bucket))
    case.attempt("create-bucket-with-same-tags", _create, lax=lax, bucket=bucket, tags=tags)
    case.attempt("create-bucket-with-empty-tags", _create, lax=lax, bucket=bucket, tags=[])
    case.check("get-bucket-tags-after-create-empty", lax.get_bucket_tagging(Bucket=bucket))


def test_create_bucket_with_tags_exc(case, lax, nowhere):
    case.leave("tags-key-aws-duplicated-key", "AWS failed with an internal error, which is nothing to repeat")
    given = {
        "tags-key-none": (None, "value1"),
        "tags-value-none": ("key1", None),
        "tags-key-aws-prefix": ("aws:test", "value1"),
        "tags-key-aws-bad-value": ("test", "value1,value2"),
        "tags-key-aws-bad-key": ("test,test2", "value1"),
    }
    for step, (key, value) in given.items():
        case.attempt(step, _create, lax=lax, bucket=nowhere, tags=[{"Key": key, "Value": value}])


# Objects


def _sorted(answer):
    """Tags of a header are kept in no order."""
    answer["TagSet"].sort(key=itemgetter("Key"))
    return answer


def test_object_tagging_crud(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-object-tagging"}
    case.check("put-object", s3.put_object(**place, Body="test-tagging"))
    case.check("get-object-tags-empty", s3.get_object_tagging(**place))
    case.check("put-object-tags", s3.put_object_tagging(**place, Tagging=_tags(tag1="tag1", tag2="")))
    case.check("get-object-tags", s3.get_object_tagging(**place))
    case.check("put-object-tags-overwrite", s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3")))
    case.check("get-object-tags-overwritten", s3.get_object_tagging(**place))
    case.check("get-obj-after-tags", s3.get_object(**place))
    case.check("delete-object-tags", s3.delete_object_tagging(**place))
    case.check("get-object-tags-deleted", s3.get_object_tagging(**place))
    case.check("get-obj-after-tags-deleted", s3.get_object(**place))


def test_put_object_with_tags(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-put-object-tagging"}
    case.check("put-object", s3.put_object(**place, Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag="))
    case.check("get-object-tags", _sorted(s3.get_object_tagging(**place)))
    case.check("put-object-tags", s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3")))
    case.check("get-object-tags-override", s3.get_object_tagging(**place))
    case.check("head-obj", s3.head_object(**place))
    case.check("get-obj", s3.get_object(**place))
    s3.put_object(**place, Body="", Tagging="wrongquery&wrongagain")
    case.check("get-object-tags-wrong-format-qs", _sorted(s3.get_object_tagging(**place)))
    s3.put_object(**place, Body="", Tagging="key1&&&key2")
    case.check("get-object-tags-wrong-format-qs-2", _sorted(s3.get_object_tagging(**place)))


def test_head_object_with_tags(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-put-object-tagging"}
    case.check("put-object", s3.put_object(**place, Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag="))
    case.check("head-obj-after-create", s3.head_object(**place))
    case.check("put-object-tags", s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3")))
    case.check("head-obj-after-tagging", s3.head_object(**place))
    s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3", tag4="tag4", tag5="tag5"))
    case.check("head-obj-after-overwrite", s3.head_object(**place))
    s3.put_object_tagging(**place, Tagging=_tags())
    case.check("head-obj-after-removal", s3.head_object(**place))


def test_object_tags_delete_or_overwrite_object(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-put-object-tagging-kept"}
    s3.put_object(**place, Body="create", Tagging="tag1=val1")
    case.check("get-object-after-creation", s3.get_object_tagging(**place))
    s3.put_object(**place, Body="overwrite")
    case.check("get-object-after-overwrite", s3.get_object_tagging(**place))
    s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3"))
    s3.delete_object(**place)
    s3.put_object(**place, Body="recreate")
    case.check("get-object-after-recreation", s3.get_object_tagging(**place))


def test_put_object_tagging_none_value(case, lax, bucket):
    place = {"Bucket": bucket, "Key": "test-empty-tag-set"}
    lax.put_object(**place, Body="test-tagging")
    case.attempt("put-none-tag-set", lax.put_object_tagging, **place, Tagging={"TagSet": None})
    case.check("get-object-tags-none", lax.get_object_tagging(**place))


def test_object_tagging_versioned(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-version-tagging"}
    tagged = s3.put_object(**place, Body="test-0", Tagging=urlencode({"test_tag": "tagv1"}))
    first = {**place, "VersionId": case.check("put-obj-0", tagged)["VersionId"]}
    case.check("put-obj-1", s3.put_object(**place, Body="test-1"))
    case.check("put-object-tags-current-version", s3.put_object_tagging(**place, Tagging=_tags(tag3="tag3")))
    case.check("get-object-tags-current-version", s3.get_object_tagging(**place))
    case.check("get-object-tags-previous-version", s3.get_object_tagging(**first))
    case.check("put-object-tags-previous-version", s3.put_object_tagging(**first, Tagging=_tags(tag1="tag1")))
    case.check("get-object-tags-previous-version-again", s3.get_object_tagging(**first))
    s3.delete_object_tagging(**place)
    case.check("get-object-tags-deleted-current", s3.get_object_tagging(**place))
    s3.delete_object_tagging(**first)
    # Its name says the previous version; its recording is of the current one.
    case.check("get-object-tags-previous-version-deleted", s3.get_object_tagging(**place))

    deleted = case.check("put-delete-marker", s3.delete_object(**place))
    for which, target in {"id": {**place, "VersionId": deleted["VersionId"]}, "latest": place}.items():
        case.attempt(
            f"put-object-tags-delete-marker-{which}", s3.put_object_tagging, **target, Tagging=_tags(tag1="tag1")
        )
        case.attempt(f"get-object-tags-delete-marker-{which}", s3.get_object_tagging, **target)
        case.attempt(f"delete-object-tags-delete-marker-{which}", s3.delete_object_tagging, **target)


def test_tagging_validation(case, lax, bucket):
    place = {"Bucket": bucket, "Key": "tagging-validation"}
    lax.put_object(**place, Body=b"")
    of_buckets = {
        "duplicate-keys": DUPLICATE,
        "invalid-key": BAD_KEY,
        "none-key": NO_KEY,
        "invalid-value": BAD_VALUE,
        "none-value": NO_VALUE,
        "aws-prefixed": RESERVED,
    }
    for what, tags in of_buckets.items():
        case.attempt(f"put-bucket-tags-{what}", lax.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": tags})
    of_objects = {
        "duplicate-keys": DUPLICATE,
        "invalid-field": BAD_KEY,
        "aws-prefixed": RESERVED,
        "none-key": NO_KEY,
        "none-value": NO_VALUE,
    }
    for what, tags in of_objects.items():
        case.attempt(f"put-object-tags-{what}", lax.put_object_tagging, **place, Tagging={"TagSet": tags})

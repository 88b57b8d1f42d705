"""Conditional writes and copies, as AWS S3 answered."""

import datetime
import time


def _days(count):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=count)


# Puts


def test_put_object_if_none_match(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    case.check("put-obj", s3.put_object(**place, IfNoneMatch="*"))
    case.attempt("put-obj-if-none-match", s3.put_object, **place, IfNoneMatch="*")
    case.check("del-obj", s3.delete_object(**place))
    case.check("put-obj-after-del", s3.put_object(**place, IfNoneMatch="*"))


def test_put_object_if_none_match_validation(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition-validation"}
    etag = case.check("put-obj", s3.put_object(**place))["ETag"]
    case.attempt("put-obj-if-none-match-bad-value", s3.put_object, **place, IfNoneMatch=etag)


def test_put_object_if_none_match_versioned_bucket(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-precondition"}
    case.check("put-obj", s3.put_object(**place, IfNoneMatch="*"))
    case.attempt("put-obj-if-none-match", s3.put_object, **place, IfNoneMatch="*")
    case.check("del-obj", s3.delete_object(**place))
    case.check("put-obj-after-del", s3.put_object(**place, IfNoneMatch="*"))
    case.check("list-object-versions", s3.list_object_versions(Bucket=versioned))


def test_put_object_if_match(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    etag = case.check("put-obj", s3.put_object(**place, Body="test"))["ETag"]
    case.attempt("put-obj-if-match-wrong-etag", s3.put_object, **place, IfMatch="d41d8cd98f00b204e9800998ecf8427e")
    case.check("put-obj-overwrite", s3.put_object(**place, IfMatch=etag))
    case.check("del-obj", s3.delete_object(**place))
    case.attempt("put-obj-if-match-key-not-exists", s3.put_object, **place, IfMatch=etag)
    case.check("put-obj-after-del", s3.put_object(**place))


def test_put_object_if_match_validation(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition-validation"}
    case.attempt("put-obj-if-match-star-value", s3.put_object, **place, IfMatch="*")
    case.attempt("put-obj-if-match-bad-value", s3.put_object, **place, IfMatch="abcdef")
    case.attempt("put-obj-if-match-bad-value-2", s3.put_object, **place, IfMatch="bad-char_/")


def test_put_object_if_match_versioned_bucket(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "test-precondition"}
    etag = case.check("put-obj", s3.put_object(**place, Body="test"))["ETag"]
    case.attempt("put-obj-if-none-match-bad-value", s3.put_object, **place, IfMatch="abcdef")
    case.check("del-obj", s3.delete_object(**place))
    case.attempt("put-obj-after-del-exc", s3.put_object, **place, IfMatch=etag)
    etag = case.check("put-obj-after-del", s3.put_object(**place, Body="test-after-del"))["ETag"]
    case.check("put-obj-if-match", s3.put_object(**place, Body="test-if-match", IfMatch=etag))
    case.check("list-object-versions", s3.list_object_versions(Bucket=versioned))


def test_put_object_if_match_and_if_none_match_validation(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition-validation"}
    case.attempt("put-obj-both-precondition", s3.put_object, **place, IfNoneMatch="*", IfMatch="abcdef")


# Uploads in parts


def _upload(case, s3, place, step=None):
    """Begins an upload of one part; returns what completes it."""
    answer = s3.create_multipart_upload(**place)
    if step is not None:
        case.check(step, answer)
    upload = {**place, "UploadId": answer["UploadId"]}
    etag = s3.upload_part(**upload, Body="test", PartNumber=1)["ETag"]
    return {**upload, "MultipartUpload": {"Parts": [{"ETag": etag, "PartNumber": 1}]}}


def test_multipart_if_none_match_with_delete(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    case.check("put-obj", s3.put_object(**place, IfNoneMatch="*"))
    upload = _upload(case, s3, place, "create-multipart")
    case.attempt("complete-multipart-if-none-match", s3.complete_multipart_upload, **upload, IfNoneMatch="*")
    case.check("del-obj", s3.delete_object(**place))
    case.attempt("complete-multipart-after-del", s3.complete_multipart_upload, **upload, IfNoneMatch="*")
    upload = _upload(case, s3, place)
    step = "complete-multipart-after-del-restart"
    case.attempt(step, s3.complete_multipart_upload, **upload, IfNoneMatch="*")


def test_multipart_if_none_match_with_put(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    upload = _upload(case, s3, place, "create-multipart")
    case.check("put-obj", s3.put_object(**place, IfNoneMatch="*"))
    step = "complete-multipart-if-none-match-put-during"
    case.attempt(step, s3.complete_multipart_upload, **upload, IfNoneMatch="*")


def test_multipart_if_match_with_put(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    before = case.check("put-obj", s3.put_object(**place, Body="test"))["ETag"]
    upload = _upload(case, s3, place, "create-multipart")
    during = case.check("put-obj-during", s3.put_object(**place, Body="test2"))["ETag"]
    case.attempt("complete-multipart-if-match-put-before", s3.complete_multipart_upload, **upload, IfMatch=before)
    case.attempt("complete-multipart-if-match-put-during", s3.complete_multipart_upload, **upload, IfMatch=during)
    upload = _upload(case, s3, place, "create-multipart-again")
    step = "complete-multipart-if-match-put-before-restart"
    case.attempt(step, s3.complete_multipart_upload, **upload, IfMatch=during)


def test_multipart_if_match_with_put_identical(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    case.check("put-obj", s3.put_object(**place, Body="test"))
    upload = _upload(case, s3, place, "create-multipart")
    etag = case.check("put-obj-during", s3.put_object(**place, Body="test"))["ETag"]
    case.attempt("complete-multipart-if-match-put-during", s3.complete_multipart_upload, **upload, IfMatch=etag)
    upload = _upload(case, s3, place, "create-multipart-again")
    step = "complete-multipart-if-match-put-before-restart"
    case.attempt(step, s3.complete_multipart_upload, **upload, IfMatch=etag)


def test_multipart_if_match_with_delete(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    etag = case.check("put-obj", s3.put_object(**place, Body="test"))["ETag"]
    upload = _upload(case, s3, place, "create-multipart")
    case.check("del-obj", s3.delete_object(**place))
    case.attempt("complete-multipart-after-del", s3.complete_multipart_upload, **upload, IfMatch=etag)
    etag = case.check("put-obj-2", s3.put_object(**place, Body="test"))["ETag"]
    case.attempt("complete-multipart-if-match-after-put", s3.complete_multipart_upload, **upload, IfMatch=etag)


def test_multipart_if_match_etag(case, s3, bucket):
    place = {"Bucket": bucket, "Key": "test-precondition"}
    first = case.check("put-obj", s3.put_object(**place, Body="test"))["ETag"]
    upload = _upload(case, s3, place, "create-multipart")
    answer = s3.complete_multipart_upload(**upload, IfMatch=first)
    second = case.check("complete-multipart-if-match", answer)["ETag"]
    upload = _upload(case, s3, place, "create-multipart-overwrite")
    case.attempt("complete-multipart-if-match-true-etag", s3.complete_multipart_upload, **upload, IfMatch=first)
    answer = s3.complete_multipart_upload(**upload, IfMatch=second)
    case.check("complete-multipart-if-match-overwrite-multipart", answer)


# Copies onto a condition. Their contents are known by the recorded ETags.


def _copy(s3, bucket, key="dest-object", **conditions):
    return s3.copy_object(Bucket=bucket, Key=key, CopySource=f"{bucket}/source-object", **conditions)


def _source(s3, bucket):
    return s3.put_object(Bucket=bucket, Key="source-object", Body="source content")["ETag"]


def test_copy_object_if_none_match(case, s3, bucket):
    _source(s3, bucket)
    case.check("copy-obj", _copy(s3, bucket, IfNoneMatch="*"))
    case.attempt("copy-obj-if-none-match-fail", _copy, s3=s3, bucket=bucket, IfNoneMatch="*")


def test_copy_object_if_match(case, s3, bucket):
    _source(s3, bucket)
    etag = s3.put_object(Bucket=bucket, Key="dest-object", Body="initial content")["ETag"]
    case.check("copy-obj-if-match", _copy(s3, bucket, IfMatch=etag))
    # The copy has replaced what the tag belongs to.
    case.attempt("copy-obj-if-match-fail-wrong-etag", _copy, s3=s3, bucket=bucket, IfMatch=etag)
    step = "copy-obj-if-match-fail-no-object"
    case.attempt(step, _copy, s3=s3, bucket=bucket, key="non-existent-key", IfMatch=etag)


def test_copy_object_if_none_match_versioned_bucket(case, s3, versioned):
    _source(s3, versioned)
    case.check("copy-obj", _copy(s3, versioned, IfNoneMatch="*"))
    case.attempt("copy-obj-if-none-match-fail", _copy, s3=s3, bucket=versioned, IfNoneMatch="*")
    case.check("del-obj", s3.delete_object(Bucket=versioned, Key="dest-object"))
    case.check("copy-obj-after-del", _copy(s3, versioned, IfNoneMatch="*"))
    case.check("list-object-versions", s3.list_object_versions(Bucket=versioned))


def test_copy_object_if_match_versioned_bucket(case, s3, versioned):
    place = {"Bucket": versioned, "Key": "dest-object"}
    _source(s3, versioned)
    etag = case.check("put-obj", s3.put_object(**place, Body="initial content"))["ETag"]
    case.attempt("copy-obj-if-match-wrong-etag", _copy, s3=s3, bucket=versioned, IfMatch="abcdef")
    case.check("del-obj", s3.delete_object(**place))
    case.attempt("copy-obj-after-del-exc", _copy, s3=s3, bucket=versioned, IfMatch=etag)
    etag = case.check("put-obj-after-del", s3.put_object(**place, Body="new content after delete"))["ETag"]
    case.check("copy-obj-if-match", _copy(s3, versioned, IfMatch=etag))
    case.check("list-object-versions", s3.list_object_versions(Bucket=versioned))


def test_copy_object_precondition_write_validation(case, s3, bucket):
    etag = _source(s3, bucket)
    case.attempt("copy-obj-none-match-etag", _copy, s3=s3, bucket=bucket, IfNoneMatch=etag)
    case.attempt("copy-obj-if-match-star", _copy, s3=s3, bucket=bucket, IfMatch="*")
    case.attempt("copy-obj-both", _copy, s3=s3, bucket=bucket, IfNoneMatch="*", IfMatch=etag)


def test_copy_object_if_none_match_in_place(case, s3, bucket):
    _source(s3, bucket)
    arguments = {"key": "source-object", "IfNoneMatch": "*", "MetadataDirective": "REPLACE"}
    case.attempt("copy-obj-if-none-match-fail", _copy, s3=s3, bucket=bucket, **arguments)


def test_copy_object_if_match_in_place(case, s3, bucket):
    etag = _source(s3, bucket)
    answer = _copy(s3, bucket, key="source-object", IfMatch=etag, MetadataDirective="REPLACE")
    case.check("copy-obj-if-match-in-place", answer)


# Copies from a source on a condition


def test_s3_copy_object_preconditions(case, s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="source-object", Body=b"data")["ETag"]
    case.check("head-object", s3.head_object(Bucket=bucket, Key="source-object"))
    # The source has to be older than now in whole seconds, since a time in the future is not looked at.
    time.sleep(2)
    now = _days(0)
    failing = {
        "if-match": {"CopySourceIfMatch": "etag123"},
        "if-unmodified-since": {"CopySourceIfUnmodifiedSince": _days(-1)},
        "if-none-match": {"CopySourceIfNoneMatch": etag},
        "if-modified-since": {"CopySourceIfModifiedSince": now},
    }
    # All fail at first; the one that is told is taken away, so that the order of checks shows.
    names = list(failing)
    for index, name in enumerate(names):
        conditions = {k: v for other in names[index:] for k, v in failing[other].items()}
        case.attempt(f"copy-precondition-{name}", _copy, s3=s3, bucket=bucket, **conditions)
    case.check("copy-ignore-future-modified-since", _copy(s3, bucket, CopySourceIfModifiedSince=_days(1)))
    bare = etag.strip('"')
    case.attempt("copy-etag-missing-quotes", _copy, s3=s3, bucket=bucket, CopySourceIfNoneMatch=bare)
    fulfilled = {
        "CopySourceIfMatch": bare,
        "CopySourceIfNoneMatch": "etag123",
        "CopySourceIfModifiedSince": _days(-1),
        "CopySourceIfUnmodifiedSince": now,
    }
    case.check("copy-success", _copy(s3, bucket, **fulfilled))


def test_s3_copy_object_if_source_modified_since_versioned(case, s3, versioned):
    s3.put_object(Bucket=versioned, Key="source-object", Body=b"data")
    head = case.check("head-object", s3.head_object(Bucket=versioned, Key="source-object"))
    earlier = head["LastModified"] - datetime.timedelta(minutes=1)
    case.check("copy-if-modified-since", _copy(s3, versioned, CopySourceIfModifiedSince=earlier))
    same = {"CopySourceIfModifiedSince": head["LastModified"]}
    case.attempt("copy-if-modified-since-last-modified", _copy, s3=s3, bucket=versioned, **same)


def test_s3_copy_object_if_source_unmodified_since_versioned(case, s3, versioned):
    s3.put_object(Bucket=versioned, Key="source-object", Body=b"data")
    head = case.check("head-object", s3.head_object(Bucket=versioned, Key="source-object"))
    same = {"CopySourceIfUnmodifiedSince": head["LastModified"]}
    case.check("copy-if-unmodified-since", _copy(s3, versioned, **same))
    past = {"CopySourceIfUnmodifiedSince": _days(-1)}
    case.attempt("copy-past-if-unmodified-since", _copy, s3=s3, bucket=versioned, **past)

"""Parts that are copied, and what their sources have to fulfil, as AWS S3 answered."""

import datetime
import time

import pytest

CONTENT = "0123456789"


@pytest.fixture
def upload(s3, bucket):
    """An upload of `destination_file.txt` beside a source, as arguments of a copied part; the source's ETag too."""
    etag = s3.put_object(Bucket=bucket, Key="source_file.txt", Body=CONTENT)["ETag"]
    place = {"Bucket": bucket, "Key": "destination_file.txt"}
    place["UploadId"] = s3.create_multipart_upload(**place)["UploadId"]
    return place, {**place, "PartNumber": 1, "CopySource": f"{bucket}/source_file.txt"}, etag


def _days(count):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=count)


def _begin(case, s3, bucket):
    """The steps that both copies of ranges begin with."""
    case.check("put-src-object", s3.put_object(Bucket=bucket, Key="src-key", Body=CONTENT))
    place = {"Bucket": bucket, "Key": "test-upload-part-copy"}
    place["UploadId"] = case.check("create-multipart", s3.create_multipart_upload(**place))["UploadId"]
    return place


def test_upload_part_copy_range(case, s3, bucket):
    place = _begin(case, s3, bucket)
    source = {**place, "CopySource": f"{bucket}/src-key"}
    for number, given in enumerate(["0-8", "1-1", "0-0"], 1):
        answer = s3.upload_part_copy(**source, PartNumber=number, CopySourceRange=f"bytes={given}")
        case.check(f"upload-part-copy-{number}", answer)
    case.check("list-parts", s3.list_parts(**place))

    source["PartNumber"] = 1
    case.attempt("upload-part-copy-wrong-format", s3.upload_part_copy, **source, CopySourceRange="0-8")
    for given in ["1-0", "-1-", "0--1", "0-1,3-4,7-9", "-", "-0", "0-100", "100-200", "1-", "-2", "-15"]:
        step = f"upload-part-copy-range-exc-{given}"
        case.attempt(step, s3.upload_part_copy, **source, CopySourceRange=f"bytes={given}")


def test_upload_part_copy_no_copy_source_range(case, s3, bucket):
    place = _begin(case, s3, bucket)
    answer = s3.upload_part_copy(**place, PartNumber=1, CopySource=f"{bucket}/src-key")
    case.check("upload-part-copy", answer)
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_match_success(case, s3, upload):
    place, source, etag = upload
    case.check("upload-part-copy-if-match", s3.upload_part_copy(**source, CopySourceIfMatch=etag))
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_match_none_success(case, s3, upload):
    place, source, _ = upload
    case.check("upload-part-copy-if-none-match", s3.upload_part_copy(**source, CopySourceIfNoneMatch="none-match"))
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_unmodified_since_success(case, s3, upload):
    place, source, _ = upload
    answer = s3.upload_part_copy(**source, CopySourceIfUnmodifiedSince=_days(1))
    case.check("upload-part-copy-if-unmodified-since", answer)
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_modified_since_success(case, s3, upload):
    place, source, _ = upload
    answer = s3.upload_part_copy(**source, CopySourceIfModifiedSince=_days(-1))
    case.check("upload-part-copy-if-modified-since", answer)
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_modified_since_in_future_success(case, s3, upload):
    place, source, _ = upload
    answer = s3.upload_part_copy(**source, CopySourceIfModifiedSince=_days(1))
    case.check("upload-part-copy-if-modified-since-in-future", answer)
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match(case, s3, upload):
    place, source, etag = upload
    answer = s3.upload_part_copy(**source, CopySourceIfMatch=etag, CopySourceIfUnmodifiedSince=_days(-1))
    case.check("upload-part-copy", answer)
    case.check("list-parts", s3.list_parts(**place))


def test_upload_part_copy_with_copy_source_if_match_failed(case, s3, upload):
    _, source, _ = upload
    conditions = {"CopySourceIfMatch": "not-matching"}
    case.attempt("upload-part-copy-source-if-match", s3.upload_part_copy, **source, **conditions)


def test_upload_part_copy_with_copy_source_if_none_match_failed(case, s3, upload):
    _, source, etag = upload
    conditions = {"CopySourceIfNoneMatch": etag}
    case.attempt("upload-part-copy-source-if-none-match", s3.upload_part_copy, **source, **conditions)


def test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed(case, s3, upload):
    _, source, _ = upload
    conditions = {"CopySourceIfUnmodifiedSince": _days(-1)}
    case.attempt("upload-part-copy-source-unmodified-since-match", s3.upload_part_copy, **source, **conditions)


def test_upload_part_copy_with_copy_source_if_none_match_and_if_unmodified_since_match_failed(case, s3, upload):
    _, source, _ = upload
    conditions = {"CopySourceIfNoneMatch": "not-matching", "CopySourceIfUnmodifiedSince": _days(-1)}
    step = "upload-part-copy-source-unmodified-since-and-if-none-match"
    case.attempt(step, s3.upload_part_copy, **source, **conditions)


def test_upload_part_copy_with_if_modified_since_failed(case, s3, upload):
    _, source, _ = upload
    # A time in the future is not looked at, and the header has whole seconds only.
    time.sleep(1)
    conditions = {"CopySourceIfModifiedSince": _days(0)}
    case.attempt("upload-part-copy-source-modified-since-match", s3.upload_part_copy, **source, **conditions)

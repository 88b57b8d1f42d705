"""Refusals of CopyObject and UploadPartCopy, a row each."""

import pytest

from object_fixtures import (
    BAD_VERSION,
    CONDITION_VALUE,
    CONTENT,
    FOREIGN_VERSION,
    ONTO_ITSELF,
    PART_NUMBER,
    PAST,
    TAGGING_HEADER,
    TWO_CONDITIONS,
    UNSUPPORTED_ALGORITHM,
    furnish,
)
from refusals import Call, refuse, rows

MARKER = "The source of a copy request may not specifically refer to a delete marker by version id."
ACCESS_POINT = "arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/k"


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def copy(**parameters):
    return Call("CopyObject", **{"Key": "to", **parameters})


def copy_part(**parameters):
    return Call("UploadPartCopy", **{"PartNumber": 3, **parameters})


@pytest.fixture(scope="module")
def later(world):
    """A time after the source was written and not in the future, as `x-amz-copy-source-if-modified-since` takes it."""
    world.modified = (
        world.client().head_object(Bucket=world.plain, Key="k")["LastModified"].strftime("%a, %d %b %Y %H:%M:%S GMT")
    )
    return world


def sources(call):
    """What can be wrong with a source, which is the same for an object and for a part."""

    def raw(value):
        """A source as it is: boto3 escapes what it is given."""
        return call(headers={"x-amz-copy-source": value})

    def source(case, value, text):
        return raw(value).argument(case, "x-amz-copy-source", value, text)

    def unmet(case, condition, **parameters):
        return call(**parameters).refused(case, 412, "PreconditionFailed", Condition=f"x-amz-copy-source-{condition}")

    return [
        source("no key", "bucket", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"),
        source("a name that no bucket has", "No_Bucket/k", "Invalid copy source bucket name"),
        source("an empty key", "@plain/", "Invalid copy source object key"),
        source("a key of 1026 bytes", "@plain/" + "%C3%BC" * 513, "Invalid copy source object key"),
        source("a bad escape", "@plain/%zz", "Invalid copy source encoding"),
        source("no UTF-8", "@plain/%ff", "Invalid copy source encoding"),
        call(CopySource=ACCESS_POINT).unimplemented("an access point", "x-amz-copy-source"),
        call(CopySource="@plain/none").refused("a key that is not there", 404, "NoSuchKey", Key="none"),
        raw("@plain/a%2Bb+c").refused("a blank and a plus", 404, "NoSuchKey", Key="a+b c"),
        call(CopySource="@void/k").refused("a bucket that is not there", 404, "NoSuchBucket", BucketName="@void"),
        call(CopySource="@versioned/gone").refused("a marker is the newest", 404, "NoSuchKey", Key="gone"),
        call(CopySource="@versioned/gone?versionId=@marker").request(
            "a marker by its id",
            MARKER,
        ),
        call(CopySource="@versioned/lost?versionId=@lost").refused(
            "a version that is gone", 404, "NoSuchVersion", Key="lost", VersionId="@lost"
        ),
        raw(f"@versioned/k?versionId={FOREIGN_VERSION}").argument(
            "a version id that was never made", "versionId", FOREIGN_VERSION, BAD_VERSION
        ),
        call(body="x").argument(
            "a body", "x-amz-copy-source", "@plain/k", "You can only specify a copy source header for copy requests."
        ),
        unmet("another ETag", "If-Match", CopySourceIfMatch='"1"'),
        unmet("that ETag", "If-None-Match", CopySourceIfNoneMatch="@etag"),
        unmet("any ETag", "If-None-Match", CopySourceIfNoneMatch="*"),
        unmet("modified since", "If-Unmodified-Since", CopySourceIfUnmodifiedSince=PAST),
        unmet("not modified since", "If-Modified-Since", headers={"x-amz-copy-source-if-modified-since": "@modified"}),
        unmet(
            "that ETag, and modified since",
            "If-None-Match",
            CopySourceIfNoneMatch="@etag",
            CopySourceIfModifiedSince=PAST,
        ),
        unmet(
            "modified since, and not that ETag",
            "If-Unmodified-Since",
            CopySourceIfUnmodifiedSince=PAST,
            CopySourceIfNoneMatch='"1"',
        ),
        call(ExpectedSourceBucketOwner="me").refused(
            "a source's owner that is no account",
            400,
            "InvalidBucketOwnerAWSAccountID",
            "The value of the expected bucket owner parameter must be an AWS Account ID... [me]",
        ),
        call(ExpectedSourceBucketOwner="111122223333").refused("another owner of the source", 403, "AccessDenied"),
    ]


@rows(*sources(copy), *sources(copy_part))
def test_sources(later, row):
    refuse(later, row)


@rows(
    copy(Key="k").request("onto itself", ONTO_ITSELF),
    copy(Key="k", ChecksumAlgorithm="SHA256").request("onto itself with another checksum", ONTO_ITSELF),
    copy(Key="k", TaggingDirective="REPLACE", Tagging="a=1").request("onto itself with other tags", ONTO_ITSELF),
    copy(Key="k", ACL="private").request("onto itself with a list", ONTO_ITSELF),
    copy(Bucket="@versioned", Key="k", CopySource="@versioned/k").request("onto its newest version", ONTO_ITSELF),
    copy(MetadataDirective="MERGE").argument(
        "an unknown directive", "x-amz-metadata-directive", "MERGE", "Unknown metadata directive."
    ),
    copy(TaggingDirective="MERGE").argument(
        "an unknown directive of tags", "x-amz-tagging-directive", "MERGE", "Unknown tagging directive."
    ),
    copy(Key="k", CopySource="@versioned/k", IfNoneMatch="*").refused(
        "already there", 412, "PreconditionFailed", Condition="If-None-Match"
    ),
    copy(Key="k", CopySource="@versioned/k", IfMatch='"1"').refused(
        "onto another ETag", 412, "PreconditionFailed", Condition="If-Match"
    ),
    copy(IfMatch='"1"').refused("onto an ETag of nothing", 404, "NoSuchKey", Key="to"),
    copy(IfNoneMatch='"1"').unimplemented(
        "if it has not that ETag",
        "If-None-Match",
        CONDITION_VALUE.format("If-None-Match"),
    ),
    copy(IfMatch="*").unimplemented("any ETag", "If-Match", CONDITION_VALUE.format("If-Match")),
    copy(IfMatch='"1"', IfNoneMatch="*").unimplemented("two conditions", "If-Match,If-None-Match", TWO_CONDITIONS),
    copy(MetadataDirective="REPLACE", Metadata={"a": "v" * 2048}).refused(
        "metadata of 2049 bytes", 400, "MetadataTooLarge", Size="2049", MaxSizeAllowed="2048"
    ),
    copy(StorageClass="COLD").refused("an unknown class", 400, "InvalidStorageClass", StorageClassRequested="COLD"),
    copy(WebsiteRedirectLocation="there").refused("a redirect to nowhere", 400, "InvalidRedirectLocation"),
    copy(ChecksumAlgorithm="CRC16").request(
        "an unknown algorithm",
        UNSUPPORTED_ALGORITHM,
    ),
    copy(TaggingDirective="REPLACE", Tagging="a=1&a=2").argument(
        "a tag twice",
        "x-amz-tagging",
        "a=1&a=2",
        TAGGING_HEADER,
    ),
    copy(Key="ü" * 513).refused("to a key of 1026 bytes", 400, "KeyTooLongError", Size="1026", MaxSizeAllowed="1024"),
    copy(Bucket="@public", CopySource="@public/k", signed=False).refused(
        "for anybody", 403, "AccessDenied", "Anonymous users cannot copy objects. Please authenticate."
    ),
)
def test_copy_object(world, row):
    refuse(world, row)


FORM = (
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based "
    "offsets of the first and last bytes to copy"
)
BEYOND = "Range specified is not valid for source object of size: 10"
BEHIND = "The specified copy range is invalid for the source object size"


def span(value, text):
    return copy_part(CopySourceRange=value).argument(f"the range {value}", "x-amz-copy-source-range", value, text)


@rows(
    *(
        span(value, FORM)
        for value in ["0-8", "bytes=1-", "bytes=-2", "bytes=-", "bytes=-0", "bytes=0--1", "bytes=-1-", "bytes=1-0"]
    ),
    *(span(value, FORM) for value in ["bytes=0-1,3-4,7-9", "bytes=a-b", "items=0-1"]),
    *(span(value, BEYOND) for value in ["bytes=0-10", "bytes=9-10", "bytes=0-99999999999999999999"]),
    copy_part(CopySourceRange="bytes=10-11").request("a range behind the end", BEHIND),
    copy_part(CopySourceRange="bytes=100-200").request("a range far behind the end", BEHIND),
    copy_part(CopySource="@plain/empty", CopySourceRange="bytes=0-0").request("a range of nothing", BEHIND),
    *(
        copy_part(PartNumber=number).argument(f"part {number}", "partNumber", str(number), PART_NUMBER)
        for number in (0, -1, 10001)
    ),
    copy_part(query={"partNumber": "one"}).argument("part one", "partNumber", "one", PART_NUMBER),
    copy_part(UploadId="none").refused("an upload that is none", 404, "NoSuchUpload", UploadId="none"),
    copy_part(UploadId="@aborted").refused("an upload that was aborted", 404, "NoSuchUpload", UploadId="@aborted"),
    copy_part(Key="other").refused("an upload of another key", 404, "NoSuchUpload", UploadId="@upload"),
    copy_part(Bucket="@public", CopySource="@public/k", signed=False).refused(
        "for anybody", 403, "AccessDenied", "Anonymous users cannot copy objects. Please authenticate."
    ),
)
def test_upload_part_copy(world, row):
    refuse(world, row)


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    assert s3.get_object(Bucket=world.plain, Key="k")["Body"].read() == CONTENT
    listed = s3.list_objects_v2(Bucket=world.plain)
    assert [entry["Key"] for entry in listed["Contents"]] == ["empty", "folder/", "k", "parts"]
    parts = s3.list_parts(Bucket=world.plain, Key="k", UploadId=world.upload)["Parts"]
    assert [part["PartNumber"] for part in parts] == [1, 2]

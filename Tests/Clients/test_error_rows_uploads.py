"""Refusals of uploads in parts, a row each; what is only about checksums is in test_error_rows_checksums."""

import hashlib

import pytest

from object_fixtures import (
    CONDITION_VALUE,
    CONTENT,
    OTHER_MD5,
    PART_NUMBER,
    TAGGING_HEADER,
    TWO_CONDITIONS,
    furnish,
    md5,
)
from refusals import Call, refusal, refuse, rows

OF_AN_UPLOAD = ("UploadPart", "UploadPartCopy", "ListParts", "AbortMultipartUpload", "CompleteMultipartUpload")


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def create(**parameters):
    return Call("CreateMultipartUpload", **{"Key": "new", **parameters})


def upload(**parameters):
    return Call("UploadPart", **{"PartNumber": 3, "Body": b"x", **parameters})


def parts(*listed):
    return {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in listed]}


def complete(*listed, **parameters):
    return Call("CompleteMultipartUpload", MultipartUpload=parts(*listed or [(1, "@part")]), **parameters)


def of_an_upload(operation, **parameters):
    """A call that is whole but for the upload that it names."""
    more = {"MultipartUpload": parts((1, "@part"))} if operation == "CompleteMultipartUpload" else {}
    return Call(operation, **more, **parameters)


@rows(
    *(
        row
        for operation in OF_AN_UPLOAD
        for row in (
            of_an_upload(operation, UploadId="none").refused(
                "an upload that is none", 404, "NoSuchUpload", UploadId="none"
            ),
            of_an_upload(operation, UploadId="../none").refused(
                "what no upload can be called", 404, "NoSuchUpload", UploadId="../none"
            ),
            of_an_upload(operation, UploadId="@aborted").refused(
                "an upload that was aborted", 404, "NoSuchUpload", UploadId="@aborted"
            ),
            of_an_upload(operation, Key="other").refused(
                "an upload of another key", 404, "NoSuchUpload", UploadId="@upload"
            ),
            of_an_upload(operation, Bucket="@versioned").refused(
                "an upload in another bucket", 404, "NoSuchUpload", UploadId="@upload"
            ),
        )
    ),
    *(
        of_an_upload(operation, Key="parts", UploadId="@completed").refused(
            "an upload that was completed", 404, "NoSuchUpload", UploadId="@completed"
        )
        for operation in ("UploadPart", "UploadPartCopy", "ListParts", "AbortMultipartUpload")
    ),
)
def test_uploads_that_are_not_there(world, row):
    refuse(world, row)


@rows(
    create(Metadata={"a": "v" * 2048}).refused(
        "metadata of 2049 bytes", 400, "MetadataTooLarge", Size="2049", MaxSizeAllowed="2048"
    ),
    create(Key="ü" * 513).refused("a key of 1026 bytes", 400, "KeyTooLongError", Size="1026", MaxSizeAllowed="1024"),
    create(StorageClass="COLD").refused("an unknown class", 400, "InvalidStorageClass", StorageClassRequested="COLD"),
    create(WebsiteRedirectLocation="there").refused("a redirect to nowhere", 400, "InvalidRedirectLocation"),
    create(Tagging="a=1&a=2").argument(
        "a tag twice",
        "x-amz-tagging",
        "a=1&a=2",
        TAGGING_HEADER,
    ),
    create(ACL="public-read").refused("a list where the owner owns all", 400, "AccessControlListNotSupported"),
    create(ServerSideEncryption="ROT13").refused(
        "an unknown encryption",
        400,
        "InvalidEncryptionAlgorithmError",
        ArgumentName="x-amz-server-side-encryption",
        ArgumentValue="ROT13",
    ),
    create(ObjectLockLegalHoldStatus="ON").request(
        "a hold in a bucket without a lock", "Bucket is missing ObjectLockConfiguration"
    ),
    create(Bucket="@public", signed=False).refused(
        "for anybody", 403, "AccessDenied", "Anonymous users cannot initiate multipart uploads. Please authenticate."
    ),
    Call("AbortMultipartUpload", IfMatchInitiatedTime="Wed, 01 Jan 2025 00:00:00 GMT").unimplemented(
        "by its time", "x-amz-if-match-initiated-time"
    ),
)
def test_create_and_abort(world, row):
    refuse(world, row)


@rows(
    *(
        upload(PartNumber=number).argument(f"part {number}", "partNumber", str(number), PART_NUMBER)
        for number in (0, -1, 10001)
    ),
    upload(query={"partNumber": "one"}).argument("part one", "partNumber", "one", PART_NUMBER),
    upload(query={"partNumber": False}).argument("a part without a number", "partNumber", "", PART_NUMBER),
    upload(query={"uploadId": False}).argument(
        "a part without an upload", "partNumber", "3", "This operation does not accept partNumber without uploadId"
    ),
    upload(ContentMD5="AAAA").refused("a digest of 3 bytes", 400, "InvalidDigest", Content_MD5="AAAA"),
    upload(ContentMD5=md5(b"y")).refused(
        "the digest of something else",
        400,
        "BadDigest",
        OTHER_MD5,
        ExpectedDigest=hashlib.md5(b"y").hexdigest(),
        CalculatedDigest=md5(b"x"),
    ),
    upload(late_headers={"Content-Length": str((5 << 30) + 1)}).refused(
        "5 GiB and a byte", 400, "EntityTooLarge", ProposedSize=str((5 << 30) + 1), MaxSizeAllowed=str(5 << 30)
    ),
)
def test_upload_part(world, row):
    refuse(world, row)


def invalid_part(case, number, etag, *listed):
    return complete(*listed or [(number, etag)]).refused(
        case, 400, "InvalidPart", UploadId="@upload", PartNumber=str(number), ETag=etag.replace("@part", "@digest")
    )


DOCUMENT = "<CompleteMultipartUpload>{}</CompleteMultipartUpload>"


@rows(
    complete(body="").refused("no document", 400, "MalformedXML"),
    complete(body="text").refused("a document that is none", 400, "MalformedXML"),
    complete(body="<CompleteMultipartUpload>").refused("a document without its end", 400, "MalformedXML"),
    complete(body="<Other><Part/></Other>").refused("another document", 400, "MalformedXML"),
    complete(body=DOCUMENT.format("")).request("no part", "You must specify at least one part"),
    complete(body=DOCUMENT.format("<Part><PartNumber>1</PartNumber></Part>")).refused(
        "a part without an ETag", 400, "MalformedXML"
    ),
    complete(body=DOCUMENT.format("<Part><ETag>1</ETag></Part>")).refused(
        "a part without a number", 400, "MalformedXML"
    ),
    complete((0, "@part")).argument("part 0", "partNumber", "0", "PartNumber must be >= 1"),
    complete((2, "@part"), (1, "@part")).refused("parts that descend", 400, "InvalidPartOrder", UploadId="@upload"),
    complete((1, "@part"), (1, "@part")).refused("a part twice", 400, "InvalidPartOrder", UploadId="@upload"),
    invalid_part("a part that was not uploaded", 7, "@part"),
    invalid_part("part 10001", 10001, "@part"),
    invalid_part("another ETag", 1, "0"),
    invalid_part("one of two has another ETag", 2, "0", (1, "@part"), (2, "0")),
    complete((1, "@part"), (2, "@part")).refused(
        "a small part before the last",
        400,
        "EntityTooSmall",
        ProposedSize="5",
        MinSizeAllowed=str(5 << 20),
        PartNumber="1",
        ETag="@digest",
    ),
    complete(MpuObjectSize=6).request(
        "another size", "The provided 'x-amz-mp-object-size' header value 6 does not match what was computed: 5"
    ),
    complete(MpuObjectSize=-1).request(
        "a size below 0", "Value for x-amz-mp-object-size header is less than zero: '-1'"
    ),
    complete(headers={"x-amz-mp-object-size": "x"}).request(
        "a size that is none", "Value for x-amz-mp-object-size header is invalid: 'x'"
    ),
    complete(IfNoneMatch="*").refused("already there", 412, "PreconditionFailed", Condition="If-None-Match"),
    complete(IfMatch='"1"').refused("another ETag there", 412, "PreconditionFailed", Condition="If-Match"),
    complete(IfNoneMatch='"1"').unimplemented(
        "if it has not that ETag", "If-None-Match", CONDITION_VALUE.format("If-None-Match")
    ),
    complete(IfMatch="*").unimplemented("any ETag", "If-Match", CONDITION_VALUE.format("If-Match")),
    complete(IfMatch='"1"', IfNoneMatch="*").unimplemented("two conditions", "If-Match,If-None-Match", TWO_CONDITIONS),
    complete(body=DOCUMENT.format(" " * (4 << 20))).refused(
        "more than 4 MiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes=str(4 << 20)
    ),
)
def test_complete(world, row):
    refuse(world, row)


@pytest.mark.parametrize("change", ["written", "deleted"])
@pytest.mark.parametrize("condition", ["IfMatch", "IfNoneMatch"])
def test_what_changed_during_the_upload_is_a_conflict(world, condition, change):
    s3, place = world.client(), {"Bucket": world.plain, "Key": f"during/{condition}/{change}"}
    before = s3.put_object(**place, Body=b"before")["ETag"]
    begun = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    etag = s3.upload_part(**begun, PartNumber=1, Body=b"small")["ETag"]
    if change == "written":
        during = s3.put_object(**place, Body=b"during")["ETag"]
    else:
        during = before
        s3.delete_object(**place)
    row = complete((1, etag), **begun, **{condition: "*" if condition == "IfNoneMatch" else during})
    name = {"IfMatch": "If-Match", "IfNoneMatch": "If-None-Match"}[condition]
    if (condition, change) == ("IfNoneMatch", "written"):
        row.refused("", 412, "PreconditionFailed", Condition=name)
    elif (condition, change) == ("IfMatch", "deleted"):
        row.refused("", 404, "NoSuchKey", Key=place["Key"])
    else:
        row.refused("", 409, "ConditionalRequestConflict", Condition=name, Key=place["Key"])
    refuse(world, row)


@pytest.fixture(scope="module")
def finished(world):
    """An upload that is completed; asking for that again gets the same answer, as on AWS."""
    s3, place = world.client(), {"Bucket": world.plain, "Key": "again"}
    begun = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    etag = s3.upload_part(**begun, PartNumber=1, Body=b"small")["ETag"]
    answers = [s3.complete_multipart_upload(**begun, MultipartUpload=parts((1, etag))) for _ in range(2)]
    assert answers[0]["ETag"] == answers[1]["ETag"]
    return begun


def test_a_completed_upload_is_gone_for_all_else(world, finished):
    refuse(world, Call("ListParts", **finished).refused("", 404, "NoSuchUpload", UploadId=finished["UploadId"]))


@pytest.mark.parametrize("listed", [(1, '"0"'), (2, "@part")], ids=["another ETag", "another part"])
def test_completing_again_with_other_parts_is_refused(world, finished, listed):
    error, _ = refusal(world, complete(listed, **finished))
    assert error["Code"] in ("InvalidPart", "NoSuchUpload")


def listing(name, value, text):
    return Call("ListParts", query={name: value}).argument(f"{name} {value}", name, value, text)


@rows(
    *(
        listing(name, value, text)
        for name in ("max-parts", "part-number-marker")
        for value, text in (
            ("many", f"Provided {name} not an integer or within integer range"),
            ("2147483648", f"Provided {name} not an integer or within integer range"),
            ("-1", f"Argument {name} must be an integer between 0 and 2147483647"),
        )
    ),
)
def test_list_parts(world, row):
    refuse(world, row)


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    assert s3.get_object(Bucket=world.plain, Key="k")["Body"].read() == CONTENT
    assert "Contents" not in s3.list_objects_v2(Bucket=world.plain, Prefix="new")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=world.plain, Prefix="new")
    listed = s3.list_parts(Bucket=world.plain, Key="k", UploadId=world.upload)["Parts"]
    assert [part["PartNumber"] for part in listed] == [1, 2]

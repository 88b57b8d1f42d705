"""Refusals that every operation has in common: of a bucket that is not there, or is somebody else's."""

import botocore.session
import pytest

import matrix
from object_fixtures import BAD_VERSION, FOREIGN_VERSION, NOT_LATIN, PART_NUMBER, RANGE_AND_PART, furnish
from refusals import Call, refuse, rows

ACCOUNT = "The value of the expected bucket owner parameter must be an AWS Account ID... [{}]"
MODEL = botocore.session.get_session().get_service_model("s3")


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def operations_with(member):
    """The served operations whose input has this member; websites are refused for themselves."""
    known = [name for name in matrix.OPERATIONS if name in MODEL.operation_names and name != "PutBucketWebsite"]
    return [name for name in known if member in _input(name) and name != "CreateBucket"]


def _input(operation):
    shape = MODEL.operation_model(operation).input_shape
    return shape.members if shape else {}


@rows(
    *(
        Call(operation, Bucket="@void").refused("a bucket that is not there", 404, "NoSuchBucket", BucketName="@void")
        for operation in operations_with("Bucket")
    )
)
def test_a_bucket_that_is_not_there(world, row):
    refuse(world, row)


def no_account(operation, owner):
    return Call(operation, ExpectedBucketOwner=owner).refused(
        f"the owner {owner}", 400, "InvalidBucketOwnerAWSAccountID", ACCOUNT.format(owner)
    )


@rows(
    *(
        Call(operation, Bucket="No_Bucket").refused(
            "a name that no bucket has", 400, "InvalidBucketName", BucketName="No_Bucket"
        )
        for operation in [*operations_with("Bucket"), "CreateBucket"]
    )
)
def test_a_name_that_no_bucket_has(world, row):
    refuse(world, row)


@rows(
    *(no_account(operation, "me") for operation in operations_with("ExpectedBucketOwner")),
    *(no_account("GetObject", owner) for owner in ("12345678901", "12345678901a", "1234567890123", "-12345678901")),
)
def test_an_owner_that_is_no_account(world, row):
    refuse(world, row)


@rows(
    *(
        Call(operation, ExpectedBucketOwner="111122223333").refused("another owner", 403, "AccessDenied")
        for operation in operations_with("ExpectedBucketOwner")
    )
)
def test_another_owner(world, row):
    refuse(world, row)


ANONYMOUS = "Anonymous users cannot {}. Please authenticate."
GENERAL_TEXT = "PutBucketOwnershipControls has a text of its own for anybody; the general one comes"
ANONYMOUS_COPIES = ("CopyObject", "UploadPartCopy", "RenameObject")


def for_anybody(operation):
    """What S3 says to callers without a signature depends on what they ask for."""
    of_bucket = "Key" not in _input(operation)
    if operation in ANONYMOUS_COPIES:
        text = ANONYMOUS.format("copy objects")
    elif operation == "CreateMultipartUpload":
        text = ANONYMOUS.format("initiate multipart uploads")
    elif operation == "PutBucketOwnershipControls":
        text = "s3:PutBucketOwnershipControls does not support Anonymous requests!"
    elif of_bucket and operation.startswith(("Put", "Delete")):
        text = ANONYMOUS.format("invoke this API")
    else:
        text = "Access Denied"
    row = Call(operation, signed=False).refused("for anybody", 403, "AccessDenied", text)
    return row.awaits(GENERAL_TEXT) if operation == "PutBucketOwnershipControls" else row


# DeleteObjects answers for each key.
@rows(*(for_anybody(name) for name in operations_with("Bucket") if name != "DeleteObjects"))
def test_anybody(world, row):
    refuse(world, row)


def test_anybody_is_refused_each_key(world):
    keys = [{"Key": "k"}, {"Key": "none"}]
    answer = world.client(signed=False).delete_objects(Bucket=world.plain, Delete={"Objects": keys})
    assert answer["Errors"] == [{**key, "Code": "AccessDenied", "Message": "Access Denied"} for key in keys]


KEY_FIRST = "GetObject reads what is asked of an object only once it has found one"


# The bucket, then what the caller may do, then the request's form, then the key, then conditions.
@rows(
    Call("GetObject", Bucket="@void", signed=False).refused(
        "no bucket before no permission", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("GetObject", Bucket="@void", VersionId=FOREIGN_VERSION)
    .refused("no bucket before a bad version", 404, "NoSuchBucket", BucketName="@void")
    .awaits("the version id is read before the bucket is looked for"),
    Call("PutObject", Bucket="@void", StorageClass="COLD", Body=b"x").refused(
        "no bucket before an unknown class", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("PutBucketTagging", Bucket="@void", body="text").refused(
        "no bucket before a bad document", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("ListObjectsV2", query={"max-keys": "-1"}, signed=False).refused(
        "no permission before a bad page size", 403, "AccessDenied"
    ),
    Call("PutObject", StorageClass="COLD", Body=b"x", signed=False).refused(
        "no permission before an unknown class", 403, "AccessDenied"
    ),
    Call("GetObject", Key="none", query={"partNumber": "0"})
    .argument("a bad part number before no key", "partNumber", "0", PART_NUMBER)
    .awaits(KEY_FIRST),
    Call("GetObject", Key="none", query={"partNumber": "1"}, Range="bytes=0-1")
    .request("a range and a part before no key", RANGE_AND_PART)
    .awaits(KEY_FIRST),
    Call("GetObject", Key="none", ResponseContentType="текст")
    .argument(
        "a bad content type before no key",
        "response-content-type",
        "текст",
        NOT_LATIN,
    )
    .awaits(KEY_FIRST),
    Call("GetObject", Key="none", VersionId=FOREIGN_VERSION).argument(
        "a bad version before no key", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
    Call("CopyObject", CopySource="@plain/none", MetadataDirective="MERGE").argument(
        "an unknown directive before no source",
        "x-amz-metadata-directive",
        "MERGE",
        "Unknown metadata directive.",
    ),
    Call("UploadPart", UploadId="none", PartNumber=0).argument(
        "a bad part number before no upload", "partNumber", "0", PART_NUMBER
    ),
    Call("CompleteMultipartUpload", UploadId="none", body="text").refused(
        "a bad document before no upload", 400, "MalformedXML"
    ),
    Call("PutObjectTagging", Key="none", body="text").refused("a bad document before no key", 400, "MalformedXML"),
    Call("GetObject", Key="none", IfMatch='"1"').refused("no key before a condition", 404, "NoSuchKey", Key="none"),
    Call("GetObject", IfMatch='"1"', Range="bytes=10-").refused(
        "a condition before a range", 412, "PreconditionFailed", Condition="If-Match"
    ),
)
def test_precedence(world, row):
    refuse(world, row)

"""Refusals that all operations on objects have in common; test_error_rows_buckets has those on buckets."""

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


def _operations():
    """The served operations on objects; DeleteObjects names its keys in a document."""
    for name in matrix.OPERATIONS:
        shape = MODEL.operation_model(name).input_shape if name in MODEL.operation_names else None
        if shape and "Key" in shape.members:
            yield name
    yield "DeleteObjects"


OPERATIONS = list(_operations())


@rows(
    *(
        Call(operation, Bucket="@void").refused("a bucket that is not there", 404, "NoSuchBucket", BucketName="@void")
        for operation in OPERATIONS
    )
)
def test_a_bucket_that_is_not_there(world, row):
    refuse(world, row)


# The model gives RenameObject no such parameter.
EXPECTING = [operation for operation in OPERATIONS if operation != "RenameObject"]


def no_account(operation, owner):
    return Call(operation, ExpectedBucketOwner=owner).refused(
        f"the owner {owner}", 400, "InvalidBucketOwnerAWSAccountID", ACCOUNT.format(owner)
    )


@rows(
    *(
        Call(operation, Bucket="No_Bucket").refused(
            "a name that no bucket has", 400, "InvalidBucketName", BucketName="No_Bucket"
        )
        for operation in OPERATIONS
    )
)
def test_a_name_that_no_bucket_has(world, row):
    refuse(world, row)


@rows(
    *(no_account(operation, "me") for operation in EXPECTING),
    *(no_account("GetObject", owner) for owner in ("12345678901", "12345678901a", "1234567890123", "-12345678901")),
)
def test_an_owner_that_is_no_account(world, row):
    refuse(world, row)


@rows(
    *(
        Call(operation, ExpectedBucketOwner="111122223333").refused("another owner", 403, "AccessDenied")
        for operation in EXPECTING
    )
)
def test_another_owner(world, row):
    refuse(world, row)


def keys_of_clients(member, header):
    """An operation never takes a client's key without using it."""
    for operation in OPERATIONS:
        if member in MODEL.operation_model(operation).input_shape.members:
            row = Call(operation, **{member: "AES256"})
            yield row.unimplemented(f"{member}, which is not done here", header)


@rows(
    *keys_of_clients("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm"),
    *keys_of_clients("CopySourceSSECustomerAlgorithm", "x-amz-copy-source-server-side-encryption-customer-algorithm"),
)
def test_encryption_by_keys_of_clients(world, row):
    refuse(world, row)


ANONYMOUS = {
    "CopyObject": "Anonymous users cannot copy objects. Please authenticate.",
    "CreateMultipartUpload": "Anonymous users cannot initiate multipart uploads. Please authenticate.",
    "RenameObject": "Anonymous users cannot copy objects. Please authenticate.",
    "UploadPartCopy": "Anonymous users cannot copy objects. Please authenticate.",
}


def for_anybody(operation):
    text = ANONYMOUS.get(operation, "Access Denied")
    return Call(operation, signed=False).refused("for anybody", 403, "AccessDenied", text)


# DeleteObjects answers for each key.
@rows(*(for_anybody(operation) for operation in OPERATIONS if operation != "DeleteObjects"))
def test_anybody(world, row):
    refuse(world, row)


def test_anybody_is_refused_each_key(world):
    keys = [{"Key": "k"}, {"Key": "none"}]
    answer = world.client(signed=False).delete_objects(Bucket=world.plain, Delete={"Objects": keys})
    assert answer["Errors"] == [{**key, "Code": "AccessDenied", "Message": "Access Denied"} for key in keys]


VERSIONED = [name for name in OPERATIONS if "VersionId" in MODEL.operation_model(name).input_shape.members]


# The bucket, then what the caller may do, then the request's form, then the key, then conditions.
@rows(
    Call("GetObject", Bucket="@void", signed=False).refused(
        "no bucket before no permission", 404, "NoSuchBucket", BucketName="@void"
    ),
    *(
        Call(operation, Bucket="@void", VersionId=FOREIGN_VERSION).refused(
            "no bucket before a bad version", 404, "NoSuchBucket", BucketName="@void"
        )
        for operation in VERSIONED
    ),
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
    Call("GetObject", Key="none", query={"partNumber": "0"}).argument(
        "a bad part number before no key", "partNumber", "0", PART_NUMBER
    ),
    Call("GetObject", Key="none", query={"partNumber": "1"}, Range="bytes=0-1").request(
        "a range and a part before no key", RANGE_AND_PART
    ),
    Call("GetObject", Key="none", ResponseContentType="текст").argument(
        "a bad content type before no key",
        "response-content-type",
        "текст",
        NOT_LATIN,
    ),
    *(
        Call(operation, Key="none", VersionId=FOREIGN_VERSION).argument(
            "a bad version before no key", "versionId", FOREIGN_VERSION, BAD_VERSION
        )
        for operation in VERSIONED
    ),
    *(
        Call(operation, VersionId=FOREIGN_VERSION, signed=False).refused(
            "no permission before a bad version", 403, "AccessDenied"
        )
        for operation in VERSIONED
    ),
    Call("HeadObject", Key="none", query={"partNumber": "0"}).refused(
        "a bad part number before no key", 400, "InvalidArgument"
    ),
    Call("GetObjectAttributes", Key="none", headers={"x-amz-object-attributes": "Size"}).argument(
        "a bad attribute before no key", "x-amz-object-attributes", "Size", "Invalid attribute name specified."
    ),
    Call("ListParts", UploadId="none", query={"max-parts": "-1"}).argument(
        "a bad page size before no upload",
        "max-parts",
        "-1",
        "Argument max-parts must be an integer between 0 and 2147483647",
    ),
    Call("CopyObject", Bucket="@void", CopySource="@plain/none").refused(
        "no bucket before no source", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("CopyObject", CopySource="@plain/none", IfMatch='"1"').refused(
        "no source before a condition", 404, "NoSuchKey", Key="none"
    ),
    Call("CopyObject", CopySource="@plain/k", Key="parts", IfNoneMatch="*", CopySourceIfMatch='"1"').refused(
        "the source's conditions before the key's", 412, "PreconditionFailed", Condition="x-amz-copy-source-If-Match"
    ),
    Call("DeleteObjects", Bucket="@void", body="text").refused(
        "no bucket before a bad document", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("PutObject", Key="k", IfNoneMatch="*", Body=b"x", StorageClass="COLD").refused(
        "an unknown class before a condition", 400, "InvalidStorageClass", StorageClassRequested="COLD"
    ),
    Call("PutObject", Key="k", IfNoneMatch="*", Body=b"x", ContentMD5="AAAA").refused(
        "a bad digest before a condition", 400, "InvalidDigest", Content_MD5="AAAA"
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

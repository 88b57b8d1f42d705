"""Refusals as they are on the wire: code, status, text and other elements, a row each."""

import base64
import hashlib
import json
import re
import socket
import uuid
from types import SimpleNamespace

import pytest

import wire
from dialects import Answer, send, target

NOBODY = "b-no-such-bucket"
PUT, GET, POST, DELETE = "PUT", "GET", "POST", "DELETE"
MD5 = base64.b64encode(hashlib.md5(b"x").digest()).decode()


@pytest.fixture(scope="module")
def world(shared):
    """What the rows need to be there; none of them changes it."""
    s3 = shared.s3()
    names = SimpleNamespace(**{name: f"b-{uuid.uuid4()}" for name in ("plain", "versioned", "lists", "public", "void")})
    for name in (names.plain, names.versioned, names.public):
        s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket=names.lists, ObjectOwnership="ObjectWriter")
    s3.put_bucket_versioning(Bucket=names.versioned, VersioningConfiguration={"Status": "Enabled"})
    for name in (names.plain, names.versioned, names.lists, names.public):
        s3.put_object(Bucket=name, Key="k", Body=b"0123456789")
    names.etag = hashlib.md5(b"0123456789").hexdigest()
    names.marker = s3.delete_object(Bucket=names.versioned, Key="gone")["VersionId"]
    names.upload = s3.create_multipart_upload(Bucket=names.plain, Key="k")["UploadId"]
    parts = {}
    for number in (1, 2):
        place = target(names.plain, "k", partNumber=number, uploadId=names.upload)
        parts[number] = send(shared, PUT, place, body=b"small").header("ETag")
    names.part = parts[1]
    names.digest = hashlib.md5(b"small").hexdigest()
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{names.public}/*"}
    s3.delete_public_access_block(Bucket=names.public)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=names.public, Policy=policy)
    return names


class Row:
    """A request and the refusal that it gets; in texts `@plain` stands for a name of the world."""

    def __init__(self, method, place, headers=None, body="", signed=True):
        self.method, self.place, self.headers, self.body, self.signed = method, place, headers or {}, body, signed

    def gets(self, status, code, text=None, **elements):
        self.status, self.code, self.text = status, code, text
        # Names of elements may have dashes.
        self.elements = {name.replace("_", "-"): value for name, value in elements.items()}
        return self


def bucket(method, name="plain", headers=None, body="", signed=True, **query):
    return Row(method, lambda world: target(getattr(world, name), None, **fill(world, query)), headers, body, signed)


def key(method, key="k", name="plain", headers=None, body="", signed=True, **query):
    return Row(method, lambda world: target(getattr(world, name), key, **fill(world, query)), headers, body, signed)


def raw(method, path, headers=None, body="", signed=True):
    return Row(method, lambda world: fill(world, path), headers, body, signed)


def fill(world, value):
    """Puts names of the world into texts, for `@plain` and the like."""
    if isinstance(value, dict):
        return {name: fill(world, each) for name, each in value.items()}
    if not isinstance(value, str):
        return value
    return re.sub("@([a-z]+)", lambda found: getattr(world, found.group(1)), value)


def refuse(shared, world, row):
    headers = fill(world, row.headers)
    answer = send(shared, row.method, row.place(world), headers, fill(world, row.body), signed=row.signed)
    assert (answer.status, answer.code) == (row.status, row.code), answer
    assert answer.header("Content-Type") == "application/xml"
    ids = (answer.texts("RequestId"), answer.texts("HostId"))
    assert ids == ([answer.header("x-amz-request-id")], [answer.header("x-amz-id-2")])
    if row.text is not None:
        assert answer.texts("Message") == [fill(world, row.text)]
    assert answer.elements == {name: fill(world, value) for name, value in row.elements.items()}
    assert answer.header("x-larder-error") == row.code


def table(rows):
    """Runs a test with each of these rows, by their names."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=label) for label, row in rows.items()])


ARGUMENT = "InvalidArgument"
REQUEST = "InvalidRequest"
XML = "The XML you provided was not well-formed or did not validate against our published schema"
NOT_DONE = "A header you provided implies functionality that is not implemented"


@table(
    {
        "two sub-resources": bucket(GET, acl=None, policy=None).gets(
            400,
            ARGUMENT,
            "Conflicting query string parameters: acl, policy",
            ArgumentName="ResourceType",
            ArgumentValue="acl",
        ),
        "uploads of a key": key(GET, uploads=None).gets(
            400, REQUEST, "Key is not expected for the GET method ?uploads subresource"
        ),
        "versions of a key": key(GET, versions=None).gets(
            400, REQUEST, "There is no such thing as the ?versions sub-resource for a key"
        ),
        "logging of a key": key(PUT, logging=None).gets(
            400, "NoLoggingStatusForKey", "There is no such thing as a logging status subresource for a key."
        ),
        "POST to a key": key(POST).gets(405, "MethodNotAllowed", Method="POST", ResourceType="OBJECT"),
        "DELETE of everything": raw(DELETE, "/").gets(405, "MethodNotAllowed", Method="DELETE", ResourceType="SERVICE"),
        "PUT to everything": raw(PUT, "/").gets(405, "MethodNotAllowed", Method="PUT", ResourceType="SERVICE"),
        "select": key(POST, select=None, select_type=2).gets(501, "NotImplemented"),
        "torrent": key(GET, torrent=None).gets(501, "NotImplemented"),
        "an owner that is no account": bucket(GET, headers={"x-amz-expected-bucket-owner": "me"}).gets(
            400,
            "InvalidBucketOwnerAWSAccountID",
            "The value of the expected bucket owner parameter must be an AWS Account ID... [me]",
        ),
        "another owner": bucket(GET, headers={"x-amz-expected-bucket-owner": "111122223333"}).gets(403, "AccessDenied"),
    },
)
def test_routing(shared, world, row):
    refuse(shared, world, row)


@pytest.mark.parametrize("place", ["/@plain/%zz", "/@plain/a%2", "/@plain/%ff%fe"])
def test_a_path_that_cannot_be_decoded(shared, world, place):
    # Not signed: no client could sign it.
    answer = send(shared, GET, fill(world, place), signed=False)
    assert (answer.status, answer.code) == (400, "InvalidURI")
    assert answer.texts("Message") == ["Couldn't parse the specified URI."]


@table(
    {
        "not there": bucket(GET, "void").gets(
            404, "NoSuchBucket", "The specified bucket does not exist", BucketName="@void"
        ),
        "an object in none": key(GET, name="void").gets(404, "NoSuchBucket", BucketName="@void"),
        "an upload to none": key(PUT, name="void", body="x").gets(404, "NoSuchBucket", BucketName="@void"),
        "not empty": bucket(DELETE).gets(
            409, "BucketNotEmpty", "The bucket you tried to delete is not empty", BucketName="@plain"
        ),
        "versions are left": bucket(DELETE, "versioned").gets(
            409,
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
            BucketName="@versioned",
        ),
        "an unknown place": bucket(
            PUT,
            "void",
            body="<CreateBucketConfiguration><LocationConstraint>moon-1</LocationConstraint></CreateBucketConfiguration>",
        ).gets(
            400,
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
            LocationConstraint="moon-1",
        ),
        "a document that is none": bucket(PUT, "void", body="<CreateBucketConfiguration>").gets(
            400, "MalformedXML", XML
        ),
        "an ownership that is none": bucket(PUT, "void", headers={"x-amz-object-ownership": "Mine"}).gets(
            400, ARGUMENT, "Invalid x-amz-object-ownership header: Mine", ArgumentName="x-amz-object-ownership"
        ),
        "a list beside the owner's": bucket(PUT, "void", headers={"x-amz-acl": "public-read"}).gets(
            400,
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ),
        "no buckets a page": raw(GET, "/?max-buckets=0").gets(
            400,
            ARGUMENT,
            "Argument max-buckets must be an integer between 1 and 10000.",
            ArgumentName="max-buckets",
            ArgumentValue="0",
        ),
        "too many buckets a page": raw(GET, "/?max-buckets=10001").gets(
            400, ARGUMENT, ArgumentName="max-buckets", ArgumentValue="10001"
        ),
    },
)
def test_buckets(shared, world, row):
    refuse(shared, world, row)


@pytest.mark.parametrize(
    "sub_resource",
    [
        *("", "location", "versioning", "acl", "policy", "policyStatus", "tagging", "cors", "lifecycle", "encryption"),
        *("notification", "website", "logging", "replication", "requestPayment", "accelerate", "publicAccessBlock"),
        *("ownershipControls", "object-lock", "uploads", "versions", "analytics", "inventory", "metrics"),
    ],
)
def test_nothing_can_be_asked_of_a_bucket_that_is_not_there(shared, sub_resource):
    query = f"?{sub_resource}" if sub_resource else ""
    answer = send(shared, GET, f"/{NOBODY}{query}")
    assert (answer.status, answer.code) == (404, "NoSuchBucket")
    assert answer.elements == {"BucketName": NOBODY}


@table(
    {
        "not there": key(GET, "none/such").gets(404, "NoSuchKey", "The specified key does not exist.", Key="none/such"),
        "a name beyond 1024 bytes": key(PUT, "ü" * 513, body="x").gets(
            400, "KeyTooLongError", "Your key is too long", Size="1026", MaxSizeAllowed="1024"
        ),
        "metadata beyond 2048 bytes": key(PUT, headers={"x-amz-meta-a": "v" * 2048}, body="x").gets(
            400,
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size="2049",
            MaxSizeAllowed="2048",
        ),
        "a class that is none": key(PUT, headers={"x-amz-storage-class": "COLD"}, body="x").gets(
            400, "InvalidStorageClass", "The storage class you specified is not valid", StorageClassRequested="COLD"
        ),
        "a redirect to nowhere": key(PUT, headers={"x-amz-website-redirect-location": "there"}, body="x").gets(
            400,
            "InvalidRedirectLocation",
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
        ),
        "a digest in hex": key(PUT, headers={"Content-MD5": "9dd4e461268c8034f5c8564e155c67a6"}, body="x").gets(
            400,
            "InvalidDigest",
            "The Content-MD5 you specified was invalid.",
            Content_MD5="9dd4e461268c8034f5c8564e155c67a6",
        ),
        "a digest of another length": key(PUT, headers={"Content-MD5": "AAAA"}, body="x").gets(
            400, "InvalidDigest", Content_MD5="AAAA"
        ),
        "the digest of something else": key(PUT, headers={"Content-MD5": MD5}, body="y").gets(
            400,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=hashlib.md5(b"x").hexdigest(),
            CalculatedDigest=base64.b64encode(hashlib.md5(b"y").digest()).decode(),
        ),
        "another part of one": key(GET, partNumber=2).gets(
            416,
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            PartNumberRequested="2",
            ActualPartCount="1",
        ),
        "a part and a range": key(GET, headers={"Range": "bytes=0-1"}, partNumber=1).gets(
            400, REQUEST, "Cannot specify both Range header and partNumber query parameter"
        ),
        "part 0": key(GET, partNumber=0).gets(
            400,
            ARGUMENT,
            "Part number must be an integer between 1 and 10000, inclusive",
            ArgumentName="partNumber",
            ArgumentValue="0",
        ),
        "chosen headers for anybody": key(GET, name="public", signed=False, response_content_type="text/x").gets(
            400, REQUEST, "Request specific response headers cannot be used for anonymous GET requests."
        ),
        "an append": key(PUT, headers={"x-amz-write-offset-bytes": "10"}, body="x").gets(
            501, "NotImplemented", NOT_DONE, Header="x-amz-write-offset-bytes"
        ),
        "tags twice": key(PUT, headers={"x-amz-tagging": "a=1&a=2"}, body="x").gets(
            400,
            ARGUMENT,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
            "duplicates.",
            ArgumentName="x-amz-tagging",
            ArgumentValue="a=1&a=2",
        ),
        "encrypted by nobody": key(PUT, headers={"x-amz-server-side-encryption": "ROT13"}, body="x").gets(
            400,
            "InvalidEncryptionAlgorithmError",
            ArgumentName="x-amz-server-side-encryption",
            ArgumentValue="ROT13",
        ),
    },
)
def test_objects(shared, world, row):
    refuse(shared, world, row)


@table(
    {
        "already there": key(PUT, headers={"If-None-Match": "*"}, body="x").gets(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            Condition="If-None-Match",
        ),
        "if it has not that ETag": key(PUT, headers={"If-None-Match": '"1"'}, body="x").gets(
            501,
            "NotImplemented",
            NOT_DONE,
            Header="If-None-Match",
            additionalMessage="We don't accept the provided value of If-None-Match header for this API",
        ),
        "another ETag": key(PUT, headers={"If-Match": '"1"'}, body="x").gets(
            412, "PreconditionFailed", Condition="If-Match"
        ),
        "any ETag": key(PUT, headers={"If-Match": "*"}, body="x").gets(
            501,
            "NotImplemented",
            NOT_DONE,
            Header="If-Match",
            additionalMessage="We don't accept the provided value of If-Match header for this API",
        ),
        "an ETag of nothing": key(PUT, "none", headers={"If-Match": '"1"'}, body="x").gets(
            404, "NoSuchKey", Key="none"
        ),
        "two conditions": key(PUT, headers={"If-Match": '"1"', "If-None-Match": "*"}, body="x").gets(
            501,
            "NotImplemented",
            NOT_DONE,
            Header="If-Match,If-None-Match",
            additionalMessage="Multiple conditional request headers present in the request",
        ),
        "deletion of another": key(DELETE, headers={"If-Match": '"1"'}).gets(
            412, "PreconditionFailed", Condition="If-Match"
        ),
        "deletion of nothing": key(DELETE, "none", headers={"If-Match": '"1"'}).gets(404, "NoSuchKey", Key="none"),
        "deletion by size": key(DELETE, headers={"x-amz-if-match-size": "10"}).gets(
            501, "NotImplemented", NOT_DONE, Header="x-amz-if-match-size"
        ),
        "deletion by time": key(
            DELETE, headers={"x-amz-if-match-last-modified-time": "Wed, 01 Jan 2025 00:00:00 GMT"}
        ).gets(501, "NotImplemented", NOT_DONE, Header="x-amz-if-match-last-modified-time"),
    },
)
def test_conditions(shared, world, row):
    refuse(shared, world, row)


def copy(source, destination="to", body="", name="plain", signed=True, **headers):
    given = {"x-amz-copy-source": source, **{each.replace("_", "-"): value for each, value in headers.items()}}
    return key(PUT, destination, name=name, headers=given, body=body, signed=signed)


def source_argument(value, text):
    return {"status": 400, "code": ARGUMENT, "text": text, "ArgumentName": "x-amz-copy-source", "ArgumentValue": value}


@table(
    {
        "a body": copy("@plain/k", body="x").gets(
            **source_argument("@plain/k", "You can only specify a copy source header for copy requests.")
        ),
        "no key": copy("bucket").gets(
            **source_argument("bucket", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
        ),
        "a name that no bucket has": copy("No_Bucket/k").gets(
            **source_argument("No_Bucket/k", "Invalid copy source bucket name")
        ),
        "an empty key": copy("@plain/").gets(**source_argument("@plain/", "Invalid copy source object key")),
        "what cannot be decoded": copy("@plain/%zz").gets(
            **source_argument("@plain/%zz", "Invalid copy source encoding")
        ),
        "an access point": copy("arn:aws:s3:us-east-1:1:accesspoint/a/object/k").gets(
            501, "NotImplemented", NOT_DONE, Header="x-amz-copy-source"
        ),
        "nothing": copy("@plain/none").gets(404, "NoSuchKey", Key="none"),
        "from nowhere": copy("@void/k").gets(404, "NoSuchBucket", BucketName="@void"),
        "a marker": copy("@versioned/gone").gets(404, "NoSuchKey", Key="gone"),
        "a marker by id": copy("@versioned/gone?versionId=@marker").gets(
            400, REQUEST, "The source of a copy request may not specifically refer to a delete marker by version id."
        ),
        "onto itself": copy("@plain/k", "k").gets(
            400,
            REQUEST,
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        ),
        "another directive": copy("@plain/k", x_amz_metadata_directive="MERGE").gets(
            400,
            ARGUMENT,
            "Unknown metadata directive.",
            ArgumentName="x-amz-metadata-directive",
            ArgumentValue="MERGE",
        ),
        "another directive of tags": copy("@plain/k", x_amz_tagging_directive="MERGE").gets(
            400, ARGUMENT, "Unknown tagging directive.", ArgumentName="x-amz-tagging-directive", ArgumentValue="MERGE"
        ),
        "for anybody": copy("@public/k", name="public", signed=False).gets(
            403, "AccessDenied", "Anonymous users cannot copy objects. Please authenticate."
        ),
        "a condition of the source": copy("@plain/k", x_amz_copy_source_if_match='"1"').gets(
            412, "PreconditionFailed", Condition="x-amz-copy-source-If-Match"
        ),
        "a condition of what is there": copy("@versioned/k", "k", If_None_Match="*").gets(
            412, "PreconditionFailed", Condition="If-None-Match"
        ),
    },
)
def test_copies(shared, world, row):
    refuse(shared, world, row)


@table(
    {
        "a token that is none": bucket(GET, list_type=2, continuation_token="none").gets(
            400,
            ARGUMENT,
            "The continuation token provided is incorrect",
            ArgumentName="continuation-token",
        ),
        "an empty token": bucket(GET, list_type=2, continuation_token="").gets(
            400, ARGUMENT, ArgumentName="continuation-token"
        ),
        "a page of minus one": bucket(GET, max_keys=-1).gets(
            400,
            ARGUMENT,
            "Argument maxKeys must be an integer between 0 and 2147483647",
            ArgumentName="maxKeys",
            ArgumentValue="-1",
        ),
        "a page of many": bucket(GET, max_keys="many").gets(
            400,
            ARGUMENT,
            "Provided max-keys not an integer or within integer range",
            ArgumentName="max-keys",
            ArgumentValue="many",
        ),
        "a version without a key": bucket(GET, versions=None, version_id_marker="null").gets(
            400,
            ARGUMENT,
            "A version-id marker cannot be specified without a key marker.",
            ArgumentName="version-id-marker",
            ArgumentValue="null",
        ),
        "an upload of somebody else": bucket(GET, uploads=None, key_marker="k", upload_id_marker="../x").gets(
            400,
            ARGUMENT,
            "Invalid uploadId marker",
            ArgumentName="upload-id-marker",
            ArgumentValue="../x",
        ),
    },
)
def test_lists(shared, world, row):
    refuse(shared, world, row)


def part(number, etag):
    return f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"


def complete(*parts, headers=None):
    inner = "".join(part(number, etag) for number, etag in parts)
    body = f"<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>"
    return key(POST, headers=headers, body=body, uploadId="@upload")


def part_number(value):
    return {
        "status": 400,
        "code": ARGUMENT,
        "text": "Part number must be an integer between 1 and 10000, inclusive",
        "ArgumentName": "partNumber",
        "ArgumentValue": value,
    }


INVALID_PART = (
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
    "entity tag may not match the part's entity tag."
)
NO_UPLOAD = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
COPY_RANGE = (
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based "
    "offsets of the first and last bytes to copy"
)


def copied_part(span):
    headers = {"x-amz-copy-source": "@plain/k", "x-amz-copy-source-range": span}
    return key(PUT, headers=headers, partNumber=3, uploadId="@upload")


def range_argument(value, text):
    return {
        "status": 400,
        "code": ARGUMENT,
        "text": text,
        "ArgumentName": "x-amz-copy-source-range",
        "ArgumentValue": value,
    }


@table(
    {
        "part 0": key(PUT, body="x", partNumber=0, uploadId="@upload").gets(**part_number("0")),
        "part 10001": key(PUT, body="x", partNumber=10001, uploadId="@upload").gets(**part_number("10001")),
        "part one": key(PUT, body="x", partNumber="one", uploadId="@upload").gets(**part_number("one")),
        "a part of nothing": key(PUT, body="x", partNumber=1).gets(
            400,
            ARGUMENT,
            "This operation does not accept partNumber without uploadId",
            ArgumentName="partNumber",
            ArgumentValue="1",
        ),
        "an upload that is none": key(PUT, body="x", partNumber=1, uploadId="none").gets(
            404, "NoSuchUpload", NO_UPLOAD, UploadId="none"
        ),
        "a list of none": key(GET, uploadId="none").gets(404, "NoSuchUpload", NO_UPLOAD, UploadId="none"),
        "the end of none": key(DELETE, uploadId="none").gets(404, "NoSuchUpload", NO_UPLOAD, UploadId="none"),
        "completion of none": key(
            POST, uploadId="none", body="<CompleteMultipartUpload>" + part(1, "x") + "</CompleteMultipartUpload>"
        ).gets(404, "NoSuchUpload", NO_UPLOAD, UploadId="none"),
        "no part": key(POST, uploadId="@upload", body="<CompleteMultipartUpload/>").gets(
            400, REQUEST, "You must specify at least one part"
        ),
        "a document that is none": key(POST, uploadId="@upload", body="<CompleteMultipartUpload>").gets(
            400, "MalformedXML", XML
        ),
        "parts out of order": complete((2, "@part"), (1, "@part")).gets(
            400,
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
            UploadId="@upload",
        ),
        "a part twice": complete((1, "@part"), (1, "@part")).gets(400, "InvalidPartOrder", UploadId="@upload"),
        "a part that is not there": complete((7, "@part")).gets(
            400, "InvalidPart", INVALID_PART, UploadId="@upload", PartNumber="7", ETag="@digest"
        ),
        "another ETag": complete((1, '"0"')).gets(
            400, "InvalidPart", INVALID_PART, UploadId="@upload", PartNumber="1", ETag="0"
        ),
        "a small part before the last": complete((1, "@part"), (2, "@part")).gets(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
            ProposedSize="5",
            MinSizeAllowed="5242880",
            PartNumber="1",
            ETag="@digest",
        ),
        "another size": complete((1, "@part"), headers={"x-amz-mp-object-size": "6"}).gets(
            400, REQUEST, "The provided 'x-amz-mp-object-size' header value 6 does not match what was computed: 5"
        ),
        "less than nothing": complete((1, "@part"), headers={"x-amz-mp-object-size": "-1"}).gets(
            400, REQUEST, "Value for x-amz-mp-object-size header is less than zero: '-1'"
        ),
        "a size that is none": complete((1, "@part"), headers={"x-amz-mp-object-size": "x"}).gets(
            400, REQUEST, "Value for x-amz-mp-object-size header is invalid: 'x'"
        ),
        "already there": complete((1, "@part"), headers={"If-None-Match": "*"}).gets(
            412, "PreconditionFailed", Condition="If-None-Match"
        ),
        "a range without an end": copied_part("bytes=0-").gets(**range_argument("bytes=0-", COPY_RANGE)),
        "a range that is none": copied_part("0-1").gets(**range_argument("0-1", COPY_RANGE)),
        "a range backwards": copied_part("bytes=2-1").gets(**range_argument("bytes=2-1", COPY_RANGE)),
        "a range beyond the end": copied_part("bytes=5-10").gets(
            **range_argument("bytes=5-10", "Range specified is not valid for source object of size: 10")
        ),
        "a range behind the end": copied_part("bytes=10-11").gets(
            400, REQUEST, "The specified copy range is invalid for the source object size"
        ),
        "for anybody": key(POST, name="public", signed=False, uploads=None).gets(
            403, "AccessDenied", "Anonymous users cannot initiate multipart uploads. Please authenticate."
        ),
    },
)
def test_multipart(shared, world, row):
    refuse(shared, world, row)


def checked(body="x", **headers):
    return key(PUT, headers={f"x-amz-{name.replace('_', '-')}": value for name, value in headers.items()}, body=body)


def begun(**headers):
    given = {f"x-amz-{name.replace('_', '-')}": value for name, value in headers.items()}
    return key(POST, headers=given, uploads=None)


@table(
    {
        "an algorithm and no value": checked(sdk_checksum_algorithm="CRC32").gets(
            400,
            REQUEST,
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers "
            "were found.",
        ),
        "two values": checked(checksum_crc32="AAAAAA==", checksum_sha1="A" * 27 + "=").gets(
            400, REQUEST, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        ),
        "a value that is none": checked(checksum_crc32="nonsense").gets(
            400, REQUEST, "Value for x-amz-checksum-crc32 header is invalid."
        ),
        "another value": checked(checksum_crc32="AAAAAA==").gets(
            400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."
        ),
        "composite CRC64": begun(checksum_algorithm="CRC64NVME", checksum_type="COMPOSITE").gets(
            400, REQUEST, "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."
        ),
        "full SHA256": begun(checksum_algorithm="SHA256", checksum_type="FULL_OBJECT").gets(
            400, REQUEST, "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm."
        ),
        "a type of nothing": begun(checksum_type="FULL_OBJECT").gets(
            400, REQUEST, "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
        ),
        "another algorithm": begun(checksum_algorithm="CRC16").gets(
            400,
            REQUEST,
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
            "CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]",
        ),
        "another type at the end": complete((1, "@part"), headers={"x-amz-checksum-type": "COMPOSITE"}).gets(
            400, REQUEST
        ),
    },
)
def test_checksums(shared, world, row):
    refuse(shared, world, row)


def tags(*pairs):
    inner = "".join(f"<Tag><Key>{name}</Key><Value>{value}</Value></Tag>" for name, value in pairs)
    return f"<Tagging><TagSet>{inner}</TagSet></Tagging>"


@table(
    {
        "a name that is none": key(PUT, body=tags(("a&lt;b", "1")), tagging=None).gets(
            400, "InvalidTag", "The TagKey you have provided is invalid", TagKey="a<b"
        ),
        "a long name": key(PUT, body=tags(("k" * 129, "")), tagging=None).gets(400, "InvalidTag", TagKey="k" * 129),
        "a value that is none": key(PUT, body=tags(("a", "1,2")), tagging=None).gets(
            400, "InvalidTag", "The TagValue you have provided is invalid", TagKey="a", TagValue="1,2"
        ),
        "a name twice": key(PUT, body=tags(("a", "1"), ("a", "2")), tagging=None).gets(
            400, "InvalidTag", "Cannot provide multiple Tags with the same key", TagKey="a"
        ),
        "a name of the system": key(PUT, body=tags(("aws:a", "1")), tagging=None).gets(
            400, "InvalidTag", "Your TagKey cannot be prefixed with aws:", TagKey="aws:a"
        ),
        "eleven": key(PUT, body=tags(*((f"k{i}", "") for i in range(11))), tagging=None).gets(
            400, "BadRequest", "Object tags cannot be greater than 10"
        ),
        "fifty-one of a bucket": bucket(PUT, body=tags(*((f"k{i}", "") for i in range(51))), tagging=None).gets(
            400, "BadRequest", "Bucket tag count cannot be greater than 50"
        ),
        "of nothing": key(GET, "none", tagging=None).gets(404, "NoSuchKey", Key="none"),
        "of a marker": key(PUT, "gone", name="versioned", body=tags(), tagging=None, versionId="@marker").gets(
            405, "MethodNotAllowed", Method="PUT", ResourceType="DeleteMarker"
        ),
        "a document that is none": key(PUT, body="<Tagging>", tagging=None).gets(400, "MalformedXML", XML),
        "a bucket's that are absent": bucket(GET, tagging=None).gets(
            404, "NoSuchTagSet", "The TagSet does not exist", BucketName="@plain"
        ),
    },
)
def test_tags(shared, world, row):
    refuse(shared, world, row)


OWNER_ONLY = "The bucket does not allow ACLs"


@table(
    {
        "where the owner owns all": bucket(PUT, headers={"x-amz-acl": "public-read"}, acl=None).gets(
            400, "AccessControlListNotSupported", OWNER_ONLY
        ),
        "of an object there": key(PUT, headers={"x-amz-acl": "public-read"}, acl=None).gets(
            400, "AccessControlListNotSupported", OWNER_ONLY
        ),
        "with an upload there": key(PUT, headers={"x-amz-acl": "public-read"}, body="x").gets(
            400, "AccessControlListNotSupported", OWNER_ONLY
        ),
        "a canned one that is none": bucket(PUT, "lists", headers={"x-amz-acl": "mine"}, acl=None).gets(
            400, ARGUMENT, "", ArgumentName="x-amz-acl", ArgumentValue="mine"
        ),
        "canned and grants": bucket(
            PUT, "lists", headers={"x-amz-acl": "private", "x-amz-grant-read": 'id="1"'}, acl=None
        ).gets(400, REQUEST, "Specifying both Canned ACLs and Header Grants is not allowed"),
        "headers and a document": bucket(
            PUT, "lists", headers={"x-amz-acl": "private"}, body="<AccessControlPolicy/>", acl=None
        ).gets(400, "UnexpectedContent", "This request does not support content"),
        "neither": bucket(PUT, "lists", acl=None).gets(
            400, "MissingSecurityHeader", "Your request was missing a required header", MissingHeaderName="x-amz-acl"
        ),
        "a document that is none": bucket(PUT, "lists", body="<AccessControlPolicy>", acl=None).gets(
            400, "MalformedACLError", XML
        ),
        "a grant that is none": bucket(PUT, "lists", headers={"x-amz-grant-read": "everybody"}, acl=None).gets(
            400,
            ARGUMENT,
            "Argument format not recognized",
            ArgumentName="x-amz-grant-read",
            ArgumentValue="everybody",
        ),
        "for nobody": bucket(PUT, "lists", headers={"x-amz-grant-read": 'id="nobody"'}, acl=None).gets(
            400, ARGUMENT, "Invalid id", ArgumentName="id", ArgumentValue="nobody"
        ),
        "for no group": bucket(PUT, "lists", headers={"x-amz-grant-read": 'uri="http://x"'}, acl=None).gets(
            400, ARGUMENT, "Invalid group uri", ArgumentName="uri", ArgumentValue="http://x"
        ),
    },
)
def test_access_control_lists(shared, world, row):
    refuse(shared, world, row)


def cors(rule):
    return f"<CORSConfiguration><CORSRule>{rule}</CORSRule></CORSConfiguration>"


def policy(**changes):
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::@plain/*",
        **changes,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def lifecycle(rule, status="Enabled"):
    return f"<LifecycleConfiguration><Rule><Status>{status}</Status>{rule}</Rule></LifecycleConfiguration>"


EVERYTHING = "<Filter/>"
THREE_DAYS = "<Expiration><Days>3</Days></Expiration>"


@table(
    {
        "a method that CORS has not": bucket(
            PUT,
            body=cors("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod>"),
            cors=None,
        ).gets(400, REQUEST, "Found unsupported HTTP method in CORS config. Unsupported method is PATCH"),
        "an origin with two stars": bucket(
            PUT,
            body=cors("<AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"),
            cors=None,
        ).gets(400, REQUEST, 'AllowedOrigin "*.*" can not have more than one wildcard.'),
        "no rule of CORS": bucket(PUT, body="<CORSConfiguration/>", cors=None).gets(400, "MalformedXML", XML),
        "absent CORS": bucket(GET, cors=None).gets(
            404, "NoSuchCORSConfiguration", "The CORS configuration does not exist", BucketName="@plain"
        ),
        "a state in small letters": bucket(
            PUT,
            body="<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>",
            versioning=None,
        ).gets(400, "MalformedXML", XML),
        "no state": bucket(PUT, body="<VersioningConfiguration/>", versioning=None).gets(
            400, "IllegalVersioningConfigurationException", "The Versioning element must be specified"
        ),
        "a policy that is none": bucket(PUT, body="text", policy=None).gets(
            400, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"
        ),
        "an empty policy": bucket(PUT, body="{}", policy=None).gets(
            400, "MalformedPolicy", "Missing required field Statement"
        ),
        "a policy of another bucket": bucket(PUT, body=policy(Resource="arn:aws:s3:::other/*"), policy=None).gets(
            400, "MalformedPolicy", "Policy has invalid resource"
        ),
        "an absent policy": bucket(GET, policy=None).gets(
            404, "NoSuchBucketPolicy", "The bucket policy does not exist", BucketName="@plain"
        ),
        "no lifecycle rule": bucket(PUT, body="<LifecycleConfiguration/>", lifecycle=None).gets(
            400, "MalformedXML", XML
        ),
        "a rule in another state": bucket(PUT, body=lifecycle(EVERYTHING + THREE_DAYS, "On"), lifecycle=None).gets(
            400, "MalformedXML", XML
        ),
        "a filter and a prefix": bucket(
            PUT, body=lifecycle("<Prefix/>" + EVERYTHING + THREE_DAYS), lifecycle=None
        ).gets(400, "MalformedXML", XML),
        "a date in the day": bucket(
            PUT,
            body=lifecycle(EVERYTHING + "<Expiration><Date>2031-01-01T10:00:00Z</Date></Expiration>"),
            lifecycle=None,
        ).gets(
            400,
            ARGUMENT,
            "'Date' must be at midnight GMT",
            ArgumentName="Date",
            ArgumentValue="2031-01-01T10:00:00Z",
        ),
        "a minimum that is none": bucket(
            PUT,
            headers={"x-amz-transition-default-minimum-object-size": "small"},
            body=lifecycle(EVERYTHING + THREE_DAYS),
            lifecycle=None,
        ).gets(400, REQUEST, "Invalid TransitionDefaultMinimumObjectSize found: small"),
        "an absent lifecycle": bucket(GET, lifecycle=None).gets(
            404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", BucketName="@plain"
        ),
        "two owners": bucket(
            PUT,
            body="<OwnershipControls>"
            + "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>" * 2
            + "</OwnershipControls>",
            ownershipControls=None,
        ).gets(400, "MalformedXML", XML),
        "a block of nothing": bucket(PUT, body="<PublicAccessBlockConfiguration/>", publicAccessBlock=None).gets(
            400, REQUEST, "Must specify at least one configuration."
        ),
        "a key beside AES256": bucket(
            PUT,
            body="<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
            "</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>"
            "</ServerSideEncryptionConfiguration>",
            encryption=None,
        ).gets(
            400,
            ARGUMENT,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            ArgumentName="ApplyServerSideEncryptionByDefault",
        ),
        "absent encryption": bucket(GET, encryption=None).gets(
            404,
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
            BucketName="@plain",
        ),
        "an absent website": bucket(GET, website=None).gets(
            404,
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
            BucketName="@plain",
        ),
        "absent replication": bucket(GET, replication=None).gets(
            404,
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
            BucketName="@plain",
        ),
        "absent object lock": bucket(GET, object_lock=None).gets(
            404,
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
            BucketName="@plain",
        ),
        "an absent metric": bucket(GET, metrics=None, id="x").gets(
            404, "NoSuchConfiguration", "The specified configuration does not exist."
        ),
        "acceleration": bucket(
            PUT,
            body="<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>",
            accelerate=None,
        ).gets(501, "NotImplemented"),
        "requesters who pay": bucket(
            PUT,
            body="<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
            requestPayment=None,
        ).gets(501, "NotImplemented"),
        "a website": bucket(
            PUT,
            body="<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>",
            website=None,
        ).gets(501, "NotImplemented"),
    },
)
def test_configurations(shared, world, row):
    refuse(shared, world, row)


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"Action": "s3:Nothing"}, "Policy has invalid action"),
        ({"Resource": "k"}, "Policy has invalid resource"),
        ({"Principal": {"AWS": "nobody"}}, "Invalid principal in policy"),
        ({"Action": "s3:ListBucket"}, "Action does not apply to any resource(s) in statement"),
    ],
)
def test_a_policy_that_cannot_be_meant(shared, world, changes, text):
    body = fill(world, policy(**changes))
    answer = send(shared, PUT, target(world.plain, None, policy=None), body=body)
    assert (answer.status, answer.code, answer.texts("Message")) == (400, "MalformedPolicy", [text])
    assert send(shared, GET, target(world.plain, None, policy=None)).status == 404


@pytest.mark.parametrize(
    "sub_resource",
    [
        "cors",
        "lifecycle",
        "tagging",
        "versioning",
        "ownershipControls",
        "publicAccessBlock",
        "object-lock",
        "encryption",
    ],
)
@pytest.mark.parametrize(
    "body", ["", "text", "<a>", "<Other/>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>']
)
def test_a_document_that_is_none(shared, world, sub_resource, body):
    answer = send(shared, PUT, target(world.plain, None, **{sub_resource: None}), body=body)
    assert answer.status == 400, answer
    assert answer.code in ("MalformedXML", "MissingRequestBodyError", "IllegalVersioningConfigurationException")
    assert b"root:" not in answer.body


@table(
    {
        "none": key(GET, attributes=None).gets(
            400,
            REQUEST,
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
        ),
        "one that is none": key(GET, headers={"x-amz-object-attributes": "Size"}, attributes=None).gets(
            400,
            ARGUMENT,
            "Invalid attribute name specified.",
            ArgumentName="x-amz-object-attributes",
            ArgumentValue="Size",
        ),
        "of nothing": key(GET, "none", headers={"x-amz-object-attributes": "ETag"}, attributes=None).gets(
            404, "NoSuchKey", Key="none"
        ),
        "of a marker": key(
            GET,
            "gone",
            name="versioned",
            headers={"x-amz-object-attributes": "ETag"},
            attributes=None,
            versionId="@marker",
        ).gets(405, "MethodNotAllowed", Method="GET", ResourceType="DeleteMarker"),
        "deletion of no list": bucket(POST, body="<Delete/>", delete=None).gets(400, "MalformedXML", XML),
        "deletion of what has no key": bucket(POST, body="<Delete><Object/></Delete>", delete=None).gets(
            400, "MalformedXML", XML
        ),
    },
)
def test_attributes_and_deletion(shared, world, row):
    refuse(shared, world, row)


# What needs more care with the bytes


@pytest.mark.parametrize("query, size", [("delete", 4 << 20), ("tagging", 4 << 20), ("policy", 21 << 10)])
def test_a_document_beyond_its_limit(shared, world, query, size):
    method = POST if query == "delete" else PUT
    answer = send(shared, method, target(world.plain, None, **{query: None}), body="{" + " " * size)
    assert answer.status == 400 and answer.code in ("MaxMessageLengthExceeded", "MalformedXML", "MalformedPolicy")


def test_an_upload_without_a_length(shared, world):
    answer = send(shared, PUT, target(world.plain, "new"), length=False)
    assert (answer.status, answer.code) == (411, "MissingContentLength")


def test_an_upload_beyond_5_gib_is_refused_before_it_is_sent(shared, world):
    url = shared.s3().generate_presigned_url("put_object", {"Bucket": world.plain, "Key": "new"})
    head = wire.head(PUT, url.removeprefix(shared.endpoint), shared, f"Content-Length: {(5 << 30) + 1}")
    answer = wire.exchange(shared, head, PUT)
    found = Answer(answer.status, answer.reason, answer.headers, answer.body)
    assert (found.status, found.code) == (400, "EntityTooLarge")
    assert found.elements == {"ProposedSize": str((5 << 30) + 1), "MaxSizeAllowed": str(5 << 30)}


def test_a_short_upload_leaves_what_was_there(shared, world):
    url = shared.s3().generate_presigned_url("put_object", {"Bucket": world.plain, "Key": "k"})
    head = wire.head(PUT, url.removeprefix(shared.endpoint), shared, "Content-Length: 100")
    with shared.connect() as connection:
        connection.sendall(head + b"x" * 99)
        connection.shutdown(socket.SHUT_WR)
        answer = wire.read_answer(connection, PUT)
    assert answer is None or (answer.status, answer.code) == (400, "IncompleteBody")
    assert send(shared, GET, target(world.plain, "k")).body == b"0123456789"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_refusals_of_head_have_no_body(shared, world, method):
    for place, status in [
        (target(world.plain, "none"), 404),
        (target(world.void), 404),
        (target(world.void, "k"), 404),
    ]:
        answer = send(shared, method, place)
        assert answer.status == status and bool(answer.body) == (method == "GET")
        assert answer.header("Content-Type") == "application/xml" and answer.header("x-amz-request-id")


def test_nothing_was_changed_by_all_this(shared, world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    assert send(shared, GET, target(world.plain, "k")).body == b"0123456789"
    listed = send(shared, GET, target(world.plain, None, list_type=2))
    assert listed.texts("Contents/Key") == ["k"]
    assert send(shared, GET, target(world.void)).status == 404
    parts = send(shared, GET, target(world.plain, "k", uploadId=world.upload))
    assert parts.texts("Part/PartNumber") == ["1", "2"]

"""Refusals of DeleteObjects: of a request, and of single keys inside an answer of 200."""

import json

import pytest

from object_fixtures import FOREIGN_VERSION, NO_BYPASS, OTHER_MD5, furnish, md5
from refusals import MESSAGES, Call, World, refuse, rows

NO_MD5 = "AAAAAAAAAAAAAAAAAAAAAA=="
DOCUMENT = "<Delete><Object><Key>none</Key></Object></Delete>"


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def keys(*names):
    return {"Objects": [{"Key": name} for name in names]}


def delete(body=None, **parameters):
    return Call("DeleteObjects", body=body, **{"Delete": keys("none"), **parameters})


@rows(
    delete("").refused("no document", 400, "MissingRequestBodyError"),
    delete("text").refused("a document that is none", 400, "MalformedXML"),
    delete("<Delete>").refused("a document without its end", 400, "MalformedXML"),
    delete("<Other><Object><Key>k</Key></Object></Other>").refused("another document", 400, "MalformedXML"),
    delete('<!DOCTYPE a [<!ENTITY b "c">]><Delete><Object><Key>&b;</Key></Object></Delete>').refused(
        "a document with entities", 400, "MalformedXML"
    ),
    delete(Delete=keys()).refused("no object", 400, "MalformedXML"),
    delete(Delete=keys(*(f"k{number}" for number in range(1001)))).refused("1001 objects", 400, "MalformedXML"),
    delete("<Delete><Object/></Delete>").refused("an object without a key", 400, "MalformedXML"),
    delete("<Delete><Quiet>maybe</Quiet><Object><Key>k</Key></Object></Delete>").refused(
        "neither quiet nor not", 400, "MalformedXML"
    ),
    delete("<Delete>" + " " * (2 << 20) + "</Delete>").refused(
        "more than 2 MiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes=str(2 << 20)
    ),
    delete(DOCUMENT, headers={"Content-MD5": NO_MD5}).refused(
        "the digest of something else",
        400,
        "BadDigest",
        OTHER_MD5,
        ExpectedDigest="0" * 32,
        CalculatedDigest=md5(DOCUMENT.encode()),
    ),
    delete(headers={"Content-MD5": "AAAA"}).refused("a digest of 3 bytes", 400, "InvalidDigest", Content_MD5="AAAA"),
    delete(headers={"x-amz-checksum-crc32": "AAAAAA=="}).refused(
        "the checksum of something else",
        400,
        "BadDigest",
        "The CRC32 you specified did not match the calculated checksum.",
    ),
    delete(headers={"x-amz-checksum-crc32": "nonsense"}).request(
        "a checksum that is none", "Value for x-amz-checksum-crc32 header is invalid."
    ),
    delete(BypassGovernanceRetention=True).argument(
        "a bypass without a lock",
        "x-amz-bypass-governance-retention",
        None,
        NO_BYPASS,
    ),
    Call("PutObject", Key="", query={"delete": None}, Body=b"x").refused(
        "?delete by PUT", 405, "MethodNotAllowed", Method="PUT", ResourceType="DELETE"
    ),
)
def test_delete_objects(world, row):
    refuse(world, row)


def outcome(key, code, message=None, **entry):
    """A row of one object whose deletion is refused, and no other's."""
    error = {"Key": key, "Code": code, "Message": message or MESSAGES[code]}
    if "VersionId" in entry:
        error["VersionId"] = entry["VersionId"]
    return {"Key": key, **entry}, error


OUTCOMES = {
    "a version id that was never made": outcome("k", "NoSuchVersion", VersionId=FOREIGN_VERSION),
    "another ETag": outcome("k", "PreconditionFailed", ETag='"1"'),
    "an ETag of nothing": outcome("none", "NoSuchKey", ETag='"1"'),
    "any ETag of nothing": outcome("none", "NoSuchKey", ETag="*"),
    "by its size": outcome("k", "NotImplemented", Size=10),
    "by its time": outcome("k", "NotImplemented", LastModifiedTime="Wed, 01 Jan 2025 00:00:00 GMT"),
    "a key of 1026 bytes": outcome("ü" * 513, "KeyTooLongError"),
}


@pytest.mark.parametrize("quiet", [False, True], ids=["in full", "quiet"])
@pytest.mark.parametrize("case", OUTCOMES)
def test_one_object_is_refused_inside_200(world, case, quiet):
    entry, error = OUTCOMES[case]
    answer = world.client().delete_objects(
        Bucket=world.plain, Delete={"Objects": [{"Key": "none/such"}, entry], "Quiet": quiet}
    )
    assert answer["Errors"] == [error]
    assert answer.get("Deleted", []) == ([] if quiet else [{"Key": "none/such"}])


def test_what_the_caller_may_not_delete_is_refused_inside_200(world):
    """Anybody may delete in the public bucket alone, and there not what is denied."""
    s3 = world.client()
    policy = json.loads(s3.get_bucket_policy(Bucket=world.public)["Policy"])
    deny = {**policy["Statement"][0], "Effect": "Deny", "Resource": f"arn:aws:s3:::{world.public}/kept/*"}
    policy["Statement"].append(deny)
    s3.put_bucket_policy(Bucket=world.public, Policy=json.dumps(policy))
    answer = world.client(signed=False).delete_objects(Bucket=world.public, Delete=keys("kept/k", "other"))
    assert answer["Errors"] == [{"Key": "kept/k", "Code": "AccessDenied", "Message": "Access Denied"}]
    assert answer["Deleted"] == [{"Key": "other"}]


def test_what_a_lock_keeps_is_refused_inside_200(world):
    s3, bucket = world.client(), World.name()
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentMD5=md5(b"x"), ObjectLockLegalHoldStatus="ON")
    entry = {"Key": "k", "VersionId": version["VersionId"]}
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [entry]})
    text = "Access Denied because object protected by object lock."
    assert answer["Errors"] == [{**entry, "Code": "AccessDenied", "Message": text}]


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    listed = world.client().list_objects_v2(Bucket=world.plain)
    assert [entry["Key"] for entry in listed["Contents"]] == ["empty", "folder/", "k", "parts"]

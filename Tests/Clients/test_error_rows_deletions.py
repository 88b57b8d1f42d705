"""Refusals of DeleteObjects: of a request, and of single keys inside an answer of 200."""

import pytest

from object_fixtures import furnish
from refusals import MESSAGES, Call, refuse, rows

NOBODY_VERSION = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"
NO_MD5 = "AAAAAAAAAAAAAAAAAAAAAA=="


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
    delete(headers={"Content-MD5": NO_MD5}).refused(
        "the digest of something else",
        400,
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
        ExpectedDigest="0" * 32,
        CalculatedDigest="@calculated",
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
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
    ),
    delete(Bucket="@void").refused("a bucket that is not there", 404, "NoSuchBucket", BucketName="@void"),
    delete(Bucket="@public", signed=False).refused(
        "for anybody", 403, "AccessDenied", "Anonymous users cannot invoke this API. Please authenticate."
    ),
    Call("PutObject", Key="", query={"delete": None}, Body=b"x").refused(
        "?delete by PUT", 405, "MethodNotAllowed", Method="PUT", ResourceType="DELETE"
    ),
)
def test_delete_objects(world, row):
    refuse(world, row)

"""Refusals about the tags of buckets, a row each."""

import pytest

from refusals import Call, World, refuse, rows


@pytest.fixture(scope="module")
def world(shared):
    """A bucket without tags, which no row changes."""
    found = World(shared, plain=World.name(), void=World.name())
    shared.s3().create_bucket(Bucket=found.plain)
    return found


def tag(*pairs, **arguments):
    tags = [{"Key": key, "Value": value} for key, value in pairs]
    return Call("PutBucketTagging", Tagging={"TagSet": tags}, **arguments)


def bad_key(case, key):
    return tag((key, "")).refused(case, 400, "InvalidTag", "The TagKey you have provided is invalid", TagKey=key)


def bad_value(case, value):
    text = "The TagValue you have provided is invalid"
    return tag(("a", value)).refused(case, 400, "InvalidTag", text, TagKey="a", TagValue=value)


def of_aws(key):
    text = "System tags cannot be added/updated by requester"
    return tag((key, "1")).refused(key, 400, "InvalidTag", text, TagKey=key)


@rows(
    bad_key("a key with a comma", "Key1,Key2"),
    bad_key("a key with an angle bracket", "a<b"),
    bad_key("a key with an asterisk", "a*"),
    bad_key("a key of 129 characters", "k" * 129),
    tag(("", "1")).refused("an empty key", 400, "InvalidTag", "The TagKey you have provided is invalid", TagKey=""),
    bad_value("a value with a comma", "Val1,Val2"),
    bad_value("a value with a question mark", "a?"),
    bad_value("a value of 257 characters", "v" * 257),
    of_aws("aws:prefixed"),
    of_aws("AWS:prefixed"),
    tag(("Key1", "1"), ("Key1", "2")).refused(
        "a key twice", 400, "InvalidTag", "Cannot provide multiple Tags with the same key", TagKey="Key1"
    ),
    tag(*((f"k{number}", "") for number in range(51))).refused(
        "51 tags", 400, "BadRequest", "Bucket tag count cannot be greater than 50"
    ),
    tag(body="<Tagging><TagSet>").refused("no XML", 400, "MalformedXML"),
    tag(body="<Tags/>").refused("another document", 400, "MalformedXML"),
    tag(body="<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>").refused("no value", 400, "MalformedXML"),
    # Others say MissingRequestBodyError; this one is among those that do not, as on AWS.
    tag(body="").refused("no document", 400, "MalformedXML"),
    tag(body="<!--" + "-" * (1 << 20) + "-->").refused(
        "beyond 1 MiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes="1048576"
    ),
    Call("GetBucketTagging").refused("absent", 404, "NoSuchTagSet", BucketName="@plain"),
)
def test_bucket_tagging(world, row):
    refuse(world, row)

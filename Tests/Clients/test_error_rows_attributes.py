"""Refusals of GetObjectAttributes, of the tags of objects and of RenameObject, a row each."""

import pytest

from object_fixtures import (
    BAD_VERSION,
    CONDITION_VALUE,
    CONTENT,
    FOREIGN_VERSION,
    ONTO_ITSELF,
    PAST,
    TWO_CONDITIONS,
    furnish,
)
from refusals import Call, refuse, rows


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def attributes(**parameters):
    return Call("GetObjectAttributes", **parameters)


def asked_for(value):
    return attributes(headers={"x-amz-object-attributes": value})


NONE_NAMED = "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty"


@rows(
    asked_for(None).request("no header", NONE_NAMED),
    asked_for("").request("an empty header", NONE_NAMED),
    asked_for(" , ").request("a header of nothing", NONE_NAMED),
    *(
        asked_for(value).argument(
            f"the attributes {value}", "x-amz-object-attributes", name, "Invalid attribute name specified."
        )
        for value, name in (("Size", "Size"), ("etag", "etag"), ("ETag,Owner", "Owner"))
    ),
    attributes(Key="none").refused("a key that is not there", 404, "NoSuchKey", Key="none"),
    attributes(VersionId=FOREIGN_VERSION).argument(
        "a version id that was never made", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
    attributes(Bucket="@versioned", Key="lost", VersionId="@lost").refused(
        "a version that is gone", 404, "NoSuchVersion", Key="lost", VersionId="@lost"
    ),
    attributes(Bucket="@versioned", Key="gone")
    .refused("a marker is the newest", 404, "NoSuchKey", Key="gone")
    .answering(x_amz_delete_marker="true", x_amz_version_id="@marker"),
    attributes(Bucket="@versioned", Key="gone", VersionId="@marker")
    .refused("a marker by its id", 405, "MethodNotAllowed", Method="GET", ResourceType="DeleteMarker")
    .answering(allow="DELETE", x_amz_delete_marker="true"),
    *(
        attributes(headers={name: value}).argument(f"{name} {value}", name, value, text)
        for name in ("x-amz-max-parts", "x-amz-part-number-marker")
        for value, text in (
            ("many", f"Provided {name} not an integer or within integer range"),
            ("-1", f"Argument {name} must be an integer between 0 and 2147483647"),
        )
    ),
)
def test_get_object_attributes(world, row):
    refuse(world, row)


TAGGING = {"GetObjectTagging": "GET", "PutObjectTagging": "PUT", "DeleteObjectTagging": "DELETE"}


def tagging(operation, **parameters):
    more = {"Tagging": tags(("a", "1"))} if operation == "PutObjectTagging" else {}
    return Call(operation, **{**more, **parameters})


def tags(*pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs]}


def about_objects(operation, method):
    """What can be wrong with the object whose tags are meant."""
    marker = {"Method": method, "ResourceType": "DeleteMarker"}
    return [
        tagging(operation, Key="none").refused("a key that is not there", 404, "NoSuchKey", Key="none"),
        tagging(operation, VersionId=FOREIGN_VERSION).argument(
            "a version id that was never made", "versionId", FOREIGN_VERSION, BAD_VERSION
        ),
        tagging(operation, Bucket="@versioned", Key="lost", VersionId="@lost").refused(
            "a version that is gone", 404, "NoSuchVersion", Key="lost", VersionId="@lost"
        ),
        tagging(operation, Bucket="@versioned", Key="gone").refused(
            "a marker is the newest", 405, "MethodNotAllowed", **marker
        ),
        tagging(operation, Bucket="@versioned", Key="gone", VersionId="@marker").refused(
            "a marker by its id", 405, "MethodNotAllowed", **marker
        ),
    ]


@rows(*(row for operation, method in TAGGING.items() for row in about_objects(operation, method)))
def test_objects_of_tags(world, row):
    refuse(world, row)


def put_tags(*pairs):
    return Call("PutObjectTagging", Tagging=tags(*pairs))


def bad_key(case, key):
    return put_tags((key, "1")).refused(case, 400, "InvalidTag", "The TagKey you have provided is invalid", TagKey=key)


def bad_value(case, value):
    return put_tags(("a", value)).refused(
        case, 400, "InvalidTag", "The TagValue you have provided is invalid", TagKey="a", TagValue=value
    )


def document(body):
    return Call("PutObjectTagging", body=body)


@rows(
    bad_key("a key with a comma", "Key1,Key2"),
    bad_key("a key with <", "a<b"),
    bad_key("a key of 129 characters", "ü" * 129),
    bad_key("an empty key", ""),
    bad_value("a value with a comma", "Val1,Val2"),
    bad_value("a value of 257 characters", "ü" * 257),
    put_tags(("a", "1"), ("b", "1"), ("a", "2")).refused(
        "a key twice", 400, "InvalidTag", "Cannot provide multiple Tags with the same key", TagKey="a"
    ),
    put_tags(("aws:prefixed", "1")).refused(
        "a key of the system", 400, "InvalidTag", "Your TagKey cannot be prefixed with aws:", TagKey="aws:prefixed"
    ),
    put_tags(*((f"k{i}", "") for i in range(11))).refused(
        "eleven", 400, "BadRequest", "Object tags cannot be greater than 10"
    ),
    document("text").refused("a document that is none", 400, "MalformedXML"),
    document("<Tagging>").refused("a document without its end", 400, "MalformedXML"),
    document("<Other/>").refused("another document", 400, "MalformedXML"),
    document("<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>").refused(
        "a tag without a value", 400, "MalformedXML"
    ),
    document("<Tagging><TagSet><Tag><Value>a</Value></Tag></TagSet></Tagging>").refused(
        "a tag without a key", 400, "MalformedXML"
    ),
    document("").refused("no document", 400, "MalformedXML"),
    document("<Tagging>" + " " * (64 << 10) + "</Tagging>").refused(
        "more than 64 KiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes=str(64 << 10)
    ),
    Call("PutObjectTagging", Tagging=tags(("a", "1")), headers={"Content-MD5": "AAAA"}).refused(
        "a digest of 3 bytes", 400, "InvalidDigest", Content_MD5="AAAA"
    ),
    Call("PutObjectTagging", body="<Tagging/>", headers={"x-amz-checksum-crc32": "AAAAAA=="}).refused(
        "the checksum of something else",
        400,
        "BadDigest",
        "The CRC32 you specified did not match the calculated checksum.",
    ),
)
def test_put_object_tagging(world, row):
    refuse(world, row)


def rename(**parameters):
    return Call("RenameObject", **{"Key": "to", **parameters})


def unmet(case, condition, **parameters):
    return rename(**parameters).refused(case, 412, "PreconditionFailed", Condition=condition)


def source(case, value, text):
    row = rename(headers={"x-amz-rename-source": value})
    return row.argument(case, "x-amz-rename-source", value, text)


@rows(
    rename(headers={"x-amz-rename-source": None}).refused(
        "no source", 400, "MissingSecurityHeader", MissingHeaderName="x-amz-rename-source"
    ),
    rename(RenameSource="none").refused("a source that is not there", 404, "NoSuchKey", Key="none"),
    rename(Bucket="@versioned", RenameSource="gone")
    .refused("a marker is the source", 404, "NoSuchKey", Key="gone")
    .answering(x_amz_delete_marker="true"),
    rename(Key="k").request(
        "onto itself",
        ONTO_ITSELF,
    ),
    rename(Key="ü" * 513).refused("to a key of 1026 bytes", 400, "KeyTooLongError", Size="1026", MaxSizeAllowed="1024"),
    source("a bad escape", "%zz", "Invalid copy source encoding"),
    source("an empty key", "/", "Invalid copy source object key"),
    source("a version", f"k?versionId={'0' * 32}", "Invalid copy source object key"),
    unmet("the key is taken", "If-None-Match", Key="parts", DestinationIfNoneMatch="*"),
    unmet("another ETag there", "If-Match", Key="parts", DestinationIfMatch='"1"'),
    rename(DestinationIfNoneMatch='"1"').unimplemented(
        "if it has not that ETag", "If-None-Match", CONDITION_VALUE.format("If-None-Match")
    ),
    rename(DestinationIfMatch="*").unimplemented("any ETag there", "If-Match", CONDITION_VALUE.format("If-Match")),
    rename(DestinationIfMatch='"1"', DestinationIfNoneMatch="*").unimplemented(
        "two conditions", "If-Match,If-None-Match", TWO_CONDITIONS
    ),
    rename(DestinationIfMatch='"1"').refused("an ETag of nothing", 404, "NoSuchKey", Key="to"),
    unmet("another ETag", "x-amz-rename-source-If-Match", SourceIfMatch='"1"'),
    unmet("that ETag", "x-amz-rename-source-If-None-Match", SourceIfNoneMatch="@etag"),
    unmet("modified since", "x-amz-rename-source-If-Unmodified-Since", SourceIfUnmodifiedSince=PAST),
)
def test_rename_object(world, row):
    refuse(world, row)


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    assert s3.get_object(Bucket=world.plain, Key="k")["Body"].read() == CONTENT
    assert s3.get_object_tagging(Bucket=world.plain, Key="k")["TagSet"] == []
    listed = s3.list_objects_v2(Bucket=world.plain)
    assert [entry["Key"] for entry in listed["Contents"]] == ["empty", "folder/", "k", "parts"]

"""Refusals of GetObject, HeadObject, PutObject and DeleteObject, a row each."""

import hashlib

import pytest
from botocore.exceptions import ClientError

from dialects import send
from object_fixtures import (
    BAD_VERSION,
    CONDITION_VALUE,
    CONTENT,
    FOREIGN_VERSION,
    NO_BYPASS,
    NOT_LATIN,
    OTHER_MD5,
    PART_NUMBER,
    PAST,
    RANGE_AND_PART,
    TAGGING_HEADER,
    TWO_CONDITIONS,
    furnish,
    md5,
)
from refusals import Call, refuse, rows


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def get(**parameters):
    return Call("GetObject", **parameters)


def head(**parameters):
    return Call("HeadObject", **parameters)


def put(**parameters):
    return Call("PutObject", **{"Key": "new", "Body": b"x", **parameters})


def delete(**parameters):
    return Call("DeleteObject", **parameters)


@rows(
    get(Key="none/such").refused("a key that is not there", 404, "NoSuchKey", Key="none/such"),
    get(Key="folder").refused("a folder without its slash", 404, "NoSuchKey", Key="folder"),
    get(Key="ü" * 513).refused("a key of 1026 bytes", 400, "KeyTooLongError", Size="1026", MaxSizeAllowed="1024"),
    get(Bucket="@public", Key="none", signed=False).refused(
        "a key that is not there, for who may not list", 403, "AccessDenied"
    ),
    get(path="/@plain/%FF%FE").refused(
        "a path that is no UTF-8", 400, "InvalidURI", "Couldn't parse the specified URI.", URI="/@plain/%FF%FE"
    ),
    get(query={"uploads": None}).request(
        "?uploads of a key", "Key is not expected for the GET method ?uploads subresource"
    ),
    get(query={"versions": None}).request(
        "?versions of a key", "There is no such thing as the ?versions sub-resource for a key"
    ),
    get(query={"acl": None, "tagging": None}).argument(
        "two sub-resources", "ResourceType", "acl", "Conflicting query string parameters: acl, tagging"
    ),
)
def test_get_object(world, row):
    refuse(world, row)


@pytest.mark.parametrize("path", ["%zz", "a%2", "a%"])
def test_a_path_with_a_bad_escape(world, path):
    """By HTTP alone, since botocore's connections mend such a path."""
    answer = send(world.server, "GET", f"/{world.plain}/{path}", signed=False)
    assert (answer.status, answer.code) == (400, "InvalidURI")
    assert answer.texts("Message") == ["Couldn't parse the specified URI."]
    assert answer.elements == {"URI": f"/{world.plain}/{path}"}


def unsatisfiable(case, span, size=10, **parameters):
    row = get(Range=span, **parameters)
    row.refused(case, 416, "InvalidRange", RangeRequested=span, ActualObjectSize=str(size))
    return row.answering(content_range=f"bytes */{size}")


@rows(
    unsatisfiable("a range behind the end", "bytes=10-"),
    unsatisfiable("a range far behind the end", "bytes=100-200"),
    unsatisfiable("the last 0 bytes", "bytes=-0"),
    unsatisfiable("a range of nothing", "bytes=0-0", 0, Key="empty"),
    unsatisfiable("the last bytes of nothing", "bytes=-1", 0, Key="empty"),
    get(PartNumber=2).refused("part 2 of one", 416, "InvalidPartNumber", PartNumberRequested="2", ActualPartCount="1"),
    get(Key="parts", PartNumber=3).refused(
        "part 3 of two", 416, "InvalidPartNumber", PartNumberRequested="3", ActualPartCount="2"
    ),
    get(Range="bytes=0-1", PartNumber=1).request("a range and a part", RANGE_AND_PART),
    get(PartNumber=0).argument("part 0", "partNumber", "0", PART_NUMBER),
    get(PartNumber=10001).argument("part 10001", "partNumber", "10001", PART_NUMBER),
    get(query={"partNumber": "one"}).argument("part one", "partNumber", "one", PART_NUMBER),
)
def test_get_object_in_pieces(world, row):
    refuse(world, row)


RESPONSES = {
    "ResponseCacheControl": "response-cache-control",
    "ResponseContentDisposition": "response-content-disposition",
    "ResponseContentEncoding": "response-content-encoding",
    "ResponseContentLanguage": "response-content-language",
    "ResponseContentType": "response-content-type",
}


@rows(
    *(
        get(Bucket="@public", signed=False, **{member: "x"}).request(
            f"{name} for anybody", "Request specific response headers cannot be used for anonymous GET requests."
        )
        for member, name in RESPONSES.items()
    ),
    get(Bucket="@public", signed=False, ResponseExpires=PAST).request(
        "response-expires for anybody", "Request specific response headers cannot be used for anonymous GET requests."
    ),
    *(
        get(**{member: "текст"}).argument(f"{name} beyond Latin-1", name, "текст", NOT_LATIN)
        for member, name in RESPONSES.items()
    ),
    get(query={"response-content-type": "a\r\nb: c"}).argument(
        "response-content-type with a line's end", "response-content-type", "a\r\nb: c", NOT_LATIN
    ),
)
def test_get_object_with_other_headers(world, row):
    refuse(world, row)


@rows(
    get(IfMatch='"1"').refused("another ETag", 412, "PreconditionFailed", Condition="If-Match"),
    get(IfMatch='"1", "2"').refused("none of two ETags", 412, "PreconditionFailed", Condition="If-Match"),
    get(IfUnmodifiedSince=PAST).refused("modified since", 412, "PreconditionFailed", Condition="If-Unmodified-Since"),
    get(IfMatch='"1"', IfNoneMatch="@etag").refused(
        "If-Match comes before If-None-Match", 412, "PreconditionFailed", Condition="If-Match"
    ),
    get(IfMatch='"1"', Range="bytes=10-").refused(
        "conditions come before the range", 412, "PreconditionFailed", Condition="If-Match"
    ),
    get(IfUnmodifiedSince=PAST, IfNoneMatch="@etag").refused(
        "If-Unmodified-Since comes before If-None-Match", 412, "PreconditionFailed", Condition="If-Unmodified-Since"
    ),
    get(Key="none", IfMatch='"1"').refused("the key comes before conditions", 404, "NoSuchKey", Key="none"),
    head(IfMatch='"1"').refused("another ETag", 412, "PreconditionFailed"),
    head(IfUnmodifiedSince=PAST).refused("modified since", 412, "PreconditionFailed"),
)
def test_conditional_reads(world, row):
    refuse(world, row)


@pytest.mark.parametrize("operation", ["get_object", "head_object"])
@pytest.mark.parametrize(
    "condition",
    [
        {"IfNoneMatch": "@etag"},
        {"IfNoneMatch": '"1", @etag'},
        {"IfNoneMatch": "*"},
        {"IfModifiedSince": "@modified"},
        {"IfMatch": "@etag", "IfUnmodifiedSince": PAST, "IfNoneMatch": "@etag"},
        {"IfNoneMatch": "@etag", "IfModifiedSince": PAST},
    ],
    ids=lambda condition: " and ".join(condition),
)
def test_what_is_not_modified_has_no_body(world, operation, condition):
    s3 = world.client()
    modified = s3.head_object(Bucket=world.plain, Key="k")["LastModified"]
    given = {name: modified if value == "@modified" else world.fill(value) for name, value in condition.items()}
    with pytest.raises(ClientError) as refusal:
        getattr(s3, operation)(Bucket=world.plain, Key="k", **given)
    assert refusal.value.response["Error"] == {"Code": "304", "Message": "Not Modified"}
    headers = refusal.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["etag"] == world.etag and "last-modified" in headers
    assert "content-type" not in headers and headers.get("content-length", "0") in ("0", "10")


@rows(
    get(VersionId=FOREIGN_VERSION).argument(
        "a version id that was never made", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
    get(Bucket="@versioned", VersionId=FOREIGN_VERSION).argument(
        "a version id that was never made, with versions", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
    get(Bucket="@versioned", Key="lost", VersionId="@lost").refused(
        "a version that is gone", 404, "NoSuchVersion", Key="lost", VersionId="@lost"
    ),
    get(Bucket="@versioned", Key="other", VersionId="@version").refused(
        "a version of another key", 404, "NoSuchVersion", Key="other", VersionId="@version"
    ),
    get(VersionId="@lost").refused("a version in a bucket without", 404, "NoSuchVersion", Key="k", VersionId="@lost"),
    get(Bucket="@versioned", Key="gone")
    .refused("a marker is the newest", 404, "NoSuchKey", Key="gone")
    .answering(x_amz_delete_marker="true", x_amz_version_id="@marker"),
    get(Bucket="@versioned", Key="gone", VersionId="@marker")
    .refused("a marker by its id", 405, "MethodNotAllowed", Method="GET", ResourceType="DeleteMarker")
    .answering(allow="DELETE", x_amz_delete_marker="true", x_amz_version_id="@marker"),
    head(Bucket="@versioned", Key="gone")
    .refused("a marker is the newest", 404, "NoSuchKey")
    .answering(
        x_amz_delete_marker="true",
        x_amz_version_id="@marker",
        x_larder_reason="the newest version is the delete marker @marker",
    ),
    head(Bucket="@versioned", Key="gone", VersionId="@marker")
    .refused("a marker by its id", 405, "MethodNotAllowed")
    .answering(allow="DELETE", x_amz_delete_marker="true", x_amz_version_id="@marker"),
    head(Bucket="@versioned", Key="lost", VersionId="@lost").refused("a version that is gone", 404, "NoSuchVersion"),
    head(VersionId=FOREIGN_VERSION).refused("a version id that was never made", 400, "InvalidArgument"),
    delete(VersionId=FOREIGN_VERSION).argument(
        "a version id that was never made", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
    delete(Bucket="@versioned", VersionId=FOREIGN_VERSION).argument(
        "a version id that was never made, with versions", "versionId", FOREIGN_VERSION, BAD_VERSION
    ),
)
def test_versions(world, row):
    refuse(world, row)


@rows(
    head(Key="none").refused("a key that is not there", 404, "NoSuchKey"),
    head(Bucket="@public", Key="none", signed=False).refused(
        "a key that is not there, for who may not list", 403, "AccessDenied"
    ),
    head(Range="bytes=10-")
    .refused("a range behind the end", 416, "InvalidRange")
    .answering(content_range="bytes */10"),
    head(Key="empty", Range="bytes=0-0").refused("a range of nothing", 416, "InvalidRange"),
    head(PartNumber=2).refused("part 2 of one", 416, "InvalidPartNumber"),
    head(PartNumber=0).refused("part 0", 400, "InvalidArgument"),
    head(PartNumber=1, Range="bytes=0-1").refused("a range and a part", 400, "InvalidRequest"),
    head(Key="ü" * 513).refused("a key of 1026 bytes", 400, "KeyTooLongError"),
    head(query={"acl": None}).refused("?acl, which is no way to ask", 405, "MethodNotAllowed"),
)
def test_head_object(world, row):
    refuse(world, row)


@rows(
    put(Key="ü" * 513).refused("a key of 1026 bytes", 400, "KeyTooLongError", Size="1026", MaxSizeAllowed="1024"),
    put(Metadata={"a": "v" * 2048}).refused(
        "metadata of 2049 bytes", 400, "MetadataTooLarge", Size="2049", MaxSizeAllowed="2048"
    ),
    put(Metadata={"a": "v" * 1024, "b": "v" * 1024}).refused(
        "metadata of 2050 bytes in two", 400, "MetadataTooLarge", Size="2050", MaxSizeAllowed="2048"
    ),
    put(StorageClass="COLD").refused("an unknown class", 400, "InvalidStorageClass", StorageClassRequested="COLD"),
    put(StorageClass="OUTPOSTS").refused(
        "the class of Outposts", 400, "InvalidStorageClass", StorageClassRequested="OUTPOSTS"
    ),
    put(WebsiteRedirectLocation="there").refused("a redirect to nowhere", 400, "InvalidRedirectLocation"),
    put(ContentMD5="9dd4e461268c8034f5c8564e155c67a6").refused(
        "a digest in hex", 400, "InvalidDigest", Content_MD5="9dd4e461268c8034f5c8564e155c67a6"
    ),
    put(ContentMD5="AAAA").refused("a digest of 3 bytes", 400, "InvalidDigest", Content_MD5="AAAA"),
    put(ContentMD5="not base64").refused("a digest of nothing", 400, "InvalidDigest", Content_MD5="not base64"),
    put(ContentMD5=md5(b"y")).refused(
        "the digest of something else",
        400,
        "BadDigest",
        OTHER_MD5,
        ExpectedDigest=hashlib.md5(b"y").hexdigest(),
        CalculatedDigest=md5(b"x"),
    ),
    put(late_headers={"Content-Length": str((5 << 30) + 1)}).refused(
        "5 GiB and a byte", 400, "EntityTooLarge", ProposedSize=str((5 << 30) + 1), MaxSizeAllowed=str(5 << 30)
    ),
    put(Tagging="a=1&a=2").argument("a tag twice", "x-amz-tagging", "a=1&a=2", TAGGING_HEADER),
    put(Tagging="a=1,b=2").argument("tags with a comma", "x-amz-tagging", "a=1,b=2", TAGGING_HEADER),
    put(Tagging="a=%zz").argument("a tag that cannot be decoded", "x-amz-tagging", "a=%zz", TAGGING_HEADER),
    put(Tagging="&".join(f"k{i}=" for i in range(11))).refused(
        "eleven tags", 400, "BadRequest", "Object tags cannot be greater than 10"
    ),
    put(WriteOffsetBytes=10).unimplemented("an append", "x-amz-write-offset-bytes"),
    put(headers={"x-amz-copy-source": "@plain/k"}).argument(
        "a copy with a body",
        "x-amz-copy-source",
        "@plain/k",
        "You can only specify a copy source header for copy requests.",
    ),
    put(query={"partNumber": "1"}).argument(
        "a part of no upload",
        "partNumber",
        "1",
        "This operation does not accept partNumber without uploadId",
    ),
    put(query={"logging": None}).refused("?logging of a key", 400, "NoLoggingStatusForKey"),
    put(query={"uploads": None}).refused(
        "?uploads of a key", 405, "MethodNotAllowed", Method="PUT", ResourceType="UPLOADS"
    ),
    put(ServerSideEncryption="ROT13").refused(
        "an unknown encryption",
        400,
        "InvalidEncryptionAlgorithmError",
        ArgumentName="x-amz-server-side-encryption",
        ArgumentValue="ROT13",
    ),
    put(ServerSideEncryption="aws:kms").unimplemented(
        "a key service, which is not done here", "x-amz-server-side-encryption"
    ),
    put(ACL="public-read").refused("a list where the owner owns all", 400, "AccessControlListNotSupported"),
)
def test_put_object(world, row):
    refuse(world, row)


@rows(
    put(Key="k", IfNoneMatch="*").refused("already there", 412, "PreconditionFailed", Condition="If-None-Match"),
    put(IfNoneMatch='"1"').unimplemented(
        "if it has not that ETag", "If-None-Match", CONDITION_VALUE.format("If-None-Match")
    ),
    put(Key="k", IfMatch='"1"').refused("another ETag", 412, "PreconditionFailed", Condition="If-Match"),
    put(Key="none", IfMatch='"1"').refused("an ETag of nothing", 404, "NoSuchKey", Key="none"),
    put(Bucket="@versioned", Key="gone", IfMatch="@etag").refused(
        "an ETag below a marker", 404, "NoSuchKey", Key="gone"
    ),
    put(Key="k", IfMatch="*").unimplemented("any ETag", "If-Match", CONDITION_VALUE.format("If-Match")),
    put(Key="k", IfMatch='"1"', IfNoneMatch="*").unimplemented(
        "two conditions", "If-Match,If-None-Match", TWO_CONDITIONS
    ),
    delete(IfMatch='"1"').refused("another ETag", 412, "PreconditionFailed", Condition="If-Match"),
    delete(Key="none", IfMatch='"1"').refused("an ETag of nothing", 404, "NoSuchKey", Key="none"),
    delete(Key="none", IfMatch="*").refused("any ETag of nothing", 404, "NoSuchKey", Key="none"),
    delete(IfMatchSize=10).unimplemented("by its size", "x-amz-if-match-size"),
    delete(IfMatchLastModifiedTime=PAST).unimplemented("by its time", "x-amz-if-match-last-modified-time"),
    delete(IfMatch='"1"', IfMatchSize=10, IfMatchLastModifiedTime=PAST).unimplemented(
        "by all three", "x-amz-if-match-last-modified-time"
    ),
    delete(BypassGovernanceRetention=True).argument(
        "a bypass without a lock",
        "x-amz-bypass-governance-retention",
        None,
        NO_BYPASS,
    ),
    delete(query={"uploads": None}).refused(
        "?uploads of a key", 405, "MethodNotAllowed", Method="DELETE", ResourceType="UPLOADS"
    ),
    delete(query={"acl": None}).refused(
        "?acl, which cannot be deleted", 405, "MethodNotAllowed", Method="DELETE", ResourceType="ACL"
    ),
)
def test_conditional_writes(world, row):
    refuse(world, row)


@rows(
    get(query={"torrent": None}).unimplemented("?torrent"),
    Call("GetObjectTorrent").unimplemented("no torrents"),
    Call("RestoreObject", RestoreRequest={"Days": 1}).unimplemented("nothing is archived"),
    Call(
        "SelectObjectContent",
        Expression="SELECT 1",
        ExpressionType="SQL",
        InputSerialization={"CSV": {}},
        OutputSerialization={"CSV": {}},
    ).unimplemented("no SQL"),
    Call("UpdateObjectEncryption", body="<ObjectEncryption/>").unimplemented("no keys to change"),
    Call("PutObject", Body=b"x", query={"encryption": None}).unimplemented("?encryption does not write the object"),
    Call("PutObject", Body=b"x", query={"restore": None}).refused(
        "?restore by PUT", 405, "MethodNotAllowed", Method="PUT", ResourceType="RESTORE"
    ),
    Call("DeleteObject", query={"retention": None}).refused(
        "?retention does not delete the object", 405, "MethodNotAllowed", Method="DELETE", ResourceType="RETENTION"
    ),
    Call("DeleteObject", query={"legal-hold": None}).refused(
        "?legal-hold does not delete the object", 405, "MethodNotAllowed", Method="DELETE", ResourceType="LEGAL-HOLD"
    ),
    Call("DeleteObject", query={"attributes": None}).refused(
        "?attributes does not delete the object", 405, "MethodNotAllowed", Method="DELETE", ResourceType="ATTRIBUTES"
    ),
)
def test_what_is_not_done_here(world, row):
    """What AWS does with objects and Larder does not, and what neither does: never the plain operation instead."""
    refuse(world, row)


def test_a_head_that_is_too_long(world):
    """AWS takes 8 KB, Larder 32 KiB unless it is told otherwise; both say how much."""
    refuse(
        world,
        get(headers={"x-larder-padding": "x" * (33 << 10)}).refused(
            "a head of 33 KiB",
            400,
            "RequestHeaderSectionTooLarge",
            "Your request header section exceeds the maximum allowed size.",
            MaxSizeAllowed=str(32 << 10),
        ),
    )


def test_a_storage_class_is_only_a_label(world):
    """AWS refuses to read what is archived, with InvalidObjectState; nothing is archived here."""
    s3, place = world.client(), {"Bucket": world.public, "Key": "cold"}
    s3.put_object(**place, Body=CONTENT, StorageClass="GLACIER")
    answer = s3.get_object(**place)
    assert (answer["Body"].read(), answer["StorageClass"]) == (CONTENT, "GLACIER")


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    assert s3.get_object(Bucket=world.plain, Key="k")["Body"].read() == CONTENT
    listed = s3.list_objects_v2(Bucket=world.plain)
    assert [entry["Key"] for entry in listed["Contents"]] == ["empty", "folder/", "k", "parts"]
    assert len(s3.list_object_versions(Bucket=world.versioned)["Versions"]) == 3

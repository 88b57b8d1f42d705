"""Refusals of the listings of objects, versions, buckets and uploads, a row each."""

import pytest

from object_fixtures import furnish
from refusals import Call, refuse, rows

ENCODING = "Invalid Encoding Method specified in Request"
TOKEN = "The continuation token provided is incorrect"
VERSION_ALONE = "A version-id marker cannot be specified without a key marker."
OBJECTS, VERSIONS = ("ListObjects", "ListObjectsV2"), "ListObjectVersions"


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def page_sizes(operation, name, argument):
    """What no page can have as its size; S3 calls a negative `max-keys` by another name."""
    integer = f"Provided {name} not an integer or within integer range"
    for value in ("many", "1.5", "2147483648", "-2147483649"):
        yield Call(operation, query={name: value}).argument(f"{name} {value}", name, value, integer)
    negative = f"Argument {argument} must be an integer between 0 and 2147483647"
    yield Call(operation, query={name: "-1"}).argument(f"{name} -1", argument, "-1", negative)


def encodings(operation):
    for value in ("path", "URL", ""):
        row = Call(operation, query={"encoding-type": value})
        yield row.argument(f"encoding-type '{value}'", "encoding-type", value, ENCODING)


@rows(
    *(row for operation in (*OBJECTS, VERSIONS) for row in page_sizes(operation, "max-keys", "maxKeys")),
    *page_sizes("ListMultipartUploads", "max-uploads", "max-uploads"),
)
def test_page_sizes(world, row):
    refuse(world, row)


@rows(*(row for operation in (*OBJECTS, VERSIONS, "ListMultipartUploads") for row in encodings(operation)))
def test_encodings(world, row):
    refuse(world, row)


def token(value, operation="ListObjectsV2", **parameters):
    return Call(operation, query={"continuation-token": value}, **parameters)


@rows(
    token("none").argument("a token that is none", "continuation-token", None, TOKEN),
    token("AQID-_").argument("a token that was changed", "continuation-token", None, TOKEN),
    token("").argument("an empty token", "continuation-token", None, TOKEN),
    token("none", StartAfter="a").argument("a token that is none, and a key", "continuation-token", None, TOKEN),
    Call("ListObjectsV2", query={"uploads": None, "versions": None, "list-type": False}).argument(
        "two sub-resources", "ResourceType", "uploads", "Conflicting query string parameters: uploads, versions"
    ),
)
def test_list_objects(world, row):
    refuse(world, row)


@rows(
    Call(VERSIONS, VersionIdMarker="@version").argument(
        "a version without a key", "version-id-marker", "@version", VERSION_ALONE
    ),
    Call(VERSIONS, VersionIdMarker="null").argument(
        "the null version without a key", "version-id-marker", "null", VERSION_ALONE
    ),
    Call(VERSIONS, KeyMarker="", VersionIdMarker="null").argument(
        "a version with an empty key", "version-id-marker", "null", VERSION_ALONE
    ),
    Call(VERSIONS, KeyMarker="k", query={"version-id-marker": ""}).argument(
        "an empty version", "version-id-marker", "", "A version-id marker cannot be empty."
    ),
    Call(VERSIONS, KeyMarker="k", VersionIdMarker="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD").argument(
        "a version that was never made",
        "version-id-marker",
        "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD",
        "Invalid version id specified",
    ),
)
def test_list_object_versions(world, row):
    refuse(world, row)


def uploads(**parameters):
    return Call("ListMultipartUploads", **parameters)


@rows(
    uploads(KeyMarker="k", UploadIdMarker="../x").argument(
        "what no upload can be called", "upload-id-marker", "../x", "Invalid uploadId marker"
    ),
    uploads(KeyMarker="k", UploadIdMarker="none").argument(
        "an upload that is none", "upload-id-marker", "none", "Invalid uploadId marker"
    ),
    uploads(KeyMarker="other", UploadIdMarker="@upload").argument(
        "an upload of another key", "upload-id-marker", "@upload", "Invalid uploadId marker"
    ),
    uploads(KeyMarker="k", UploadIdMarker="@aborted").argument(
        "an upload that was aborted", "upload-id-marker", "@aborted", "Invalid uploadId marker"
    ),
)
def test_list_multipart_uploads(world, row):
    refuse(world, row)


def buckets(**query):
    return Call("ListBuckets", query={name.replace("_", "-"): value for name, value in query.items()})


BETWEEN = "Argument max-buckets must be an integer between 1 and 10000."


@rows(
    *(
        buckets(max_buckets=value).argument(f"max-buckets '{value}'", "max-buckets", value, BETWEEN)
        for value in ("0", "-1", "10001", "many", "")
    ),
    *(
        buckets(bucket_region=value).argument(
            f"bucket-region '{value}'", "bucket-region", None, f"Argument value {value} is not a valid AWS Region"
        )
        for value in ("EU_EAST", "")
    ),
    buckets(continuation_token="none").argument("a token that is none", "continuation-token", None, TOKEN),
    Call("ListBuckets", signed=False).refused(
        "for anybody", 403, "AccessDenied", "Anonymous users cannot invoke this API. Please authenticate."
    ),
    Call("ListBuckets", query={"acl": None}).refused(
        "?acl of the service", 405, "MethodNotAllowed", Method="GET", ResourceType="ACL"
    ),
)
def test_list_buckets(world, row):
    refuse(world, row)

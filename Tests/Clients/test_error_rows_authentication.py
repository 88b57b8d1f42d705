"""Refusals of requests that are signed in their headers, a row each.

Botocore signs; what it would never send is put into the request behind its back, after that or before.
"""

import datetime
import re

import pytest

from dialects import send, target
from larder import ACCESS_KEY
from refusals import Call, World, refusal, refuse, rows
from signatures import (
    NOT_SIGNED,
    ONE_MECHANISM,
    SKEWED,
    VERSION_2,
    Changed,
    authorization,
    changing,
    header,
    listen,
    made,
    replace,
    served,
    sign_in_python,
    spaced,
    text,
)


@pytest.fixture(scope="module")
def world(shared):
    return made(shared)


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server that wants signatures for its own region."""
    yield from served(tmp_path_factory.mktemp("strict"), LARDER_SIGNATURES_REGION="us-east-1")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return sign_in_python(monkeypatch)


@pytest.fixture
def signing(monkeypatch):
    return listen(monkeypatch)


def whole(text):
    return Changed(header("Authorization", text))


def unsupported(text, message):
    return whole(text).argument(text.partition(" ")[0], "Authorization", text, message)


UNSUPPORTED = "Unsupported Authorization Type"
ONE_BLANK = "Authorization header is invalid -- one and only one ' ' (space) required."


@rows(
    unsupported("Basic dXNlcjpwYXNz", UNSUPPORTED),
    unsupported("Bearer token", UNSUPPORTED),
    unsupported("aws4-hmac-sha256 Credential=a", UNSUPPORTED),
    unsupported("AWS4-ECDSA-P256-SHA256 Credential=a, SignedHeaders=host, Signature=b", UNSUPPORTED),
    unsupported("AWS4-HMAC-SHA256", ONE_BLANK),
    unsupported("token", ONE_BLANK),
    whole("AWS AKIA:c2lnbmF0dXJl").request("a signature of version 2", VERSION_2),
)
def test_mechanisms(world, row):
    with changing(world, row):
        refuse(world, row)


@pytest.mark.parametrize("query", ["X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Signature=a", "Signature=a"])
def test_two_mechanisms_at_once(world, query):
    answer = send(world.server, "GET", target(world.plain) + "?" + query)
    assert (answer.status, answer.code, answer.texts("Message")) == (400, "InvalidArgument", [ONE_MECHANISM])
    assert answer.elements["ArgumentName"] == "Authorization"
    assert answer.elements["ArgumentValue"].startswith("AWS4-HMAC-SHA256 Credential=")


THREE = "the authorization header requires three components: Credential, SignedHeaders, and Signature."
CREDENTIAL = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'


def date_form(text):
    fault = f'incorrect date format "{text}". This date in the credential must be in the format "yyyyMMdd".'
    return Changed(authorization(r"/\d{8}/", f"/{text}/")).malformed(f"the date {text}", fault)


@rows(
    whole("AWS4-HMAC-SHA256 Credential=a").malformed("one component", THREE),
    Changed(authorization(r", Signature=.*", "")).malformed("two components", THREE),
    Changed(authorization("$", ", More=a")).malformed("four components", THREE),
    whole("AWS4-HMAC-SHA256 ,,").malformed("empty components", 'the authorization component "" is malformed.'),
    Changed(authorization("SignedHeaders=[^,]*", "SignedHeaders")).malformed(
        "a component without a value", 'the authorization component "SignedHeaders" is malformed.'
    ),
    Changed(authorization("Credential=", "Credentials=")).malformed("no Credential", "missing Credential."),
    Changed(authorization("Credential=[^,]*", "Credential=")).malformed("an empty Credential", "missing Credential."),
    Changed(authorization("SignedHeaders=", "Signed=")).malformed("no SignedHeaders", "missing SignedHeaders."),
    Changed(authorization("SignedHeaders=[^,]*", "SignedHeaders=")).malformed(
        "empty SignedHeaders", "missing SignedHeaders."
    ),
    Changed(authorization("Signature=", "Sign=")).malformed("no Signature", "missing Signature."),
    Changed(authorization("Signature=.*", "Signature=")).malformed("an empty Signature", "missing Signature."),
    Changed(authorization("/s3/aws4_request", "")).malformed("three parts of a credential", CREDENTIAL),
    Changed(authorization("Credential=[^,]*", "Credential=a")).malformed("one part of a credential", CREDENTIAL),
    Changed(authorization("Credential=[^/]*/", "Credential=/")).malformed("an empty access key", CREDENTIAL),
    Changed(authorization("us-east-1", "")).malformed("an empty region", CREDENTIAL),
    Changed(authorization("aws4_request", "aws5_request")).malformed(
        "another terminal", 'incorrect terminal "aws5_request". This endpoint uses "aws4_request".'
    ),
    Changed(authorization("/s3/", "/ec2/")).malformed(
        "another service", 'incorrect service "ec2". This endpoint belongs to "s3".'
    ),
    date_form("2026-11-26"),
    date_form("20261326"),
    date_form("2026112"),
    date_form("today"),
    Changed(authorization(r"/\d{8}/", "/20200101/")).malformed(
        "the date of another day", "Invalid credential date. Date is not the same as X-Amz-Date."
    ),
)
def test_components(world, row):
    with changing(world, row):
        refuse(world, row)


@rows(
    *(
        Changed(authorization("us-east-1", region))
        .malformed(region, f"the region '{region}' is wrong; expecting 'us-east-1'", Region="us-east-1")
        .answering(x_amz_bucket_region="us-east-1")
        for region in ("eu-west-1", "aws-global", "US-EAST-1")
    ),
    Changed(authorization("us-east-1", "eu-west-1"), "HeadBucket")
    .malformed("eu-west-1", "")
    .answering(x_amz_bucket_region="us-east-1"),
)
def test_regions(strict, row):
    with changing(strict, row):
        refuse(strict, row)


def test_the_region_is_told_to_who_does_not_know_it(server):
    """Clients ask for it first, signing for us-east-1; everything else they have to sign again."""
    one = server(env={"LARDER_REGION": "eu-west-1", "LARDER_SIGNATURES_REGION": "eu-west-1"})
    answer = send(one, "GET", "/uploads?location")
    assert (answer.status, answer.document.text) == (200, "eu-west-1")
    answer = send(one, "GET", "/uploads")
    assert (answer.status, answer.code) == (400, "AuthorizationHeaderMalformed")
    assert answer.elements == {"Region": "eu-west-1"}


NO_DATE = "AWS authentication requires a valid Date or x-amz-date header"


@rows(
    Changed(header("X-Amz-Date", None)).refused("no date", 403, "AccessDenied", NO_DATE),
    Changed(header("X-Amz-Date", "yesterday")).refused("a date that is none", 403, "AccessDenied", NO_DATE),
    Changed(header("X-Amz-Date", "2026-11-26T10:00:00Z")).refused("another format", 403, "AccessDenied", NO_DATE),
)
def test_dates(world, row):
    with changing(world, row):
        refuse(world, row)


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24 * 2, 60 * 24 * 2])
@pytest.mark.parametrize("operation", ["ListObjectsV2", "HeadBucket"])
def test_a_clock_that_is_wrong(world, clock, operation, minutes):
    """Botocore and others correct their clock from what the refusal tells."""
    clock.shift = minutes * 60
    row = Call(operation).refused("skewed", 403, "RequestTimeTooSkewed", "")
    error, headers = refusal(world, row)
    assert (error["HTTPStatusCode"], headers["x-larder-error"]) == (403, "RequestTimeTooSkewed")
    if operation == "HeadBucket":
        return
    now = datetime.datetime.now(datetime.timezone.utc)
    sent = datetime.datetime.strptime(error.pop("RequestTime"), "%Y%m%dT%H%M%S%z")
    told = datetime.datetime.strptime(error.pop("ServerTime"), "%Y-%m-%dT%H:%M:%S%z")
    assert abs(told - now) < datetime.timedelta(minutes=1)
    assert abs(sent - told - datetime.timedelta(minutes=minutes)) < datetime.timedelta(minutes=1)
    assert error == {
        "Code": "RequestTimeTooSkewed",
        "Message": SKEWED,
        "MaxAllowedSkewMilliseconds": "900000",
        "HTTPStatusCode": 403,
    }


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_nearly_right(world, clock, minutes):
    clock.shift = minutes * 60
    assert world.client().list_objects_v2(Bucket=world.plain)["KeyCount"] == 1


def unsigned(case, operation="ListObjectsV2", told=None, **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    row = Changed(lambda found: [replace(found, *each) for each in given.items()], operation)
    return row.refused(case, 403, "AccessDenied", NOT_SIGNED, HeadersNotSigned=told or ", ".join(given))


@rows(
    Changed(authorization("Credential=[^/]*", "Credential=AKIANOBODY")).refused(
        "nobody's key", 403, "InvalidAccessKeyId", AWSAccessKeyId="AKIANOBODY"
    ),
    Changed(authorization("Credential=", "Credential=a/b/")).refused(
        "a key with slashes", 403, "InvalidAccessKeyId", AWSAccessKeyId=f"a/b/{ACCESS_KEY}"
    ),
    Changed(authorization("Credential=[^/]*", "Credential=AKIANOBODY"), "HeadBucket").refused(
        "nobody's key", 403, "InvalidAccessKeyId"
    ),
    # There are no temporary keys; the token is signed like the rest.
    Call("ListObjectsV2", headers={"X-Amz-Security-Token": "TOKEN"}).refused(
        "a session token",
        400,
        "InvalidToken",
        "The provided token is malformed or otherwise invalid.",
        **{"Token-0": "TOKEN"},
    ),
    unsigned("one header", x_amz_acl="private"),
    unsigned("two headers", x_amz_acl="private", x_amz_meta_a="1"),
    unsigned("capitals", told="x-amz-meta-a", X_Amz_Meta_A="1"),
    unsigned("a token", x_amz_security_token="TOKEN"),
    unsigned("an unknown one", x_amz_whatever="1"),
    Changed(authorization("host;", "")).refused(
        "no host",
        403,
        "AccessDenied",
        NOT_SIGNED,
        HeadersNotSigned="host",
    ),
    Changed(authorization(";x-amz-date", "")).refused(
        "no date",
        403,
        "AccessDenied",
        NOT_SIGNED,
        HeadersNotSigned="x-amz-date",
    ),
)
def test_keys_and_signed_headers(world, row):
    if hasattr(row, "change"):
        with changing(world, row):
            refuse(world, row)
    else:
        refuse(world, row)


MISMATCHES = [
    Call("ListObjectsV2").refused("a page", 403, "SignatureDoesNotMatch"),
    Call("ListObjectsV2", Prefix="a b+c/ü*", Delimiter="/").refused("a query", 403, "SignatureDoesNotMatch"),
    Call("GetObject", Key="a//b/../c d+ü*'()").refused("a key", 403, "SignatureDoesNotMatch"),
    Call("PutObject", Body=b"hello", Metadata={"a": "  b   c "}, ContentType="text/plain").refused(
        "an upload", 403, "SignatureDoesNotMatch"
    ),
    Call("PutBucketTagging", Tagging={"TagSet": []}).refused("a document", 403, "SignatureDoesNotMatch"),
]


@rows(*MISMATCHES)
def test_a_wrong_secret_is_told_what_was_compared(world, signing, row):
    """The strings are those that botocore signed; only the secret was another."""
    stranger = World(world.server, plain=world.plain)
    stranger.clients[True] = world.server.s3(secret="wrong", parameter_validation=False)
    error, headers = refusal(stranger, row)
    canonical, text = signing["canonical"], signing["text"]
    provided = error.pop("SignatureProvided")
    assert re.fullmatch("[0-9a-f]{64}", provided)
    assert error == {
        "Code": "SignatureDoesNotMatch",
        "Message": "The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method.",
        "AWSAccessKeyId": ACCESS_KEY,
        "StringToSign": text,
        "StringToSignBytes": spaced(text),
        "CanonicalRequest": canonical,
        "CanonicalRequestBytes": spaced(canonical),
        "HTTPStatusCode": 403,
    }
    assert headers["x-larder-reason"].startswith("SigV4 header signature compared")


def flip(headers):
    """Changes the last digit of the signature."""
    found = text(headers["Authorization"])
    replace(headers, "Authorization", found[:-1] + ("1" if found[-1] == "0" else "0"))


@pytest.mark.parametrize(
    "change",
    [
        flip,
        authorization("Signature=.*", "Signature=00"),
        authorization(r"[0-9a-f]{64}$", lambda found: found.group().upper()),
        header("Host", "example.com"),
        header("Content-MD5", "rL0Y20zC+Fzt72VPzMSk2A=="),
    ],
    ids=["another digit", "two digits", "capitals", "another host", "another digest"],
)
@pytest.mark.parametrize("operation", ["PutObject", "HeadObject"])
def test_a_signature_of_something_else(world, change, operation):
    row = Changed(change, operation, headers={"Content-MD5": "nd1CxI7dtlEX7mFjv9o3zw=="})
    row.refused("changed", 403, "SignatureDoesNotMatch")
    with changing(world, row):
        error, headers = refusal(world, row)
    assert (error["HTTPStatusCode"], headers["x-larder-error"]) == (403, "SignatureDoesNotMatch")


def first(case, code, *changes):
    """Of several faults the first in S3's order is told."""
    return Changed(lambda headers: [change(headers) for change in changes]).refused(case, None, code, "")


NOBODY = authorization("Credential=[^/]*", "Credential=AKIANOBODY")
LONG_AGO = header("X-Amz-Date", "20200101T000000Z")
OF_THAT_DAY = authorization(r"/\d{8}/", "/20200101/")


@rows(
    first("form before date", "AuthorizationHeaderMalformed", authorization("/s3/", "/ec2/"), LONG_AGO),
    first("the day before the time", "AuthorizationHeaderMalformed", LONG_AGO),
    first("time before key", "RequestTimeTooSkewed", LONG_AGO, OF_THAT_DAY, NOBODY),
    first("key before signed headers", "InvalidAccessKeyId", NOBODY, header("x-amz-acl", "private")),
    first("signed headers before signature", "AccessDenied", header("x-amz-acl", "private"), flip),
)
def test_the_order_of_faults(world, row):
    with changing(world, row):
        assert refusal(world, row)[1]["x-larder-error"] == row.code

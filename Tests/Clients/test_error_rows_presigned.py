"""Refusals of URLs that are presigned with version 4, a row each."""

import datetime
import re
from urllib.parse import parse_qsl, quote, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from larder import ACCESS_KEY, REGION, SECRET_KEY
from signatures import INSTANT, NOT_SIGNED, ONE_MECHANISM, listen, made, served, sign_in_python, spaced, told, visit

WEEK = 604800


@pytest.fixture(scope="module")
def world(shared):
    return made(shared)


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server that wants signatures for its own region."""
    yield from served(tmp_path_factory.mktemp("strict"), LARDER_SIGNATURES_REGION=REGION)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return sign_in_python(monkeypatch)


@pytest.fixture
def signing(monkeypatch):
    return listen(monkeypatch)


def signed(world, expires=60, path=None, query="", method="GET", headers=None, token=None, secret=SECRET_KEY):
    """A presigned URL's path and query, of an object if nothing else is said."""
    url = world.server.endpoint + (path or f"/{world.plain}/k") + query
    request = botocore.awsrequest.AWSRequest(method, url, headers or {})
    keys = botocore.credentials.Credentials(ACCESS_KEY, secret, token)
    botocore.auth.S3SigV4QueryAuth(keys, "s3", REGION, expires).add_auth(request)
    return urlsplit(request.url)._replace(scheme="", netloc="").geturl()


def parameter(name, value):
    """Gives a parameter another value, as it stands in the URL; takes it away where that is None."""

    def change(target):
        found, count = re.subn(f"&?X-Amz-{name}=[^&]*", "" if value is None else f"&X-Amz-{name}={value}", target)
        assert count == 1
        return found.replace("?&", "?")

    return change


MISSING = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
    "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
ALGORITHM = 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'
DATE = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
CREDENTIAL = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
NO_NUMBER = "X-Amz-Expires should be a number"
TOO_LONG = (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 "
    "seconds"
)
PARTS = ("Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires")


def credential(text):
    return parameter("Credential", quote(text, safe=""))


def in_credential(fault):
    return f"Error parsing the X-Amz-Credential parameter; {fault}"


def form(date):
    fault = f'incorrect date format "{date}". This date in the credential must be in the format "yyyyMMdd".'
    return credential(f"{ACCESS_KEY}/{date}/us-east-1/s3/aws4_request"), in_credential(fault)


FORMS = {
    **{f"no X-Amz-{name}": (parameter(name, None), MISSING) for name in PARTS},
    "another algorithm": (parameter("Algorithm", "AWS4-HMAC-SHA1"), ALGORITHM),
    "SigV4A": (parameter("Algorithm", "AWS4-ECDSA-P256-SHA256"), ALGORITHM),
    "no algorithm's name": (parameter("Algorithm", ""), ALGORITHM),
    "a date as XML has it": (parameter("Date", "2026-11-26T10:00:00Z"), DATE),
    "a date alone": (parameter("Date", "20261126"), DATE),
    "a date that is none": (parameter("Date", "now"), DATE),
    "a credential encoded twice": (
        lambda target: re.sub(r"(X-Amz-Credential=[^&]*)", lambda found: found[1].replace("%2F", "%252F"), target),
        in_credential(CREDENTIAL),
    ),
    "four parts of a credential": (credential("a/20261126/us-east-1/s3"), in_credential(CREDENTIAL)),
    "an empty access key": (credential("/20261126/us-east-1/s3/aws4_request"), in_credential(CREDENTIAL)),
    "an empty credential": (credential(""), in_credential(CREDENTIAL)),
    "another terminal": (
        credential("a/20261126/us-east-1/s3/aws5_request"),
        in_credential('incorrect terminal "aws5_request". This endpoint uses "aws4_request".'),
    ),
    "another service": (
        credential("a/20261126/us-east-1/ec2/aws4_request"),
        in_credential('incorrect service "ec2". This endpoint belongs to "s3".'),
    ),
    "a credential's date as XML has it": form("2026-11-26"),
    "a credential's date that is none": form("20261326"),
    "no number of seconds": (parameter("Expires", "abc"), NO_NUMBER),
    "nothing for a number": (parameter("Expires", ""), NO_NUMBER),
    "a fraction of a second": (parameter("Expires", "1.5"), NO_NUMBER),
    "less than nothing": (parameter("Expires", "-1"), "X-Amz-Expires must be non-negative"),
    "a second beyond a week": (parameter("Expires", "604801"), TOO_LONG),
    "more than any number": (parameter("Expires", "9" * 30), TOO_LONG),
}


@pytest.mark.parametrize("change, message", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_forms(world, change, message, method):
    answer = visit(world, change(signed(world, method=method)), method)
    if method == "HEAD":
        assert (answer.status, answer.header("x-larder-error")) == (400, "AuthorizationQueryParametersError")
    else:
        told(answer, 400, "AuthorizationQueryParametersError", message)


def test_the_date_of_another_day(world):
    target = re.sub(r"%2F\d{8}%2F", "%2F20200101%2F", signed(world))
    date = re.search("X-Amz-Date=([^&]*)", target)[1]
    message = f'Invalid credential date "20200101". This date is not the same as X-Amz-Date: "{date}".'
    told(visit(world, target), 400, "AuthorizationQueryParametersError", message)


@pytest.mark.parametrize("region", ["eu-west-1", "aws-global"])
def test_another_region(strict, region):
    answer = visit(strict, signed(strict).replace("us-east-1", region))
    message = in_credential(f"the region '{region}' is wrong; expecting 'us-east-1'")
    told(answer, 400, "AuthorizationQueryParametersError", message, Region="us-east-1")
    assert answer.header("x-amz-bucket-region") == "us-east-1"


# Time


@pytest.mark.parametrize("shift, expires", [(-100, 10), (-2, 0), (-1000, 999), (-WEEK - 5, WEEK)])
def test_a_url_that_has_expired(world, clock, shift, expires):
    """Clients look for this very text."""
    clock.shift = shift
    answer = visit(world, signed(world, expires))
    elements = {"X-Amz-Expires": str(expires), "Expires": INSTANT, "ServerTime": INSTANT}
    told(answer, 403, "AccessDenied", "Request has expired", **elements)
    end, now = (datetime.datetime.fromisoformat(answer.elements[name][:-1]) for name in ("Expires", "ServerTime"))
    assert abs((now - end).total_seconds() + shift + expires) < 5


@pytest.mark.parametrize("shift", [16 * 60, 86400 * 2])
def test_a_url_that_is_not_valid_yet(world, clock, shift):
    clock.shift = shift
    told(visit(world, signed(world)), 403, "AccessDenied", "Request is not valid yet")


# Beyond its own time a URL has none: neither a skew in the past, nor a second less than a week.
@pytest.mark.parametrize("shift, expires", [(14 * 60, 60), (60, 0), (-3600, 7200), (0, WEEK), (-WEEK + 60, WEEK)])
def test_a_url_in_its_time(world, clock, shift, expires):
    clock.shift = shift
    assert visit(world, signed(world, expires)).body == b"x"


# Keys, headers and signatures


def test_nobodys_key(world):
    answer = visit(world, signed(world).replace(ACCESS_KEY, "AKIANOBODY"))
    told(answer, 403, "InvalidAccessKeyId", AWSAccessKeyId="AKIANOBODY")


def test_a_session_token(world):
    """There are no temporary keys."""
    answer = visit(world, signed(world, token="TOKEN/a+b=="))
    message = "The provided token is malformed or otherwise invalid."
    told(answer, 400, "InvalidToken", message, **{"Token-0": "TOKEN/a+b=="})


@pytest.mark.parametrize(
    "headers, names",
    [
        (["x-amz-meta-a: 1"], "x-amz-meta-a"),
        (["x-amz-acl: private", "X-Amz-Meta-A: 1"], "x-amz-acl, x-amz-meta-a"),
        # A URL must not be made one for a framed upload by whoever uses it.
        (["x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER"], "x-amz-content-sha256"),
    ],
)
def test_headers_that_were_not_signed(world, headers, names):
    answer = visit(world, signed(world, method="PUT"), "PUT", "Content-Length: 0", *headers)
    told(answer, 403, "AccessDenied", NOT_SIGNED, HeadersNotSigned=names)


def test_a_url_beside_a_signed_header(world):
    header = "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b"
    answer = visit(world, signed(world), "GET", f"Authorization: {header}")
    told(answer, 400, "InvalidArgument", ONE_MECHANISM, ArgumentName="Authorization", ArgumentValue=header)


def test_a_payload_that_is_none(world):
    """The query says what the body has to be."""
    answer = visit(world, signed(world, query="?X-Amz-Content-Sha256=abc"))
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.elements == {"ArgumentName": "x-amz-content-sha256", "ArgumentValue": "abc"}


@pytest.mark.parametrize(
    "query", ["", "?response-content-type=text/x&versionId=null", "?marker=b&marker=a&b%2Bc=%C3%BC"]
)
def test_a_wrong_secret_is_told_what_was_compared(world, signing, query):
    target = signed(world, query=query, secret="wrong")
    told(
        visit(world, target),
        403,
        "SignatureDoesNotMatch",
        AWSAccessKeyId=ACCESS_KEY,
        StringToSign=signing["text"],
        SignatureProvided=dict(parse_qsl(target))["X-Amz-Signature"],
        StringToSignBytes=spaced(signing["text"]),
        CanonicalRequest=signing["canonical"],
        CanonicalRequestBytes=spaced(signing["canonical"]),
    )


def flipped(target):
    """Another last digit of the signature, which stands at the end."""
    return target[:-1] + ("1" if target[-1] == "0" else "0")


CHANGES = {
    "another digit": ("GET", flipped, []),
    "another key": ("GET", lambda target: target.replace("/k?", "/l?"), []),
    "another parameter": ("GET", lambda target: target + "&versionId=null", []),
    "a longer life": ("GET", parameter("Expires", "61"), []),
    "fewer signed headers": ("GET", parameter("SignedHeaders", "host%3Brange"), []),
    "another method": ("HEAD", lambda target: target, []),
    "an upload": ("PUT", lambda target: target, ["Content-Length: 0"]),
    "a deletion": ("DELETE", lambda target: target, []),
}


@pytest.mark.parametrize("method, change, headers", CHANGES.values(), ids=CHANGES)
def test_a_url_of_something_else(world, method, change, headers):
    answer = visit(world, change(signed(world)), method, *headers)
    assert (answer.status, answer.header("x-larder-error")) == (403, "SignatureDoesNotMatch")
    assert visit(world, signed(world)).body == b"x"


def test_parameters_that_act_as_headers(world):
    """They are refused as the headers are."""
    target = signed(world, method="PUT", query="?x-amz-acl=mine")
    answer = visit(world, target, "PUT", "Content-Length: 0")
    told(answer, 400, "InvalidArgument", "", ArgumentName="x-amz-acl", ArgumentValue="mine")
    target = signed(world, method="PUT", query="?x-amz-storage-class=COLD")
    answer = visit(world, target, "PUT", "Content-Length: 0")
    told(answer, 400, "InvalidStorageClass", StorageClassRequested="COLD")


def test_a_checksum_in_the_query_is_signed_and_not_held_against_the_body(world):
    """The SDK for JavaScript writes that of an empty body into URLs for uploads."""
    query = "?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32"
    target = signed(world, path=f"/{world.plain}/new", query=query, method="PUT")
    assert visit(world, target, "PUT", "Content-Length: 5", body=b"hello").status == 200
    answer = visit(world, target.replace("AAAAAA", "AAAAAB"), "PUT", "Content-Length: 5", body=b"hello")
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("sent", ["text/html", ""])
def test_a_content_type_that_was_signed(world, sent):
    target = signed(world, method="PUT", headers={"Content-Type": "image/png"})
    answer = visit(world, target, "PUT", "Content-Length: 0", f"Content-Type: {sent}")
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


def test_a_name_in_the_query_and_in_a_header(world):
    """Only one of them could count."""
    target = signed(world, method="PUT", query="?x-amz-acl=private", headers={"x-amz-acl": "private"})
    answer = visit(world, target, "PUT", "Content-Length: 0", "x-amz-acl: private")
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")

"""Refusals of URLs and headers that are signed with version 2, a row each."""

import datetime
import re
from urllib.parse import parse_qsl, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from larder import ACCESS_KEY, SECRET_KEY
from refusals import MESSAGES, Call, World, refusal, rows
from signatures import INSTANT, SKEWED, VERSION_2, made, served, spaced, told, visit


@pytest.fixture(scope="module")
def world(shared):
    return made(shared)


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server that takes none of them."""
    yield from served(tmp_path_factory.mktemp("strict"), LARDER_SIGNATURES_VERSION2="false")


@pytest.fixture(scope="module")
def lenient(tmp_path_factory):
    """A server that takes the headers too."""
    yield from served(tmp_path_factory.mktemp("lenient"), LARDER_SIGNATURES_VERSION2_HEADER="true")


def signed(world, expires=60, query="", method="GET", secret=SECRET_KEY, token=None):
    url = f"{world.server.endpoint}/{world.plain}/k{query}"
    request = botocore.awsrequest.AWSRequest(method, url)
    request.auth_path = f"/{world.plain}/k"
    keys = botocore.credentials.Credentials(ACCESS_KEY, secret, token)
    botocore.auth.HmacV1QueryAuth(keys, expires).add_auth(request)
    return urlsplit(request.url)._replace(scheme="", netloc="").geturl()


def without(name):
    return lambda target: re.sub(f"{name}=[^&]*&?", "", target)


INCOMPLETE = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
NO_SECONDS = "Invalid date (should be seconds since epoch): "
FORMS = {
    **{f"no {name}": (without(name), INCOMPLETE) for name in ("AWSAccessKeyId", "Signature", "Expires")},
    "no number": (lambda target: re.sub("Expires=[^&]*", "Expires=tomorrow", target), NO_SECONDS + "tomorrow"),
    "nothing": (lambda target: re.sub("Expires=[^&]*", "Expires=", target), NO_SECONDS),
    "less than nothing": (lambda target: re.sub("Expires=[^&]*", "Expires=-1", target), NO_SECONDS + "-1"),
    # It ended before these came: the signature would do for what it was not made for.
    "?retention": (lambda target: target + "&retention", None),
    "?attributes": (lambda target: target + "&attributes", None),
}


@pytest.mark.parametrize("change, message", FORMS.values(), ids=FORMS)
def test_forms(world, change, message):
    told(visit(world, change(signed(world))), 403, "AccessDenied", message)


def test_a_url_of_version_2(world, strict):
    assert visit(world, signed(world)).body == b"x"
    told(visit(strict, signed(strict)), 400, "InvalidRequest", VERSION_2)


def test_an_expired_url(world):
    answer = visit(world, signed(world, expires=-10))
    told(answer, 403, "AccessDenied", "Request has expired", Expires=INSTANT, ServerTime=INSTANT)


def test_nobodys_key(world):
    answer = visit(world, signed(world).replace(ACCESS_KEY, "AKIANOBODY"))
    told(answer, 403, "InvalidAccessKeyId", AWSAccessKeyId="AKIANOBODY")


def test_a_session_token(world):
    """There are no temporary keys."""
    answer = visit(world, signed(world, token="TOKEN/a"))
    message = "The provided token is malformed or otherwise invalid."
    told(answer, 400, "InvalidToken", message, **{"Token-0": "TOKEN/a"})


CHANGES = {
    "another method": ("PUT", lambda target: target, ["Content-Length: 0"]),
    "another key": ("GET", lambda target: target.replace("/k?", "/l?"), []),
    "another sub-resource": ("GET", lambda target: target + "&acl", []),
    "another version": ("GET", lambda target: target + "&versionId=null", []),
    "chosen headers": ("GET", lambda target: target + "&response-content-type=text/x", []),
    "a content type that was not signed": ("GET", lambda target: target, ["Content-Type: text/plain"]),
    "a header that was not signed": ("GET", lambda target: target, ["x-amz-meta-a: 1"]),
}


@pytest.mark.parametrize("method, change, headers", CHANGES.values(), ids=CHANGES)
def test_a_url_of_something_else(world, method, change, headers):
    """The canonical request belongs to version 4 alone."""
    target = signed(world)
    provided = dict(parse_qsl(urlsplit(target).query))["Signature"]
    answer = visit(world, change(target), method, *headers)
    text = answer.elements["StringToSign"]
    assert text.startswith(f"{method}\n\n")
    told(
        answer,
        403,
        "SignatureDoesNotMatch",
        AWSAccessKeyId=ACCESS_KEY,
        StringToSign=text,
        SignatureProvided=provided,
        StringToSignBytes=spaced(text),
    )


def by_header(world, **options):
    """A client that signs headers with version 2."""
    found = World(world.server, plain=world.plain)
    found.clients[True] = world.server.s3("s3", parameter_validation=False, **options)
    return found


@rows(
    Call("GetObject").refused("another secret", 403, "SignatureDoesNotMatch"),
    Call("ListObjectsV2").refused("another secret", 403, "SignatureDoesNotMatch"),
)
def test_a_wrong_secret(lenient, row):
    assert by_header(lenient).client().get_object(Bucket=lenient.plain, Key="k")["Body"].read() == b"x"
    error, _ = refusal(by_header(lenient, secret="wrong"), row)
    text = error.pop("StringToSign")
    assert text.startswith("GET\n\n\n")
    assert error.pop("SignatureProvided") and error.pop("HTTPStatusCode") == 403
    assert error == {
        "Code": "SignatureDoesNotMatch",
        "Message": MESSAGES[row.code],
        "AWSAccessKeyId": ACCESS_KEY,
        "StringToSignBytes": spaced(text),
    }


DATES = {
    "no date": (None, 403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
    "a date that is none": (
        "now",
        403,
        "AccessDenied",
        "AWS authentication requires a valid Date or x-amz-date header",
    ),
    "a day ago": (-86400, 403, "RequestTimeTooSkewed", SKEWED),
}


@pytest.mark.parametrize("sent, status, code, message", DATES.values(), ids=DATES)
def test_dates(lenient, sent, status, code, message):
    if isinstance(sent, int):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=sent)
        sent = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = [] if sent is None else [f"Date: {sent}"]
    answer = visit(lenient, f"/{lenient.plain}/k", "GET", f"Authorization: AWS {ACCESS_KEY}:c2ln", *headers)
    skew = {"RequestTime": sent, "ServerTime": INSTANT, "MaxAllowedSkewMilliseconds": "900000"}
    told(answer, status, code, message, **(skew if code == "RequestTimeTooSkewed" else {}))


def test_a_header_without_a_signature(lenient):
    answer = visit(lenient, f"/{lenient.plain}/k", "GET", f"Authorization: AWS {ACCESS_KEY}")
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.elements == {"ArgumentName": "Authorization", "ArgumentValue": f"AWS {ACCESS_KEY}"}

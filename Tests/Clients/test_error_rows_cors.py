"""Refusals about cross-origin requests, a row each: rules that cannot be, and preflights that none allows."""

from xml.etree import ElementTree

import pytest
import requests

from refusals import Call, World, refuse, rows

PAGE = "https://app.example.com"


@pytest.fixture(scope="module")
def world(shared):
    """A bucket without rules, and one whose rules no row changes."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "ruled", "void")})
    s3.create_bucket(Bucket=found.plain)
    s3.create_bucket(Bucket=found.ruled)
    allowed = {
        "AllowedOrigins": [PAGE],
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["x-amz-meta-*", "Content-Type"],
    }
    s3.put_bucket_cors(Bucket=found.ruled, CORSConfiguration={"CORSRules": [allowed]})
    return found


def put(body=None, rules=1, **changes):
    """Rules of which one part is changed."""
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], **changes}
    return Call("PutBucketCors", body=body, CORSConfiguration={"CORSRules": [rule] * rules})


def one_wildcard(element, value):
    return f'{element} "{value}" can not have more than one wildcard.'


def method(name):
    return put(AllowedMethods=[name]).request(
        f"the method {name or 'of no name'}",
        f"Found unsupported HTTP method in CORS config. Unsupported method is {name}",
    )


@rows(
    method("MYMETHOD"),
    method("PATCH"),
    method("OPTIONS"),
    method("get"),
    method("*"),
    put(AllowedMethods=["GET", "TRACE"]).request(
        "a method beside a good one", "Found unsupported HTTP method in CORS config. Unsupported method is TRACE"
    ),
    put(AllowedOrigins=["*.*"]).request("an origin with two stars", one_wildcard("AllowedOrigin", "*.*")),
    put(AllowedOrigins=[PAGE, "https://*.a.*"]).request(
        "an origin with two stars beside a good one", one_wildcard("AllowedOrigin", "https://*.a.*")
    ),
    put(AllowedHeaders=["x-*-*"]).request("a header with two stars", one_wildcard("AllowedHeader", "x-*-*")),
    put(AllowedHeaders=["x y"]).request("a header with a blank", 'AllowedHeader "x y" contains invalid character.'),
    put(ExposeHeaders=["x-*"]).request(
        "a star in a header to expose",
        'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
    ),
    put(rules=101).request("101 rules", "The number of CORS rules should not exceed allowed limit of 100 rules."),
    put(rules=0).refused("no rule", 400, "MalformedXML"),
    put(AllowedOrigins=[]).refused("no origin", 400, "MalformedXML"),
    put(AllowedMethods=[]).refused("no method", 400, "MalformedXML"),
    put(MaxAgeSeconds=-1).refused("an age below zero", 400, "MalformedXML"),
    put("<CORSConfiguration><CORSRule>").refused("no XML", 400, "MalformedXML"),
    put("<Rules/>").refused("another document", 400, "MalformedXML"),
    put("").refused("no document", 400, "MissingRequestBodyError"),
    put("<!--" + "-" * (64 << 10) + "-->").refused(
        "beyond 64 KiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes="65536"
    ),
    Call("GetBucketCors").refused("absent", 404, "NoSuchCORSConfiguration", BucketName="@plain"),
)
def test_rules(world, row):
    refuse(world, row)


NO_RULE = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
    "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
)
NO_RULES = "CORSResponse: CORS is not enabled for this bucket."
NO_BUCKET = "CORSResponse: Bucket not found"
NO_ORIGIN = "Insufficient information. Origin request header needed."


def forbidden(text, method, resource):
    return 403, "AccessForbidden", text, {"Method": method, "ResourceType": resource}


def bad(text):
    return 400, "BadRequest", text, {}


# No client asks beforehand but browsers, and these only in their own way.
@pytest.mark.parametrize(
    "path, origin, method, headers, expected",
    [
        pytest.param("@ruled/k", None, "GET", None, bad(NO_ORIGIN), id="no origin"),
        pytest.param("@plain/k", None, "GET", None, bad(NO_ORIGIN), id="no origin and no rules"),
        pytest.param("@void/k", None, None, None, bad(NO_ORIGIN), id="no origin and no bucket"),
        pytest.param("@ruled/k", PAGE, None, None, bad("Invalid Access-Control-Request-Method: "), id="no method"),
        pytest.param(
            "@ruled/k", PAGE, "PATCH", None, bad("Invalid Access-Control-Request-Method: PATCH"), id="no such method"
        ),
        pytest.param(
            "@ruled/k", PAGE, "get", None, bad("Invalid Access-Control-Request-Method: get"), id="small letters"
        ),
        pytest.param("@void/k", PAGE, "GET", None, forbidden(NO_BUCKET, "GET", "BUCKET"), id="no bucket"),
        pytest.param(
            "@void/k", PAGE, None, None, forbidden(NO_BUCKET, "OPTIONS", "BUCKET"), id="no bucket and no method"
        ),
        pytest.param("@plain/k", PAGE, "PUT", None, forbidden(NO_RULES, "PUT", "BUCKET"), id="no rules"),
        pytest.param(
            "@plain/k", PAGE, None, None, forbidden(NO_RULES, "OPTIONS", "BUCKET"), id="no rules and no method"
        ),
        pytest.param(
            "@ruled/k", "https://x.example", "GET", None, forbidden(NO_RULE, "GET", "OBJECT"), id="another origin"
        ),
        pytest.param(
            "@ruled/k", PAGE.upper(), "GET", None, forbidden(NO_RULE, "GET", "OBJECT"), id="an origin in capitals"
        ),
        pytest.param("@ruled/k", PAGE, "DELETE", None, forbidden(NO_RULE, "DELETE", "OBJECT"), id="another method"),
        pytest.param(
            "@ruled/k", PAGE, "PUT", "x-other", forbidden(NO_RULE, "PUT", "OBJECT"), id="a header beyond the rule"
        ),
        pytest.param(
            "@ruled/k",
            PAGE,
            "PUT",
            "content-type, x-other",
            forbidden(NO_RULE, "PUT", "OBJECT"),
            id="a header beside a good one",
        ),
        pytest.param("@ruled", "https://x.example", "GET", None, forbidden(NO_RULE, "GET", "BUCKET"), id="of a bucket"),
    ],
)
def test_preflights(world, path, origin, method, headers, expected):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    url = f"{world.server.endpoint}/{world.fill(path)}"
    answer = requests.options(url, headers={name: value for name, value in asked.items() if value}, timeout=30)
    error = {element.tag: element.text or "" for element in ElementTree.fromstring(answer.content)}
    assert error.pop("RequestId") and error.pop("HostId")
    status, code, text, elements = expected
    assert (answer.status_code, error) == (status, {"Code": code, "Message": text, **elements})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


# Pages read refusals only when these say that they may.
@pytest.mark.parametrize(
    "origin, shown", [(PAGE, True), ("https://x.example", False)], ids=["an allowed origin", "another origin"]
)
@pytest.mark.parametrize("path, status", [("@ruled/none", 403), ("@ruled?tagging", 403)], ids=["a key", "a bucket"])
def test_refusals_tell_pages_that_they_may_read_them(world, origin, shown, path, status):
    url = f"{world.server.endpoint}/{world.fill(path)}"
    answer = requests.get(url, headers={"Origin": origin}, timeout=30)
    assert answer.status_code == status
    assert answer.headers.get("Access-Control-Allow-Origin") == (PAGE if shown else None)

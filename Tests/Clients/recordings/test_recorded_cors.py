"""CORS rules, preflights and what a page may read, as AWS S3 answered."""

import pytest
import requests

import recorded

ORIGIN = "https://localhost:4200"


@pytest.fixture
def open_bucket(s3, bucket):
    """A bucket that takes access control lists, so that pages can read without a signature."""
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_public_access_block(Bucket=bucket)
    return bucket


def _put_rule(s3, bucket, origins, methods, **more):
    rule = {"AllowedOrigins": origins, "AllowedMethods": methods, **more}
    return s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def _put_public(s3, bucket, key, content="test-cors", is_bucket_public=False):
    if is_bucket_public:
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_object(Bucket=bucket, Key=key, Body=content, ACL="public-read")


class Page:
    """A page that asks for one address, with the bucket in the host as browsers have it.

    AWS was asked without signatures, of objects that everybody may read. What rules of origins add to an answer has
    nothing to do with that, so all but preflights are signed here.
    """

    def __init__(self, server, bucket, key=""):
        self.url = f"{server.endpoint}/{key}"
        self.host = f"{bucket}.s3.larder.test"

    def __call__(self, method, origin=None, wants=None, headers=None, is_signed=True, **more):
        asked = {"Host": self.host, "Origin": origin, "Access-Control-Request-Method": wants}
        asked["Access-Control-Request-Headers"] = headers
        asked.update({name.replace("_", "-"): value for name, value in more.items()})
        if is_signed and method != "OPTIONS":
            return recorded.signed(method, self.url, asked)
        return requests.request(method, self.url, headers=asked, timeout=30)


def test_cors_http_options_no_config(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-options-no-config", "cors-test")
    page = Page(shared, open_bucket, "test-cors-options-no-config")
    case.check("options-no-origin", recorded.document(page("OPTIONS")))
    case.check("options-with-origin-and-method", recorded.document(page("OPTIONS", "whatever", "PUT")))
    case.check("options-with-origin-no-method", recorded.document(page("OPTIONS", "whatever")))


def test_cors_http_get_no_config(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-get-no-config", "cors-test")
    page = Page(shared, open_bucket, "test-cors-get-no-config")
    for origin in (None, "whatever"):
        answer = page("GET", origin, is_signed=False)
        assert (answer.status_code, answer.text) == (200, "cors-test")
        assert not [name for name in answer.headers if "access-control" in name.lower()]


def test_cors_http_options_non_existent_bucket(case, shared, nowhere):
    page = Page(shared, nowhere, "test-cors-options-no-bucket")
    case.check("options-no-origin", recorded.document(page("OPTIONS")))
    case.check("options-with-origin", recorded.document(page("OPTIONS", "whatever")))


def test_cors_match_origins(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-123")
    _put_rule(s3, open_bucket, [ORIGIN], ["GET", "PUT"], MaxAgeSeconds=3000, AllowedHeaders=["*"])
    page = Page(shared, open_bucket, "test-cors-123")
    case.check("opt-no-origin", recorded.exchange(page("OPTIONS")))
    case.check("get-no-origin", recorded.exchange(page("GET")))
    case.check("opt-referer", recorded.exchange(page("OPTIONS", wants="PUT", Referer=ORIGIN)))
    case.check("get-referer", recorded.exchange(page("GET", Referer=ORIGIN)))
    case.check("opt-right-origin", recorded.exchange(page("OPTIONS", ORIGIN, "PUT")))
    case.check("get-right-origin", recorded.exchange(page("GET", ORIGIN)))
    case.check("opt-wrong-origin", recorded.exchange(page("OPTIONS", "http://localhost:4200", "PUT")))
    case.check("get-wrong-origin", recorded.exchange(page("GET", "http://localhost:4200")))
    _put_rule(s3, open_bucket, ["*"], ["GET", "PUT"], MaxAgeSeconds=3000, AllowedHeaders=["*"])
    case.check("opt-random-wildcard-origin", recorded.exchange(page("OPTIONS", "http://random:1234", "PUT")))
    case.check("get-random-wildcard-origin", recorded.exchange(page("GET", "http://random:1234")))


def test_cors_match_methods(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-method", is_bucket_public=True)
    _put_rule(s3, open_bucket, [ORIGIN], ["GET"], MaxAgeSeconds=3000, AllowedHeaders=["*"])
    page = Page(shared, open_bucket, "test-cors-method")
    case.check("opt-get", recorded.exchange(page("OPTIONS", ORIGIN, "GET")))
    # AWS takes the method of a preflight also from a request that is none.
    case.check("get-wrong-op", recorded.exchange(page("GET", ORIGIN, "PUT")))
    case.check("get-op", recorded.exchange(page("GET", ORIGIN)))
    page = Page(shared, open_bucket, "test-cors-methodnew")
    case.check("opt-put", recorded.exchange(page("OPTIONS", ORIGIN, "PUT")))
    case.check("put-op", recorded.exchange(page("PUT", ORIGIN)))


def test_cors_match_headers(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-method", is_bucket_public=True)
    _put_rule(s3, open_bucket, [ORIGIN], ["GET"], MaxAgeSeconds=3000, AllowedHeaders=["*"])
    page = Page(shared, open_bucket, "test-cors-method")

    def preflight(step, headers):
        case.check(step, recorded.exchange(page("OPTIONS", ORIGIN, "GET", headers)))

    preflight("opt-get", "x-amz-request-payer")
    preflight("opt-get-two", "x-amz-request-payer, x-amz-expected-bucket-owner")
    case.check("get-op", recorded.exchange(page("GET", ORIGIN, x_amz_request_payer="requester")))

    allowed = [
        "x-amz-expected-bucket-owner",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-AMZ-server-SIDE-encryption",
    ]
    _put_rule(s3, open_bucket, [ORIGIN], ["GET"], MaxAgeSeconds=3000, AllowedHeaders=allowed)
    case.check("get-bucket-cors-casing", s3.get_bucket_cors(Bucket=open_bucket))
    preflight("opt-get-non-allowed", "x-amz-request-payer")
    preflight("opt-get-allowed", "x-amz-expected-bucket-owner")
    preflight("opt-get-allowed-diff-casing", "x-AMZ-expected-BUCKET-owner, x-amz-server-side-encryption")
    preflight("opt-get-allowed-no-space", "x-amz-expected-bucket-owner,x-amz-server-side-encryption")
    case.check("get-non-allowed-with-acl", recorded.exchange(page("GET", ORIGIN, headers="x-amz-request-payer")))
    case.check("get-non-allowed", recorded.exchange(page("GET", ORIGIN, x_amz_request_payer="requester")))


def test_cors_expose_headers(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-expose", is_bucket_public=True)
    exposed = ["x-amz-id-2", "x-amz-request-id", "x-amz-request-payer"]
    _put_rule(s3, open_bucket, ["*"], ["GET"], ExposeHeaders=exposed)
    page = Page(shared, open_bucket, "test-cors-expose")
    case.check("opt-get", recorded.exchange(page("OPTIONS", "localhost:4566", "GET")))


def test_put_cors_default_values(case, shared, s3, open_bucket):
    _put_public(s3, open_bucket, "test-cors-default", is_bucket_public=True)
    _put_rule(s3, open_bucket, ["*"], ["GET"])
    page = Page(shared, open_bucket, "test-cors-default")
    case.check("opt-get", recorded.exchange(page("OPTIONS", "localhost:4566", "GET")))
    answer = page("OPTIONS", "localhost:4566", "GET", "x-amz-request-payer")
    case.check("opt-get-headers", recorded.exchange(answer))


@pytest.fixture
def partial(s3, bucket):
    """A bucket whose rule names origins by a pattern."""
    _put_rule(s3, bucket, ["http://*.origin.com"], ["GET", "PUT"], MaxAgeSeconds=3000, AllowedHeaders=["*"])
    return bucket


def test_cors_options_match_partial_origin(case, shared, partial):
    answer = Page(shared, partial)("OPTIONS", "http://test.origin.com", "GET")
    case.check("options_match_partial_origin", recorded.exchange(answer))


def test_cors_options_fails_partial_origin(case, shared, partial):
    answer = Page(shared, partial)("OPTIONS", "http://test.origin.com/", "GET")
    case.check("options_fails_partial_origin", recorded.exchange(answer))


# The rules themselves


def test_get_cors(case, s3, bucket):
    case.attempt("get-cors-no-set", s3.get_bucket_cors, Bucket=bucket)
    _put_rule(s3, bucket, ["*"], ["GET"])
    case.check("get-cors-after-set", s3.get_bucket_cors(Bucket=bucket))


def test_put_cors(case, s3, bucket):
    origins = ["https://test.com", "https://app.test.com", "http://test.com:80"]
    headers = ["x-amz-expected-bucket-owner", "x-amz-server-side-encryption-customer-algorithm"]
    more = {"MaxAgeSeconds": 3000, "AllowedHeaders": headers}
    case.check("put-cors", _put_rule(s3, bucket, origins, ["GET", "PUT", "HEAD"], **more))
    case.check("get-cors", s3.get_bucket_cors(Bucket=bucket))


def test_put_cors_invalid_rules(case, s3, bucket):
    methods = ["GET", "PUT", "HEAD", "MYMETHOD"]
    case.attempt("put-cors-exc", lambda: _put_rule(s3, bucket, ["*", "https://test.com"], methods))
    case.attempt("put-cors-exc-empty", s3.put_bucket_cors, Bucket=bucket, CORSConfiguration={"CORSRules": []})


def test_put_cors_empty_origin(case, s3, bucket):
    _put_rule(s3, bucket, [""], ["GET", "PUT", "HEAD"])
    case.check("get-cors-empty", s3.get_bucket_cors(Bucket=bucket))


def test_delete_cors(case, s3, bucket):
    case.check("delete-cors-before-set", s3.delete_bucket_cors(Bucket=bucket))
    case.check("put-cors", _put_rule(s3, bucket, ["*"], ["GET"]))
    case.check("get-cors", s3.get_bucket_cors(Bucket=bucket))
    case.check("delete-cors", s3.delete_bucket_cors(Bucket=bucket))
    case.attempt("get-cors-deleted", s3.get_bucket_cors, Bucket=bucket)

"""Buckets and what is configured on them: rules of making, tags, CORS, policies, ACLs, lifecycle, encryption, probes."""

import datetime
import json
import uuid

import pytest
import requests

from dialects import CLIENTS, Boto, curl, moment, send, target
from larder import eventually
from matrix import both, cell, cells


def fresh():
    return f"b-{uuid.uuid4()}"


def open_to_all(store, bucket):
    """Lets policies and lists make the bucket public."""
    store.s3().delete_public_access_block(Bucket=bucket)


# Making and removing


@both("CreateBucket", "HeadBucket", "ListBuckets", "GetBucketLocation", "DeleteBucket")
def test_a_bucket_is_made_found_and_removed(client):
    name = fresh()
    assert client.code("HeadBucket", Bucket=name) == "404"
    made = client.call("CreateBucket", Bucket=name)
    assert made["Location"] == f"/{name}" and made["BucketArn"] == f"arn:aws:s3:::{name}"
    head = client.call("HeadBucket", Bucket=name)
    assert (head["BucketRegion"], head["AccessPointAlias"]) == ("us-east-1", False)
    assert client.call("GetBucketLocation", Bucket=name).get("LocationConstraint") is None
    (listed,) = [item for item in client.call("ListBuckets")["Buckets"] if item["Name"] == name]
    assert abs(datetime.datetime.now(datetime.timezone.utc) - moment(listed["CreationDate"])).total_seconds() < 60
    # Again by its owner it is there; clients make sure of that at their start.
    client.call("CreateBucket", Bucket=name)
    client.call("PutObject", Bucket=name, Key="k", Body=b"")
    assert client.code("DeleteBucket", Bucket=name) == "BucketNotEmpty"
    client.call("DeleteObject", Bucket=name, Key="k")
    client.call("DeleteBucket", Bucket=name)
    assert client.code("HeadBucket", Bucket=name) == "404"
    assert client.code("DeleteBucket", Bucket=name) == "NoSuchBucket"


@cells("curl", "CreateBucket", "HeadBucket", "DeleteBucket", "GetBucketLocation")
def test_curl_makes_a_bucket(shared):
    name = fresh()
    curl(shared, "--fail", "--request", "PUT", target(name))
    assert b"x-amz-bucket-region: us-east-1" in curl(shared, "--fail", "--head", target(name)).stdout
    assert b"<LocationConstraint" in curl(shared, "--fail", f"{target(name)}?location=").stdout
    curl(shared, "--fail", "--request", "DELETE", target(name))
    assert curl(shared, "--fail", "--head", target(name), check=False).returncode == 22


@cell("CreateBucket", "HTTP")
@pytest.mark.parametrize(
    "name, allowed",
    [
        ("a" * 3, True),
        ("a" * 63, True),
        ("1.2.3", True),
        ("a-b.c-d", True),
        ("ab", False),
        ("a" * 64, False),
        ("Upper", False),
        ("under_score", False),
        ("-dash", False),
        ("dash-", False),
        (".dot", False),
        ("a..b", False),
        ("a.-b", False),
        ("a-.b", False),
        ("192.168.1.1", False),
        ("xn--a", False),
        ("sthree-a", False),
        ("amzn-s3-demo-a", False),
        ("a-s3alias", False),
        ("a--ol-s3", False),
        ("a.mrap", False),
        ("a--x-s3", False),
        ("a--table-s3", False),
    ],
)
def test_names_of_buckets_have_rules(server, name, allowed):
    one = server()
    answer = send(one, "PUT", target(name))
    if allowed:
        assert answer.status == 200, answer
    else:
        assert (answer.status, answer.code) == (400, "InvalidBucketName")
        assert answer.elements == {"BucketName": name}


@cell("CreateBucket", "boto3")
@pytest.mark.parametrize("region, constraint", [("us-east-1", None), ("eu-west-1", "eu-west-1"), ("eu-west-1", None)])
def test_a_bucket_is_where_the_server_is(server, folder, region, constraint):
    client = Boto(server(env={"LARDER_REGION": region}), folder)
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
    client.call("CreateBucket", Bucket="elsewhere", **configuration)
    found = client.call("GetBucketLocation", Bucket="elsewhere")["LocationConstraint"]
    assert found == (None if region == "us-east-1" else region)
    assert client.call("HeadBucket", Bucket="elsewhere")["BucketRegion"] == region


@cell("CreateBucket", "boto3")
def test_outside_us_east_1_a_bucket_is_made_once(server, folder):
    client = Boto(server(env={"LARDER_REGION": "eu-west-1"}), folder)
    there = {"Bucket": "elsewhere", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    client.call("CreateBucket", **there)
    refusal = client.refused("CreateBucket", **there)
    assert (refusal.code, refusal.status) == ("BucketAlreadyOwnedByYou", 409)
    assert refusal.elements == {"BucketName": "elsewhere"}


@both("CreateBucket", "GetBucketTagging")
def test_a_bucket_is_made_with_tags(client):
    name = fresh()
    tags = [{"Key": "a", "Value": "1"}]
    client.call("CreateBucket", Bucket=name, CreateBucketConfiguration={"Tags": tags})
    assert client.call("GetBucketTagging", Bucket=name)["TagSet"] == tags
    # With tags it cannot be made again: they would not be set.
    again = {"Bucket": name, "CreateBucketConfiguration": {"Tags": tags}}
    assert client.code("CreateBucket", **again) == "BucketAlreadyOwnedByYou"


# Tags


@both("PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging")
def test_tags_of_a_bucket_are_set_replaced_and_removed(client, bucket):
    assert client.code("GetBucketTagging", Bucket=bucket) == "NoSuchTagSet"
    most = [{"Key": f"k{i:02}", "Value": "ü" * 256} for i in range(50)]
    for tags in ([{"Key": "a", "Value": "1"}, {"Key": "b c", "Value": ""}], most):
        client.call("PutBucketTagging", Bucket=bucket, Tagging={"TagSet": tags})
        found = client.call("GetBucketTagging", Bucket=bucket)["TagSet"]
        assert sorted(found, key=lambda tag: tag["Key"]) == tags
    refuse = lambda *tags: client.code("PutBucketTagging", Bucket=bucket, Tagging={"TagSet": list(tags)})
    assert refuse(*most, {"Key": "one more", "Value": ""}) == "BadRequest"
    assert refuse({"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}) == "InvalidTag"
    assert refuse({"Key": "k" * 129, "Value": ""}) == "InvalidTag"
    client.call("DeleteBucketTagging", Bucket=bucket)
    assert client.code("GetBucketTagging", Bucket=bucket) == "NoSuchTagSet"
    client.call("DeleteBucketTagging", Bucket=bucket)


# CORS


CORS = {
    "CORSRules": [
        {
            "ID": "first",
            "AllowedOrigins": ["https://app.example.com", "https://*.dev.example.com"],
            "AllowedMethods": ["GET", "PUT"],
            "AllowedHeaders": ["X-Amz-*", "content-type"],
            "ExposeHeaders": ["ETag", "x-amz-request-id"],
            "MaxAgeSeconds": 3000,
        },
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]},
    ]
}


@both("PutBucketCors", "GetBucketCors", "DeleteBucketCors")
def test_cors_rules_are_set_and_removed(client, bucket):
    assert client.code("GetBucketCors", Bucket=bucket) == "NoSuchCORSConfiguration"
    client.call("PutBucketCors", Bucket=bucket, CORSConfiguration=CORS)
    assert client.call("GetBucketCors", Bucket=bucket)["CORSRules"] == CORS["CORSRules"]
    client.call("PutBucketCors", Bucket=bucket, CORSConfiguration={"CORSRules": CORS["CORSRules"][1:]})
    assert client.call("GetBucketCors", Bucket=bucket)["CORSRules"] == CORS["CORSRules"][1:]
    client.call("DeleteBucketCors", Bucket=bucket)
    assert client.code("GetBucketCors", Bucket=bucket) == "NoSuchCORSConfiguration"
    client.call("DeleteBucketCors", Bucket=bucket)


@pytest.fixture
def shared_by_pages(shared, bucket):
    """A bucket with an object and the rules above."""
    shared.s3().put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    shared.s3().put_object(Bucket=bucket, Key="k", Body=b"x")
    return bucket


def preflight(store, bucket, origin=None, method=None, headers=None, key="k"):
    given = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return send(store, "OPTIONS", target(bucket, key), given, signed=False)


VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


@cell("Preflight", "HTTP")
@pytest.mark.parametrize("origin", ["https://app.example.com", "https://a.b.dev.example.com"])
def test_a_preflight_of_an_allowed_origin(shared, shared_by_pages, origin):
    answer = preflight(shared, shared_by_pages, origin, "PUT", "X-AMZ-Meta-A,Content-Type")
    assert answer.status == 200 and answer.body == b""
    assert answer.header("Access-Control-Allow-Origin") == origin
    assert answer.header("Access-Control-Allow-Methods") == "GET, PUT"
    assert answer.header("Access-Control-Allow-Headers") == "x-amz-meta-a, content-type"
    assert answer.header("Access-Control-Expose-Headers") == "ETag, x-amz-request-id"
    assert answer.header("Access-Control-Max-Age") == "3000"
    assert answer.header("Access-Control-Allow-Credentials") == "true"
    assert answer.header("Vary") == VARY


@cell("Preflight", "HTTP")
def test_a_preflight_of_any_origin(shared, shared_by_pages):
    answer = preflight(shared, shared_by_pages, "https://other.example.org", "GET")
    assert answer.status == 200 and answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.header("Access-Control-Allow-Methods") == "GET"
    for absent in ("Credentials", "Headers", "Max-Age"):
        assert answer.header(f"Access-Control-Allow-{absent}") is None
    assert answer.header("Access-Control-Max-Age") is None


@cell("Preflight", "curl")
def test_curl_asks_beforehand(shared, shared_by_pages):
    options = ["--request", "OPTIONS", "--include", "--header", "Origin: https://app.example.com"]
    answer = curl(
        shared, *options, "--header", "Access-Control-Request-Method: PUT", target(shared_by_pages, "k"), signed=False
    )
    assert b"HTTP/1.1 200" in answer.stdout and b"Access-Control-Allow-Methods: GET, PUT" in answer.stdout


@cell("Preflight", "HTTP")
@pytest.mark.parametrize(
    "origin, method, headers, code, text",
    [
        (None, "GET", None, "BadRequest", "Insufficient information. Origin request header needed."),
        ("https://app.example.com", "PATCH", None, "BadRequest", "Invalid Access-Control-Request-Method: PATCH"),
        ("https://app.example.com", "get", None, "BadRequest", "Invalid Access-Control-Request-Method: get"),
        ("https://app.example.com", "DELETE", None, "AccessForbidden", "This CORS request is not allowed."),
        ("HTTPS://APP.EXAMPLE.COM", "PUT", None, "AccessForbidden", "This CORS request is not allowed."),
        ("https://app.example.com.evil", "PUT", None, "AccessForbidden", "This CORS request is not allowed."),
        ("https://app.example.com", "PUT", "x-other", "AccessForbidden", "This CORS request is not allowed."),
        ("https://other.example.org", "GET", "x-amz-a", "AccessForbidden", "This CORS request is not allowed."),
    ],
)
def test_a_preflight_that_no_rule_allows(shared, shared_by_pages, origin, method, headers, code, text):
    answer = preflight(shared, shared_by_pages, origin, method, headers)
    assert answer.status == (400 if code == "BadRequest" else 403) and answer.code == code and text in answer.text
    if code == "AccessForbidden":
        assert answer.elements == {"Method": method, "ResourceType": "OBJECT"}
    assert answer.header("Access-Control-Allow-Origin") is None


@cell("Preflight", "HTTP")
def test_a_preflight_where_there_are_no_rules(shared, bucket):
    for name, text in [(bucket, "CORS is not enabled for this bucket."), (fresh(), "Bucket not found")]:
        answer = preflight(shared, name, "https://app.example.com", "PUT")
        assert (answer.status, answer.code) == (403, "AccessForbidden")
        assert answer.elements == {"Method": "PUT", "ResourceType": "BUCKET"}
        assert f"<Message>CORSResponse: {text}</Message>" in answer.text
        assert preflight(shared, name, method="PUT").code == "BadRequest"


@cells("HTTP", "GetObject", "PutObject")
def test_actual_requests_get_the_headers_too_and_so_do_refusals(shared, shared_by_pages):
    origin = {"Origin": "https://app.example.com"}
    for method, key, status in [("GET", "k", 200), ("PUT", "new", 200), ("GET", "missing", 404)]:
        answer = send(shared, method, target(shared_by_pages, key), origin)
        assert answer.status == status
        assert answer.header("Access-Control-Allow-Origin") == "https://app.example.com"
        assert answer.header("Access-Control-Expose-Headers") == "ETag, x-amz-request-id"
        assert answer.header("Access-Control-Allow-Credentials") == "true"
        assert answer.header("Access-Control-Allow-Headers") is None and "Origin" in answer.header("Vary")
    refused = send(shared, "GET", target(shared_by_pages, "k"), origin, signed=False)
    assert refused.status == 403 and refused.header("Access-Control-Allow-Origin") == "https://app.example.com"
    # No rule: served all the same, and the page cannot read it.
    other = send(shared, "PUT", target(shared_by_pages, "k"), {"Origin": "https://other.example.org"})
    assert other.status == 200 and other.header("Access-Control-Allow-Origin") is None
    assert send(shared, "GET", target(shared_by_pages, "k")).header("Access-Control-Allow-Origin") is None


# Policies and anonymous readers


def public_read(bucket):
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "read",
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["s3:GetObject"],
                "Resource": f"arn:aws:s3:::{bucket}/public/*",
            }
        ],
    }


@both("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicyStatus")
def test_a_policy_is_kept_as_it_was_put(client, store, bucket):
    open_to_all(store, bucket)
    assert client.code("GetBucketPolicy", Bucket=bucket) == "NoSuchBucketPolicy"
    assert client.code("GetBucketPolicyStatus", Bucket=bucket) == "NoSuchBucketPolicy"
    text = json.dumps(public_read(bucket), indent=3)
    client.call("PutBucketPolicy", Bucket=bucket, Policy=text)
    assert client.call("GetBucketPolicy", Bucket=bucket)["Policy"] == text
    assert client.call("GetBucketPolicyStatus", Bucket=bucket)["PolicyStatus"] == {"IsPublic": True}
    private = json.loads(text)
    private["Statement"][0]["Effect"] = "Deny"
    client.call("PutBucketPolicy", Bucket=bucket, Policy=json.dumps(private))
    assert client.call("GetBucketPolicyStatus", Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    client.call("DeleteBucketPolicy", Bucket=bucket)
    assert client.code("GetBucketPolicy", Bucket=bucket) == "NoSuchBucketPolicy"
    client.call("DeleteBucketPolicy", Bucket=bucket)


@cells("curl", "GetObject", "HeadObject", "PutBucketPolicy")
def test_a_policy_lets_anybody_read(store, bucket, folder):
    open_to_all(store, bucket)
    for key in ("public/a b", "private"):
        store.s3().put_object(Bucket=bucket, Key=key, Body=key.encode())
    public, private = target(bucket, "public/a b"), target(bucket, "private")
    assert curl(store, "--fail", public, signed=False, check=False).returncode == 22
    (folder / "policy").write_text(json.dumps(public_read(bucket)))
    curl(store, "--fail", "--upload-file", folder / "policy", f"{target(bucket)}?policy=")
    assert curl(store, "--fail", public, signed=False).stdout == b"public/a b"
    assert b"Content-Length: 10" in curl(store, "--fail", "--head", public, signed=False).stdout
    for refused in (
        [private],
        ["--upload-file", folder / "policy", public],
        ["--request", "DELETE", public],
        [target(bucket)],
    ):
        assert curl(store, "--fail", *refused, signed=False, check=False).returncode == 22
    # Who may not list does not learn what is there.
    missing = requests.get(store.endpoint + target(bucket, "public/missing"), timeout=30)
    assert missing.status_code == 403 and "<Code>AccessDenied</Code>" in missing.text
    store.s3().delete_bucket_policy(Bucket=bucket)
    assert curl(store, "--fail", public, signed=False, check=False).returncode == 22


@cells("HTTP", "GetObject", "ListObjectsV2", "PutBucketPolicy")
def test_anonymous_callers_may_what_the_policy_says(shared, bucket):
    open_to_all(shared, bucket)
    s3 = shared.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="visible=yes")
    s3.put_object(Bucket=bucket, Key="other", Body=b"x")
    allow = lambda action, resource, **more: {
        "Effect": "Allow",
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{resource}",
        **more,
    }
    ask = lambda key=None, **query: send(shared, "GET", target(bucket, key, **query), signed=False).status

    def policy(*statements):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))

    policy(allow("s3:ListBucket", bucket))
    assert (ask(), ask("k"), ask(list_type="2")) == (200, 403, 200)
    policy(allow("s3:ListBucket", bucket, Condition={"StringLike": {"s3:prefix": "open/*"}}))
    assert (ask(), ask(prefix="open/x"), ask(prefix="k")) == (403, 200, 403)
    policy(allow("s3:Get*", f"{bucket}/*"), {**allow("s3:GetObject", f"{bucket}/other"), "Effect": "Deny"})
    assert (ask("k"), ask("other"), ask()) == (200, 403, 403)
    # A denial is for everybody, whoever owns the bucket.
    assert send(shared, "GET", target(bucket, "other")).status == 403
    policy(allow("s3:GetObject", f"{bucket}/*", Condition={"StringEquals": {"s3:ExistingObjectTag/visible": "yes"}}))
    assert (ask("k"), ask("other")) == (200, 403)
    policy(allow("s3:GetObject", f"{bucket}/*", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))
    assert ask("k") == 200
    policy(allow("s3:GetObject", f"{bucket}/*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    assert ask("k") == 403
    policy(allow("s3:GetObject", f"{bucket}/*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert ask("k") == 403
    policy(allow("s3:PutObject", f"{bucket}/drop/*"))
    assert send(shared, "PUT", target(bucket, "drop/box"), body=b"dropped", signed=False).status == 200
    assert s3.get_object(Bucket=bucket, Key="drop/box")["Body"].read() == b"dropped"
    assert send(shared, "PUT", target(bucket, "elsewhere"), body=b"", signed=False).status == 403


@cell("PutBucketPolicy", "boto3")
def test_the_owner_is_not_locked_out_of_the_policy(client, bucket):
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": resources}]}
    client.call("PutBucketPolicy", Bucket=bucket, Policy=json.dumps(policy))
    assert client.code("ListObjectsV2", Bucket=bucket) == "AccessDenied"
    assert client.code("PutObject", Bucket=bucket, Key="k", Body=b"") == "AccessDenied"
    assert json.loads(client.call("GetBucketPolicy", Bucket=bucket)["Policy"]) == policy
    client.call("DeleteBucketPolicy", Bucket=bucket)
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"")


@both("PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock")
def test_public_access_is_blocked_and_let_be(client, store, bucket):
    client.call("DeletePublicAccessBlock", Bucket=bucket)
    assert client.code("GetPublicAccessBlock", Bucket=bucket) == "NoSuchPublicAccessBlockConfiguration"
    client.call("DeletePublicAccessBlock", Bucket=bucket)
    client.call("PutObject", Bucket=bucket, Key="public/k", Body=b"x")
    client.call("PutBucketPolicy", Bucket=bucket, Policy=json.dumps(public_read(bucket)))
    anonymous = lambda: send(store, "GET", target(bucket, "public/k"), signed=False).status
    assert anonymous() == 200
    names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    for name in names:
        block = {each: each == name for each in names}
        client.call("PutPublicAccessBlock", Bucket=bucket, PublicAccessBlockConfiguration=block)
        assert client.call("GetPublicAccessBlock", Bucket=bucket)["PublicAccessBlockConfiguration"] == block
        assert anonymous() == (403 if name == "RestrictPublicBuckets" else 200), name
        if name == "BlockPublicPolicy":
            refused = client.code("PutBucketPolicy", Bucket=bucket, Policy=json.dumps(public_read(bucket)))
            assert refused == "AccessDenied"
    # The owner reads on.
    assert client.call("GetObject", Bucket=bucket, Key="public/k")["Body"] == b"x"
    client.call("DeletePublicAccessBlock", Bucket=bucket)
    assert anonymous() == 200


# Ownership and access control lists


@both("GetBucketOwnershipControls", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls", "CreateBucket")
def test_who_owns_objects_is_set(client, bucket):
    state = lambda name: client.call("GetBucketOwnershipControls", Bucket=name)["OwnershipControls"]["Rules"]
    assert state(bucket) == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    for value in ("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"):
        rules = [{"ObjectOwnership": value}]
        client.call("PutBucketOwnershipControls", Bucket=bucket, OwnershipControls={"Rules": rules})
        assert state(bucket) == rules
    client.call("DeleteBucketOwnershipControls", Bucket=bucket)
    assert client.code("GetBucketOwnershipControls", Bucket=bucket) == "OwnershipControlsNotFoundError"
    client.call("DeleteBucketOwnershipControls", Bucket=bucket)
    name = fresh()
    client.call("CreateBucket", Bucket=name, ObjectOwnership="BucketOwnerPreferred")
    assert state(name) == [{"ObjectOwnership": "BucketOwnerPreferred"}]


@pytest.fixture
def listed(store):
    """A bucket in which access control lists count and may be public."""
    name = fresh()
    store.s3().create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    open_to_all(store, name)
    return name


ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"


def grants(answer):
    """Grants without the owner's own, as (group, permission)."""
    owner = answer["Owner"]["ID"]
    found = [
        (grant["Grantee"].get("URI", grant["Grantee"].get("ID")), grant["Permission"]) for grant in answer["Grants"]
    ]
    assert (owner, "FULL_CONTROL") in found
    return sorted(each for each in found if each != (owner, "FULL_CONTROL"))


CANNED = {
    "private": [],
    "public-read": [(ALL_USERS, "READ")],
    "public-read-write": [(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
    "authenticated-read": [(SIGNED_USERS, "READ")],
}


@both("PutBucketAcl", "GetBucketAcl", "PutObjectAcl", "GetObjectAcl")
@pytest.mark.parametrize("canned", CANNED)
def test_canned_lists_are_set(client, store, listed, canned):
    store.s3().put_object(Bucket=listed, Key="k", Body=b"x")
    client.call("PutBucketAcl", Bucket=listed, ACL=canned)
    client.call("PutObjectAcl", Bucket=listed, Key="k", ACL=canned)
    bucket_acl = client.call("GetBucketAcl", Bucket=listed)
    object_acl = client.call("GetObjectAcl", Bucket=listed, Key="k")
    assert grants(bucket_acl) == CANNED[canned]
    assert grants(object_acl) == CANNED[canned]
    assert all(grant["Grantee"]["Type"] in ("CanonicalUser", "Group") for grant in bucket_acl["Grants"])
    anonymous = [
        send(store, "GET", target(listed), signed=False).status,
        send(store, "GET", target(listed, "k"), signed=False).status,
        send(store, "PUT", target(listed, "new"), signed=False, body=b"x").status,
    ]
    public = canned.startswith("public")
    assert anonymous == [200 if public else 403, 200 if public else 403, 200 if canned.endswith("write") else 403]


@both("PutObject", "CopyObject", "CreateMultipartUpload", "GetObjectAcl", "CreateBucket")
def test_lists_come_with_uploads_and_are_not_copied(client, store, listed):
    client.call("PutObject", Bucket=listed, Key="put", Body=b"x", ACL="public-read")
    client.call("CopyObject", Bucket=listed, Key="copy", CopySource=f"{listed}/put")
    client.call("CopyObject", Bucket=listed, Key="open", CopySource=f"{listed}/put", ACL="public-read")
    upload = client.call("CreateMultipartUpload", Bucket=listed, Key="parts", ACL="public-read")["UploadId"]
    place = {"Bucket": listed, "Key": "parts", "UploadId": upload}
    part = client.call("UploadPart", **place, PartNumber=1, Body=b"x")
    client.call(
        "CompleteMultipartUpload", **place, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    )
    for key, status in [("put", 200), ("copy", 403), ("open", 200), ("parts", 200)]:
        assert send(store, "GET", target(listed, key), signed=False).status == status, key
        assert grants(client.call("GetObjectAcl", Bucket=listed, Key=key)) == (
            [(ALL_USERS, "READ")] if status == 200 else []
        )
    name = fresh()
    client.call("CreateBucket", Bucket=name, ObjectOwnership="ObjectWriter", ACL="authenticated-read")
    assert grants(client.call("GetBucketAcl", Bucket=name)) == [(SIGNED_USERS, "READ")]


@both("PutBucketAcl", "PutObjectAcl", "GetBucketAcl")
def test_grants_are_given_by_headers_and_by_documents(client, store, listed):
    store.s3().put_object(Bucket=listed, Key="k", Body=b"x")
    owner = client.call("GetBucketAcl", Bucket=listed)["Owner"]
    me = f'id="{owner["ID"]}"'
    client.call("PutBucketAcl", Bucket=listed, GrantFullControl=me, GrantRead=f'uri="{ALL_USERS}"')
    assert grants(client.call("GetBucketAcl", Bucket=listed)) == [(ALL_USERS, "READ")]
    document = {
        "Owner": {"ID": owner["ID"]},
        "Grants": [
            {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"},
            {"Grantee": {"Type": "Group", "URI": SIGNED_USERS}, "Permission": "READ_ACP"},
        ],
    }
    client.call("PutBucketAcl", Bucket=listed, AccessControlPolicy=document)
    assert grants(client.call("GetBucketAcl", Bucket=listed)) == [(SIGNED_USERS, "READ_ACP")]
    client.call("PutObjectAcl", Bucket=listed, Key="k", AccessControlPolicy=document)
    assert grants(client.call("GetObjectAcl", Bucket=listed, Key="k")) == [(SIGNED_USERS, "READ_ACP")]
    assert client.code("PutBucketAcl", Bucket=listed, GrantRead='uri="http://example.com/x"') == "InvalidArgument"
    assert client.code("PutBucketAcl", Bucket=listed, GrantRead='id="nobody"') == "InvalidArgument"


@both("PutBucketAcl", "PutObjectAcl", "GetBucketAcl", "GetObjectAcl")
def test_where_the_owner_owns_all_there_are_no_lists(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="k", Body=b"x")
    for operation, place in [("PutBucketAcl", {}), ("PutObjectAcl", {"Key": "k"})]:
        assert client.code(operation, Bucket=bucket, **place, ACL="public-read") == "AccessControlListNotSupported"
        # What changes nothing may be said.
        client.call(operation, Bucket=bucket, **place, ACL="private")
    refused = client.code("PutObject", Bucket=bucket, Key="new", Body=b"", ACL="public-read")
    assert refused == "AccessControlListNotSupported"
    client.call("PutObject", Bucket=bucket, Key="new", Body=b"", ACL="bucket-owner-full-control")
    for answer in (client.call("GetBucketAcl", Bucket=bucket), client.call("GetObjectAcl", Bucket=bucket, Key="k")):
        assert grants(answer) == []
    made = client.code("CreateBucket", Bucket=fresh(), ACL="public-read", ObjectOwnership="BucketOwnerEnforced")
    assert made == "InvalidBucketAclWithObjectOwnership"


@cells("boto3", "PutPublicAccessBlock", "PutBucketAcl", "PutObjectAcl")
def test_a_block_refuses_or_ignores_public_lists(client, store, listed):
    client.call("PutObject", Bucket=listed, Key="k", Body=b"x", ACL="public-read")
    block = lambda **what: client.call("PutPublicAccessBlock", Bucket=listed, PublicAccessBlockConfiguration=what)
    anonymous = lambda: send(store, "GET", target(listed, "k"), signed=False).status
    assert anonymous() == 200
    block(BlockPublicAcls=True)
    assert anonymous() == 200
    assert client.code("PutBucketAcl", Bucket=listed, ACL="public-read") == "AccessDenied"
    assert client.code("PutObjectAcl", Bucket=listed, Key="k", ACL="public-read") == "AccessDenied"
    assert client.code("PutObject", Bucket=listed, Key="k", Body=b"", ACL="public-read") == "AccessDenied"
    block(IgnorePublicAcls=True)
    assert anonymous() == 403
    client.call("PutObjectAcl", Bucket=listed, Key="k", ACL="public-read")
    assert grants(client.call("GetObjectAcl", Bucket=listed, Key="k")) == [(ALL_USERS, "READ")]
    client.call("DeletePublicAccessBlock", Bucket=listed)
    assert anonymous() == 200


@cell("PutObject", "boto3")
def test_the_operator_chooses_who_owns_objects_by_default(server, folder):
    one = server(env={"LARDER_OBJECT_OWNERSHIP": "ObjectWriter"})
    client = Boto(one, folder)
    client.call("CreateBucket", Bucket="lists")
    client.call("DeletePublicAccessBlock", Bucket="lists")
    client.call("PutObject", Bucket="lists", Key="k", Body=b"x", ACL="public-read")
    assert send(one, "GET", target("lists", "k"), signed=False).body == b"x"


# Lifecycle


LIFECYCLE = {
    "Rules": [
        {"ID": "by-prefix", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}},
        {
            "ID": "by much",
            "Status": "Disabled",
            "Filter": {
                "And": {
                    "Prefix": "a/",
                    "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}],
                    "ObjectSizeGreaterThan": 10,
                    "ObjectSizeLessThan": 1000,
                }
            },
            "Expiration": {"Days": 9},
        },
        {
            "ID": "versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 4, "NewerNoncurrentVersions": 2},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
        },
        {
            "ID": "uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": "up/"},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
        },
    ]
}


@both("PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle")
def test_lifecycle_rules_are_set_and_removed(client, bucket):
    assert client.code("GetBucketLifecycleConfiguration", Bucket=bucket) == "NoSuchLifecycleConfiguration"
    put = client.call("PutBucketLifecycleConfiguration", Bucket=bucket, LifecycleConfiguration=LIFECYCLE)
    assert put["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    found = client.call("GetBucketLifecycleConfiguration", Bucket=bucket)
    assert found["Rules"] == LIFECYCLE["Rules"]
    assert found["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    client.call("DeleteBucketLifecycle", Bucket=bucket)
    assert client.code("GetBucketLifecycleConfiguration", Bucket=bucket) == "NoSuchLifecycleConfiguration"
    client.call("DeleteBucketLifecycle", Bucket=bucket)


@cells("boto3", "PutBucketLifecycleConfiguration", "HeadObject")
def test_answers_tell_when_an_object_expires(client, bucket):
    client.call("PutBucketLifecycleConfiguration", Bucket=bucket, LifecycleConfiguration=LIFECYCLE)
    put = client.call("PutObject", Bucket=bucket, Key="tmp/k", Body=b"x")
    assert 'rule-id="by-prefix"' in put["Expiration"] and 'expiry-date="' in put["Expiration"]
    assert put["Expiration"].split('"')[1].endswith("00:00:00 GMT")
    for operation in ("GetObject", "HeadObject"):
        assert client.call(operation, Bucket=bucket, Key="tmp/k")["Expiration"] == put["Expiration"]
    assert "Expiration" not in client.call("PutObject", Bucket=bucket, Key="other", Body=b"x")


@cells("boto3", "PutBucketLifecycleConfiguration")
def test_objects_expire(server, folder):
    """A day takes a second here."""
    one = server(env={"LARDER_LIFECYCLE_DAY": "1s"})
    client = Boto(one, folder)
    for key in ("tmp/k", "kept"):
        client.call("PutObject", Bucket="uploads", Key=key, Body=b"x")
    rules = {"Rules": [{"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}}]}
    client.call("PutBucketLifecycleConfiguration", Bucket="uploads", LifecycleConfiguration=rules)
    listed = lambda: [item["Key"] for item in client.call("ListObjectsV2", Bucket="uploads")["Contents"]]
    eventually(lambda: listed() == ["kept"], 30)
    assert client.code("GetObject", Bucket="uploads", Key="tmp/k") == "NoSuchKey"


# Encryption: nothing is claimed that is not so


@both()
def test_encryption_is_not_pretended(client, bucket):
    assert client.code("GetBucketEncryption", Bucket=bucket) == "ServerSideEncryptionConfigurationNotFoundError"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    wanted = {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
    assert client.code("PutBucketEncryption", Bucket=bucket, **wanted) == "NotImplemented"
    client.call("DeleteBucketEncryption", Bucket=bucket)
    for algorithm in ("AES256", "aws:kms"):
        asked = {"Bucket": bucket, "Key": "k", "ServerSideEncryption": algorithm}
        assert client.code("PutObject", **asked, Body=b"x") == "NotImplemented"
        assert client.code("CreateMultipartUpload", **asked) == "NotImplemented"
    assert "ServerSideEncryption" not in client.call("PutObject", Bucket=bucket, Key="k", Body=b"x")
    assert "ServerSideEncryption" not in client.call("HeadObject", Bucket=bucket, Key="k")


ENCRYPTION = ["GetBucketEncryption", "PutBucketEncryption", "DeleteBucketEncryption"]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[cell(each, name) for each in ENCRYPTION]) for name in CLIENTS]
)
def test_encryption_that_the_operator_declares_is_reported(server, folder, name):
    client = CLIENTS[name](server(env={"LARDER_ENCRYPTION_AT_REST": "declared"}), folder)
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    state = lambda: client.call("GetBucketEncryption", Bucket="uploads")["ServerSideEncryptionConfiguration"]["Rules"]
    assert [{key: rule[key] for key in default} for rule in state()] == [default]
    rules = {"Rules": [{**default, "BucketKeyEnabled": True}]}
    client.call("PutBucketEncryption", Bucket="uploads", ServerSideEncryptionConfiguration=rules)
    assert state()[0]["BucketKeyEnabled"] is True
    client.call("DeleteBucketEncryption", Bucket="uploads")
    assert state()[0]["BucketKeyEnabled"] is False
    place = {"Bucket": "uploads", "Key": "k"}
    assert (
        client.call("PutObject", **place, Body=b"x", ServerSideEncryption="AES256")["ServerSideEncryption"] == "AES256"
    )
    assert client.call("HeadObject", **place)["ServerSideEncryption"] == "AES256"
    assert client.code("PutObject", **place, Body=b"x", ServerSideEncryption="aws:kms") == "NotImplemented"


@cells("HTTP", "PutObject", "GetObject")
def test_keys_of_clients_are_refused(shared, bucket):
    shared.s3().put_object(Bucket=bucket, Key="k", Body=b"x")
    header = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
    for method in ("PUT", "GET", "HEAD"):
        assert send(shared, method, target(bucket, "k"), header, b"y" if method == "PUT" else b"").status == 501
    unknown = send(shared, "PUT", target(bucket, "k"), {"x-amz-server-side-encryption": "ROT13"}, b"y")
    assert (unknown.status, unknown.code) == (400, "InvalidEncryptionAlgorithmError")
    assert unknown.elements == {"ArgumentName": "x-amz-server-side-encryption", "ArgumentValue": "ROT13"}
    assert send(shared, "GET", target(bucket, "k")).body == b"x"


# What clients look at before they do anything


PROBES = {
    "GetBucketAccelerateConfiguration": {},
    "GetBucketLogging": {},
    "GetBucketNotificationConfiguration": {},
    "GetBucketRequestPayment": {"Payer": "BucketOwner"},
    "GetBucketVersioning": {},
}


@both(*PROBES)
def test_what_is_switched_off_says_so(client, bucket):
    for operation, expected in PROBES.items():
        answer = client.call(operation, Bucket=bucket)
        answer.pop("ResponseMetadata", None)
        assert answer == expected, operation


@both("GetBucketWebsite", "GetBucketReplication", "DeleteBucketWebsite")
def test_what_is_absent_says_so(client, bucket):
    assert client.code("GetBucketWebsite", Bucket=bucket) == "NoSuchWebsiteConfiguration"
    assert client.code("GetBucketReplication", Bucket=bucket) == "ReplicationConfigurationNotFoundError"
    client.call("DeleteBucketWebsite", Bucket=bucket)


@both()
def test_what_is_switched_off_can_be_switched_off_and_not_on(client, bucket):
    client.call("PutBucketLogging", Bucket=bucket, BucketLoggingStatus={})
    client.call("PutBucketNotificationConfiguration", Bucket=bucket, NotificationConfiguration={})
    logging = {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "log/"}}
    assert client.code("PutBucketLogging", Bucket=bucket, BucketLoggingStatus=logging) == "NotImplemented"
    queue = {
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:000000000000:q", "Events": ["s3:ObjectCreated:*"]}]
    }
    refused = client.code("PutBucketNotificationConfiguration", Bucket=bucket, NotificationConfiguration=queue)
    assert refused == "NotImplemented"
    website = {"IndexDocument": {"Suffix": "index.html"}}
    assert client.code("PutBucketWebsite", Bucket=bucket, WebsiteConfiguration=website) == "NotImplemented"


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("place", ["bucket", "object"])
def test_no_sub_resource_is_taken_for_the_thing_itself(shared, bucket, method, place):
    """`DELETE /B/K?tagging` must never delete the object, whatever is not served."""
    names = [
        *(
            "abac",
            "acl",
            "accelerate",
            "analytics",
            "attributes",
            "cors",
            "delete",
            "encryption",
            "intelligent-tiering",
        ),
        *("inventory", "legal-hold", "lifecycle", "location", "logging", "metadataConfiguration", "metadataTable"),
        *("metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock"),
        *("renameObject", "replication", "requestPayment", "restore", "retention", "select", "session", "tagging"),
        *("torrent", "uploadId", "uploads", "versioning", "versions", "website"),
    ]
    s3 = shared.s3()
    s3.put_object(Bucket=bucket, Key="k", Body=b"still here", Metadata={"a": "1"})
    for name in names:
        answer = send(shared, method, target(bucket, "k" if place == "object" else None, **{name: None}), body=b"")
        assert answer.status != 500 and b"still here" not in answer.body, (name, answer)
        assert b"<ListBucketResult" not in answer.body, (name, answer)
        got = s3.get_object(Bucket=bucket, Key="k")
        assert got["Body"].read() == b"still here" and got["Metadata"] == {"a": "1"}, name


@cells(
    "boto3", "PutBucketTagging", "PutBucketPolicy", "PutBucketCors", "PutBucketAcl", "PutBucketLifecycleConfiguration"
)
def test_configurations_outlive_the_server_and_go_with_the_bucket(server, folder):
    one = server()
    client = Boto(one, folder)
    client.call("CreateBucket", Bucket="set", ObjectOwnership="ObjectWriter")
    client.call("DeletePublicAccessBlock", Bucket="set")
    tags = [{"Key": "a", "Value": "1"}]
    policy = json.dumps(public_read("set"))
    client.call("PutBucketTagging", Bucket="set", Tagging={"TagSet": tags})
    client.call("PutBucketPolicy", Bucket="set", Policy=policy)
    client.call("PutBucketCors", Bucket="set", CORSConfiguration=CORS)
    client.call("PutBucketAcl", Bucket="set", ACL="public-read")
    client.call("PutBucketLifecycleConfiguration", Bucket="set", LifecycleConfiguration=LIFECYCLE)
    one.kill()
    client = Boto(one.start(), folder)
    assert client.call("GetBucketTagging", Bucket="set")["TagSet"] == tags
    assert client.call("GetBucketPolicy", Bucket="set")["Policy"] == policy
    assert client.call("GetBucketCors", Bucket="set")["CORSRules"] == CORS["CORSRules"]
    assert grants(client.call("GetBucketAcl", Bucket="set")) == [(ALL_USERS, "READ")]
    assert client.call("GetBucketLifecycleConfiguration", Bucket="set")["Rules"] == LIFECYCLE["Rules"]
    client.call("DeleteBucket", Bucket="set")
    client.call("CreateBucket", Bucket="set")
    assert client.code("GetBucketTagging", Bucket="set") == "NoSuchTagSet"
    assert client.code("GetBucketPolicy", Bucket="set") == "NoSuchBucketPolicy"
    assert client.code("GetBucketCors", Bucket="set") == "NoSuchCORSConfiguration"
    assert grants(client.call("GetBucketAcl", Bucket="set")) == []
    assert client.code("GetBucketLifecycleConfiguration", Bucket="set") == "NoSuchLifecycleConfiguration"

"""Refusals about policies and public access blocks, a row each: what cannot be put, and what they refuse."""

import json

import pytest

from refusals import Call, World, refuse, rows

LIMIT = 20480


def allow(s3, bucket, action, *places, effect="Allow"):
    """Lets everybody do something with parts of a bucket, or denies it."""
    resources = [f"arn:aws:s3:::{bucket}{place}" for place in places]
    statement = {"Effect": effect, "Principal": "*", "Action": action, "Resource": resources}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(statement))


@pytest.fixture(scope="module")
def world(shared):
    """A bucket of each kind that the rows need; no row changes one."""
    s3 = shared.s3()
    kinds = ("plain", "blocked", "denied", "open", "unlisted")
    found = World(shared, **{name: World.name() for name in kinds})
    for name in (found.plain, found.denied, found.open, found.unlisted):
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="k", Body=b"x")
    s3.create_bucket(Bucket=found.blocked, ObjectOwnership="ObjectWriter")
    s3.put_object(Bucket=found.blocked, Key="k", Body=b"x")
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    s3.put_public_access_block(Bucket=found.blocked, PublicAccessBlockConfiguration=block)
    allow(s3, found.open, "s3:*", "", "/*")
    allow(s3, found.unlisted, "s3:GetObject", "/*")
    allow(s3, found.denied, "s3:*Object", "/*", effect="Deny")
    return found


STATEMENT = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::@plain/*",
}


def policy(*statements, version="2012-10-17", **others):
    return json.dumps({"Version": version, "Statement": list(statements), **others})


def put(text, bucket="@plain", **arguments):
    return Call("PutBucketPolicy", Bucket=bucket, Policy=text, **arguments)


def statement(case, message, without=None, detail=None, **changes):
    """A policy whose statement is changed in one part, and so is none."""
    changed = {name: value for name, value in {**STATEMENT, **changes}.items() if name != without}
    elements = {} if detail is None else {"Detail": detail}
    return put(policy(changed)).refused(case, 400, "MalformedPolicy", message, **elements)


def no_json(case, text):
    message = "Policies must be valid JSON and the first byte must be '{'"
    return put(text).refused(case, 400, "MalformedPolicy", message)


def principal(case, value, detail):
    return statement(case, "Invalid principal in policy", detail=detail, Principal=value)


def resource(case, value):
    return statement(case, "Policy has invalid resource", Resource=value)


def action(case, value):
    return statement(case, "Policy has invalid action", Action=value)


def misfit(case, action, resource):
    text = "Action does not apply to any resource(s) in statement"
    return statement(case, text, Action=action, Resource=resource)


@rows(
    no_json("text", "text"),
    no_json("nothing", ""),
    no_json("a list", "[]"),
    no_json("a blank in front", ' {"Statement": []}'),
    no_json("half of an object", '{"Version": "2012-10-17"'),
    no_json("something behind the object", policy(STATEMENT) + "x"),
    put("{}").refused("no statement", 400, "MalformedPolicy", "Missing required field Statement"),
    put('{"Version": "2012-10-17"}').refused(
        "a version alone", 400, "MalformedPolicy", "Missing required field Statement"
    ),
    put(policy()).refused("an empty list", 400, "MalformedPolicy", "Missing required field Statement"),
    put(policy(STATEMENT, version="2020-01-01")).refused(
        "another version", 400, "MalformedPolicy", "The policy must contain a valid version string"
    ),
    put(policy(STATEMENT, Extra=1)).refused("an unknown element", 400, "MalformedPolicy", "Unknown field Extra"),
    put(policy({**STATEMENT, "Sid": "s" * LIMIT})).refused(
        "beyond 20 KB", 400, "MalformedPolicy", "Policy exceeds the maximum allowed document size."
    ),
    statement("no effect", "Missing required field Effect", without="Effect"),
    statement("no principal", "Missing required field Principal", without="Principal"),
    statement("no action", "Missing required field Action", without="Action"),
    statement("no resource", "Missing required field Resource", without="Resource"),
    statement("another effect", "Invalid effect: Maybe", Effect="Maybe"),
    statement("an effect in small letters", "Invalid effect: allow", Effect="allow"),
    statement("an unknown element of the statement", "Unknown field Conditions", Conditions={}),
    action("an action of no service", "GetObject"),
    action("an action that S3 has not", "s3:Nothing"),
    action("an action of another service", "sqs:SendMessage"),
    action("a wildcard that fits none", "s3:Nothing*"),
    action("a good action and a bad one", ["s3:GetObject", "s3:Nothing"]),
    resource("no ARN", "k"),
    resource("an ARN of another service", "arn:aws:sqs:::@plain"),
    resource("another bucket", "arn:aws:s3:::other/*"),
    resource("another bucket beside this one", ["arn:aws:s3:::@plain/*", "arn:aws:s3:::other/*"]),
    resource("every bucket", "arn:aws:s3:::*"),
    principal("a name", "nobody", "nobody"),
    principal("a name of AWS", {"AWS": "nobody"}, "nobody"),
    principal("an account too short", {"AWS": "123"}, "123"),
    principal("an ARN that is none", {"AWS": "arn:aws:iam::1:user/x"}, "arn:aws:iam::1:user/x"),
    principal(
        "a wildcard in a user",
        {"AWS": "arn:aws:iam::000000000000:user/*"},
        "arn:aws:iam::000000000000:user/*",
    ),
    principal("a canonical user that is none", {"CanonicalUser": "abc"}, "abc"),
    misfit("a bucket's action on objects", "s3:ListBucket", "arn:aws:s3:::@plain/*"),
    misfit("an object's action on the bucket", "s3:GetObject", "arn:aws:s3:::@plain"),
    misfit("one of two actions", ["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::@plain/*"),
    statement("another operator", "Invalid Condition type : StringIs", Condition={"StringIs": {"aws:Referer": "x"}}),
    statement(
        "another condition key", "Policy has an invalid condition key", Condition={"StringEquals": {"s3:Moon": "x"}}
    ),
    Call("GetBucketPolicy").refused("absent", 404, "NoSuchBucketPolicy", BucketName="@plain"),
    Call("GetBucketPolicyStatus").refused("absent", 404, "NoSuchBucketPolicy", BucketName="@plain"),
)
def test_policies(world, row):
    refuse(world, row)


def block(body=None, **arguments):
    return Call("PutPublicAccessBlock", body=body, **arguments)


PUBLIC = policy({**STATEMENT, "Resource": "arn:aws:s3:::@blocked/*"})
ALL_USERS = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
AUTHENTICATED = 'uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"'


def of_the_block(case, operation, **arguments):
    return Call(operation, Bucket="@blocked", **arguments).refused(case, 403, "AccessDenied")


@rows(
    block("<PublicAccessBlockConfiguration/>").request("nothing said", "Must specify at least one configuration."),
    block(
        "<PublicAccessBlockConfiguration><BlockPublicAcls>perhaps</BlockPublicAcls></PublicAccessBlockConfiguration>"
    ).refused("neither true nor false", 400, "MalformedXML"),
    block("<PublicAccessBlockConfiguration>").refused("no XML", 400, "MalformedXML"),
    block("<Block/>").refused("another document", 400, "MalformedXML"),
    block("").refused("no document", 400, "MissingRequestBodyError"),
    # A new bucket blocks nothing here, so that one line makes it public.
    Call("GetPublicAccessBlock").refused("absent", 404, "NoSuchPublicAccessBlockConfiguration", BucketName="@plain"),
    of_the_block("BlockPublicPolicy", "PutBucketPolicy", Policy=PUBLIC),
    of_the_block("BlockPublicAcls, public-read", "PutBucketAcl", ACL="public-read"),
    of_the_block("BlockPublicAcls, authenticated-read", "PutBucketAcl", ACL="authenticated-read"),
    of_the_block("BlockPublicAcls, a grant to everybody", "PutBucketAcl", GrantRead=ALL_USERS),
    of_the_block("BlockPublicAcls, a grant to all that sign", "PutBucketAcl", GrantRead=AUTHENTICATED),
    of_the_block("BlockPublicAcls", "PutObjectAcl", ACL="public-read"),
    of_the_block("BlockPublicAcls", "PutObject", ACL="public-read", Body=b"x"),
    of_the_block("BlockPublicAcls", "CopyObject", ACL="public-read", CopySource="@plain/k", Key="copy"),
    of_the_block("BlockPublicAcls", "CreateMultipartUpload", ACL="public-read"),
)
def test_public_access_blocks(world, row):
    refuse(world, row)


def denied(operation, **arguments):
    return Call(operation, Bucket="@denied", **arguments).refused("denied to everybody", 403, "AccessDenied")


def anonymous(case, operation, bucket="@plain", text=None, **arguments):
    return Call(operation, Bucket=bucket, signed=False, **arguments).refused(case, 403, "AccessDenied", text)


@rows(
    # A Deny wins over the root, who can always replace the policy.
    denied("GetObject"),
    denied("HeadObject"),
    denied("PutObject", Body=b"x"),
    denied("DeleteObject"),
    denied("CopyObject", CopySource="@plain/k"),
    Call("CopyObject", CopySource="@denied/k").refused("a source denied to everybody", 403, "AccessDenied"),
    anonymous("a key", "GetObject"),
    anonymous("a key that is not there", "GetObject", Key="none"),
    anonymous("keys", "ListObjectsV2"),
    anonymous("versions", "ListObjectVersions"),
    anonymous("an upload", "PutObject", Body=b"x"),
    # Who may not list must not learn which keys there are.
    anonymous("a key that is not there, without ListBucket", "GetObject", "@unlisted", Key="none"),
    anonymous("a key that is not there, without ListBucket", "HeadObject", "@unlisted", Key="none"),
    Call("GetObject", Bucket="@open", Key="none", signed=False).refused(
        "a key that is not there, with ListBucket", 404, "NoSuchKey", Key="none"
    ),
    anonymous(
        "an upload in parts",
        "CreateMultipartUpload",
        "@open",
        "Anonymous users cannot initiate multipart uploads. Please authenticate.",
    ),
    anonymous(
        "a copy",
        "CopyObject",
        "@open",
        "Anonymous users cannot copy objects. Please authenticate.",
        CopySource="@open/k",
    ),
    anonymous(
        "a setting, though a policy allows it",
        "PutBucketVersioning",
        "@open",
        "Anonymous users cannot invoke this API. Please authenticate.",
        VersioningConfiguration={"Status": "Enabled"},
    ),
    Call("GetObject", Bucket="@open", ResponseContentType="text/x", signed=False).request(
        "chosen headers", "Request specific response headers cannot be used for anonymous GET requests."
    ),
)
def test_access(world, row):
    refuse(world, row)


def test_a_block_takes_public_lists_back(shared, world):
    name = World.name()
    s3 = shared.s3()
    s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket=name, ACL="public-read")
    s3.put_object(Bucket=name, Key="k", Body=b"x", ACL="public-read")
    assert world.client(signed=False).get_object(Bucket=name, Key="k")["Body"].read() == b"x"
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    for operation in ("GetObject", "HeadObject", "ListObjectsV2"):
        refuse(world, anonymous("IgnorePublicAcls", operation, name))


def test_a_block_takes_a_public_policy_back(shared, world):
    name = World.name()
    s3 = shared.s3()
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    allow(s3, name, "s3:GetObject", "/*")
    assert world.client(signed=False).get_object(Bucket=name, Key="k")["Body"].read() == b"x"
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    refuse(world, anonymous("RestrictPublicBuckets", "GetObject", name))

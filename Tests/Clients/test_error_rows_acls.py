"""Refusals about access control lists and the ownership of objects, a row each."""

import pytest

from refusals import Call, World, refuse, rows

GROUPS = "http://acs.amazonaws.com/groups"
ALL_USERS = f'uri="{GROUPS}/global/AllUsers"'


@pytest.fixture(scope="module")
def world(shared):
    """A bucket without lists, one with, and one whose list gives to others; no row changes them."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "lists", "given", "void")})
    s3.create_bucket(Bucket=found.plain)
    for name in (found.lists, found.given):
        s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket=found.given, ACL="public-read")
    for name in (found.plain, found.lists):
        s3.put_object(Bucket=name, Key="k", Body=b"x")
    found.owner = s3.get_bucket_acl(Bucket=found.plain)["Owner"]["ID"]
    found.upload = s3.create_multipart_upload(Bucket=found.plain, Key="k")["UploadId"]
    return found


PUTS = ("PutBucketAcl", "PutObjectAcl")
UPLOADS = ("PutObject", "CopyObject", "CreateMultipartUpload")
WITH_HEADERS = (*PUTS, *UPLOADS)


def on(operation, bucket="@lists", **arguments):
    """The operation with what a list needs; an upload brings content."""
    given = {"CopySource": "@plain/k"} if operation == "CopyObject" else {}
    return Call(operation, Bucket=bucket, **given, **arguments)


def every(operations, make):
    """A row for each of these operations."""
    return [make(operation) for operation in operations]


def grant(header, value):
    return {f"x-amz-grant-{header}": value}


@rows(
    *every(WITH_HEADERS, lambda name: on(name, ACL="mine").argument("an unknown canned ACL", "x-amz-acl", "mine", "")),
    *every(WITH_HEADERS, lambda name: on(name, ACL="Private").argument("a capital", "x-amz-acl", "Private", "")),
    # It is for buckets alone.
    *every(
        WITH_HEADERS[1:],
        lambda name: on(name, ACL="log-delivery-write").argument(
            "a bucket's canned ACL on an object", "x-amz-acl", "log-delivery-write", ""
        ),
    ),
    *every(
        WITH_HEADERS,
        lambda name: on(name, ACL="private", GrantRead=ALL_USERS).request(
            "a canned ACL and a grant", "Specifying both Canned ACLs and Header Grants is not allowed"
        ),
    ),
    *every(
        WITH_HEADERS,
        lambda name: on(name, GrantRead="everybody").argument(
            "a grant without a kind", "x-amz-grant-read", "everybody", "Argument format not recognized"
        ),
    ),
    *every(
        WITH_HEADERS,
        lambda name: on(name, GrantRead='id="nobody"').argument("an unknown user", "id", "nobody", "Invalid id"),
    ),
    *every(
        WITH_HEADERS,
        lambda name: on(name, GrantRead=f'uri="{GROUPS}/global/Nobody"').argument(
            "an unknown group", "uri", f"{GROUPS}/global/Nobody", "Invalid group uri"
        ),
    ),
    *every(
        WITH_HEADERS,
        lambda name: on(name, GrantRead='emailAddress="a@example.com"').refused(
            "an address",
            400,
            "UnresolvableGrantByEmailAddress",
            "The e-mail address you provided does not match any account on record.",
        ),
    ),
    *(
        on("PutBucketAcl", headers=grant(permission, value)).argument(
            f"{permission} of {case}", f"x-amz-grant-{permission}", value, "Argument format not recognized"
        )
        for permission in ("read", "write", "read-acp", "write-acp", "full-control")
        for case, value in [
            ("another kind", 'name="me"'),
            ("an empty value", 'id=""'),
            ("half a quote", 'id="@owner'),
            ("a comma at the end", 'id="@owner",'),
        ]
    ),
    on("PutBucketAcl", GrantRead=f'{ALL_USERS}, id="nobody"').argument(
        "an unknown user beside a group", "id", "nobody", "Invalid id"
    ),
    on("PutBucketAcl", GrantRead=ALL_USERS, GrantWriteACP='id="nobody"').argument(
        "an unknown user in another header", "id", "nobody", "Invalid id"
    ),
    *every(PUTS, lambda name: on(name).refused("nothing", 400, "MissingSecurityHeader", MissingHeaderName="x-amz-acl")),
    *every(
        PUTS,
        lambda name: on(name, ACL="private", body="<AccessControlPolicy/>").refused(
            "a canned ACL and a document", 400, "UnexpectedContent"
        ),
    ),
    *every(
        PUTS,
        lambda name: on(name, GrantRead=ALL_USERS, body="<AccessControlPolicy/>").refused(
            "a grant and a document", 400, "UnexpectedContent"
        ),
    ),
)
def test_headers(world, row):
    refuse(world, row)


OWNER = "<Owner><ID>@owner</ID></Owner>"
USER = "<Grantee><ID>@owner</ID></Grantee>"
READ = "<Permission>READ</Permission>"


def document(grants, owner=OWNER):
    return f"<AccessControlPolicy>{owner}<AccessControlList>{grants}</AccessControlList></AccessControlPolicy>"


def one(grantee, permission=READ):
    return document(f"<Grant>{grantee}{permission}</Grant>")


def malformed(case, body):
    return every(PUTS, lambda name: on(name, body=body).refused(case, 400, "MalformedACLError"))


@rows(
    *malformed("no XML", "<AccessControlPolicy>"),
    *malformed("another document", "<Policy/>"),
    *malformed("an empty document", "<AccessControlPolicy/>"),
    *malformed("no owner", document(f"<Grant>{USER}{READ}</Grant>", owner="")),
    *malformed("an owner without an id", document(f"<Grant>{USER}{READ}</Grant>", owner="<Owner/>")),
    *malformed("no list", f"<AccessControlPolicy>{OWNER}</AccessControlPolicy>"),
    *malformed("no grantee", one("")),
    *malformed("a grantee of no kind", one("<Grantee/>")),
    *malformed("a grantee of two kinds", one(f"<Grantee><ID>@owner</ID><URI>{GROUPS}/global/AllUsers</URI></Grantee>")),
    *malformed("no permission", one(USER, "")),
    *malformed("an unknown permission", one(USER, "<Permission>ALL</Permission>")),
    *malformed("101 grants", document(f"<Grant>{USER}{READ}</Grant>" * 101)),
    *every(
        PUTS,
        lambda name: on(name, body=one("<Grantee><ID>nobody</ID></Grantee>")).argument(
            "an unknown user", "CanonicalUser/ID", "nobody", "Invalid id"
        ),
    ),
    *every(
        PUTS,
        lambda name: on(name, body=one("<Grantee><URI>http://x</URI></Grantee>")).argument(
            "an unknown group", "Group/URI", "http://x", "Invalid group uri"
        ),
    ),
    *every(
        PUTS,
        lambda name: on(name, body=one("<Grantee><EmailAddress>a@example.com</EmailAddress></Grantee>")).refused(
            "an address in a document",
            400,
            "UnresolvableGrantByEmailAddress",
            "The e-mail address you provided does not match any account on record.",
        ),
    ),
    *every(
        PUTS,
        lambda name: on(name, body=document("", f"<Owner><ID>{'0' * 64}</ID></Owner>")).refused(
            "another owner", 403, "AccessDenied"
        ),
    ),
    on("PutObjectAcl", Key="none", ACL="private").refused("no key", 404, "NoSuchKey", Key="none"),
    on("GetObjectAcl", Key="none").refused("no key", 404, "NoSuchKey", Key="none"),
    on("GetObjectAcl", signed=False).refused("not signed", 403, "AccessDenied"),
    on("PutObjectAcl", signed=False, ACL="private").refused("not signed", 403, "AccessDenied"),
)
def test_documents(world, row):
    refuse(world, row)


def off(case, operation, **arguments):
    return on(operation, "@plain", **arguments).refused(case, 400, "AccessControlListNotSupported")


# All but private and bucket-owner-full-control.
GIVING = ("public-read", "public-read-write", "authenticated-read", "bucket-owner-read")


@rows(
    *(off(canned, operation, ACL=canned) for operation in WITH_HEADERS for canned in GIVING),
    *every(
        WITH_HEADERS,
        lambda name: off("aws-exec-read", name, ACL="aws-exec-read"),
    ),
    off("log-delivery-write", "PutBucketAcl", ACL="log-delivery-write"),
    *(off("a grant to everybody", operation, GrantRead=ALL_USERS) for operation in WITH_HEADERS),
    *(off("the owner may read", operation, GrantRead='id="@owner"') for operation in WITH_HEADERS),
    *(off("a document", operation, body=one(USER)) for operation in PUTS),
)
def test_where_lists_are_off(world, row):
    refuse(world, row)


def own(*rules, bucket="@plain", **arguments):
    controls = {"Rules": [{"ObjectOwnership": rule} for rule in rules]}
    return Call("PutBucketOwnershipControls", Bucket=bucket, OwnershipControls=controls, **arguments)


@rows(
    own("RandomValue").refused("an unknown ownership", 400, "MalformedXML"),
    own("").refused("an empty ownership", 400, "MalformedXML"),
    own("objectwriter").refused("small letters", 400, "MalformedXML"),
    own().refused("no rule", 400, "MalformedXML"),
    own("ObjectWriter", "ObjectWriter").refused("two rules", 400, "MalformedXML"),
    own(body="<OwnershipControls><Rule/></OwnershipControls>").refused("an empty rule", 400, "MalformedXML"),
    own(body="<OwnershipControls>").refused("no XML", 400, "MalformedXML"),
    own(body="<Controls/>").refused("another document", 400, "MalformedXML"),
    own(body="").refused("no document", 400, "MissingRequestBodyError"),
    own("BucketOwnerEnforced", bucket="@given").refused(
        "a list that gives to others", 400, "InvalidBucketAclWithObjectOwnership"
    ),
)
def test_ownership(world, row):
    refuse(world, row)


def test_ownership_that_was_removed(shared, world):
    name = World.name()
    shared.s3().create_bucket(Bucket=name)
    shared.s3().delete_bucket_ownership_controls(Bucket=name)
    gone = Call("GetBucketOwnershipControls", Bucket=name)
    refuse(world, gone.refused("absent", 404, "OwnershipControlsNotFoundError", BucketName=name))

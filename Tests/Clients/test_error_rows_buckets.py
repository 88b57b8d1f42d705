"""Refusals about buckets themselves, a row each: making, finding, listing and removing them, and their addresses."""

import json

import botocore.session
import pytest
import requests

import matrix
from larder import Server
from refusals import Call, World, refuse, rows
from signatures import told, visit

MODEL = botocore.session.get_session().get_service_model("s3")
STRANGER = "111122223333"


@pytest.fixture(scope="module")
def world(shared):
    """Buckets with and without content, one of somebody else, and a name that no bucket has; no row changes them."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "versions", "marked", "theirs", "void")})
    for name in (found.plain, found.versions, found.marked):
        s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=found.plain, Key="k", Body=b"x")
    for name in (found.versions, found.marked):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=found.versions, Key="k", Body=b"x")
    s3.delete_object(Bucket=found.versions, Key="k")
    s3.delete_object(Bucket=found.marked, Key="k")
    key = json.loads(shared.run("key", "create", "--json", "--name", "somebody").stdout)
    shared.s3(access=key["access_key"], secret=key["secret_key"]).create_bucket(Bucket=found.theirs)
    return found


def create(Bucket="@void", **arguments):
    return Call("CreateBucket", Bucket=Bucket, **arguments)


def placed(constraint):
    return {"LocationConstraint": constraint}


def tagged(*pairs):
    return create(CreateBucketConfiguration={"Tags": [{"Key": key, "Value": value} for key, value in pairs]})


def named(name, why):
    return create(Bucket=name).refused(why, 400, "InvalidBucketName", BucketName=name)


@rows(
    named("ab", "two characters"),
    named("a" * 64, "64 characters"),
    named("Upper", "a capital"),
    named("under_score", "an underscore"),
    named("exclaim!", "another character"),
    named("ümlaut", "a letter beyond ASCII"),
    named("-dash", "a dash in front"),
    named("dash-", "a dash at the end"),
    named(".stop", "a full stop in front"),
    named("stop.", "a full stop at the end"),
    named("a..b", "two full stops"),
    named("a.-b", "a full stop before a dash"),
    named("a-.b", "a dash before a full stop"),
    named("192.168.1.1", "an address"),
    named("xn--a", "the prefix xn--"),
    named("sthree-a", "the prefix sthree-"),
    named("amzn-s3-demo-a", "the prefix amzn-s3-demo-"),
    named("a-s3alias", "the suffix -s3alias"),
    named("a--ol-s3", "the suffix --ol-s3"),
    named("a.mrap", "the suffix .mrap"),
    named("a--x-s3", "the suffix --x-s3"),
    named("a--table-s3", "the suffix --table-s3"),
    Call("ListObjectsV2", Bucket="Upper").refused(
        "a name that cannot be", 400, "InvalidBucketName", BucketName="Upper"
    ),
    Call("DeleteBucket", Bucket="Upper").refused("a name that cannot be", 400, "InvalidBucketName", BucketName="Upper"),
)
def test_names(world, row):
    refuse(world, row)


NEW_TAG_OF_AWS = (
    'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your '
    "tag keys and try again."
)


@rows(
    create(Bucket="@theirs").refused("of another owner", 409, "BucketAlreadyExists", BucketName="@theirs"),
    create(Bucket="@plain", CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "1"}]}).refused(
        "again, with tags", 409, "BucketAlreadyOwnedByYou", BucketName="@plain"
    ),
    create(CreateBucketConfiguration=placed("moon-1")).refused(
        "an unknown region", 400, "InvalidLocationConstraint", LocationConstraint="moon-1"
    ),
    create(CreateBucketConfiguration=placed("eu-west-1")).refused(
        "another region", 400, "InvalidLocationConstraint", LocationConstraint="eu-west-1"
    ),
    create(body="<CreateBucketConfiguration>").refused("no XML", 400, "MalformedXML"),
    create(body="<LocationConstraint/>").refused("another document", 400, "MalformedXML"),
    create(body="<!--" + "-" * (64 << 10) + "-->").refused(
        "beyond 64 KiB", 400, "MaxMessageLengthExceeded", MaxMessageLengthBytes="65536"
    ),
    create(ObjectOwnership="RandomValue").argument(
        "an unknown ownership",
        "x-amz-object-ownership",
        None,
        "Invalid x-amz-object-ownership header: RandomValue",
    ),
    create(ObjectOwnership="").argument(
        "an empty ownership", "x-amz-object-ownership", None, "Invalid x-amz-object-ownership header: "
    ),
    create(ACL="public-read").refused("a canned ACL, ACLs off", 400, "InvalidBucketAclWithObjectOwnership"),
    create(GrantRead='uri="http://acs.amazonaws.com/groups/global/AllUsers"').refused(
        "a grant, ACLs off", 400, "InvalidBucketAclWithObjectOwnership"
    ),
    create(ACL="public-read", ObjectOwnership="BucketOwnerEnforced").refused(
        "a canned ACL, ACLs said to be off", 400, "InvalidBucketAclWithObjectOwnership"
    ),
    create(ACL="mine", ObjectOwnership="ObjectWriter").argument("an unknown ACL", "x-amz-acl", "mine", ""),
    create(ACL="private", GrantRead='id="1"', ObjectOwnership="ObjectWriter").request(
        "a canned ACL and grants", "Specifying both Canned ACLs and Header Grants is not allowed"
    ),
    tagged(("aws:a", "1")).refused("a tag of the system", 400, "InvalidTag", NEW_TAG_OF_AWS),
    tagged(("a,b", "1")).refused(
        "a tag key that cannot be", 400, "InvalidTag", "The TagKey you have provided is invalid", TagKey="a,b"
    ),
    tagged(("a", "1,2")).refused(
        "a tag value that cannot be",
        400,
        "InvalidTag",
        "The TagValue you have provided is invalid",
        TagKey="a",
        TagValue="1,2",
    ),
    # AWS answers InternalError, which would make clients try again.
    tagged(("a", "1"), ("a", "2")).refused(
        "a tag twice", 400, "InvalidTag", "Cannot provide multiple Tags with the same key", TagKey="a"
    ),
    tagged(*((f"k{number}", "") for number in range(51))).refused(
        "51 tags", 400, "BadRequest", "Bucket tag count cannot be greater than 50"
    ),
    # The paths below it are the JSON API's.
    create(Bucket="api").refused("the name of the API", 400, "InvalidBucketName", BucketName="api"),
)
def test_create_bucket(world, row):
    refuse(world, row)
    assert world.void not in [bucket["Name"] for bucket in world.client().list_buckets()["Buckets"]]


@pytest.fixture(scope="module")
def abroad(tmp_path_factory):
    """A server in another region than S3's first, with a bucket."""
    one = Server(tmp_path_factory.mktemp("abroad"), env={"LARDER_REGION": "eu-west-1"}).start()
    found = World(one, plain=World.name(), void=World.name())
    one.s3().create_bucket(Bucket=found.plain)
    yield found
    one.dispose()
    one.log.unlink()


@rows(
    create(Bucket="@plain").refused("again", 409, "BucketAlreadyOwnedByYou", BucketName="@plain"),
    create(CreateBucketConfiguration=placed("ap-south-1")).refused(
        "another region",
        400,
        "IllegalLocationConstraintException",
        "The ap-south-1 location constraint is incompatible for the region specific endpoint this request was sent to.",
    ),
)
def test_create_bucket_in_another_region(abroad, row):
    refuse(abroad, row)


NOT_EMPTY = "The bucket you tried to delete is not empty"


@rows(
    Call("DeleteBucket").refused("an object is left", 409, "BucketNotEmpty", NOT_EMPTY, BucketName="@plain"),
    Call("DeleteBucket", Bucket="@versions").refused(
        "versions are left",
        409,
        "BucketNotEmpty",
        NOT_EMPTY + ". You must delete all versions in the bucket.",
        BucketName="@versions",
    ),
    Call("DeleteBucket", Bucket="@marked").refused(
        "a delete marker is left",
        409,
        "BucketNotEmpty",
        NOT_EMPTY + ". You must delete all versions in the bucket.",
        BucketName="@marked",
    ),
    Call("HeadBucket", Bucket="@void").refused("absent", 404, "NoSuchBucket"),
)
def test_buckets(world, row):
    refuse(world, row)


BUCKETS_A_PAGE = "Argument max-buckets must be an integer between 1 and 10000."


@rows(
    Call("ListBuckets", MaxBuckets=0).argument("none a page", "max-buckets", "0", BUCKETS_A_PAGE),
    Call("ListBuckets", MaxBuckets=10001).argument("too many a page", "max-buckets", "10001", BUCKETS_A_PAGE),
    Call("ListBuckets", MaxBuckets=-1).argument("less than none", "max-buckets", "-1", BUCKETS_A_PAGE),
    Call("ListBuckets", query={"max-buckets": "ten"}).argument("no number", "max-buckets", "ten", BUCKETS_A_PAGE),
    Call("ListBuckets", ContinuationToken="none").argument(
        "a token that is none", "continuation-token", None, "The continuation token provided is incorrect"
    ),
)
def test_list_buckets(world, row):
    refuse(world, row)


def of_buckets():
    """The operations of tiers A and B on a bucket alone, but those that make one or are not done."""
    for name in [*matrix.TIER_A, *matrix.TIER_B]:
        operation = MODEL.operation_model(name)
        members = operation.input_shape.members
        if "Bucket" in members and "Key" not in members and name not in ("CreateBucket", "PutBucketWebsite"):
            yield name, operation.http["method"]


def nowhere(operation, method):
    """The bucket is looked for before the document is read."""
    call = Call(operation, Bucket="@void", body="<a/>" if method in ("PUT", "POST") else None)
    return call.refused("no bucket", 404, "NoSuchBucket", BucketName="@void")


def expected(operation, owner):
    return Call(operation, ExpectedBucketOwner=owner)


@rows(
    *(nowhere(*each) for each in of_buckets()),
    *(
        expected(operation, STRANGER).refused("another owner is expected", 403, "AccessDenied")
        for operation, _ in of_buckets()
    ),
    expected("ListObjectsV2", "me").refused(
        "no account is expected",
        400,
        "InvalidBucketOwnerAWSAccountID",
        "The value of the expected bucket owner parameter must be an AWS Account ID... [me]",
    ),
)
def test_the_bucket_that_is_meant(world, row):
    refuse(world, row)


ANONYMOUS = "Anonymous users cannot invoke this API. Please authenticate."


def unsigned(operation, method, **arguments):
    """What only signers may do says so; the rest is a matter of policies."""
    text = ANONYMOUS if method in ("PUT", "DELETE") else "Access Denied"
    return Call(operation, signed=False, **arguments).refused("not signed", 403, "AccessDenied", text)


OWNERSHIP = "PutBucketOwnershipControls"


@rows(
    # DeleteObjects is allowed or refused key by key.
    *(unsigned(*each) for each in of_buckets() if each[0] not in ("HeadBucket", "DeleteObjects", OWNERSHIP)),
    unsigned("HeadBucket", "HEAD")
    .answering(x_amz_bucket_region="us-east-1"),
    unsigned("CreateBucket", "PUT", Bucket="@void"),
    Call("ListBuckets", signed=False).refused("not signed", 403, "AccessDenied", ANONYMOUS),
    Call(OWNERSHIP, signed=False)
    .refused("not signed", 403, "AccessDenied", "s3:PutBucketOwnershipControls does not support Anonymous requests!"),
)
def test_requests_that_are_not_signed(world, row):
    refuse(world, row)


# Of several faults the first counts: who asks, the bucket, what is allowed, what is asked for, the key, its conditions.
@rows(
    Call("ListObjectsV2", Bucket="@void", signed=False).refused(
        "no bucket before access", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("PutObject", Bucket="@void", headers={"x-amz-storage-class": "COLD"}, Body=b"x").refused(
        "no bucket before what is asked for", 404, "NoSuchBucket", BucketName="@void"
    ),
    Call("GetObject", Key="none", signed=False).refused("access before the key", 403, "AccessDenied"),
    Call("GetObject", Key="none", PartNumber=0)
    .argument(
        "what is asked for before the key",
        "partNumber",
        "0",
        "Part number must be an integer between 1 and 10000, inclusive",
    ),
    Call("PutObjectTagging", Key="none", body="<Tagging>").refused("the document before the key", 400, "MalformedXML"),
    Call("GetObject", Key="none", IfMatch='"1"').refused("the key before its conditions", 404, "NoSuchKey", Key="none"),
)
def test_the_order_of_faults(world, row):
    refuse(world, row)


def both(operation, first, second):
    return Call(operation, query={second: None}).argument(
        f"{first} and {second}", "ResourceType", first, f"Conflicting query string parameters: {first}, {second}"
    )


def wrong(operation, method, sub_resource, resource=None):
    """A sub-resource is never passed over: the plain operation would list, overwrite or delete."""
    return Call(operation, query={sub_resource: None}).refused(
        sub_resource, 405, "MethodNotAllowed", Method=method, ResourceType=resource or sub_resource.upper()
    )


@rows(
    both("GetBucketAcl", "acl", "policy"),
    both("PutBucketTagging", "tagging", "cors"),
    both("DeleteBucketCors", "cors", "lifecycle"),
    Call("GetObject", query={"uploads": None}).request(
        "uploads of a key", "Key is not expected for the GET method ?uploads subresource"
    ),
    Call("GetObject", query={"versions": None}).request(
        "versions of a key", "There is no such thing as the ?versions sub-resource for a key"
    ),
    Call("ListObjects", query={"torrent": None})
    .refused(
        "torrent of a bucket",
        400,
        "RequestTorrentOfBucketError",
        "Requesting the torrent file of a bucket is not permitted.",
    ),
    Call("PutObject", query={"logging": None}).refused("logging of a key", 400, "NoLoggingStatusForKey"),
    *(wrong("DeleteBucket", "DELETE", name) for name in ("acl", "versioning", "location", "uploads", "requestPayment")),
    *(wrong("CreateBucket", "PUT", name) for name in ("location", "uploads", "versions", "policyStatus", "delete")),
    *(wrong("ListObjects", "GET", name) for name in ("delete",)),
    *(wrong("PutObject", "PUT", name) for name in ("uploads", "versions", "attributes", "torrent", "restore")),
    *(wrong("DeleteObject", "DELETE", name) for name in ("acl", "retention", "legal-hold", "attributes", "uploads")),
)
def test_routes(world, row):
    refuse(world, row)


@pytest.mark.parametrize("path", ["/{plain}/%zz", "/{plain}/a%2", "/{plain}/%ff%fe"])
def test_addresses_that_cannot_be_read(world, path):
    """Nobody could sign them."""
    told(
        visit(world, path.format(plain=world.plain)),
        400,
        "InvalidURI",
        "Couldn't parse the specified URI.",
        URI=path.format(plain=world.plain),
    )


@pytest.mark.parametrize(
    "method, path, resource, allowed",
    [
        ("PUT", "/", "SERVICE", {"GET"}),
        ("DELETE", "/", "SERVICE", {"GET"}),
        ("PATCH", "/{plain}", "BUCKET", {"GET", "PUT", "HEAD", "DELETE", "POST"}),
        ("PATCH", "/{plain}/k", "OBJECT", {"GET", "PUT", "HEAD", "DELETE"}),
        ("POST", "/{plain}/k", "OBJECT", {"GET", "PUT", "HEAD", "DELETE"}),
    ],
)
def test_methods_that_nothing_has(world, method, path, resource, allowed):
    answer = requests.request(method, world.server.endpoint + path.format(plain=world.plain), timeout=30)
    assert (answer.status_code, answer.headers["x-larder-error"]) == (405, "MethodNotAllowed")
    assert f"<Method>{method}</Method><ResourceType>{resource}</ResourceType>" in answer.text
    assert {each.strip() for each in answer.headers["Allow"].split(",")} >= allowed

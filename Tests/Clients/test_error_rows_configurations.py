"""Refusals about what is not done here, a row each: settings that can be looked at and not switched on, and the rest.

Whatever S3 knows and Larder does not is answered with NotImplemented, never taken for the plain operation.
"""

import hashlib
from base64 import b64encode

import pytest

from dialects import send
from refusals import Call, World, refuse, rows


@pytest.fixture(scope="module")
def world(shared):
    """A bucket with an object, one with a full stop in its name, and one that keeps versions; no row changes them."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "versions", "void")})
    found.dotted = World.name().replace("-", ".", 1)
    for name in (found.plain, found.versions, found.dotted):
        s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=found.plain, Key="k", Body=b"x")
    s3.put_bucket_versioning(Bucket=found.versions, VersioningConfiguration={"Status": "Enabled"})
    return found


def put(setting, body=None, bucket="@plain", **arguments):
    return Call(f"PutBucket{setting}", Bucket=bucket, body=body, **arguments)


def switched(setting, member, case, **given):
    """A setting that would switch on what is not done."""
    return put(setting, **{member: given}).unimplemented(case)


def documents(setting, root):
    """What is no document of the setting."""
    return [
        put(setting, f"<{root}>").refused("no XML", 400, "MalformedXML"),
        put(setting, "<Other/>").refused("another document", 400, "MalformedXML"),
        put(setting, "").refused("no document", 400, "MissingRequestBodyError"),
    ]


NO_DOTS = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"


def accelerate(status, bucket="@plain"):
    return put("AccelerateConfiguration", bucket=bucket, AccelerateConfiguration={"Status": status})


@rows(
    accelerate("Enabled").unimplemented("acceleration"),
    accelerate("Enabled", "@dotted").request("a full stop in the name", NO_DOTS),
    accelerate("Suspended", "@dotted").request("a full stop in the name, to be suspended", NO_DOTS),
    accelerate("On").refused("another state", 400, "MalformedXML"),
    accelerate("enabled").refused("small letters", 400, "MalformedXML"),
    put("AccelerateConfiguration", "<AccelerateConfiguration/>").refused("no state", 400, "MalformedXML"),
    *documents("AccelerateConfiguration", "AccelerateConfiguration"),
    put("RequestPayment", RequestPaymentConfiguration={"Payer": "Requester"}).unimplemented("requesters who pay"),
    put("RequestPayment", RequestPaymentConfiguration={"Payer": "Me"}).refused("another payer", 400, "MalformedXML"),
    put("RequestPayment", "<RequestPaymentConfiguration/>").refused("no payer", 400, "MalformedXML"),
    *documents("RequestPayment", "RequestPaymentConfiguration"),
    switched(
        "Logging",
        "BucketLoggingStatus",
        "access logs",
        LoggingEnabled={"TargetBucket": "@plain", "TargetPrefix": "logs/"},
    ),
    # S3 would say InvalidTargetBucketForLogging; no target is looked at where no logs are written.
    switched(
        "Logging",
        "BucketLoggingStatus",
        "access logs to nowhere",
        LoggingEnabled={"TargetBucket": "@void", "TargetPrefix": ""},
    ),
    *documents("Logging", "BucketLoggingStatus"),
)
def test_settings_that_stay_off(world, row):
    refuse(world, row)


QUEUE = "arn:aws:sqs:us-east-1:000000000000:queue"


def notify(case, **given):
    return put("NotificationConfiguration", NotificationConfiguration=given).unimplemented(case)


@rows(
    notify("a queue", QueueConfigurations=[{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]),
    # S3 would say that the ARN could not be parsed; whatever is to be notified is refused.
    notify("a queue that is none", QueueConfigurations=[{"QueueArn": "queue", "Events": ["s3:ObjectCreated:*"]}]),
    notify("a topic", TopicConfigurations=[{"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Events": ["s3:*"]}]),
    notify(
        "a function",
        LambdaFunctionConfigurations=[
            {"LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f", "Events": ["s3:ObjectRemoved:*"]}
        ],
    ),
    notify("an event bus", EventBridgeConfiguration={}),
    *documents("NotificationConfiguration", "NotificationConfiguration"),
)
def test_notifications(world, row):
    refuse(world, row)


def replicate(bucket):
    rule = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::@versions"}}
    given = {"Role": "arn:aws:iam::000000000000:role/r", "Rules": [rule]}
    return put("Replication", bucket=bucket, ReplicationConfiguration=given)


@rows(
    replicate("@versions").unimplemented("replication"),
    # S3 would want versions first.
    replicate("@plain").unimplemented("replication without versions"),
    Call("GetBucketReplication").refused("absent", 404, "ReplicationConfigurationNotFoundError", BucketName="@plain"),
    put("Website", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}).unimplemented("a website"),
    put("Website", WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "example.com"}}).unimplemented(
        "a redirect"
    ),
    # S3 would say how it is wrong; no website is looked at where there are none.
    put("Website", "<WebsiteConfiguration/>").unimplemented("an empty website"),
    Call("GetBucketWebsite").refused("absent", 404, "NoSuchWebsiteConfiguration", BucketName="@plain"),
)
def test_replication_and_websites(world, row):
    refuse(world, row)


NAMED = ("Analytics", "Inventory", "Metrics", "IntelligentTiering")


def named(verb, setting, **arguments):
    return Call(f"{verb}Bucket{setting}Configuration", Id="x", **arguments)


@rows(
    *(named(verb, name).refused("absent", 404, "NoSuchConfiguration") for name in NAMED for verb in ("Get", "Delete")),
    *(named("Put", name, **{f"{name}Configuration": {"Id": "x"}}).unimplemented("a setting") for name in NAMED),
    # S3 would say IdMismatch.
    *(named("Put", name, **{f"{name}Configuration": {"Id": "y"}}).unimplemented("another id") for name in NAMED),
    *(
        named(verb, name, signed=False).refused("not signed", 403, "AccessDenied", text)
        for name in NAMED
        for verb, text in [
            ("Get", "Access Denied"),
            ("Delete", "Anonymous users cannot invoke this API. Please authenticate."),
        ]
    ),
)
def test_named_settings(world, row):
    refuse(world, row)


def absent(operation, **arguments):
    return Call(operation, **arguments).unimplemented("not done")


@rows(
    absent("CreateBucketMetadataConfiguration", MetadataConfiguration={}),
    absent("CreateBucketMetadataTableConfiguration", MetadataTableConfiguration={}),
    absent("CreateSession"),
    absent("DeleteBucketMetadataConfiguration"),
    absent("DeleteBucketMetadataTableConfiguration"),
    absent("GetBucketAbac"),
    absent("GetBucketMetadataConfiguration"),
    absent("GetBucketMetadataTableConfiguration"),
    absent("GetObjectTorrent"),
    # ListDirectoryBuckets, which botocore would sign for another service.
    absent("ListBuckets", query={"max-directory-buckets": "10"}),
    absent("PutBucketAbac", AbacStatus={"Status": "Enabled"}),
    absent("RestoreObject", RestoreRequest={"Days": 1}),
    absent(
        "SelectObjectContent",
        Expression="SELECT * FROM S3Object",
        ExpressionType="SQL",
        InputSerialization={"CSV": {}},
        OutputSerialization={"CSV": {}},
    ),
    absent("UpdateBucketMetadataInventoryTableConfiguration", InventoryTableConfiguration={}),
    absent("UpdateBucketMetadataJournalTableConfiguration", JournalTableConfiguration={}),
    absent("UpdateObjectEncryption", ObjectEncryption={"SSEKMS": {"KMSKeyArn": "k"}}),
)
def test_operations_that_are_not_done(world, row):
    refuse(world, row)


# What every setting that is kept is put by, with a document that is one.
SETTINGS = {
    "PutBucketVersioning": "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
    "PutBucketTagging": "<Tagging><TagSet/></Tagging>",
    "PutBucketCors": "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
    "</CORSRule></CORSConfiguration>",
    "PutBucketPolicy": '{"Version": "2012-10-17", "Statement": []}',
    "PutPublicAccessBlock": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
    "</PublicAccessBlockConfiguration>",
    "PutBucketOwnershipControls": "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
    "</OwnershipControls>",
    "PutBucketLifecycleConfiguration": "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration>"
    "<Days>3</Days></Expiration></Rule></LifecycleConfiguration>",
    "PutBucketAcl": "<AccessControlPolicy/>",
    "PutObjectLockConfiguration": "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>",
    "PutBucketEncryption": "<ServerSideEncryptionConfiguration/>",
    "PutBucketLogging": "<BucketLoggingStatus/>",
    "PutBucketRequestPayment": "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
}


def md5(text):
    return hashlib.md5(text.encode())


def digests(operation, body):
    """A document that is not the one whose digest came is not taken, whatever digest that is."""

    def sent(**headers):
        return Call(operation, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return [
        sent(Content_MD5="x").refused("an MD5 that is none", 400, "InvalidDigest", Content_MD5="x"),
        sent(Content_MD5=b64encode(md5("other").digest()).decode()).refused(
            "another MD5",
            400,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=md5("other").hexdigest(),
            CalculatedDigest=b64encode(md5(body).digest()).decode(),
        ),
        sent(x_amz_checksum_crc32="x").request(
            "a CRC32 that is none", "Value for x-amz-checksum-crc32 header is invalid."
        ),
        sent(x_amz_checksum_crc32="AAAAAA==").refused(
            "another CRC32", 400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."
        ),
        sent(x_amz_checksum_sha256="A" * 43 + "=").refused(
            "another SHA256", 400, "BadDigest", "The SHA256 you specified did not match the calculated checksum."
        ),
        sent(x_amz_checksum_crc32="AAAAAA==", x_amz_checksum_sha1="A" * 27 + "=").request(
            "two checksums", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        ),
    ]


def entity(operation, body):
    """Nothing outside of a document is ever looked at."""
    text = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>{body}'
    code = "MalformedACLError" if operation == "PutBucketAcl" else "MalformedXML"
    return Call(operation, body=text).refused("an entity", 400, code)


@rows(*(entity(*each) for each in SETTINGS.items() if each[0] != "PutBucketPolicy"))
def test_documents_with_entities(world, row):
    refuse(world, row)


@rows(*(row for each in SETTINGS.items() for row in digests(*each)))
def test_digests_of_documents(world, row):
    refuse(world, row)

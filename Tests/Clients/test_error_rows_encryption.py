"""Refusals about encryption, a row each: there are no key service and no keys of clients, and nothing is pretended."""

import hashlib
from base64 import b64encode

import pytest

from larder import Server
from refusals import Call, World, refuse, rows

NAME = "x-amz-server-side-encryption"
CUSTOMER = f"{NAME}-customer"
SOURCE = "x-amz-copy-source-server-side-encryption-customer"
KEY = b"0" * 32
UPLOADS = ("PutObject", "CopyObject", "CreateMultipartUpload")
# What takes keys of clients on S3.
WITH_KEYS = (
    *UPLOADS,
    *("GetObject", "HeadObject", "GetObjectAttributes", "UploadPart", "ListParts", "CompleteMultipartUpload"),
)


def made(server):
    """A bucket with an object and an upload in parts; no row changes them."""
    s3 = server.s3()
    found = World(server, plain=World.name())
    s3.create_bucket(Bucket=found.plain)
    s3.put_object(Bucket=found.plain, Key="k", Body=b"x")
    found.upload = s3.create_multipart_upload(Bucket=found.plain, Key="k")["UploadId"]
    return found


@pytest.fixture(scope="module")
def world(shared):
    """A server whose operator says nothing of encryption."""
    return made(shared)


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """A server whose operator declares that the disk below is encrypted."""
    root = tmp_path_factory.mktemp("declared")
    one = Server(root, env={"LARDER_ENCRYPTION_AT_REST": "declared"}).start()
    yield made(one)
    one.dispose()
    one.log.unlink()


def refused(operation, header, **arguments):
    """A header that is not honoured is refused, never passed over."""
    value = next(iter(arguments.values()))
    return Call(operation, **arguments).unimplemented(f"{header}: {value}", header)


def unknown(operation):
    return Call(operation, ServerSideEncryption="ROT13").refused(
        "an unknown algorithm", 400, "InvalidEncryptionAlgorithmError", ArgumentName=NAME, ArgumentValue="ROT13"
    )


def customer(operation, prefix=CUSTOMER, given="SSECustomer"):
    """Keys of clients, all three headers together and each alone."""
    whole = {f"{given}Algorithm": "AES256", f"{given}Key": KEY}
    digest = b64encode(hashlib.md5(KEY).digest()).decode()
    alone = {"algorithm": "AES256", "key": b64encode(KEY).decode(), "key-md5": digest}
    return [
        Call(operation, **whole).unimplemented(f"{prefix}, all", f"{prefix}-algorithm"),
        *(
            Call(operation, headers={f"{prefix}-{name}": value}).unimplemented(
                f"{prefix}-{name} alone", f"{prefix}-{name}"
            )
            for name, value in alone.items()
        ),
    ]


def keys(operation):
    """A key service, in each way that an upload may ask for it."""
    return [
        refused(operation, NAME, ServerSideEncryption="aws:kms"),
        refused(operation, NAME, ServerSideEncryption="aws:kms:dsse"),
        refused(operation, f"{NAME}-aws-kms-key-id", SSEKMSKeyId="arn:aws:kms:us-east-1:000000000000:key/k"),
        refused(operation, f"{NAME}-context", SSEKMSEncryptionContext="e30="),
        refused(operation, f"{NAME}-bucket-key-enabled", BucketKeyEnabled=True),
    ]


EVERYWHERE = [
    *(row for operation in UPLOADS for row in keys(operation)),
    *(unknown(operation) for operation in UPLOADS),
    *(row for operation in WITH_KEYS for row in customer(operation)),
    *(
        row
        for operation in ("CopyObject", "UploadPartCopy")
        for row in customer(operation, SOURCE, "CopySourceSSECustomer")
    ),
]


@rows(
    *EVERYWHERE,
    # It would be true of no byte on disk.
    *(refused(operation, NAME, ServerSideEncryption="AES256") for operation in UPLOADS),
)
def test_nothing_declared(world, row):
    refuse(world, row)


@rows(*EVERYWHERE)
def test_encryption_declared(declared, row):
    refuse(declared, row)


def default(algorithm=None, body=None, **more):
    given = {**({} if algorithm is None else {"SSEAlgorithm": algorithm}), **more}
    rule = {"ApplyServerSideEncryptionByDefault": given}
    return Call("PutBucketEncryption", body=body, ServerSideEncryptionConfiguration={"Rules": [rule]})


def document(*rules):
    return f"<ServerSideEncryptionConfiguration>{''.join(rules)}</ServerSideEncryptionConfiguration>"


RULE = (
    "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
    "</Rule>"
)
DEFAULTS = [
    default("AES256", KMSMasterKeyID="k").argument(
        "a key beside AES256",
        "ApplyServerSideEncryptionByDefault",
        None,
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
    ),
    default("aws:kms").unimplemented("aws:kms"),
    default("aws:kms", KMSMasterKeyID="k").unimplemented("aws:kms with a key"),
    default("aws:kms:dsse").unimplemented("aws:kms:dsse"),
    default("ROT13").refused("an unknown algorithm", 400, "MalformedXML"),
    default().refused("no algorithm", 400, "MalformedXML"),
    default(body=document()).refused("no rule", 400, "MalformedXML"),
    default(body=document("<Rule/>")).refused("an empty rule", 400, "MalformedXML"),
    default(body=document(RULE, RULE)).refused("two rules", 400, "MalformedXML"),
    default(
        body=document(
            "<Rule><BlockedEncryptionTypes><EncryptionType>X</EncryptionType></BlockedEncryptionTypes></Rule>"
        )
    ).refused("an unknown type to block", 400, "MalformedXML"),
    default(body="<ServerSideEncryptionConfiguration>").refused("no XML", 400, "MalformedXML"),
    default(body="<Encryption/>").refused("another document", 400, "MalformedXML"),
    default(body="").refused("no document", 400, "MissingRequestBodyError"),
]


@rows(
    *DEFAULTS,
    default("AES256").unimplemented("AES256, which nobody declared"),
    Call("GetBucketEncryption").refused(
        "absent", 404, "ServerSideEncryptionConfigurationNotFoundError", BucketName="@plain"
    ),
)
def test_defaults_of_buckets(world, row):
    refuse(world, row)


@rows(*DEFAULTS)
def test_defaults_of_buckets_where_encryption_is_declared(declared, row):
    refuse(declared, row)

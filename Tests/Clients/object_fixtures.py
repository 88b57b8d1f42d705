"""What the rows about objects have in common: what has to be there, which none of them changes, and texts."""

import base64
import datetime
import hashlib
import json

from refusals import World

CONTENT = b"0123456789"
MINIMUM_PART = 5 << 20
PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
# A version id of AWS's form, which none is here.
FOREIGN_VERSION = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"

# Texts of refusals that several operations give.
BAD_VERSION = "Invalid version id specified"
CONDITION_VALUE = "We don't accept the provided value of {} header for this API"
NOT_LATIN = "Header value cannot be represented using ISO-8859-1."
NO_BYPASS = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."
ONTO_ITSELF = (
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes."
)
PART_NUMBER = "Part number must be an integer between 1 and 10000, inclusive"
RANGE_AND_PART = "Cannot specify both Range header and partNumber query parameter"
TAGGING_HEADER = (
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
    "duplicates."
)
TWO_CONDITIONS = "Multiple conditional request headers present in the request"
UNSUPPORTED_ALGORITHM = (
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
    "CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]"
)
OTHER_MD5 = "The Content-MD5 you specified did not match what we received."


def md5(data):
    """A digest as `Content-MD5` has it."""
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def furnish(server):
    """Buckets, objects, versions and uploads, under the names that the rows use."""
    world = World(server, void=World.name(), plain=World.name(), versioned=World.name(), public=World.name())
    s3 = server.s3()
    for bucket in (world.plain, world.versioned, world.public):
        s3.create_bucket(Bucket=bucket)
        world.etag = s3.put_object(Bucket=bucket, Key="k", Body=CONTENT)["ETag"]
    _make_public(s3, world.public)
    _put_objects(s3, world)
    _put_versions(s3, world)
    _begin_uploads(s3, world)
    return world


def _make_public(s3, bucket):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def _put_objects(s3, world):
    s3.put_object(Bucket=world.plain, Key="empty", Body=b"")
    s3.put_object(Bucket=world.plain, Key="folder/", Body=b"")
    begun = s3.create_multipart_upload(Bucket=world.plain, Key="parts")
    upload = {name: begun[name] for name in ("Bucket", "Key", "UploadId")}
    etags = [
        s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        for number, body in ((1, bytes(MINIMUM_PART)), (2, b"end"))
    ]
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    world.completed = begun["UploadId"]


def _put_versions(s3, world):
    """The key `k` has two versions, one of a third is gone, and the newest of `gone` is a delete marker."""
    s3.put_bucket_versioning(Bucket=world.versioned, VersioningConfiguration={"Status": "Enabled"})
    world.version = s3.put_object(Bucket=world.versioned, Key="k", Body=CONTENT)["VersionId"]
    world.lost = s3.put_object(Bucket=world.versioned, Key="lost", Body=CONTENT)["VersionId"]
    s3.delete_object(Bucket=world.versioned, Key="lost", VersionId=world.lost)
    s3.put_object(Bucket=world.versioned, Key="gone", Body=CONTENT)
    world.marker = s3.delete_object(Bucket=world.versioned, Key="gone")["VersionId"]


def _begin_uploads(s3, world):
    """Uploads to the key `k` by what they keep of checksums, each with two small parts."""
    for name, settings in {
        "upload": {},
        "composite": {"ChecksumAlgorithm": "CRC32"},
        "full": {"ChecksumAlgorithm": "CRC32C", "ChecksumType": "FULL_OBJECT"},
        "sha": {"ChecksumAlgorithm": "SHA256"},
    }.items():
        upload = {"Bucket": world.plain, "Key": "k"}
        upload["UploadId"] = s3.create_multipart_upload(**upload, **settings)["UploadId"]
        setattr(world, name, upload["UploadId"])
        algorithm = settings.get("ChecksumAlgorithm")
        for number in (1, 2):
            given = {"ChecksumAlgorithm": algorithm} if algorithm else {}
            part = s3.upload_part(**upload, PartNumber=number, Body=b"small", **given)
        world.part = part["ETag"]
        setattr(world, f"{name}sum", part.get(f"Checksum{algorithm}"))
    world.digest = world.part.strip('"')
    world.aborted = s3.create_multipart_upload(Bucket=world.plain, Key="k")["UploadId"]
    s3.abort_multipart_upload(Bucket=world.plain, Key="k", UploadId=world.aborted)

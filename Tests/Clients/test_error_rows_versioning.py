"""Refusals about versions, a row each: the state of a bucket, versions that are not there, and delete markers."""

import pytest

from refusals import Call, World, refuse, rows

# Of the form that AWS gives and this server never gave.
FOREIGN = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"


@pytest.fixture(scope="module")
def world(shared):
    """A bucket in each state; in `@versions` the key `gone` is under `@marker`, and `@deleted` was a version of `k`."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "versions", "suspended", "locked", "void")})
    for name in (found.plain, found.versions, found.suspended):
        s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket=found.locked, ObjectLockEnabledForBucket=True)
    s3.put_object(Bucket=found.plain, Key="k", Body=b"x")
    s3.put_object(Bucket=found.suspended, Key="k", Body=b"x")
    for name, status in ((found.versions, "Enabled"), (found.suspended, "Enabled"), (found.suspended, "Suspended")):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    found.deleted = s3.put_object(Bucket=found.versions, Key="k", Body=b"1")["VersionId"]
    s3.put_object(Bucket=found.versions, Key="k", Body=b"2")
    s3.delete_object(Bucket=found.versions, Key="k", VersionId=found.deleted)
    s3.put_object(Bucket=found.versions, Key="gone", Body=b"3")
    found.marker = s3.delete_object(Bucket=found.versions, Key="gone")["VersionId"]
    s3.put_object(Bucket=found.suspended, Key="gone", Body=b"3")
    assert s3.delete_object(Bucket=found.suspended, Key="gone")["VersionId"] == "null"
    s3.put_object(Bucket=found.locked, Key="gone", Body=b"4", ChecksumAlgorithm="CRC32")
    found.lockmarker = s3.delete_object(Bucket=found.locked, Key="gone")["VersionId"]
    return found


def switch(bucket="@plain", body=None, **state):
    return Call("PutBucketVersioning", Bucket=bucket, body=body, VersioningConfiguration=state)


@rows(
    switch(Status="enabled").refused("small letters", 400, "MalformedXML"),
    switch(Status="Off").refused("an unknown state", 400, "MalformedXML"),
    switch().refused("no state", 400, "IllegalVersioningConfigurationException"),
    switch(MFADelete="Disabled").refused("no state beside MfaDelete", 400, "IllegalVersioningConfigurationException"),
    # There are no devices for a second factor here.
    switch(Status="Enabled", MFADelete="Enabled").unimplemented("a second factor"),
    switch(Status="Enabled", MFADelete="Perhaps").refused("an unknown MfaDelete", 400, "MalformedXML"),
    switch(body="<VersioningConfiguration>").refused("no XML", 400, "MalformedXML"),
    switch(body="<Versioning/>").refused("another document", 400, "MalformedXML"),
    switch(body="").refused("no document", 400, "MissingRequestBodyError"),
    switch(bucket="@locked", Status="Suspended").refused(
        "suspended beside object lock",
        409,
        "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    ),
    switch(Status="Enabled", bucket="@void").refused("no bucket", 404, "NoSuchBucket", BucketName="@void"),
)
def test_put_bucket_versioning(world, row):
    refuse(world, row)


# What takes a version's id, but the operations of object lock, which ask for a lock first.
WITH_VERSION = [
    "GetObject",
    "HeadObject",
    "GetObjectAttributes",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectTagging",
    "PutObjectTagging",
    "DeleteObjectTagging",
]
NEEDS = {"PutObjectAcl": {"ACL": "private"}, "PutObjectTagging": {"Tagging": {"TagSet": []}}}


def at(operation, bucket="@versions", key="k", **arguments):
    return Call(operation, Bucket=bucket, Key=key, **NEEDS.get(operation, {}), **arguments)


@rows(
    *(
        at(operation, bucket, VersionId=version).argument(
            f"{what} in {bucket}", "versionId", version, "Invalid version id specified"
        )
        for operation in (*WITH_VERSION, "DeleteObject")
        for bucket, version, what in [
            ("@versions", FOREIGN, "an id of AWS"),
            ("@plain", FOREIGN, "an id of AWS"),
            ("@suspended", "none", "no id"),
        ]
    ),
    *(
        at(operation, VersionId="@deleted").refused(
            "a version that is gone", 404, "NoSuchVersion", Key="k", VersionId="@deleted"
        )
        for operation in WITH_VERSION
    ),
    # The id is one, of another key.
    at("GetObject", VersionId="@marker").refused(
        "a version of another key", 404, "NoSuchVersion", Key="k", VersionId="@marker"
    ),
    at("GetObject", "@plain", key="none", VersionId="null").refused(
        "null of a key that is not there", 404, "NoSuchVersion", Key="none", VersionId="null"
    ),
)
def test_versions(world, row):
    refuse(world, row)


def hidden(row, marker="@marker"):
    """A refusal that tells of the marker."""
    return row.answering(x_amz_delete_marker="true", x_amz_version_id=marker)


def absent(operation, bucket="@versions", marker="@marker", **arguments):
    row = at(operation, bucket, "gone", **arguments)
    return hidden(row.refused(f"a marker is the newest, {bucket}", 404, "NoSuchKey", Key="gone"), marker)


def marked(operation, method, bucket="@versions", marker="@marker", by_id=True, **arguments):
    row = at(operation, bucket, "gone", **({"VersionId": marker} if by_id else {}), **arguments)
    case = f"{'a marker by id' if by_id else 'a marker is the newest'}, {bucket}"
    return row.refused(case, 405, "MethodNotAllowed", Method=method, ResourceType="DeleteMarker")


READS = [("GetObject", "GET"), ("HeadObject", "HEAD"), ("GetObjectAttributes", "GET")]
CHANGES = [
    ("GetObjectAcl", "GET"),
    ("PutObjectAcl", "PUT"),
    ("GetObjectTagging", "GET"),
    ("PutObjectTagging", "PUT"),
    ("DeleteObjectTagging", "DELETE"),
]


@rows(
    absent("GetObject"),
    absent("HeadObject"),
    absent("GetObjectAttributes"),
    absent("GetObjectAcl"),
    absent("GetObject", "@suspended", "null"),
    absent("HeadObject", "@suspended", "null"),
    *(hidden(marked(*each)) for each in READS),
    *(hidden(marked(*each, "@suspended", "null"), "null") for each in READS),
    *(marked(*each) for each in CHANGES),
    *(marked(*each, by_id=False) for each in CHANGES if each[0] != "GetObjectAcl"),
)
def test_delete_markers(world, row):
    if row.code == "MethodNotAllowed":
        row.answered["allow"] = "DELETE"
    refuse(world, row)


LATER = "2099-01-01T00:00:00Z"
LOCKS = [
    ("GetObjectRetention", "GET", {}),
    ("PutObjectRetention", "PUT", {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": LATER}}),
    ("GetObjectLegalHold", "GET", {}),
    ("PutObjectLegalHold", "PUT", {"LegalHold": {"Status": "ON"}}),
]


@rows(
    *(marked(operation, method, "@locked", "@lockmarker", **given) for operation, method, given in LOCKS),
    *(
        marked(operation, method, "@locked", by_id=False, **given)
        for operation, method, given in LOCKS
        if method == "PUT"
    ),
    *(
        at(operation, "@locked", VersionId=FOREIGN, **given).argument(
            "an id of AWS", "versionId", FOREIGN, "Invalid version id specified"
        )
        for operation, _, given in LOCKS
    ),
    *(
        at(operation, "@locked", "none", **given).refused("no key", 404, "NoSuchKey", Key="none")
        for operation, _, given in LOCKS
    ),
)
def test_locks_of_versions(world, row):
    refuse(world, row)

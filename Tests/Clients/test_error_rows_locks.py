"""Refusals about object lock, a row each: of buckets, uploads, versions, and the deletions that a lock forbids."""

import json

import pytest

from refusals import Call, World, refuse, rows

LATER = "2099-01-01T00:00:00Z"
SOONER = "2098-01-01T00:00:00Z"
PAST = "2020-01-01T00:00:00Z"
UPLOADS = ("PutObject", "CopyObject", "CreateMultipartUpload")


@pytest.fixture(scope="module")
def world(shared):
    """Buckets with and without object lock; the versions of `@locked` are locked each in another way."""
    s3 = shared.s3()
    found = World(shared, **{name: World.name() for name in ("plain", "versions", "suspended", "locked", "void")})
    for name in (found.plain, found.versions, found.suspended):
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="k", Body=b"x")
    for name, status in ((found.versions, "Enabled"), (found.suspended, "Suspended")):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    s3.create_bucket(Bucket=found.locked, ObjectLockEnabledForBucket=True)
    kept = {"ObjectLockRetainUntilDate": LATER, "ChecksumAlgorithm": "CRC32"}
    for name, lock in [
        ("none", {}),
        ("governance", {"ObjectLockMode": "GOVERNANCE", **kept}),
        ("compliance", {"ObjectLockMode": "COMPLIANCE", **kept}),
        ("held", {"ObjectLockLegalHoldStatus": "ON", "ChecksumAlgorithm": "CRC32"}),
    ]:
        setattr(found, name, s3.put_object(Bucket=found.locked, Key=name, Body=b"x", **lock)["VersionId"])
    return found


def configure(bucket="@locked", body=None, rule=None, **lock):
    given = lock or {"ObjectLockEnabled": "Enabled"}
    if rule is not None:
        given["Rule"] = rule
    return Call("PutObjectLockConfiguration", Bucket=bucket, body=body, ObjectLockConfiguration=given)


def malformed(case, **arguments):
    return configure(**arguments).refused(case, 400, "MalformedXML")


def default(case, **retention):
    return malformed(case, rule={"DefaultRetention": retention})


def period(name, value, message):
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", name: value}}
    return configure(rule=rule).argument(f"{value} {name}", name, str(value), message)


def unversioned(bucket):
    return configure(bucket).refused(
        f"{bucket} is not versioned",
        409,
        "InvalidBucketState",
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    )


NO_PERIOD = "Default retention period must be a positive integer value."
LONG_PERIOD = "Default retention period too large."


@rows(
    unversioned("@plain"),
    unversioned("@suspended"),
    malformed("not said to be enabled", body="<ObjectLockConfiguration/>"),
    malformed("another state", ObjectLockEnabled="Disabled"),
    malformed("an empty rule", rule={}),
    default("an empty retention"),
    default("no period", Mode="GOVERNANCE"),
    default("no mode", Days=1),
    default("an unknown mode", Mode="BAD-VALUE", Days=1),
    default("a mode in small letters", Mode="governance", Days=1),
    default("days and years", Mode="GOVERNANCE", Days=1, Years=1),
    malformed(
        "days that are no number",
        body="<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>"
        "GOVERNANCE</Mode><Days>many</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
    ),
    period("Days", 0, NO_PERIOD),
    period("Days", -1, NO_PERIOD),
    period("Years", 0, NO_PERIOD),
    period("Days", 36501, LONG_PERIOD),
    period("Years", 101, LONG_PERIOD),
    malformed("no XML", body="<ObjectLockConfiguration>"),
    malformed("another document", body="<Lock/>"),
    configure(body="").refused("no document", 400, "MissingRequestBodyError"),
    *(
        Call("GetObjectLockConfiguration", Bucket=bucket).refused(
            f"absent, {bucket}", 404, "ObjectLockConfigurationNotFoundError", BucketName=bucket
        )
        for bucket in ("@plain", "@versions")
    ),
)
def test_buckets(world, row):
    refuse(world, row)


MODE, DATE, HOLD = (f"x-amz-object-lock-{name}" for name in ("mode", "retain-until-date", "legal-hold"))
BOTH_NEEDED = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
NOT_IN_FUTURE = "The retain until date must be in the future!"
NOT_ISO = "The retain until date must be provided in ISO 8601 format"
NO_HOLD = "Legal Hold must be either of 'ON' or 'OFF'"


def upload(operation, bucket="@locked", headers=None):
    """An upload that proves its content, as one with a lock has to."""
    proof = {"x-amz-checksum-crc32": "AAAAAA=="} if operation == "PutObject" else {}
    return Call(operation, Bucket=bucket, Key="new", headers={**proof, **(headers or {})})


def headers(case, name, value, message, **given):
    """The refusal of each kind of upload with headers of a lock."""
    sent = {
        header: given[short] for header, short in ((MODE, "mode"), (DATE, "date"), (HOLD, "hold")) if short in given
    }
    return [upload(operation, headers=sent).argument(case, name, value, message) for operation in UPLOADS]


@rows(
    *headers("a mode alone", DATE, None, BOTH_NEEDED, mode="GOVERNANCE"),
    *headers("a date alone", MODE, None, BOTH_NEEDED, date=LATER),
    *headers("an unknown mode", MODE, "KEEP", "Unknown wormMode directive.", mode="KEEP", date=LATER),
    *headers("small letters", MODE, "governance", "Unknown wormMode directive.", mode="governance", date=LATER),
    *headers("a date that has passed", DATE, PAST, NOT_IN_FUTURE, mode="GOVERNANCE", date=PAST),
    *headers("a date that is none", DATE, "tomorrow", NOT_ISO, mode="GOVERNANCE", date="tomorrow"),
    *headers(
        "a date as HTTP has it",
        DATE,
        "Thu, 01 Jan 2099 00:00:00 GMT",
        NOT_ISO,
        mode="GOVERNANCE",
        date="Thu, 01 Jan 2099 00:00:00 GMT",
    ),
    *headers("an unknown hold", HOLD, "YES", NO_HOLD, hold="YES"),
    *headers("a hold in small letters", HOLD, "on", NO_HOLD, hold="on"),
    *(
        upload(operation, bucket, lock).request(f"{case}, {bucket}", "Bucket is missing ObjectLockConfiguration")
        for operation in UPLOADS
        for bucket in ("@plain", "@versions")
        for case, lock in [("a retention", {MODE: "GOVERNANCE", DATE: LATER}), ("a hold", {HOLD: "ON"})]
    ),
    # What is locked for years has to be what was meant.
    *(
        Call("PutObject", Bucket="@locked", Key="new", Body=b"x", headers=lock).request(
            f"{case} and no digest",
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
            "parameters",
        )
        for case, lock in [("a retention", {MODE: "GOVERNANCE", DATE: LATER}), ("a hold", {HOLD: "ON"})]
    ),
)
def test_uploads(world, row):
    refuse(world, row)


def retain(key="none", mode=None, date=None, body=None, bucket="@locked", **arguments):
    given = {name: value for name, value in (("Mode", mode), ("RetainUntilDate", date)) if value}
    return Call("PutObjectRetention", Bucket=bucket, Key=key, body=body, Retention=given, **arguments)


def hold(key="none", status=None, body=None, bucket="@locked"):
    given = {} if status is None else {"Status": status}
    return Call("PutObjectLegalHold", Bucket=bucket, Key=key, body=body, LegalHold=given)


NO_LOCK = "Bucket is missing Object Lock Configuration"


@rows(
    *(
        call.request(f"no object lock, {bucket}", NO_LOCK)
        for bucket in ("@plain", "@versions")
        for call in (
            retain("k", "GOVERNANCE", LATER, bucket=bucket),
            hold("k", "ON", bucket=bucket),
            Call("GetObjectRetention", Bucket=bucket),
            Call("GetObjectLegalHold", Bucket=bucket),
        )
    ),
    *(
        Call(operation, Bucket="@locked", Key=key).refused(
            f"nothing set on {key}", 404, "NoSuchObjectLockConfiguration"
        )
        for operation, key in [
            ("GetObjectRetention", "none"),
            ("GetObjectLegalHold", "none"),
            ("GetObjectRetention", "held"),
            ("GetObjectLegalHold", "governance"),
        ]
    ),
    retain(mode="GOVERNANCE", date=PAST).argument("a date that has passed", "RetainUntilDate", PAST, NOT_IN_FUTURE),
    retain(body="<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>tomorrow</RetainUntilDate></Retention>").argument(
        "a date that is none", "RetainUntilDate", "tomorrow", NOT_ISO
    ),
    retain(mode="GOVERNANCE").refused("a mode alone", 400, "MalformedXML"),
    retain(date=LATER).refused("a date alone", 400, "MalformedXML"),
    retain(mode="KEEP", date=LATER).refused("an unknown mode", 400, "MalformedXML"),
    retain(mode="compliance", date=LATER).refused("a mode in small letters", 400, "MalformedXML"),
    retain(body="<Retention>").refused("no XML", 400, "MalformedXML"),
    retain(body="<Keep/>").refused("another document", 400, "MalformedXML"),
    retain(body="").refused("no document", 400, "MissingRequestBodyError"),
    hold(status="YES").refused("an unknown state", 400, "MalformedXML"),
    hold(status="on").refused("small letters", 400, "MalformedXML"),
    hold().refused("no state", 400, "MalformedXML"),
    hold(body="<LegalHold>").refused("no XML", 400, "MalformedXML"),
    hold(body="<Hold/>").refused("another document", 400, "MalformedXML"),
    hold(body="").refused("no document", 400, "MissingRequestBodyError"),
)
def test_locks(world, row):
    refuse(world, row)


PROTECTED = "Access Denied because object protected by object lock."


def kept(case, call):
    return call.refused(case, 403, "AccessDenied", PROTECTED)


def delete(key, **arguments):
    return Call("DeleteObject", Bucket="@locked", Key=key, VersionId=f"@{key}", **arguments)


@pytest.fixture(scope="module")
def deleter(world, tmp_path_factory):
    """The same to a user who may delete versions, and not bypass their retention."""
    allowed = {"Effect": "Allow", "Action": "s3:DeleteObject*", "Resource": "*"}
    file = tmp_path_factory.mktemp("policies") / "policy.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
    key = world.server.run("key", "create", "--json", "--name", "deleter", "--policy", file).stdout
    found = World(world.server, **{name: value for name, value in vars(world).items() if isinstance(value, str)})
    keys = json.loads(key)
    found.clients[True] = world.server.s3(access=keys["access_key"], secret=keys["secret_key"])
    return found


@rows(
    kept("governance", delete("governance")),
    delete("governance", BypassGovernanceRetention=True).refused("governance, bypassed", 403, "AccessDenied"),
    kept("a hold", delete("held")),
)
def test_deletions_by_who_may_not_bypass(deleter, row):
    refuse(deleter, row)


@rows(
    kept("governance", delete("governance")),
    kept("governance, not really bypassed", delete("governance", BypassGovernanceRetention=False)),
    kept("compliance", delete("compliance")),
    kept("compliance, bypassed", delete("compliance", BypassGovernanceRetention=True)),
    kept("a hold", delete("held")),
    kept("a hold, bypassed", delete("held", BypassGovernanceRetention=True)),
    kept("governance shortened", retain("governance", "GOVERNANCE", SOONER)),
    kept("governance removed", retain("governance")),
    kept("governance made compliance", retain("governance", "COMPLIANCE", SOONER)),
    kept("compliance shortened", retain("compliance", "COMPLIANCE", SOONER)),
    kept("compliance shortened, bypassed", retain("compliance", "COMPLIANCE", SOONER, BypassGovernanceRetention=True)),
    kept("compliance made governance", retain("compliance", "GOVERNANCE", LATER)),
    kept("compliance removed", retain("compliance")),
    kept("compliance removed, bypassed", retain("compliance", BypassGovernanceRetention=True)),
    *(
        Call(operation, Bucket=bucket, BypassGovernanceRetention=bypass, **given).argument(
            f"nothing to bypass in {bucket}, {bypass}",
            "x-amz-bypass-governance-retention",
            None,
            "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
        )
        for operation, given in [("DeleteObject", {}), ("DeleteObjects", {"Delete": {"Objects": [{"Key": "k"}]}})]
        for bucket in ("@plain", "@versions")
        for bypass in (True, False)
    ),
)
def test_deletions(world, row):
    refuse(world, row)


def test_what_is_locked_is_as_it_was(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    for key, mode in (("governance", "GOVERNANCE"), ("compliance", "COMPLIANCE")):
        found = s3.get_object_retention(Bucket=world.locked, Key=key, VersionId=getattr(world, key))["Retention"]
        assert (found["Mode"], found["RetainUntilDate"].year) == (mode, 2099)
    assert s3.get_object_legal_hold(Bucket=world.locked, Key="held")["LegalHold"] == {"Status": "ON"}
    assert s3.get_object_lock_configuration(Bucket=world.locked)["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled"
    }

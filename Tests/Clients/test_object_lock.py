"""Object lock: what is locked stays, whoever asks and however."""

import datetime
import uuid

import pytest

from dialects import moment, send, target
from matrix import both, cell, cells


def soon(**period):
    """A time from now, in whole seconds."""
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**(period or {"days": 1}))
    return later.replace(microsecond=0)


def lock(mode, until=None):
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until or soon()}


# The configuration of the bucket


@both("CreateBucket", "GetObjectLockConfiguration", "PutObjectLockConfiguration", "GetBucketVersioning")
def test_a_bucket_is_made_with_object_lock(client):
    name = f"b-{uuid.uuid4()}"
    client.call("CreateBucket", Bucket=name, ObjectLockEnabledForBucket=True)
    assert client.call("GetBucketVersioning", Bucket=name)["Status"] == "Enabled"
    found = client.call("GetObjectLockConfiguration", Bucket=name)["ObjectLockConfiguration"]
    assert found == {"ObjectLockEnabled": "Enabled"}
    for period in ({"Mode": "GOVERNANCE", "Days": 3}, {"Mode": "COMPLIANCE", "Years": 1}):
        wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": period}}
        client.call("PutObjectLockConfiguration", Bucket=name, ObjectLockConfiguration=wanted)
        assert client.call("GetObjectLockConfiguration", Bucket=name)["ObjectLockConfiguration"] == wanted
    bare = {"ObjectLockEnabled": "Enabled"}
    client.call("PutObjectLockConfiguration", Bucket=name, ObjectLockConfiguration=bare)
    assert client.call("GetObjectLockConfiguration", Bucket=name)["ObjectLockConfiguration"] == bare


@cells("boto3", "PutObjectLockConfiguration", "GetObjectLockConfiguration")
def test_object_lock_needs_versions(client, store, bucket):
    assert client.code("GetObjectLockConfiguration", Bucket=bucket) == "ObjectLockConfigurationNotFoundError"
    bare = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    refusal = client.refused("PutObjectLockConfiguration", Bucket=bucket, **bare)
    assert (refusal.code, refusal.status) == ("InvalidBucketState", 409)
    client.call("PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    client.call("PutObjectLockConfiguration", Bucket=bucket, **bare)
    refusal = client.refused("PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert (refusal.code, refusal.status) == ("InvalidBucketState", 409)


@cells("boto3", "PutObject", "GetObjectRetention")
def test_the_default_retention_locks_what_is_uploaded(client, locked):
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    client.call("PutObjectLockConfiguration", Bucket=locked, ObjectLockConfiguration=configuration)
    upload = client.call("CreateMultipartUpload", Bucket=locked, Key="parts")["UploadId"]
    place = {"Bucket": locked, "Key": "parts", "UploadId": upload}
    part = client.call("UploadPart", **place, PartNumber=1, Body=b"x")
    listed = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.call("PutObject", Bucket=locked, Key="whole", Body=b"x")
    client.call("CopyObject", Bucket=locked, Key="copy", CopySource=f"{locked}/whole")
    client.call("CompleteMultipartUpload", **place, MultipartUpload=listed)
    for key in ("whole", "copy", "parts"):
        retention = client.call("GetObjectRetention", Bucket=locked, Key=key)["Retention"]
        assert retention["Mode"] == "GOVERNANCE"
        assert abs(retention["RetainUntilDate"] - soon(days=3)) < datetime.timedelta(minutes=10), key


# Retention


@both("PutObjectRetention", "GetObjectRetention", "DeleteObject")
def test_governance_gives_way_only_to_who_says_so(client, locked):
    version = client.call("PutObject", Bucket=locked, Key="k", Body=b"x")["VersionId"]
    place = {"Bucket": locked, "Key": "k"}
    assert client.code("GetObjectRetention", **place) == "NoSuchObjectLockConfiguration"
    until = soon(days=2)
    client.call("PutObjectRetention", **place, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    retention = client.call("GetObjectRetention", **place)["Retention"]
    assert retention["Mode"] == "GOVERNANCE" and moment(retention["RetainUntilDate"]) == until
    refusal = client.refused("DeleteObject", **place, VersionId=version)
    assert refusal.code == "AccessDenied" and "object lock" in refusal.message
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": soon(days=1)}
    assert client.code("PutObjectRetention", **place, Retention=shorter) == "AccessDenied"
    client.call("PutObjectRetention", **place, Retention=shorter, BypassGovernanceRetention=True)
    longer = {"Mode": "GOVERNANCE", "RetainUntilDate": soon(days=9)}
    client.call("PutObjectRetention", **place, Retention=longer)
    client.call("DeleteObject", **place, VersionId=version, BypassGovernanceRetention=True)
    assert client.code("GetObject", **place, VersionId=version) == "NoSuchVersion"


@both("PutObject", "PutObjectRetention", "HeadObject")
def test_compliance_gives_way_to_nobody(client, locked):
    until = soon(days=2)
    version = client.call("PutObject", Bucket=locked, Key="k", Body=b"x", **lock("COMPLIANCE", until))["VersionId"]
    place = {"Bucket": locked, "Key": "k"}
    head = client.call("HeadObject", **place)
    assert head["ObjectLockMode"] == "COMPLIANCE" and moment(head["ObjectLockRetainUntilDate"]) == until
    for bypass in (False, True):
        assert (
            client.code("DeleteObject", **place, VersionId=version, BypassGovernanceRetention=bypass) == "AccessDenied"
        )
        for weaker in (
            {"Mode": "COMPLIANCE", "RetainUntilDate": soon(days=1)},
            {"Mode": "GOVERNANCE", "RetainUntilDate": soon(days=9)},
            {},
        ):
            arguments = {"Retention": weaker, "BypassGovernanceRetention": bypass}
            assert client.code("PutObjectRetention", **place, **arguments) == "AccessDenied", weaker
    longer = soon(days=3)
    client.call("PutObjectRetention", **place, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": longer})
    found = client.call("GetObjectRetention", **place)["Retention"]
    assert moment(found["RetainUntilDate"]) == longer
    assert client.call("GetObject", **place)["Body"] == b"x"


@cells("boto3", "PutObjectRetention")
def test_governance_is_removed_with_an_empty_retention(client, locked):
    version = client.call("PutObject", Bucket=locked, Key="k", Body=b"x", **lock("GOVERNANCE"))["VersionId"]
    place = {"Bucket": locked, "Key": "k"}
    assert client.code("PutObjectRetention", **place, Retention={}) == "AccessDenied"
    client.call("PutObjectRetention", **place, Retention={}, BypassGovernanceRetention=True)
    client.call("DeleteObject", **place, VersionId=version)


@both("PutObjectLegalHold", "GetObjectLegalHold", "DeleteObject")
def test_a_legal_hold_holds_until_it_is_off(client, locked):
    version = client.call("PutObject", Bucket=locked, Key="k", Body=b"x")["VersionId"]
    place = {"Bucket": locked, "Key": "k"}
    assert client.code("GetObjectLegalHold", **place) == "NoSuchObjectLockConfiguration"
    assert "ObjectLockLegalHoldStatus" not in client.call("HeadObject", **place)
    client.call("PutObjectLegalHold", **place, LegalHold={"Status": "ON"})
    assert client.call("GetObjectLegalHold", **place)["LegalHold"] == {"Status": "ON"}
    for bypass in (False, True):
        assert (
            client.code("DeleteObject", **place, VersionId=version, BypassGovernanceRetention=bypass) == "AccessDenied"
        )
    client.call("PutObjectLegalHold", **place, LegalHold={"Status": "OFF"})
    assert client.call("HeadObject", **place)["ObjectLockLegalHoldStatus"] == "OFF"
    client.call("DeleteObject", **place, VersionId=version)


@cells("boto3", "PutObject", "CopyObject", "CreateMultipartUpload")
def test_uploads_bring_their_lock_along(client, locked):
    until = soon(days=1)
    given = {**lock("GOVERNANCE", until), "ObjectLockLegalHoldStatus": "ON"}
    client.call("PutObject", Bucket=locked, Key="whole", Body=b"x", **given)
    client.call("CopyObject", Bucket=locked, Key="copy", CopySource=f"{locked}/whole", **given)
    client.call("CopyObject", Bucket=locked, Key="free", CopySource=f"{locked}/whole")
    upload = client.call("CreateMultipartUpload", Bucket=locked, Key="parts", **given)["UploadId"]
    place = {"Bucket": locked, "Key": "parts", "UploadId": upload}
    part = client.call("UploadPart", **place, PartNumber=1, Body=b"x")
    listed = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.call("CompleteMultipartUpload", **place, MultipartUpload=listed)
    for key in ("whole", "copy", "parts"):
        head = client.call("HeadObject", Bucket=locked, Key=key)
        assert head["ObjectLockMode"] == "GOVERNANCE" and head["ObjectLockRetainUntilDate"] == until, key
        assert head["ObjectLockLegalHoldStatus"] == "ON", key
    # A copy does not inherit a lock.
    assert "ObjectLockMode" not in client.call("HeadObject", Bucket=locked, Key="free")


@cells("boto3", "DeleteObject", "PutObject")
def test_a_locked_version_can_be_covered_but_not_destroyed(client, locked):
    version = client.call("PutObject", Bucket=locked, Key="k", Body=b"locked", **lock("COMPLIANCE"))["VersionId"]
    newer = client.call("PutObject", Bucket=locked, Key="k", Body=b"newer")["VersionId"]
    client.call("DeleteObject", Bucket=locked, Key="k", VersionId=newer)
    marker = client.call("DeleteObject", Bucket=locked, Key="k")
    assert marker["DeleteMarker"] is True
    assert client.call("GetObject", Bucket=locked, Key="k", VersionId=version)["Body"] == b"locked"
    client.call("DeleteObject", Bucket=locked, Key="k", VersionId=marker["VersionId"])
    assert client.call("GetObject", Bucket=locked, Key="k")["Body"] == b"locked"


@both("DeleteObjects")
def test_deletion_of_many_refuses_what_is_locked(client, locked):
    held = client.call("PutObject", Bucket=locked, Key="held", Body=b"x", **lock("GOVERNANCE"))["VersionId"]
    free = client.call("PutObject", Bucket=locked, Key="free", Body=b"x")["VersionId"]
    objects = [{"Key": "held", "VersionId": held}, {"Key": "free", "VersionId": free}]
    answer = client.call("DeleteObjects", Bucket=locked, Delete={"Objects": objects})
    assert [item["Key"] for item in answer["Deleted"]] == ["free"]
    (error,) = answer["Errors"]
    assert (error["Key"], error["VersionId"], error["Code"]) == ("held", held, "AccessDenied")
    answer = client.call(
        "DeleteObjects", Bucket=locked, Delete={"Objects": objects[:1]}, BypassGovernanceRetention=True
    )
    assert [item["VersionId"] for item in answer["Deleted"]] == [held]


@cells("boto3", "PutObject")
def test_locks_outlive_the_server(server):
    one = server()
    one.s3().create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    version = one.s3().put_object(Bucket="locked", Key="k", Body=b"x", **lock("COMPLIANCE"))["VersionId"]
    one.kill()
    s3 = one.start().s3()
    with pytest.raises(s3.exceptions.ClientError) as refusal:
        s3.delete_object(Bucket="locked", Key="k", VersionId=version)
    assert refusal.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(s3.exceptions.ClientError) as refusal:
        s3.delete_bucket(Bucket="locked")
    assert refusal.value.response["Error"]["Code"] == "BucketNotEmpty"


# Buckets without it


@cells("boto3", "PutObjectRetention", "GetObjectRetention", "PutObjectLegalHold", "GetObjectLegalHold")
def test_a_bucket_without_object_lock_locks_nothing(client, versioned):
    client.call("PutObject", Bucket=versioned, Key="k", Body=b"x")
    place = {"Bucket": versioned, "Key": "k"}
    retention = {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": soon()}}
    for operation, arguments in [
        ("GetObjectRetention", {}),
        ("PutObjectRetention", retention),
        ("GetObjectLegalHold", {}),
        ("PutObjectLegalHold", {"LegalHold": {"Status": "ON"}}),
    ]:
        refusal = client.refused(operation, **place, **arguments)
        assert (refusal.code, refusal.status) == ("InvalidRequest", 400), operation
        assert refusal.message == "Bucket is missing Object Lock Configuration"
    for arguments in (lock("GOVERNANCE"), {"ObjectLockLegalHoldStatus": "ON"}):
        refusal = client.refused("PutObject", **place, Body=b"y", **arguments)
        assert (refusal.code, refusal.message) == ("InvalidRequest", "Bucket is missing ObjectLockConfiguration")
    assert client.call("GetObject", **place)["Body"] == b"x"


@cells("HTTP", "DeleteObject", "DeleteObjects")
@pytest.mark.parametrize("value", ["true", "false"])
def test_a_bucket_without_object_lock_has_nothing_to_bypass(shared, bucket, value):
    header = {"x-amz-bypass-governance-retention": value}
    document = "<Delete><Object><Key>k</Key></Object></Delete>"
    for method, place, body in [
        ("DELETE", target(bucket, "k"), ""),
        ("POST", target(bucket, None, delete=None), document),
    ]:
        answer = send(shared, method, place, header, body)
        assert (answer.status, answer.code) == (400, "InvalidArgument")
        assert answer.elements["ArgumentName"] == "x-amz-bypass-governance-retention"


# Refusals


@cell("PutObject", "HTTP")
@pytest.mark.parametrize(
    "headers, name, text",
    [
        ({"mode": "GOVERNANCE"}, "x-amz-object-lock-retain-until-date", "must both be supplied"),
        ({"retain-until-date": "2099-01-01T00:00:00Z"}, "x-amz-object-lock-mode", "must both be supplied"),
        ({"mode": "governance", "retain-until-date": "2099-01-01T00:00:00Z"}, None, "Unknown wormMode directive."),
        ({"mode": "GOVERNANCE", "retain-until-date": "2001-01-01T00:00:00Z"}, None, "must be in the future!"),
        ({"mode": "GOVERNANCE", "retain-until-date": "tomorrow"}, None, "must be provided in ISO 8601 format"),
        ({"legal-hold": "on"}, None, "Legal Hold must be either of 'ON' or 'OFF'"),
    ],
)
def test_headers_of_a_lock_have_to_be_whole(shared, locked, headers, name, text):
    given = {f"x-amz-object-lock-{key}": value for key, value in headers.items()}
    answer = send(shared, "PUT", target(locked, "k"), given, b"x")
    assert (answer.status, answer.code) == (400, "InvalidArgument") and text in answer.text
    if name:
        assert answer.elements["ArgumentName"] in (name, *given)
    assert send(shared, "HEAD", target(locked, "k")).status == 404


@cell("PutObjectLockConfiguration", "HTTP")
@pytest.mark.parametrize(
    "rule",
    [
        "<Mode>GOVERNANCE</Mode>",
        "<Days>1</Days>",
        "<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>",
        "<Mode>governance</Mode><Days>1</Days>",
        "<Mode>GOVERNANCE</Mode><Days>x</Days>",
    ],
)
def test_a_default_retention_has_to_be_whole(shared, locked, rule):
    body = (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        f"<Rule><DefaultRetention>{rule}</DefaultRetention></Rule></ObjectLockConfiguration>"
    )
    answer = send(shared, "PUT", target(locked, None, object_lock=None), body=body)
    assert (answer.status, answer.code) == (400, "MalformedXML")


@cell("PutObjectLockConfiguration", "boto3")
@pytest.mark.parametrize("period", [{"Days": 0}, {"Days": -1}, {"Years": 0}, {"Days": 36501}, {"Years": 101}])
def test_a_default_retention_has_bounds(client, locked, period):
    configuration = {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", **period}},
    }
    refusal = client.refused("PutObjectLockConfiguration", Bucket=locked, ObjectLockConfiguration=configuration)
    assert (refusal.code, refusal.status) == ("InvalidArgument", 400)

"""Refusals of bodies that are not what a request says of them, a row each; nothing of them is stored."""

import hashlib

import pytest

from dialects import send, target
from refusals import Call, refusal, refuse, rows
from signatures import NOT_SIGNED, Changed, changing, header, made, sign_in_python, told, visit

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


@pytest.fixture(scope="module")
def world(shared):
    return made(shared)


@pytest.fixture(autouse=True)
def stored_nothing(world, monkeypatch):
    sign_in_python(monkeypatch)
    yield
    objects = world.client().list_objects_v2(Bucket=world.plain)["Contents"]
    assert [(each["Key"], each["Size"]) for each in objects] == [("k", 1)]


# Digests

DIGEST = hashlib.sha256(b"x").hexdigest()
PAYLOADS = (
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 "
    "value."
)


def payload(value, operation="PutObject"):
    return Changed(header("X-Amz-Content-SHA256", value), operation)


@rows(
    *(
        payload(value).argument(value, "x-amz-content-sha256", value, PAYLOADS)
        for value in ("unsigned-payload", "abc", DIGEST[:-1], "g" * 64, "STREAMING", "STREAMING-UNSIGNED-PAYLOAD")
    ),
    payload(None).request("nothing said", "Missing required header for this request: x-amz-content-sha256"),
    payload(None, "GetObject").request(
        "nothing said", "Missing required header for this request: x-amz-content-sha256"
    ),
    *(
        payload(f"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD{trailer}")
        .unimplemented(f"SigV4A{trailer}", "x-amz-content-sha256")
        for trailer in ("", "-TRAILER")
    ),
)
def test_payloads(world, row):
    with changing(world, row):
        refuse(world, row)


@pytest.mark.parametrize("operation", ["PutObject", "UploadPart", "PutBucketTagging", "DeleteObjects"])
def test_a_body_that_is_another(world, operation):
    """The body is changed after it was signed, its length is not."""
    client = world.client()
    given = {
        "PutObject": {"Key": "new", "Body": b"hello"},
        "UploadPart": {"Body": b"hello"},
        "PutBucketTagging": {"Tagging": {"TagSet": [{"Key": "a", "Value": "1"}]}},
        "DeleteObjects": {"Delete": {"Objects": [{"Key": "k"}]}},
    }[operation]
    world.upload = client.create_multipart_upload(Bucket=world.plain, Key="k")["UploadId"]
    digests = {}

    def change(request, **_):
        body = request.body if isinstance(request.body, bytes) else request.body.read()
        changed = body.replace(b"e", b"f")
        digests.update(sent=hashlib.sha256(body).hexdigest(), came=hashlib.sha256(changed).hexdigest())
        request.body = changed

    client.meta.events.register("before-send.s3", change)
    try:
        error, _ = refusal(world, Call(operation, **given))
    finally:
        client.meta.events.unregister("before-send.s3", change)
    assert error == {
        "Code": "XAmzContentSHA256Mismatch",
        "Message": "The provided 'x-amz-content-sha256' header does not match what was computed.",
        "ClientComputedContentSHA256": digests["sent"],
        "S3ComputedContentSHA256": digests["came"],
        "HTTPStatusCode": 400,
    }


# Where frames cannot be


@pytest.mark.parametrize("kind", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
@pytest.mark.parametrize("sub_resource", ["tagging", "cors", "versioning"])
def test_documents_are_not_framed(world, kind, sub_resource):
    place = target(world.plain, None, **{sub_resource: None})
    answer = send(
        world.server, "PUT", place, {"x-amz-decoded-content-length": "5"}, b"5\r\nhello\r\n0\r\n\r\n", payload=kind
    )
    told(answer, 400, "InvalidRequest", "The value of x-amz-content-sha256 header is invalid.")


@pytest.mark.parametrize("kind", [SIGNED, SIGNED_TRAILER])
def test_chunks_of_nobody_cannot_be_signed(world, kind):
    headers = {"x-amz-content-sha256": kind, "x-amz-decoded-content-length": "5"}
    answer = send(world.server, "PUT", target(world.plain, "k"), headers, b"5\r\nhello\r\n0\r\n\r\n", signed=False)
    told(
        answer,
        400,
        "InvalidRequest",
        "Anonymous requests don't support this x-amz-content-sha256 value. Please use UNSIGNED-PAYLOAD or "
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER.",
    )


def test_frames_that_an_unsigned_payload_only_claims(world):
    headers = {"Content-Encoding": "aws-chunked"}
    answer = send(world.server, "PUT", target(world.plain, "k"), headers, b"hello", payload="UNSIGNED-PAYLOAD")
    told(
        answer,
        400,
        "InvalidArgument",
        "aws-chunked encoding is not supported when x-amz-content-sha256 UNSIGNED-PAYLOAD is supplied",
        ArgumentName="x-amz-content-sha256",
        ArgumentValue="UNSIGNED-PAYLOAD",
    )


def test_a_presigned_url_does_not_turn_into_one_for_frames(world):
    url = world.client().generate_presigned_url("put_object", {"Bucket": world.plain, "Key": "k"})
    place = url.removeprefix(world.server.endpoint)
    headers = [f"x-amz-content-sha256: {UNSIGNED_TRAILER}", "x-amz-decoded-content-length: 5", "Content-Length: 10"]
    answer = visit(world, place, "PUT", *headers, body=b"5\r\nhello\r\n")
    names = "x-amz-content-sha256, x-amz-decoded-content-length"
    told(answer, 403, "AccessDenied", NOT_SIGNED, HeadersNotSigned=names)

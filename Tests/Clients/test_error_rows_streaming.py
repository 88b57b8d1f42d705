"""Refusals of aws-chunked uploads of all kinds, a row each; nothing of them is stored."""

import base64
import datetime
import hashlib
import hmac
import zlib

import pytest

from dialects import authorization, target
from larder import ACCESS_KEY, REGION, SECRET_KEY
from signatures import made, spaced, told, visit

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
CRC32 = "x-amz-checksum-crc32"
EMPTY = hashlib.sha256(b"").hexdigest()


@pytest.fixture(scope="module")
def world(shared):
    return made(shared)


@pytest.fixture(autouse=True)
def stored_nothing(world):
    yield
    objects = world.client().list_objects_v2(Bucket=world.plain)["Contents"]
    assert [(each["Key"], each["Size"]) for each in objects] == [("k", 1)]


class Upload:
    """An upload in signed chunks, each part of which a row may change."""

    def __init__(self, kind=SIGNED, chunks=(b"a" * 8192, b"b" * 10), trailer=None, announced=CRC32, headers=None):
        self.kind, self.chunks, self.trailer = kind, list(chunks), trailer
        self.headers = {"x-amz-decoded-content-length": str(sum(map(len, chunks))), **(headers or {})}
        if trailer is not None and announced is not None:
            self.headers["x-amz-trailer"] = announced
        self.change = lambda body: body
        # Another link of the chain of signatures, by its place.
        self.flipped = None

    def flip(self, place):
        self.flipped = place
        return self

    def changed(self, change):
        self.change = change
        return self

    def send(self, world, key="k", method="PUT"):
        place = target(world.plain, key)
        self.stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = [
            ("Host", world.server.authority),
            ("x-amz-date", self.stamp),
            ("x-amz-content-sha256", self.kind),
            *((name, value) for name, value in self.headers.items() if value is not None),
        ]
        proof = authorization(method, place, headers, self.kind)
        body = self.change(self.framed(proof.rpartition("Signature=")[2]))
        lines = [f"{name}: {value}" for name, value in headers[1:]]
        lines += [f"Authorization: {proof}", f"Content-Length: {len(body)}"]
        return visit(world, place, method, *lines, body=body)

    def framed(self, seed):
        """The body: chunks, the last one, and the trailer."""
        self.previous, self.scope, pieces = seed, f"{self.stamp[:8]}/{REGION}/s3/aws4_request", []
        for place, chunk in enumerate([*self.chunks, b""]):
            size = f"{len(chunk):x}"
            if self.kind != UNSIGNED_TRAILER:
                size += f";chunk-signature={self.link(place, self.of_chunk(chunk))}"
            pieces += [size.encode(), b"\r\n", chunk, b"\r\n" if chunk else b""]
        if self.trailer:
            pieces.append(f"{self.trailer}\r\n".encode())
        if self.kind == SIGNED_TRAILER:
            proof = self.link("trailer", self.of_trailer())
            pieces.append(f"x-amz-trailer-signature:{proof}\r\n".encode())
        return b"".join([*pieces, b"\r\n"])

    def of_chunk(self, chunk):
        digest = hashlib.sha256(chunk).hexdigest()
        return "\n".join([f"AWS4-HMAC-SHA256-PAYLOAD\n{self.stamp}\n{self.scope}", self.previous, EMPTY, digest])

    def of_trailer(self):
        digest = hashlib.sha256(f"{self.trailer}\n".encode() if self.trailer else b"").hexdigest()
        return "\n".join([f"AWS4-HMAC-SHA256-TRAILER\n{self.stamp}\n{self.scope}", self.previous, digest])

    def link(self, place, text):
        """The signature of a text, which the next one goes on from."""
        key = b"AWS4" + SECRET_KEY.encode()
        for part in [*self.scope.split("/"), text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.previous = key.hex()
        if place != self.flipped:
            return self.previous
        self.text = text
        return self.previous[:-1] + ("1" if self.previous[-1] == "0" else "0")


def crc32(*chunks):
    return base64.b64encode(zlib.crc32(b"".join(chunks)).to_bytes(4)).decode()


def unsigned(trailer=f"{CRC32}:{crc32(b'hello')}", announced=CRC32, headers=None):
    return Upload(UNSIGNED_TRAILER, [b"hello"], trailer, announced, headers)


def trailed(trailer=f"{CRC32}:{crc32(b'hello')}", announced=CRC32, headers=None):
    return Upload(SIGNED_TRAILER, [b"hello"], trailer, announced, headers)


KINDS = {"signed": Upload, "signed with a trailer": trailed, "unsigned with a trailer": unsigned}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_the_right_framing_is_taken(world, make):
    """What the rows change is nothing but what they say."""
    upload = make()
    assert upload.send(world, "new").status == 200
    found = world.client().get_object(Bucket=world.plain, Key="new")["Body"].read()
    world.client().delete_object(Bucket=world.plain, Key="new")
    assert found == b"".join(upload.chunks)


@pytest.mark.parametrize(
    "make, place",
    [
        (Upload, 0),
        (Upload, 1),
        (Upload, 2),
        (trailed, 0),
        (trailed, 1),
        (trailed, "trailer"),
    ],
    ids=[
        "the first chunk",
        "the second chunk",
        "the last chunk",
        "the first chunk before a trailer",
        "the last chunk before a trailer",
        "the trailer",
    ],
)
def test_a_link_of_the_chain_that_does_not_hold(world, make, place):
    upload = make().flip(place)
    answer = upload.send(world)
    last = upload.previous[:-1] + ("1" if upload.previous[-1] == "0" else "0")
    told(
        answer,
        403,
        "SignatureDoesNotMatch",
        AWSAccessKeyId=ACCESS_KEY,
        StringToSign=upload.text,
        SignatureProvided=answer.elements["SignatureProvided"],
        StringToSignBytes=spaced(upload.text),
    )
    if place in (2, "trailer"):
        assert answer.elements["SignatureProvided"] == last


def cut(size):
    return lambda body: body[:-size]


def swap(old, new):
    def change(body):
        assert body.count(old) == 1
        return body.replace(old, new)

    return change


TERMINATED = "The request body terminated unexpectedly"
LENGTH = "You did not provide the number of bytes specified by the Content-Length HTTP header"
NO_LENGTH = "You must provide the Content-Length HTTP header."
TRAILER = "The request contained trailing data that was not well-formed or did not conform to our published schema."
SIZE = b"5\r\n"
LAST = b"\r\n0\r\n"


def decoded(value):
    return {"x-amz-decoded-content-length": value}


FRAMES = {
    "content that was changed": (
        lambda: Upload().changed(swap(b"b" * 10, b"b" * 9 + b"c")),
        403,
        "SignatureDoesNotMatch",
        None,
    ),
    "no last chunk": (
        lambda: Upload().changed(cut(len(f"0;chunk-signature={EMPTY}") + 4)),
        400,
        "IncompleteBody",
        None,
    ),
    "no end of the last chunk": (lambda: Upload().changed(cut(2)), 400, "IncompleteBody", TERMINATED),
    "half of a chunk": (lambda: Upload().changed(lambda body: body[:5000]), 400, "IncompleteBody", TERMINATED),
    "a chunk without its signature": (
        lambda: Upload().changed(lambda body: body.replace(b";chunk-signature", b";signature", 1)),
        400,
        "IncompleteBody",
        TERMINATED,
    ),
    "a signature too short": (
        lambda: Upload(chunks=[b"hello"]).changed(lambda body: body[:80] + body[84:]),
        400,
        "IncompleteBody",
        TERMINATED,
    ),
    "a size that is no number": (lambda: unsigned().changed(swap(SIZE, b"x\r\n")), 400, "IncompleteBody", TERMINATED),
    "no size": (lambda: unsigned().changed(swap(SIZE, b"\r\n")), 400, "IncompleteBody", TERMINATED),
    "a size below zero": (lambda: unsigned().changed(swap(SIZE, b"-5\r\n")), 400, "IncompleteBody", TERMINATED),
    "a size beyond 64 bits": (
        lambda: unsigned().changed(swap(SIZE, b"f" * 16 + b"5\r\n")),
        400,
        "IncompleteBody",
        TERMINATED,
    ),
    "a chunk longer than its size": (
        lambda: unsigned().changed(swap(b"hello", b"hello!")),
        400,
        "IncompleteBody",
        TERMINATED,
    ),
    "a chunk shorter than its size": (
        lambda: unsigned().changed(swap(b"hello", b"hell")),
        400,
        "IncompleteBody",
        None,
    ),
    "a line that never ends": (
        lambda: unsigned().changed(lambda body: b"5;" + b"x" * 5000 + b"\r\n" + body[3:]),
        400,
        "IncompleteBody",
        TERMINATED,
    ),
    "no framing at all": (lambda: unsigned().changed(lambda body: b"hello"), 400, "IncompleteBody", None),
    "nothing": (lambda: unsigned().changed(lambda body: b""), 400, "IncompleteBody", TERMINATED),
    "a byte less than announced": (lambda: unsigned(headers=decoded("6")), 400, "IncompleteBody", LENGTH),
    "a byte more than announced": (lambda: unsigned(headers=decoded("4")), 400, "IncompleteBody", LENGTH),
    "signed, a byte less": (lambda: Upload(headers=decoded("8203")), 400, "IncompleteBody", LENGTH),
    "signed, a byte more": (lambda: Upload(headers=decoded("8201")), 400, "IncompleteBody", LENGTH),
    **{
        f"the decoded length {value}": (
            lambda value=value: Upload(headers=decoded(value)),
            411,
            "MissingContentLength",
            NO_LENGTH,
        )
        for value in ("many", "-1", "1.5", None)
    },
    "bytes behind the end": (
        lambda: Upload().changed(lambda body: body + b"x\r\n"),
        400,
        "MalformedTrailerError",
        TRAILER,
    ),
    "a trailer where none can be": (
        lambda: Upload().changed(lambda body: body[:-2] + b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n"),
        400,
        "MalformedTrailerError",
        TRAILER,
    ),
}


@pytest.mark.parametrize("make, status, code, message", FRAMES.values(), ids=FRAMES)
def test_frames(world, make, status, code, message):
    answer = make().send(world)
    assert (answer.status, answer.code) == (status, code), answer
    if message is not None:
        told(answer, status, code, message)


MISMATCH = "The CRC32 you specified did not match the calculated checksum."
NO_VALUE = f"Value for {CRC32} trailing header is invalid."
NO_NAME = "The value specified in the x-amz-trailer header is not supported"
SEVERAL = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
GOOD = f"{CRC32}:{crc32(b'hello')}"
TRAILERS = {
    "another value": ({"trailer": f"{CRC32}:AAAAAA=="}, 400, "BadDigest", MISMATCH),
    "a value that is no Base64": ({"trailer": f"{CRC32}:x"}, 400, "InvalidRequest", NO_VALUE),
    "a value of another length": ({"trailer": f"{CRC32}:AAAA"}, 400, "InvalidRequest", NO_VALUE),
    "an empty value": ({"trailer": f"{CRC32}:"}, 400, "InvalidRequest", NO_VALUE),
    "another name": ({"trailer": f"x-amz-checksum-crc32c:{crc32(b'hello')}"}, 400, "MalformedTrailerError", TRAILER),
    "the name twice": ({"trailer": f"{GOOD}\r\n{GOOD}"}, 400, "MalformedTrailerError", TRAILER),
    "no colon": ({"trailer": CRC32}, 400, "MalformedTrailerError", TRAILER),
    "what nobody announced": ({"announced": None}, 400, "MalformedTrailerError", TRAILER),
    "an unknown name announced": ({"announced": "x-amz-checksum-crc16"}, 400, "InvalidRequest", NO_NAME),
    "another header announced": ({"announced": "x-amz-meta-a"}, 400, "InvalidRequest", NO_NAME),
    "two names announced": ({"announced": f"{CRC32},x-amz-checksum-sha1"}, 400, "InvalidRequest", NO_NAME),
    "a checksum in front and behind": ({"headers": {CRC32: crc32(b"hello")}}, 400, "InvalidRequest", SEVERAL),
}


@pytest.mark.parametrize("make", [unsigned, trailed], ids=["unsigned", "signed"])
@pytest.mark.parametrize("given, status, code, message", TRAILERS.values(), ids=TRAILERS)
def test_trailers(world, make, given, status, code, message):
    told(make(**given).send(world), status, code, message)


@pytest.mark.parametrize("make", [unsigned, trailed], ids=["unsigned", "signed"])
def test_a_trailer_that_does_not_come(world, make):
    told(make(trailer="").send(world), 400, "MalformedTrailerError", TRAILER)

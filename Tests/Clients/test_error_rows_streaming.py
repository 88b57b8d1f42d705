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
    """An upload in chunks, each part of which a row may change."""

    def __init__(self, kind=SIGNED, chunks=(b"a" * 8192, b"b" * 10), trailer=None, announced=CRC32, headers=None):
        self.kind, self.chunks, self.trailer = kind, list(chunks), trailer
        self.headers = {"x-amz-decoded-content-length": str(sum(map(len, chunks))), **(headers or {})}
        if trailer is not None and announced is not None:
            self.headers["x-amz-trailer"] = announced
        self.change = lambda body: body
        self.flipped = None

    def flip(self, place):
        """Breaks a link of the chain of signatures."""
        self.flipped = place
        return self

    def changed(self, change):
        """Changes the body once it is signed."""
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
        self.text, self.shown = text, self.previous[:-1] + ("1" if self.previous[-1] == "0" else "0")
        return self.shown


CONTENT = b"hello"


def crc32(content=CONTENT):
    return base64.b64encode(zlib.crc32(content).to_bytes(4)).decode()


GOOD = f"{CRC32}:{crc32()}"


def unsigned(trailer=GOOD, announced=CRC32, headers=None):
    return Upload(UNSIGNED_TRAILER, [CONTENT], trailer, announced, headers)


def trailed(trailer=GOOD, announced=CRC32, headers=None):
    return Upload(SIGNED_TRAILER, [CONTENT], trailer, announced, headers)


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
    "make, place", [(Upload, 0), (Upload, 1), (Upload, 2), (trailed, 0), (trailed, 1), (trailed, "trailer")]
)
def test_a_link_of_the_chain_that_does_not_hold(world, make, place):
    """What was compared is told, but for the canonical request, which is of the head alone."""
    upload = make().flip(place)
    told(
        upload.send(world),
        403,
        "SignatureDoesNotMatch",
        AWSAccessKeyId=ACCESS_KEY,
        StringToSign=upload.text,
        SignatureProvided=upload.shown,
        StringToSignBytes=spaced(upload.text),
    )


TERMINATED = "The request body terminated unexpectedly"
LENGTH = "You did not provide the number of bytes specified by the Content-Length HTTP header"
TRAILER = "The request contained trailing data that was not well-formed or did not conform to our published schema."


def frame(case, code, message, upload, change=None):
    status = 411 if code == "MissingContentLength" else 400
    return pytest.param(upload.changed(change) if change else upload, status, code, message, id=case)


def broken(case, upload, change):
    return frame(case, "IncompleteBody", TERMINATED, upload, change)


def resized(case, size):
    return broken(case, unsigned(), lambda body: body.replace(b"5\r\n", size + b"\r\n", 1))


def decoded(value, make=unsigned):
    return make(headers={"x-amz-decoded-content-length": value})


def behind(case, upload, change):
    return frame(case, "MalformedTrailerError", TRAILER, upload, change)


@pytest.mark.parametrize(
    "upload, status, code, message",
    [
        broken("no last chunk", Upload(), lambda body: body[: body.rindex(b"0;chunk")]),
        broken("no end of the last chunk", Upload(), lambda body: body[:-2]),
        broken("half of a chunk", Upload(), lambda body: body[:5000]),
        broken("no signature", Upload(), lambda body: body.replace(b";chunk-signature", b";signature", 1)),
        broken("a signature too short", Upload(), lambda body: body[:80] + body[84:]),
        resized("a size that is no number", b"x"),
        resized("no size", b""),
        resized("a size below zero", b"-5"),
        resized("a size beyond 64 bits", b"f" * 16 + b"5"),
        resized("a line that never ends", b"5;" + b"x" * 5000),
        broken("a chunk longer than its size", unsigned(), lambda body: body.replace(b"hello", b"hello!")),
        broken("a chunk shorter than its size", unsigned(), lambda body: body.replace(b"hello", b"hell")),
        broken("no framing", unsigned(), lambda body: CONTENT),
        broken("nothing", unsigned(), lambda body: b""),
        frame("a byte less than announced", "IncompleteBody", LENGTH, decoded("6")),
        frame("a byte more than announced", "IncompleteBody", LENGTH, decoded("4")),
        frame("signed, a byte less", "IncompleteBody", LENGTH, decoded("8203", Upload)),
        frame("signed, a byte more", "IncompleteBody", LENGTH, decoded("8201", Upload)),
        *(
            frame(
                f"the decoded length {value}",
                "MissingContentLength",
                "You must provide the Content-Length HTTP header.",
                decoded(value, Upload),
            )
            for value in ("many", "-1", "1.5", None)
        ),
        behind("bytes behind the end", Upload(), lambda body: body + b"x\r\n"),
        behind("a trailer where none can be", Upload(), lambda body: body[:-2] + GOOD.encode() + b"\r\n\r\n"),
    ],
)
def test_frames(world, upload, status, code, message):
    told(upload.send(world), status, code, message)


def test_content_that_was_changed(world):
    upload = Upload().changed(lambda body: body.replace(b"b" * 10, b"b" * 9 + b"c"))
    answer = upload.send(world)
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    digest = hashlib.sha256(b"b" * 9 + b"c").hexdigest()
    assert answer.elements["StringToSign"].rpartition("\n")[2] == digest


MISMATCH = "The CRC32 you specified did not match the calculated checksum."
NO_VALUE = f"Value for {CRC32} trailing header is invalid."
NO_NAME = "The value specified in the x-amz-trailer header is not supported"
SEVERAL = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
TRAILERS = {
    "another value": ({"trailer": f"{CRC32}:AAAAAA=="}, 400, "BadDigest", MISMATCH),
    "a value that is no Base64": ({"trailer": f"{CRC32}:x"}, 400, "InvalidRequest", NO_VALUE),
    "a value of another length": ({"trailer": f"{CRC32}:AAAA"}, 400, "InvalidRequest", NO_VALUE),
    "an empty value": ({"trailer": f"{CRC32}:"}, 400, "InvalidRequest", NO_VALUE),
    "another name": ({"trailer": f"x-amz-checksum-crc32c:{crc32()}"}, 400, "MalformedTrailerError", TRAILER),
    "the name twice": ({"trailer": f"{GOOD}\r\n{GOOD}"}, 400, "MalformedTrailerError", TRAILER),
    "no colon": ({"trailer": CRC32}, 400, "MalformedTrailerError", TRAILER),
    "what nobody announced": ({"announced": None}, 400, "MalformedTrailerError", TRAILER),
    "an unknown name announced": ({"announced": "x-amz-checksum-crc16"}, 400, "InvalidRequest", NO_NAME),
    "another header announced": ({"announced": "x-amz-meta-a"}, 400, "InvalidRequest", NO_NAME),
    "two names announced": ({"announced": f"{CRC32},x-amz-checksum-sha1"}, 400, "InvalidRequest", NO_NAME),
    "a checksum in front and behind": ({"headers": {CRC32: crc32()}}, 400, "InvalidRequest", SEVERAL),
}


@pytest.mark.parametrize("make", [unsigned, trailed], ids=["unsigned", "signed"])
@pytest.mark.parametrize("given, status, code, message", TRAILERS.values(), ids=TRAILERS)
def test_trailers(world, make, given, status, code, message):
    told(make(**given).send(world), status, code, message)


@pytest.mark.parametrize("make", [unsigned, trailed], ids=["unsigned", "signed"])
def test_a_trailer_that_does_not_come(world, make):
    told(make(trailer="").send(world), 400, "MalformedTrailerError", TRAILER)

"""Requests whose signature is not what it should be, for tests of how they are refused."""

import contextlib
import datetime
import re
import time
from types import SimpleNamespace

import botocore.auth

import wire
from dialects import Answer
from larder import Server
from refusals import MESSAGES, Call, World

# A time as refusals tell it.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

ONE_MECHANISM = (
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or "
    "the Authorization header should be specified"
)
NOT_SIGNED = "There were headers present in the request which were not signed"
SKEWED = "The difference between the request time and the current time is too large."
VERSION_2 = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."


def made(server):
    """A bucket with an object `k`, as a world."""
    found = World(server, plain=World.name())
    server.s3().create_bucket(Bucket=found.plain)
    server.s3().put_object(Bucket=found.plain, Key="k", Body=b"x")
    return found


def served(root, **env):
    """The same on a server of its own with these settings, until the generator goes on."""
    one = Server(root, env=env).start()
    yield made(one)
    one.dispose()
    one.log.unlink()


class Clock:
    """The clock of who signs; its seconds are added to the right time."""

    def __init__(self):
        self.shift, self._now = 0, botocore.auth.get_current_datetime

    def now(self, *rest, **more):
        return self._now(*rest, **more) + datetime.timedelta(seconds=self.shift)

    def seconds(self):
        return time.time() + self.shift


def sign_in_python(monkeypatch):
    """Keeps botocore from signing by awscrt where that is installed, out of reach; gives the clock it signs by."""
    clock = Clock()
    monkeypatch.setitem(botocore.auth.AUTH_TYPE_MAPS, "s3v4", botocore.auth.S3SigV4Auth)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", clock.now)
    monkeypatch.setattr(botocore.auth, "time", SimpleNamespace(time=clock.seconds))
    return clock


def listen(monkeypatch):
    """The canonical request and the string that botocore signed last."""
    seen = {}
    original = botocore.auth.SigV4Auth.string_to_sign

    def string_to_sign(self, request, canonical_request):
        seen.update(canonical=canonical_request, text=original(self, request, canonical_request))
        return seen["text"]

    monkeypatch.setattr(botocore.auth.SigV4Auth, "string_to_sign", string_to_sign)
    return seen


def spaced(text):
    """The bytes of a text as refusals show them."""
    return text.encode().hex(" ")


def visit(world, target, method="GET", *headers, body=b""):
    """The answer to a request whose target and headers go as they are."""
    head = wire.head(method, target, world.server, *headers, "Connection: close")
    answer = wire.exchange(world.server, head + body, method)
    return Answer(answer.status, answer.reason, answer.headers, answer.body)


def told(answer, status, code, message=None, **elements):
    """Holds a refusal against what it has to say; an element may be a pattern of it."""
    assert (answer.status, answer.code) == (status, code), answer
    assert answer.texts("Message") == [MESSAGES[code] if message is None else message]
    found = answer.elements
    assert found.keys() == elements.keys(), found
    for name, value in elements.items():
        assert re.fullmatch(value, found[name]) if isinstance(value, re.Pattern) else found[name] == value, name


class Changed(Call):
    """A call whose headers are changed after it was signed."""

    def __init__(self, change, operation="ListObjectsV2", **arguments):
        super().__init__(operation, **arguments)
        self.change = change

    def malformed(self, case, fault, **elements):
        message = f"The authorization header is malformed; {fault}"
        return self.refused(case, 400, "AuthorizationHeaderMalformed", message, **elements)


@contextlib.contextmanager
def changing(world, row):
    events = world.client(row.signed).meta.events

    def hook(request, **_):
        row.change(request.headers)

    events.register("before-send.s3", hook)
    try:
        yield
    finally:
        events.unregister("before-send.s3", hook)


def authorization(pattern, replacement):
    """Changes a part of the Authorization header."""

    def change(headers):
        found, count = re.subn(pattern, replacement, text(headers["Authorization"]))
        assert count == 1
        replace(headers, "Authorization", found)

    return change


def header(name, value):
    """Gives a header another value, or takes it away."""
    return lambda headers: replace(headers, name, value)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def replace(headers, name, value):
    if name in headers:
        del headers[name]
    if value is not None:
        headers[name] = value

"""Signed requests over bare HTTP: what is sent is exactly what a test says, and when it was answered is known."""

import datetime
import hashlib
import http.client
import socket
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import documents
import forms
from larder import ACCESS_KEY, REGION, SECRET_KEY

BUCKET = "uploads"


class Gone(Exception):
    """There was no answer: it is not known whether the request was carried out."""


@dataclass
class Answer:
    """An answer read to its end; `began` and `ended` are moments of the monotonic clock."""

    status: int
    headers: dict
    body: bytes
    began: float
    ended: float

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def error(self):
        """The fields of an S3 error document; fails when the body is none."""
        assert self.headers.get("content-type", "").startswith("application/xml"), self
        document = documents.parse(self)
        assert document.tag == "Error", self
        fields = {child.tag: child.text or "" for child in document}
        assert fields.get("Code") and fields.get("Message") and fields.get("RequestId"), self
        return fields

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:500]!r}"


class _Signer(S3SigV4Auth):
    """SigV4 by a clock that may be another than this machine's."""

    def __init__(self, clock):
        super().__init__(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
        self._clock = clock

    def _modify_request_before_signing(self, request):
        request.context["timestamp"] = self._clock().strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def target(key=None, query=None, bucket=BUCKET):
    """Path and query of a request, every byte of the key kept."""
    path = f"/{bucket}" + ("" if key is None else "/" + quote(key, safe="/-._~"))
    return path + ("?" + urlencode(query, quote_via=quote, safe="-._~") if query else "")


class Client:
    """One connection, opened again when the server closed it. Used by one thread."""

    def __init__(self, server, timeout=30, clock=now):
        self.authority = server.authority
        self._address = (server.host, server.port)
        self.clock = clock
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=timeout)
        self._signer = _Signer(clock)

    def close(self):
        self._connection.close()

    def send(self, method, key=None, body=b"", headers=None, query=None, bucket=BUCKET):
        """Signs and sends a request and reads its answer; `Gone` when there is none."""
        path = target(key, query, bucket)
        request = AWSRequest(method, f"http://{self.authority}{path}", headers=headers or {}, data=body)
        self._signer.add_auth(request)
        return self._exchange(method, path, body, dict(request.headers.items()))

    def hang_up(self, key, body, sent, bucket=BUCKET):
        """Begins a PUT on a connection of its own, sends `sent` bytes of its body and closes without an answer."""
        path = target(key, bucket=bucket)
        request = AWSRequest("PUT", f"http://{self.authority}{path}", data=body)
        self._signer.add_auth(request)
        fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        head = f"PUT {path} HTTP/1.1\r\nHost: {self.authority}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        try:
            with socket.create_connection(self._address, 10) as connection:
                connection.sendall(head.encode() + body[:sent])
        except OSError as error:
            raise Gone(repr(error)) from error

    def post_form(self, key, body, fields, bucket=BUCKET):
        """Uploads by a signed form; `fields` stand in it and are allowed by its policy."""
        conditions = [["eq", f"${name}", value] for name, value in fields.items()]
        form = forms.policy_form(key, bucket, conditions, fields, signed_at=self.clock())
        data, mark = forms.body(form, body)
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._exchange("POST", f"/{bucket}", data, headers)

    def is_ready(self):
        """Whether the server says that it can serve, writes included."""
        return self._exchange("GET", "/-/ready", b"", {}).status == 200

    def _exchange(self, method, path, body, headers):
        began = time.monotonic()
        try:
            try:
                self._connection.request(method, path, body=body, headers=headers)
            except (BrokenPipeError, ConnectionResetError):
                # A refusal that comes before all was sent can be read all the same; without a connection there is none.
                if self._connection.sock is None:
                    raise
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Gone(repr(error)) from error
        ended = time.monotonic()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, content, began, ended)


def md5(content):
    return hashlib.md5(content).hexdigest()


@dataclass
class Page:
    """One page of a listing: what `answer` says of keys after `after` up to `end`, inclusive; None for no end."""

    entries: dict
    end: str | None
    token: str | None
    answer: Answer


def list_page(client, *, after=None, token=None, count=1000, bucket=BUCKET):
    """One page; None while the server says that it is still rebuilding its index."""
    query = {"encoding-type": "url", "list-type": "2", "max-keys": str(count)}
    if token:
        query["continuation-token"] = token
    elif after is not None:
        query["start-after"] = after
    answer = client.send("GET", query=dict(sorted(query.items())), bucket=bucket)
    if answer.status == 503 and answer.error()["Code"] == "SlowDown":
        return None
    assert answer.status == 200, answer
    return _parsed(answer)


def _parsed(answer):
    document = documents.parse(answer)
    entries, last = {}, None
    for item in documents.all_of(document, "Contents"):
        last = documents.decoded(documents.text(item, "Key"))
        assert last not in entries, f"{last!r} is listed twice"
        entries[last] = (documents.text(item, "ETag").strip('"'), int(documents.text(item, "Size")))
    is_truncated = documents.text(document, "IsTruncated") == "true"
    assert not is_truncated or last is not None, "a truncated page without keys"
    token = documents.text(document, "NextContinuationToken")
    assert bool(token) == is_truncated, answer
    return Page(entries, last if is_truncated else None, token, answer)

"""Writers at the same moment: each on a connection of its own, the last byte held back until all have sent the rest."""

import datetime
import hashlib
import socket
from dataclasses import dataclass

import wire
from dialects import Answer, authorization, target


@dataclass
class Writer:
    """One request, and what the key has when it is the one that wins; content None for nothing."""

    method: str
    target: str
    headers: dict
    body: bytes = b""
    content: bytes | None = None
    etag: str | None = None

    def request(self, authority):
        """The bytes of the request, signed."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        payload = hashlib.sha256(self.body).hexdigest()
        pairs = [("Host", authority), ("x-amz-date", now), ("x-amz-content-sha256", payload), *self.headers.items()]
        pairs.append(("Authorization", authorization(self.method, self.target, pairs, payload)))
        if self.method != "DELETE":
            pairs.append(("Content-Length", str(len(self.body))))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs), "", ""]
        return "\r\n".join(lines).encode() + self.body

    def has_won(self, answer):
        """Whether an answer, None for none, says so to its end: a server that dies may leave half of one."""
        if answer is None or answer.status not in (200, 204):
            return False
        return not answer.body or (b"<ETag>" in answer.body and answer.body.rstrip().endswith(b"Result>"))


class Crowd:
    """As many connections to a server as there are writers at most; kept from race to race."""

    def __init__(self, server, count=100):
        self.server = server
        self._connections = [self._opened() for _ in range(count)]
        self._last = []

    def _opened(self):
        connection = self.server.connect()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def close(self):
        for connection in self._connections:
            connection.close()

    def race(self, writers):
        """Sends the requests and returns their answers, in their order."""
        self.poise(writers)
        self.release()
        return self.answers()

    def poise(self, writers):
        """Sends each request but for its last byte."""
        assert len(writers) <= len(self._connections), "each writer has a connection of its own"
        requests = [writer.request(self.server.authority) for writer in writers]
        for connection, request in zip(self._connections, requests):
            connection.sendall(request[:-1])
        self._last = [(connection, request[-1:]) for connection, request in zip(self._connections, requests)]
        self._methods = [writer.method for writer in writers]

    def release(self):
        """Sends the last bytes; before this no request is whole."""
        for connection, byte in self._last:
            try:
                connection.send(byte)
            except OSError:
                # A refusal that came early is still to be read; a server that is gone has none.
                continue

    @property
    def poised(self):
        """The connections whose answers are due."""
        return [connection for connection, _ in self._last]

    def answers(self):
        """The answers; None where the server has gone without one."""
        return [self._answer(number, method) for number, method in enumerate(self._methods)]

    def _answer(self, number, method):
        try:
            found = wire.read_answer(self._connections[number], method)
        except OSError:
            return None
        if found is not None and found.header("Connection") == "close":
            self._connections[number].close()
            self._connections[number] = self._opened()
        return found and Answer(found.status, found.reason, found.headers, found.body)


def md5(content):
    return hashlib.md5(content).hexdigest()


def body_of(number, kind, round_=0):
    """What a writer writes: unlike any other's, and of several sizes."""
    return b"%s %d of round %d\n" % (kind.encode(), number, round_) * (1, 5, 400, 4000)[number % 4]


# The kinds of requests that may race; `condition` is the header that lets one of them win.


def puts(bucket, key, condition, count, round_=0):
    bodies = [body_of(number, "upload", round_) for number in range(count)]
    return [Writer("PUT", target(bucket, key), condition, body, body, md5(body)) for body in bodies]


def copies(bucket, key, condition, origin, sources):
    """Copies of objects in the bucket `origin`, whose contents are given by key."""
    headers = lambda source: {"x-amz-copy-source": target(origin, source), **condition}
    place = target(bucket, key)
    return [Writer("PUT", place, headers(source), b"", body, md5(body)) for source, body in sources.items()]


def renames(crowd, bucket, key, condition, count, round_=0):
    """Renames of objects of the same bucket. The objects are made here, before the race."""
    sources = [f"renamed/{round_}/{number}" for number in range(count)]
    bodies = [body_of(number, "rename", round_) for number in range(count)]
    made = crowd.race([Writer("PUT", target(bucket, source), {}, body) for source, body in zip(sources, bodies)])
    assert {answer.status for answer in made} == {200}
    headers = lambda source: {"x-amz-rename-source": target(bucket, source), **condition}
    place = target(bucket, key, renameObject=None)
    return [Writer("PUT", place, headers(source), b"", body, md5(body)) for source, body in zip(sources, bodies)]


def deletions(bucket, key, condition, count):
    return [Writer("DELETE", target(bucket, key), condition) for _ in range(count)]


def completions(crowd, bucket, key, condition, count, round_=0):
    """Ends of uploads in parts. The uploads are begun here, before the race."""
    bodies = [body_of(number, "parts", round_) for number in range(count)]
    begun = crowd.race([Writer("POST", target(bucket, key, uploads=None), {}) for _ in bodies])
    ids = [answer.texts("UploadId")[0] for answer in begun]
    places = [target(bucket, key, partNumber=1, uploadId=id) for id in ids]
    parts = crowd.race([Writer("PUT", place, {}, body) for place, body in zip(places, bodies)])
    assert [answer.header("ETag") for answer in parts] == [f'"{md5(body)}"' for body in bodies]
    return [_completion(target(bucket, key, uploadId=id), condition, body) for id, body in zip(ids, bodies)]


def _completion(place, condition, body):
    part = f"<Part><PartNumber>1</PartNumber><ETag>{md5(body)}</ETag></Part>"
    document = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>".encode()
    etag = md5(hashlib.md5(body).digest()) + "-1"
    return Writer("POST", place, condition, document, body, etag)

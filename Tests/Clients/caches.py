"""What the tests of the mode cache share: servers, requests that show how they were answered, what lies on disk.

The way to the remote notes what is asked, and can stop in the middle.
"""

import contextlib
import threading

import pytest
import requests

from upstream import FaultProxy, behind, remote_settings

MIB = 1 << 20
HOUR = 3600


class Way(FaultProxy):
    """A `FaultProxy` that notes the heads of requests; as long as `stop` is set, a body waits behind its first `stops_at` bytes."""

    def __init__(self, server):
        self.heads = []
        self.stop = False
        self.stops_at = 3 * MIB + 1000
        self.go_on = threading.Event()
        super().__init__(server)

    def lines(self, *methods):
        """The request lines, without the version, of the object's requests that were passed on."""
        found = [head.split("\r\n")[0].rsplit(" ", 1)[0] for head in self.heads]
        # Those with a key: the janitor lists when it likes.
        found = [line for line in found if line.count("/") >= 2 and "?encoding-type" not in line]
        return [line for line in found if not methods or line.split(" ")[0] in methods]

    def forget(self):
        self.heads = []

    def release(self):
        self.stop = False
        self.go_on.set()

    def gone(self):
        self.release()
        super().gone()

    def _pass(self, client, server, head, rest, fault):
        self.heads.append(head.decode("latin-1"))
        if self.stop and head.startswith(b"GET"):
            client = _Stopping(client, self.stops_at, self.go_on)
        return super()._pass(client, server, head, rest, fault)


class _Stopping:
    """A connection that waits before it sends what is behind so many bytes of an answer's body."""

    def __init__(self, connection, stops_at, go_on):
        self._connection = connection
        self._go_on = go_on
        # None until the head is sent, which comes by itself.
        self._left = None
        self._stops_at = stops_at

    def sendall(self, data):
        if self._left is None:
            self._left = self._stops_at
            return self._connection.sendall(data)
        before = data[: self._left]
        self._left -= len(before)
        self._connection.sendall(before)
        if len(before) < len(data):
            self._go_on.wait(30)
            self._connection.sendall(data[len(before) :])

    def __getattr__(self, name):
        return getattr(self._connection, name)


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def way(remote):
    with Way(remote) as one:
        yield one


@pytest.fixture
def front(server, way):
    """A Larder in the mode cache."""
    return server(config=cache_settings(way))


def cache_settings(way, **remote):
    """A configuration whose buckets are behind a cache."""
    quick = {"first_byte_seconds": 2, "stall_seconds": 15, "connect_seconds": 2, "breaker_failures": 10_000}
    return remote_settings(way.endpoint, mode="cache", **{**quick, **remote})


def lasting_settings(way, **remote):
    """The same with a cache that trusts what it has for an hour, and asks a remote that fails once only."""
    return cache_settings(way, **{"attempts": 1, "stall_seconds": 2, "cache_fresh_seconds": HOUR, **remote})


def url_of(front, key, method="get_object", bucket="uploads", **more):
    return front.s3().generate_presigned_url(method, Params={"Bucket": bucket, "Key": key, **more})


def fetch(front, key, method="GET", bucket="uploads", version=None, stream=False, **headers):
    """A presigned request for an object with these headers; `_` in their names is `-`."""
    operation = "head_object" if method == "HEAD" else "get_object"
    url = url_of(front, key, operation, bucket, **({"VersionId": version} if version else {}))
    headers = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return requests.request(method, url, headers=headers, timeout=30, stream=stream)


def told(answer):
    """How the cache says that it answered."""
    return answer.headers.get("x-larder-cache")


def warmed(server, key, body):
    """Fetches until the answer is of the cache, so that a fill which follows the answer is over."""
    answer = fetch(server, key)
    assert answer.content == body and told(answer) in ("miss", "hit")
    answer = fetch(server, key)
    assert answer.content == body and told(answer) == "hit", answer.headers
    return answer


def kept_files(front):
    """The files of the cache."""
    folder = front.path(".larder", "cache", "objects")
    return [path for path in folder.glob("??/*") if path.is_file()]


def kept_bytes(front):
    """What they take on disk."""
    with contextlib.suppress(FileNotFoundError):
        return sum(path.stat().st_blocks * 512 for path in kept_files(front))
    return 0


def metric(front, name):
    """A value of /-/metrics."""
    for line in front.get("/-/metrics").text.splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    raise AssertionError(f"no metric {name}")


def reads(way, key):
    """How many GETs of an object the remote has answered."""
    return sum(method == "GET" and key in target.split("?")[0] for method, target, _ in way.answered)

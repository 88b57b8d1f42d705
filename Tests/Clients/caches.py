"""What the tests of cache mode share: its settings, and requests that show how they were answered."""

from pathlib import Path

import requests

from upstream import remote_settings

QUICK = {"attempts": 1, "breaker_failures": 10_000, "connect_seconds": 2, "first_byte_seconds": 2, "stall_seconds": 2}
HOUR = 3600


def cache_settings(endpoint, **remote):
    """A configuration whose buckets are behind a cache that trusts what it has for an hour."""
    return remote_settings(endpoint, mode="cache", **{**QUICK, "cache_fresh_seconds": HOUR, **remote})


def fetch(server, key, method="GET", bucket="uploads", version=None, stream=False, **headers):
    """A presigned request for an object with these headers; `_` in their names is `-`."""
    operation = "head_object" if method == "HEAD" else "get_object"
    parameters = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    url = server.s3().generate_presigned_url(operation, Params=parameters)
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


def occupied(server):
    """How many bytes of disk the cache's files take."""
    files = Path(server.path(".larder", "cache")).rglob("*")
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file())


def reads(way, key):
    """How many GETs of an object the remote has answered."""
    return sum(method == "GET" and key in target.split("?")[0] for method, target, _ in way.answered)

"""What the tests of mirror mode share: its settings, its states as the command tells them, and both sides compared."""

import contextlib
import hashlib
import json
import time
from urllib.parse import unquote_plus
from xml.etree import ElementTree

import requests

from larder import eventually
from upstream import remote_settings

# A remote that fails is tried again at once.
QUICK = {"attempts": 1, "breaker_failures": 10_000, "connect_seconds": 2, "first_byte_seconds": 5, "stall_seconds": 5}
SEQ = "larder-seq"
_HEADERS = (
    "ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ExpiresString",
    "WebsiteRedirectLocation", "Metadata",
)


def mirror_settings(endpoint, remote=None, **mirror):
    """A configuration whose buckets are mirrored; `remote` is added to the part of that name, the rest to `mirror`."""
    settings = remote_settings(endpoint, mode="mirror", **{**QUICK, **(remote or {})})
    return {**settings, "mirror": {"retry_seconds": 1, **mirror}}


# The command


def mirror(server, *arguments, check=True):
    """What a subcommand of `larder mirror` prints."""
    return json.loads(server.run("mirror", *arguments, "--json", check=check).stdout)


def status(server, bucket="uploads"):
    """What `larder mirror status` says of a bucket."""
    return next(one for one in mirror(server, "status", bucket)["buckets"] if one["bucket"] == bucket)


def waiting(server, bucket="uploads"):
    """How many keys are still to be delivered."""
    counts = status(server, bucket)["objects"]
    return counts["queued"] + counts["uploading"] + counts["failed"]


def entry(server, key, bucket="uploads"):
    """What `larder mirror status` says of a key; None when it has no row."""
    found = [one for one in mirror(server, "status", bucket, "--key", key)["objects"] if one["key"] == key]
    return found[0] if found else None


def in_state(server, key, state, bucket="uploads", timeout=20):
    """Waits until a key is in a state, and returns its entry."""

    def poll():
        one = entry(server, key, bucket)
        return one if one and one["state"] == state else None

    return eventually(poll, timeout)


def stays(condition, seconds=1.0):
    """Fails when a condition that has to go on does not, within a time that would show it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition()
        time.sleep(0.05)


# Both sides


def contents(server, bucket="uploads"):
    """What a client sees of each object of a bucket: bytes, headers, metadata but for the mirror's own, tags."""
    s3 = server.s3()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    found = {}
    for key in keys:
        # One that goes meanwhile is as one that was never listed.
        with contextlib.suppress(s3.exceptions.NoSuchKey):
            found[key] = _content(s3, bucket, key)
    return found


def _content(s3, bucket, key):
    answer = s3.get_object(Bucket=bucket, Key=key)
    digest = hashlib.md5()
    for piece in answer["Body"].iter_chunks(1 << 20):
        digest.update(piece)
    answer["Metadata"].pop(SEQ, None)
    tags = s3.get_object_tagging(Bucket=bucket, Key=key).get("TagSet", [])
    return digest.hexdigest(), [answer.get(name) for name in _HEADERS], sorted(tag.items() for tag in tags)


def history(server, bucket="uploads"):
    """The versions of each key, newest first: MD5 of the content, or None for a delete marker.

    Several delete markers in a row are one: nothing is deleted where there is nothing.
    """
    s3, found = server.s3(), {}
    for key, version, etag in versions(server, bucket):
        digest = etag
        if etag and "-" in etag:
            # Of an upload in parts, which the other side may have taken in one.
            body = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
            digest = f'"{hashlib.md5(body).hexdigest()}"'
        known = found.setdefault(key, [])
        if digest or known[-1:] != [None]:
            known.append(digest)
    return found


def versions(server, bucket="uploads"):
    """(key, version, ETag or None) of all versions and delete markers, in the order of the listing."""
    s3, more = server.s3(), {}
    while True:
        parameters = {"Bucket": bucket, "EncodingType": "url", **more}
        answer = requests.get(s3.generate_presigned_url("list_object_versions", Params=parameters), timeout=30)
        assert answer.status_code == 200, answer.text
        root = ElementTree.fromstring(answer.content)
        for child in root:
            name = _local(child.tag)
            if name in ("Version", "DeleteMarker"):
                values = {_local(one.tag): one.text for one in child}
                yield unquote_plus(values["Key"]), values["VersionId"], values.get("ETag")
        values = {_local(one.tag): one.text for one in root}
        if values["IsTruncated"] != "true":
            return
        more = {"KeyMarker": unquote_plus(values["NextKeyMarker"]), "VersionIdMarker": values["NextVersionIdMarker"]}


def _local(tag):
    return tag.rpartition("}")[2]


def arrived(front, remote, bucket="uploads", timeout=30, there=None):
    """Waits until nothing is under way and the remote has what a client sees here; returns what that is."""

    def rest():
        counts = status(front, bucket)["objects"]
        return counts["queued"] == counts["uploading"] == counts["failed"] == counts["conflict"] == 0 or None

    def equal():
        # What was just written may not be counted yet, so both are asked for.
        return rest() and contents(remote, there or bucket) == contents(front, bucket)

    deadline = time.monotonic() + timeout
    eventually(rest, timeout)
    try:
        eventually(equal, max(1, deadline - time.monotonic()), interval=0.2)
    except AssertionError as error:
        raise AssertionError(f"what is here or there alone: {_differing(front, remote, bucket, there)}") from error
    here = contents(front, bucket)

    def known():
        states = mirror(front, "status", bucket, "--state", "verified", "--limit", "10000")["objects"]
        return set(here) <= {one["key"] for one in states}

    # A server that lost its states has yet to look what is there.
    eventually(known, timeout, interval=0.2)
    return here


def _differing(front, remote, bucket, there):
    """The keys that are not alike, with what they are here and there."""
    here, far = contents(front, bucket), contents(remote, there or bucket)
    return {key: (here.get(key), far.get(key)) for key in here | far if here.get(key) != far.get(key)}


def forget(front):
    """Takes the mirror's states from a server that is not running, so that it looks at every key again."""
    states = list(front.path(".larder").glob("mirror.sqlite*"))
    assert states
    [path.unlink() for path in states]

"""Looks at a storage root from beside the server: what lies there and ought not to (storage/README.md)."""

import contextlib
import hashlib
import json
import os
from pathlib import Path

from history import listed_versions
from larder import eventually
from objects import listing
from traffic import BUCKET, Client
from uploads import listed_uploads


def record_of(path):
    """The record in a file's attribute."""
    return json.loads(os.getxattr(path, "user.larder"))


def buckets(storage):
    """The buckets of a root, and their ids."""
    files = Path(storage, ".larder/buckets").glob("[!.]*.json")
    return {path.stem: json.loads(path.read_text())["id"] for path in sorted(files)}


def _files(top):
    return [path for path in top.rglob("*") if path.is_file()]


def object_files(storage, bucket=BUCKET):
    """Every file that is or could be a current version in this bucket, natural ones and escaped ones."""
    escaped = Path(storage, ".larder/escaped", buckets(storage)[bucket])
    return _files(Path(storage, "buckets", bucket)) + _files(escaped)


def version_files(storage, bucket):
    """Every noncurrent version and delete marker of this bucket."""
    return _files(Path(storage, ".larder/versions", buckets(storage)[bucket]))


def key_digest(record):
    return record.get("kh") or hashlib.sha256(record["key"].encode()).hexdigest()


def sidecar_path(record):
    """Where the sidecar of a record is, below `.larder`."""
    owner = hashlib.sha256(f"{record['bucket']}/{record['kh']}".encode()).hexdigest()
    return f"sidecar/{owner[:2]}/{owner}.{record['sidecar']}"


def debris(storage):
    """What a quiet server leaves behind and ought not to, as texts."""
    larder = Path(storage, ".larder")
    found = [f"in flight and nobody's: {path}" for path in (larder / "incoming").rglob("*")]
    found += [f"half written: {path}" for path in (larder / "buckets").glob(".*")]
    named = {}
    for bucket in buckets(storage):
        current = {path: record_of(path) for path in object_files(storage, bucket)}
        versions = {path: record_of(path) for path in version_files(storage, bucket)}
        found += _wrong_places(current, versions)
        named.update({sidecar_path(r): path for path, r in [*current.items(), *versions.items()] if "sidecar" in r})
    present = {str(path.relative_to(larder)) for path in _files(larder / "sidecar")}
    found += [f"a sidecar that nothing names: {path}" for path in sorted(present - set(named))]
    found += [f"a sidecar is missing for {named[path]}" for path in sorted(set(named) - present)]
    bucket_ids = set(buckets(storage).values())
    found += [f"of no bucket: {path}" for path in (larder / "versions").glob("*") if path.name not in bucket_ids]
    return found + _upload_debris(larder / "multipart")


def _wrong_places(current, versions):
    """What is wrong about the files of a bucket, given with their records."""
    keys = [key_digest(record) for record in current.values()]
    found = [f"two files of one key: {key}" for key in sorted({key for key in keys if keys.count(key) > 1})]
    currents = {key_digest(record): (path, record) for path, record in current.items()}
    for path, record in versions.items():
        key = key_digest(record)
        if path.parent.name != key or path.parent.parent.name != key[:2] or path.name != record["version"]:
            found.append(f"a version under another's name: {path}")
        newest, of_newest = currents.get(key, (None, None))
        if newest and of_newest["seq"] <= record["seq"]:
            found.append(f"a version that is not older than the current file: {path}")
        if newest and (newest.stat().st_ino == path.stat().st_ino or of_newest["version"] == record["version"]):
            found.append(f"a version that is the current file: {path}")
    for directory in {path.parent for path in versions}:
        newest = max((versions[path] for path in versions if path.parent == directory), key=lambda r: r["seq"])
        if directory.name not in currents and not newest.get("marker"):
            found.append(f"versions without a current file, and no marker: {directory}")
    found += [f"a delete marker with content: {p}" for p, r in versions.items() if r.get("marker") and p.stat().st_size]
    return found


def _upload_debris(multipart):
    found = []
    for upload in multipart.iterdir():
        try:
            names = {path.name for path in upload.iterdir()}
        except FileNotFoundError:
            # Removed meanwhile.
            continue
        if "upload.json" not in names:
            found.append(f"an upload without its document: {upload}")
        strangers = [name for name in names - {"upload.json"} if len(name) != 5 or not name.isdigit()]
        found += [f"not a part: {upload / name}" for name in strangers]
    return found


def leftovers(server):
    """What the root of a quiet server holds beside what it lists, as texts."""
    # An upload whose client is gone is given up when the server notices that, and the parts of one that is over are
    # removed beside: a moment later.
    eventually(lambda: server.incoming() == [], 10)
    with contextlib.suppress(AssertionError):
        eventually(lambda: not _upload_debris(server.path(".larder/multipart")), 5)
    client = Client(server)
    problems, uploads = debris(server.storage), 0
    for bucket in buckets(server.storage):
        uploads += len(listed_uploads(client, bucket))
        lists = {"objects": (object_files, listing(client, bucket))}
        rows = [row for rows in listed_versions(client, bucket).values() for row in rows]
        noncurrent = [row for row in rows if row.is_marker or not row.is_latest]
        lists["versions"] = (version_files, noncurrent)
        for name, (files, listed) in lists.items():
            count = len(files(server.storage, bucket))
            if count != len(listed):
                problems.append(f"{count} files of {name} lie in {bucket}, {len(listed)} are listed")
    client.close()
    count = len(list(server.path(".larder/multipart").iterdir()))
    if count != uploads:
        problems.append(f"{count} uploads in parts lie there, {uploads} are listed")
    return problems


def check_root(server):
    """Fails unless the root of a quiet server holds what is listed and nothing else."""
    problems = leftovers(server)
    assert not problems, "\n".join(problems[:20])

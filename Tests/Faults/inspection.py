"""Looks at a storage root from beside the server: what lies there and ought not to (storage/README.md)."""

import hashlib
import json
import os
from pathlib import Path

from larder import eventually
from traffic import BUCKET, Client
from model import listing


def record_of(path):
    """The record in a file's attribute."""
    return json.loads(os.getxattr(path, "user.larder"))


def object_files(storage, bucket=BUCKET):
    """Every file that is or could be a current version in this bucket, natural ones and escaped ones."""
    settings = json.loads(Path(storage, ".larder/buckets", f"{bucket}.json").read_text())
    tops = [Path(storage, "buckets", bucket), Path(storage, ".larder/escaped", settings["id"])]
    return [path for top in tops for path in top.rglob("*") if path.is_file()]


def sidecar_path(record):
    """Where the sidecar of a record is, below `.larder`."""
    owner = hashlib.sha256(f"{record['bucket']}/{record['kh']}".encode()).hexdigest()
    return f"sidecar/{owner[:2]}/{owner}.{record['sidecar']}"


def debris(storage, bucket=BUCKET):
    """What a quiet server leaves behind and ought not to, as texts."""
    larder = Path(storage, ".larder")
    found = [f"in flight and nobody's: {path}" for path in (larder / "incoming").rglob("*")]
    found += [f"half written: {path}" for path in (larder / "buckets").glob(".*")]
    records = {path: record_of(path) for path in object_files(storage, bucket)}
    named = {sidecar_path(record): path for path, record in records.items() if "sidecar" in record}
    present = {str(path.relative_to(larder)) for path in (larder / "sidecar").rglob("*") if path.is_file()}
    found += [f"a sidecar that nothing names: {path}" for path in sorted(present - set(named))]
    found += [f"a sidecar is missing for {named[path]}" for path in sorted(set(named) - present)]
    keys = [record.get("kh") or hashlib.sha256(record["key"].encode()).hexdigest() for record in records.values()]
    found += [f"two files of one key: {key}" for key in sorted({key for key in keys if keys.count(key) > 1})]
    return found


def leftovers(server, bucket=BUCKET):
    """What the root of a quiet server holds beside the objects that it lists, as texts."""
    # An upload whose client is gone is given up when the server notices that, a moment later.
    eventually(lambda: server.incoming() == [], 10)
    client = Client(server)
    listed = listing(client, bucket)
    client.close()
    problems = debris(server.storage, bucket)
    count = len(object_files(server.storage, bucket))
    if count != len(listed):
        problems.append(f"{count} files lie in the bucket's places, {len(listed)} objects are listed")
    return problems


def check_root(server, bucket=BUCKET):
    """Fails unless the root of a quiet server holds the listed objects and nothing else."""
    problems = leftovers(server, bucket)
    assert not problems, "\n".join(problems[:20])

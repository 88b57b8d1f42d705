"""How long a large bucket is without its list when the index is deleted, and that everything else goes on meanwhile.

The objects are laid down as the server would have written them (storage/README.md, "The record"), since a million PUTs
would take longer than what is measured. Checked on the way: the server is ready and answers GETs at once, listings are
503 SlowDown until they are whole and never a part, PUTs go on, and afterwards every key is listed once.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import sys
import time
from pathlib import Path

import harness

BUCKET = "large"
CONTENT = b"0123456789abcdef"


def record(template, key, facts):
    """The record of a file, as the server writes it."""
    fields = {**template, "key": key, "mtime": facts.st_mtime_ns, "seq": facts.st_mtime_ns}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def lay_down(directory, template, folder, count):
    """Writes the objects of one folder; returns how many."""
    path = Path(directory, folder)
    path.mkdir()
    for number in range(count):
        name = f"{number:06}"
        descriptor = os.open(path / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(descriptor, CONTENT)
        os.setxattr(descriptor, "user.larder", record(template, f"{folder}/{name}", os.fstat(descriptor)))
        os.close(descriptor)
    return count


def make_root(storage, objects, folders):
    """A root with one bucket of so many objects, and no index."""
    with harness.running(storage, LARDER_BUCKETS=BUCKET) as server:
        client = server.s3()
        client.put_object(Bucket=BUCKET, Key="sample", Body=CONTENT)
        sample = json.loads(os.getxattr(server.path("buckets", BUCKET, "sample"), "user.larder"))
        client.delete_object(Bucket=BUCKET, Key="sample")
    directory = storage / "buckets" / BUCKET
    share = [objects // folders + (number < objects % folders) for number in range(folders)]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        work = [pool.submit(lay_down, directory, sample, f"f{number:04}", n) for number, n in enumerate(share)]
        made = sum(job.result() for job in work)
    for file in (storage / ".larder").glob("index.sqlite*"):
        file.unlink()
    return made


def fetch(server, signer, method, path, body=b""):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        head, _, _ = signer.request(method, path, body).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")[1:]
        connection.request(method, path, body=body or None, headers=dict(line.split(": ", 1) for line in lines))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def measure(storage, objects):
    began = time.monotonic()
    with harness.running(storage, LARDER_BUCKETS=BUCKET, LARDER_SCAN_INTERVAL_SECONDS="0") as server:
        ready = time.monotonic() - began
        signer = harness.Signer(server.authority)
        status, body = fetch(server, signer, "GET", f"/{BUCKET}/f0001/000001")
        first_get = time.monotonic() - began
        assert (status, body) == (200, CONTENT), (status, body[:300])
        refused = writes = 0
        while True:
            # The time of a signature is good for a quarter of an hour.
            signer = harness.Signer(server.authority)
            status, body = fetch(server, signer, "GET", f"/{BUCKET}")
            if status == 200:
                break
            assert status == 503 and b"SlowDown" in body, (status, body[:300])
            refused += 1
            status, body = fetch(server, signer, "PUT", f"/{BUCKET}/written/{writes:06}", CONTENT)
            assert status == 200, (status, body[:300])
            writes += 1
            time.sleep(0.2)
        whole = time.monotonic() - began
        cpu = sum(harness.process_time(server.process.pid)) / 1e6
        peak = server.status("VmHWM")
        began = time.monotonic()
        listed = count(server)
        listing = time.monotonic() - began
    assert refused > 0, "the listing was there at once: too few objects to see anything"
    assert listed == objects + writes, f"{listed} keys are listed, {objects + writes} are there"
    return {
        "objects": objects,
        "ready s": round(ready, 3),
        "first GET s": round(first_get, 3),
        "listings refused": refused,
        "PUTs meanwhile": writes,
        "whole after s": round(whole, 1),
        "keys per second": round(objects / whole),
        "server CPU s": round(cpu, 1),
        "peak MiB": round(peak / 1024),
        "all pages listed in s": round(listing, 1),
    }


def count(server):
    pages = server.s3().get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    last, total = "", 0
    for page in pages:
        for item in page.get("Contents", []):
            assert item["Key"] > last, f"{item['Key']} after {last}"
            last = item["Key"]
            total += 1
    return total


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench rebuild", description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1_000)
    parser.add_argument("--directory", default=harness.WORK)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with harness.place_on_disk(options.directory) as (place, kind):
        storage = harness.new_directory(place)
        began = time.monotonic()
        made = make_root(storage, options.objects, options.folders)
        print(f"laid down {made} objects on {kind} in {time.monotonic() - began:.0f} s", file=sys.stderr)
        harness.settle()
        result = measure(storage, made)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    try:
        main()
    except harness.Failure as failure:
        sys.exit(f"error: {failure}")

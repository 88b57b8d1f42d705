"""Which operation works with which client: the cells, who proves them, and the README's table of them.

A test that proves a cell says so: `@cell("PutObject", "boto3")`. `pytest --matrix FILE` writes what became of each;
`python matrix.py FILE README.md` makes the table of that (scripts/compatibility does both).
"""

import json
import sys
from pathlib import Path

import pytest

# What common clients need.
TIER_A = """
AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket DeleteObject
DeleteObjects GetBucketLocation GetObject HeadBucket HeadObject ListBuckets ListMultipartUploads ListObjects ListObjectsV2
ListParts PutObject UploadPart UploadPartCopy
""".split()

# What is expected of a full S3.
TIER_B = """
DeleteBucketCors DeleteBucketEncryption DeleteBucketLifecycle DeleteBucketOwnershipControls DeleteBucketPolicy
DeleteBucketTagging DeleteBucketWebsite DeleteObjectTagging DeletePublicAccessBlock GetBucketAccelerateConfiguration
GetBucketAcl GetBucketCors GetBucketEncryption GetBucketLifecycleConfiguration GetBucketLogging
GetBucketNotificationConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketReplication
GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetObjectAcl GetObjectAttributes
GetObjectLegalHold GetObjectLockConfiguration GetObjectRetention GetObjectTagging GetPublicAccessBlock ListObjectVersions
PutBucketAcl PutBucketCors PutBucketEncryption PutBucketLifecycleConfiguration PutBucketLogging
PutBucketNotificationConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketTagging PutBucketVersioning
PutBucketWebsite PutObjectAcl PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention PutObjectTagging
PutPublicAccessBlock
""".split()

# What is served beyond them, requests that the model of S3 does not name included.
MORE = ["RenameObject", "PostObject", "Preflight"]

# Answered with NotImplemented by design: there are no websites, and access logs and notifications can only be switched
# off, which is no proof that they work.
NOT_IMPLEMENTED = {"PutBucketLogging", "PutBucketNotificationConfiguration", "PutBucketWebsite"}

OPERATIONS = [*TIER_A, *TIER_B, *MORE]

# "HTTP" is a request that the test signs and writes itself.
CLIENTS = """
boto3 aws-cli curl HTTP minio-py s3cmd rclone restic s3fs-fuse fsspec django-storages pyarrow aioboto3
""".split()

BEGIN, END = "<!-- compatibility: begin -->", "<!-- compatibility: end -->"


def cell(operation, client):
    """Marks a test as proof of one cell."""
    assert operation in OPERATIONS and operation not in NOT_IMPLEMENTED, f"{operation} is no row of the matrix"
    assert client in CLIENTS, f"{client} is no column of the matrix"
    return pytest.mark.cell(operation, client)


def cells(client, *operations):
    """Marks a test as proof of several operations with one client."""

    def mark(function):
        for operation in operations:
            function = cell(operation, client)(function)
        return function

    return mark


def both(*operations):
    """Runs a test with boto3 and with the aws command, as its `client`; a refusal proves no operation."""
    return pytest.mark.parametrize(
        "client",
        [pytest.param(name, marks=[cell(each, name) for each in operations]) for name in ("boto3", "aws-cli")],
        indirect=True,
    )


class Recorder:
    """A pytest plugin that writes the outcome of each test of each cell; with xdist the controller does."""

    def __init__(self, file):
        self.file = file
        self.rows = {}

    def pytest_collection_finish(self, session):
        if session.config.option.collectonly:
            for item in session.items:
                self._note(item.nodeid, [mark.args for mark in item.iter_markers("cell")], "collected")

    def pytest_runtest_logreport(self, report):
        found = [value for name, value in report.user_properties if name == "cell"]
        if report.when == "call" or report.outcome != "passed":
            self._note(report.nodeid, found, report.outcome)

    def _note(self, test, found, outcome):
        for operation, client in found:
            # A teardown that fails comes after a call that passed, and the other way round never counts.
            if self.rows.get((test, operation, client)) != "failed":
                self.rows[test, operation, client] = outcome

    def pytest_sessionfinish(self):
        rows = [
            {"operation": operation, "client": client, "test": test, "outcome": outcome}
            for (test, operation, client), outcome in sorted(self.rows.items())
        ]
        Path(self.file).write_text(json.dumps(rows, indent=1) + "\n")


def outcomes(rows):
    """The outcomes of all tests of each cell, by operation and client."""
    found = {}
    for row in rows:
        found.setdefault((row["operation"], row["client"]), set()).add(row["outcome"])
    return found


def symbol(found):
    """What the table shows of a cell: nothing where no test was run, or one was passed over."""
    if "failed" in found:
        return "✗"
    return "✓" if found == {"passed"} else ""


def table(rows):
    """The table in Markdown: operations that some test proves, and clients that some test uses."""
    found = outcomes(rows)
    columns = [client for client in CLIENTS if any(client == used for _, used in found)]
    lines = [f"| | {' | '.join(columns)} |", f"|---|{':---:|' * len(columns)}"]
    for operation in OPERATIONS:
        if any(operation == proved for proved, _ in found):
            marks = [symbol(found.get((operation, client), set())) for client in columns]
            lines.append(f"| {operation} | {' | '.join(marks)} |")
    return "\n".join(lines)


def parts(text):
    """What stands before, between and behind the two marks of a README."""
    before, begin, rest = text.partition(BEGIN)
    between, end, after = rest.partition(END)
    assert begin and end, f"there are no {BEGIN} and {END}"
    return before, between, after


def rewrite(readme, rows):
    """Puts the table between the marks."""
    before, _, after = parts(readme.read_text())
    readme.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}")


if __name__ == "__main__":
    rewrite(Path(sys.argv[2]), json.loads(Path(sys.argv[1]).read_text()))

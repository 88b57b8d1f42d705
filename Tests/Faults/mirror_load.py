"""A thread that writes to a mirrored server which is killed meanwhile, and what it was told."""

import random
import threading
import time

import botocore.exceptions

from larder import eventually

PART = 5 << 20


class Writer(threading.Thread):
    """Writes `count` objects, each under a key of its own, and one in three again, or deletes it, or tags it.

    `expected` has for each key the content that was acknowledged last, None for one that is deleted.
    """

    def __init__(self, server, bucket, name, count, seed, deadline):
        super().__init__(daemon=True)
        self.server, self.bucket, self.prefix, self.count = server, bucket, name, count
        self.rng = random.Random(seed)
        self.deadline = deadline
        self.expected = {}
        self.problem = None
        self.client = self.endpoint = None

    def run(self):
        try:
            for number in range(self.count):
                key = f"{self.prefix}/{number}"
                self.put(key)
                if self.rng.random() < 1 / 3 and self.bucket != "once":
                    self.change(self.rng.choice(sorted(self.expected)))
        except Exception as error:  # The test tells it; a thread's own traceback would be lost.
            self.problem = f"{type(error).__name__}: {error}"

    def put(self, key):
        # Some in two parts, so that kills come between these.
        size = PART + 1000 if self.rng.random() < 0.03 else self.rng.randrange(20_000)
        body = self.rng.randbytes(size)
        # A key that is written once is not written again when its answer was lost: it would have two versions.
        condition = {"IfNoneMatch": "*"} if self.bucket == "once" else {}
        self.insist(lambda s3, where: s3.put_object(**where, Body=body, Metadata={"size": str(size)}, **condition), key)
        self.expected[key] = body

    def change(self, key):
        kind = self.rng.choice(["put", "delete", "tags"])
        if kind == "put":
            self.put(key)
        elif kind == "delete":
            self.insist(lambda s3, where: s3.delete_object(**where), key)
            self.expected[key] = None
        elif self.expected[key] is not None:
            tags = {"TagSet": [{"Key": "n", "Value": str(self.rng.random())}]}
            self.insist(lambda s3, where: s3.put_object_tagging(**where, Tagging=tags), key)

    def s3(self):
        """A client for where the server listens now."""
        if self.endpoint != self.server.endpoint:
            self.endpoint = self.server.endpoint
            self.client = self.server.s3()
        return self.client

    def insist(self, call, key):
        """Repeats what a death interrupts, with the server that is there then."""

        def attempt():
            try:
                call(self.s3(), {"Bucket": self.bucket, "Key": key})
                return True
            except botocore.exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                assert code in ("PreconditionFailed", "SlowDown", "ServiceUnavailable"), f"{key}: {error}"
                return code == "PreconditionFailed"
            except (botocore.exceptions.BotoCoreError, OSError):
                return None

        eventually(attempt, max(1, self.deadline - time.monotonic()))

"""Threads that send one request after the other and hold each answer against a model."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Callable

from objects import META, TAGGING, Contradiction, Unknown, is_among, shown
from traffic import Client, Gone

SIZES = [0, 1, 100, 100, 5_000, 5_000, 65_536, 70_000, 300_000]


@dataclass(frozen=True)
class Operation:
    """One kind of request; `run` sends it for a worker and a key. `changes` says whether any is acknowledged."""

    name: str
    weight: int
    run: Callable
    changes: bool = True


def may_be_busy(status, code):
    """What the store may say under load: the parents of a key were removed again and again while it was written."""
    return (status, code) == (503, "SlowDown")


class Worker(threading.Thread):
    """Sends requests until the server is gone, `count` of them are sent, or it is told to stop."""

    operations = []

    def __init__(self, server, model, own, shared, seed, count, may_fail):
        super().__init__(daemon=True)
        self.client = Client(server)
        self.model = model
        self.own = own
        self.shared = shared
        self.rng = random.Random(seed)
        self.count = count
        self.may_fail = may_fail
        # Acknowledged changes by the name of their operation.
        self.counts = Counter()
        self.operation = None
        self.failed = 0
        self.unanswered = 0
        self.problems = []
        self.is_told_to_stop = threading.Event()

    @property
    def acknowledged(self):
        return self.counts.total()

    def run(self):
        for _ in range(self.count):
            if self.is_told_to_stop.is_set():
                break
            key = self.rng.choice(self.own if not self.shared or self.rng.random() < 0.85 else self.shared)
            self.operation = self.choose(key)
            try:
                self.operation.run(self, key)
            except Unknown:
                continue
            except Gone:
                self.unanswered += 1
                break
            except Exception as error:  # Whatever ends a worker early is a finding, the rig's own mistakes included.
                said = f"{type(error).__name__}: {str(error)[:600]}"
                self.problems.append(f"{self.operation.name} {shown(key)}: {said}")
                break
        self.client.close()

    def choose(self, key):
        """The operation to send next."""
        return self.rng.choices(self.operations, [operation.weight for operation in self.operations])[0]

    # What a model says of a key

    def current(self, key):
        """The current version of a key, or None; raises `Unknown` when that is not certain."""
        raise NotImplementedError

    def begin_store(self, key, version):
        """A request is about to be sent that makes this the current version."""
        raise NotImplementedError

    def begin_delete(self, key):
        raise NotImplementedError

    def begin_alteration(self, key, version):
        """A request is about to be sent that changes the current version to this."""
        raise NotImplementedError

    def acknowledge(self, change, answer, id=None):
        """A change was answered with success; `id` is that of the version that it made."""
        raise NotImplementedError

    # What operations are made of

    def send(self, method, key=None, body=b"", headers=None, query=None):
        return self.client.send(method, key, body, headers, query, self.model.bucket)

    def content(self):
        return self.rng.randbytes(self.rng.choice(SIZES))

    def tags(self):
        count = self.rng.choice([1, 1, 2, 5])
        return frozenset((f"tag {i}", f"{self.rng.getrandbits(32):x}=+é") for i in range(count))

    def attributes(self):
        """Headers of an upload: none, some, or more than fit into an extended attribute."""
        choice = self.rng.random()
        if choice < 0.5:
            return {}
        tag = f"{self.rng.getrandbits(64):016x}"
        headers = {"Content-Type": f"image/{tag[:4]}", META + "tag": tag, "Cache-Control": f"max-age={tag[:3]}"}
        if choice < 0.75:
            headers.update({"Content-Language": "en", "Content-Disposition": f'attachment; filename="{tag}"'})
        if choice > 0.9:
            headers.update({META + "long": tag * 110, "Content-Disposition": "inline; x=" + tag * 140})
            headers["Expires"] = "Thu, 01 Dec 2044 16:00:00 GMT"
        if self.rng.random() < 0.2:
            headers[TAGGING] = f"{tag}=1&other=%20%2b{tag[:3]}"
        return headers

    def change(self, key, change, send, refusal_due=None):
        """Sends a request that is this change of a key, and tells the model how it ended.

        `refusal_due` says whether a precondition has to fail; None when that cannot be known.
        """
        answer = send()
        if answer.status in (200, 201, 204):
            self.succeed(change, answer, answer.headers.get("x-amz-version-id"))
            if refusal_due:
                raise Contradiction(f"a precondition that does not hold was passed over: {answer}")
        elif answer.status == 412:
            self.model.refuse(key, change)
            answer.error()
            if refusal_due is False:
                raise Contradiction(f"refused although its precondition holds: {answer}")
        else:
            self.judge(answer, lambda: self.model.refuse(key, change))
        return answer

    def succeed(self, change, answer, id=None):
        self.acknowledge(change, answer, id)
        self.counts[self.operation.name] += 1

    def judge(self, answer, refuse):
        """An answer that is neither success nor a failed precondition; `refuse` tells the models."""
        code = answer.error()["Code"]
        reason = answer.headers.get("x-larder-reason", "")
        self.failed += 1
        # When the root turned read-only it may have been published before the sync that failed: that stays open.
        if not (answer.status == 503 and "read-only" in reason):
            refuse()
        if not self.may_fail(answer.status, code):
            raise Contradiction(f"unexpected {answer}")

    def expect(self, state, allowed):
        """Holds what was read against what it may be."""
        if not is_among(state, allowed):
            raise Contradiction(f"is {state}, may be {sorted(map(repr, allowed))}")


class Crowd:
    """Workers on one server."""

    def __init__(self, workers):
        self.workers = workers

    @property
    def acknowledged(self):
        return sum(worker.acknowledged for worker in self.workers)

    @property
    def counts(self):
        """How many changes were acknowledged, by bucket and operation."""
        found = Counter()
        for worker in self.workers:
            found.update({(worker.model.bucket, name): count for name, count in worker.counts.items()})
        return found

    def start(self):
        for worker in self.workers:
            worker.start()
        return self

    def wait_for(self, count, timeout=30):
        """Until so many changes are acknowledged, or no worker is left."""
        deadline = time.monotonic() + timeout
        while self.acknowledged < count and any(worker.is_alive() for worker in self.workers):
            assert time.monotonic() < deadline, f"only {self.acknowledged} changes in {timeout} s"
            time.sleep(0.002)

    def stop(self):
        for worker in self.workers:
            worker.is_told_to_stop.set()
        return self.join()

    def wait(self, timeout=40):
        """Waits for the workers, whatever they found."""
        for worker in self.workers:
            worker.join(timeout)
            assert not worker.is_alive(), "a worker still waits for an answer"

    def join(self, timeout=40):
        """Waits for the workers and fails on what they found wrong."""
        self.wait(timeout)
        problems = [problem for worker in self.workers for problem in worker.problems]
        assert not problems, f"{len(problems)} wrong answers:\n" + "\n".join(problems[:10])
        return self

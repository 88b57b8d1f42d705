"""What a bucket may hold after everything that was asked of it, and whether it does.

Each key is a register. A request that changes it is a `Change` with the moments at which it was sent and answered. What
a key may be at some moment follows from these alone: every change that had begun, unless one that was acknowledged by
then began after it had ended. So a request without an answer leaves two states, and requests of several writers to one
key leave those that some order of them explains.
"""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from larder import eventually
from traffic import BUCKET, Client, list_page, md5

STORED_HEADERS = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)
META = "x-amz-meta-"
DEFAULT_TYPE = "binary/octet-stream"


@dataclass(frozen=True)
class Version:
    """An object as a client sees it; an object that is not there is None."""

    etag: str
    size: int
    digest: str
    headers: frozenset

    @staticmethod
    def of(content, headers=None):
        """What a plain upload of this content with these headers makes."""
        kept = {"content-type": DEFAULT_TYPE}
        kept.update((name.lower(), value) for name, value in (headers or {}).items())
        return Version(md5(content), len(content), md5(content), frozenset(kept.items()))

    @staticmethod
    def seen(answer, digest):
        """What a GET or HEAD shows; `digest` is that of the bytes, which HEAD does not have."""
        kept = {n: v for n, v in answer.headers.items() if n in STORED_HEADERS or n.startswith(META)}
        size = int(answer.headers["content-length"])
        return Version(answer.headers["etag"].strip('"'), size, digest, frozenset(kept.items()))

    @property
    def row(self):
        return (self.etag, self.size)

    def __repr__(self):
        return f"<{self.size} bytes, {self.etag[:8]}, {len(self.headers)} headers>"


@dataclass(eq=False)
class Change:
    """One request to change a key."""

    effect: Version | None
    began: float
    ended: float = inf
    is_acknowledged: bool = False


class Register:
    """The history of one key since it was last known for certain."""

    def __init__(self, state=None):
        self.changes = [Change(state, -inf, -inf, True)]

    def states(self, since=inf, until=inf):
        """What it may be between these moments: only what was answered before `since` is certain."""
        begun = [change for change in self.changes if change.began <= until]
        certain = max(c.began for c in begun if c.is_acknowledged and c.ended <= since)
        return {change.effect for change in begun if change.ended >= certain}


class Model:
    """All keys of one bucket. Used by many threads."""

    def __init__(self, keys, bucket=BUCKET):
        self.bucket = bucket
        self._registers = {key: Register() for key in keys}
        self._lock = threading.Lock()

    @property
    def keys(self):
        return list(self._registers)

    def states(self, key, since=inf, until=inf):
        """What a key may be; None in the set stands for no object."""
        with self._lock:
            return self._registers[key].states(since, until)

    def begin(self, key, effect):
        """A request is about to be sent."""
        change = Change(effect, time.monotonic())
        with self._lock:
            self._registers[key].changes.append(change)
        return change

    def acknowledge(self, change, answer):
        """It was answered with success."""
        with self._lock:
            change.ended, change.is_acknowledged = answer.ended, True

    def refuse(self, key, change):
        """It was refused for certain: it never has an effect."""
        with self._lock:
            self._registers[key].changes.remove(change)

    def stop(self):
        """The server is gone: what was not answered took effect before now, or never does."""
        now = time.monotonic()
        with self._lock:
            for register in self._registers.values():
                for change in register.changes:
                    change.ended = min(change.ended, now)

    def doubt(self, since):
        """Answers that came after this moment are worth nothing; what was asked may have had an effect or not."""
        with self._lock:
            for register in self._registers.values():
                for change in register.changes:
                    if change.ended > since:
                        change.is_acknowledged = False

    def settle(self, key, state):
        """From now on the key is known to be this."""
        with self._lock:
            self._registers[key].changes = [Change(state, -inf, -inf, True)]

    def put(self, client, key, content, headers=None):
        """A PUT that has to succeed."""
        change = self.begin(key, Version.of(content, headers))
        answer = client.send("PUT", key, content, headers)
        assert answer.status == 200, answer
        self.acknowledge(change, answer)
        return answer

    def delete(self, client, key):
        """A DELETE that has to succeed."""
        change = self.begin(key, None)
        answer = client.send("DELETE", key)
        assert answer.status == 204, answer
        self.acknowledge(change, answer)
        return answer

    def describe(self, key, state):
        """How a state that a key may not have relates to what was asked of it."""
        with self._lock:
            changes = list(self._registers[key].changes)
        if not any(change.effect == state for change in changes):
            return "never written"
        return "older than an acknowledged request" if state is not None else "gone"


# MARK: Reading a key or a listing


def read(client, key, bucket=BUCKET):
    """What GET shows, after comparing it with itself: None, or a version whose digest is that of its bytes."""
    answer = client.send("GET", key, bucket=bucket)
    if answer.status == 404:
        assert answer.error()["Code"] == "NoSuchKey", answer
        return None, answer
    assert answer.status == 200, answer
    assert len(answer.body) == int(answer.headers["content-length"]), answer
    return Version.seen(answer, md5(answer.body)), answer


def head(client, key, digest, bucket=BUCKET):
    """What HEAD shows, with the digest that GET found."""
    answer = client.send("HEAD", key, bucket=bucket)
    if answer.status == 404:
        return None, answer
    assert answer.status == 200, answer
    return Version.seen(answer, digest), answer


def listing(client, bucket=BUCKET, page=37, timeout=30):
    """Every key that is listed, page by page, once the server has rebuilt its index."""
    entries, token = {}, None
    while True:
        found = eventually(lambda: list_page(client, token=token, count=page, bucket=bucket), timeout)
        assert not set(found.entries) & set(entries), "a key is on two pages"
        entries.update(found.entries)
        token = found.token
        if token is None:
            assert list(entries) == sorted(entries, key=str.encode), "the listing is not in byte order"
            return entries


# MARK: Checking


@dataclass
class Findings:
    """What contradicts the model. `lost` are acknowledged changes that are not there any more."""

    problems: list = field(default_factory=list)
    lost: int = 0

    def add(self, text):
        self.problems.append(text)

    def raise_any(self):
        shown = "\n".join(self.problems[:20])
        assert not self.problems, f"{len(self.problems)} contradictions to what was acknowledged:\n{shown}"


def compare(server, model, since=inf, until=inf, settle=False):
    """Compares all that the server says with the model, as it was between these moments; returns `Findings`."""
    findings = Findings()
    client = Client(server)
    listed = listing(client, model.bucket)
    for key in model.keys:
        allowed = model.states(key, since, until)
        with _noted(findings, key):
            state, _ = read(client, key, model.bucket)
            if state not in allowed:
                findings.lost += state is None or model.describe(key, state) != "never written"
                said = model.describe(key, state)
                findings.add(f"{shown(key)}: is {state} ({said}), may be {sorted(map(repr, allowed))}")
            # The tag of an upload in parts is another digest, with a dash in it.
            if state is not None and "-" not in state.etag and state.etag != state.digest:
                findings.add(f"{shown(key)}: the ETag is not that of the bytes: {state}")
            headed, _ = head(client, key, state.digest if state else "", model.bucket)
            if headed != state:
                findings.add(f"{shown(key)}: GET shows {state}, HEAD {headed}")
            row = state.row if state else None
            if listed.get(key) != row:
                findings.add(f"{shown(key)}: GET shows {row}, LIST {listed.get(key)}")
            if settle:
                model.settle(key, state)
    strangers = sorted(set(listed) - set(model.keys))
    if strangers:
        findings.add(f"listed and never written: {[shown(key) for key in strangers[:5]]}")
    client.close()
    return findings


def shown(key):
    """A key in a message: some have 1,024 bytes."""
    return repr(key) if len(key) <= 60 else f"{key[:40]!r}… ({len(key.encode())} bytes)"


@contextmanager
def _noted(findings, key):
    try:
        yield
    except AssertionError as error:
        findings.add(f"{shown(key)}: {str(error)[:400]}")


def check(server, model):
    """Fails when the server contradicts the model; then what was found is what has to stay."""
    compare(server, model, settle=True).raise_any()

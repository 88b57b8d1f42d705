"""What a bucket may hold after everything that was asked of it, and whether it does.

Each key is a register of object versions (registers.py, objects.py). Uploads in parts that are under way are known to
uploads.py, and a second bucket, in which versions are kept, to history.py.
"""

import time
from math import inf

from findings import Findings
from history import History
from objects import Version, head, is_among, listing, read, shown
from registers import Registers
from traffic import BUCKET, Client
from uploads import Uploads


class Model(Registers):
    """All keys of one bucket, and those of another that keeps versions if there are `versioned` ones."""

    def __init__(self, keys, bucket=BUCKET, versioned=()):
        super().__init__(keys)
        self.bucket = bucket
        self.uploads = Uploads(bucket)
        self.history = History(versioned) if versioned else None

    def current(self, key, since=inf, until=inf):
        """What a key may be; None stands for no object."""
        return self.states(key, since, until)

    def rows(self, key, since=inf, until=inf):
        """How a key may be listed; None for not at all."""
        return {state and state.row for state in self.states(key, since, until)}

    def begin_store(self, key, version):
        """A request is about to be sent that makes a key this."""
        return self.begin(key, version)

    def stop(self, now=None):
        now = now or time.monotonic()
        super().stop(now)
        self.uploads.stop(now)
        if self.history:
            self.history.stop(now)

    def doubt(self, since):
        super().doubt(since)
        self.uploads.doubt(since)
        if self.history:
            self.history.doubt(since)

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

    def contents(self, key):
        """The digests of everything that a key was asked to hold since it was last certain."""
        with self._lock:
            return {change.effect.digest for change in self._registers[key].changes if change.effect is not None}

    def describe(self, key, state):
        """How a state that a key may not have relates to what was asked of it."""
        with self._lock:
            changes = list(self._registers[key].changes)
        if not any(change.effect == state for change in changes):
            return "never written"
        return "older than an acknowledged request" if state is not None else "gone"


def compare(server, model, since=inf, until=inf, settle=False):
    """Compares all that the server says with the model, as it was between these moments; returns `Findings`.

    With `settle` what was found is what has to stay.
    """
    findings = Findings()
    client = Client(server)
    found = _compare_objects(findings, client, model, since, until)
    visible = {key: {state} for key, state in found.items()}
    model.uploads.compare(findings, client, visible, model.is_last, since, until, settle)
    if settle:
        for key, state in found.items():
            model.settle(key, state)
    if model.history:
        model.history.compare(findings, client, since, until, settle)
    client.close()
    return findings


def _compare_objects(findings, client, model, since, until):
    """Compares every key; returns what it is."""
    found = {}
    listed = listing(client, model.bucket)
    for key in model.keys:
        allowed = model.states(key, since, until)
        with findings.about(key):
            state, _ = read(client, key, model.bucket)
            found[key] = state
            if state not in allowed:
                said = model.describe(key, state)
                findings.losses[model.bucket] += state is None or said != "never written"
                findings.add(f"{shown(key)}: is {state} ({said}), may be {sorted(map(repr, allowed))}")
            # The tag of an upload in parts is another digest, with a dash in it.
            if state is not None and "-" not in state.etag and state.etag != state.digest:
                findings.add(f"{shown(key)}: the ETag is not that of the bytes: {state}")
            headed, _ = head(client, key, model.bucket)
            if not is_among(headed, {state}):
                findings.add(f"{shown(key)}: GET shows {state}, HEAD {headed}")
            row = state.row if state else None
            if listed.get(key) != row:
                findings.add(f"{shown(key)}: GET shows {row}, LIST {listed.get(key)}")
    strangers = sorted(set(listed) - set(model.keys))
    if strangers:
        findings.add(f"listed and never written: {[shown(key) for key in strangers[:5]]}")
    return found


def check(server, model):
    """Fails when the server contradicts the model; then what was found is what has to stay."""
    compare(server, model, settle=True).raise_any()

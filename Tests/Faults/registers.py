"""Registers: what something may be after requests whose order, and outcome, are known in part.

A request that changes something is a `Change` with the moments at which it was sent and answered. What the thing may be
at some moment follows from these alone: every change that had begun, unless one that was acknowledged by then began
after it had ended. So a request without an answer leaves two states, and requests of several writers leave those that
some order of them explains.
"""

import threading
import time
from dataclasses import dataclass
from math import inf
from typing import Hashable


@dataclass(eq=False)
class Change:
    """One request that changes something, and what it makes of it."""

    effect: Hashable
    began: float
    ended: float = inf
    is_acknowledged: bool = False

    @staticmethod
    def now(effect):
        """One that is about to be sent."""
        return Change(effect, time.monotonic())

    def acknowledge(self, answer):
        """It was answered with success."""
        self.ended, self.is_acknowledged = answer.ended, True


class Register:
    """The history of one thing since it was last known for certain."""

    def __init__(self, state=None):
        self.settle(state)

    def settle(self, state):
        """From now on it is known to be this."""
        self.changes = [Change(state, -inf, -inf, True)]

    def begin(self, effect):
        """A request is about to be sent."""
        change = Change.now(effect)
        self.changes.append(change)
        return change

    def refuse(self, change):
        """It was refused for certain: it never has an effect."""
        self.changes.remove(change)

    def states(self, since=inf, until=inf):
        """What it may be between these moments: only what was answered before `since` is certain."""
        begun = [change for change in self.changes if change.began <= until]
        certain = max(c.began for c in begun if c.is_acknowledged and c.ended <= since)
        return {change.effect for change in begun if change.ended >= certain}

    def is_certain(self, effect, since=inf):
        """Whether by this moment it was this, by what was answered."""
        return any(c.effect == effect and c.is_acknowledged and c.ended <= since for c in self.changes)

    def is_last(self, change, until=inf):
        """Whether by this moment nothing else was asked for that may have come after this change."""
        others = [other for other in self.changes if other is not change and other.began <= until]
        return all(other.ended < change.began for other in others)

    def stop(self, now):
        for change in self.changes:
            change.ended = min(change.ended, now)

    def doubt(self, since):
        for change in self.changes:
            if change.ended > since:
                change.is_acknowledged = False


class Registers:
    """A register for each key. Used by many threads."""

    def __init__(self, keys):
        self._registers = {key: Register() for key in keys}
        self._lock = threading.Lock()

    @property
    def keys(self):
        return list(self._registers)

    def states(self, key, since=inf, until=inf):
        """What it may be; None in the set stands for nothing."""
        with self._lock:
            return self._registers[key].states(since, until)

    def is_last(self, key, change, until=inf):
        with self._lock:
            return self._registers[key].is_last(change, until)

    def begin(self, key, effect):
        """A request is about to be sent."""
        with self._lock:
            return self._registers[key].begin(effect)

    def acknowledge(self, change, answer):
        """It was answered with success."""
        with self._lock:
            change.acknowledge(answer)

    def refuse(self, key, change):
        """It was refused for certain: it never has an effect."""
        with self._lock:
            self._registers[key].refuse(change)

    def settle(self, key, state):
        """From now on it is known to be this."""
        with self._lock:
            self._registers[key].settle(state)

    def stop(self, now):
        """The server is gone: what was not answered took effect before now, or never does."""
        with self._lock:
            for register in self._registers.values():
                register.stop(now)

    def doubt(self, since):
        """Answers that came after this moment are worth nothing; what was asked may have had an effect or not."""
        with self._lock:
            for register in self._registers.values():
                register.doubt(since)

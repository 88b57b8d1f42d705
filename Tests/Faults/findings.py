"""What a check of a server against a model has found."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from objects import shown


@dataclass
class Findings:
    """What contradicts the model. `losses` counts, by bucket, acknowledged changes that are not there any more."""

    problems: list = field(default_factory=list)
    losses: Counter = field(default_factory=Counter)

    @property
    def lost(self):
        return self.losses.total()

    def add(self, text):
        self.problems.append(text)

    @contextmanager
    def about(self, key):
        """An assertion that fails within is a finding about this key."""
        try:
            yield
        except AssertionError as error:
            self.add(f"{shown(key)}: {str(error)[:400]}")

    def raise_any(self):
        shown = "\n".join(self.problems[:20])
        assert not self.problems, f"{len(self.problems)} contradictions to what was acknowledged:\n{shown}"

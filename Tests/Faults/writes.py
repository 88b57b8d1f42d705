"""Requests that change keys of every kind of place, and what holds after one of them met a fault."""

from dataclasses import dataclass, field

from inspection import check_root
from model import Model, check
from objects import META, Version, read
from traffic import Client

OLD = b"old content " * 10
SMALL = b"new content " * 10
BIG = bytes(range(256)) * 16_000
STOUT = {META + "long": "x" * 2000, "Content-Disposition": "inline; x=" + "y" * 2000}
# Keys of every kind of place, some of them there from the beginning.
KEYS = ["old", "new", "up/per/old", "stout", "new stout", "deep/er/new", "esca//ped", "new//escaped", "after"]

# Every sync that failed "of anything else" than an unpublished file (storage/README.md).
READ_ONLY = (503, "ServiceUnavailable")


@dataclass(frozen=True)
class Request:
    """A request that changes a key."""

    key: str
    content: bytes = SMALL
    headers: dict = field(default_factory=dict)
    verb: str = "PUT"

    @property
    def effect(self):
        return None if self.verb == "DELETE" else Version.of(self.content, self.headers)

    def send(self, client):
        if self.verb == "form":
            return client.post_form(self.key, self.content, self.headers)
        return client.send(self.verb, self.key, b"" if self.verb == "DELETE" else self.content, self.headers)


OVERWRITE = Request("old")
OVERWRITE_BIG = Request("old", BIG)
MAKE = Request("new")
MAKE_BIG = Request("new", BIG)
MAKE_DEEP = Request("deep/er/new")
MAKE_ESCAPED = Request("new//escaped")
OVERWRITE_ESCAPED = Request("esca//ped")
MAKE_STOUT = Request("new stout", headers=STOUT)
OVERWRITE_STOUT = Request("stout", headers={**STOUT, META + "other": "z" * 20})
FORM = Request("old", BIG, verb="form")
DELETE = Request("old", verb="DELETE")
DELETE_DEEP = Request("up/per/old", verb="DELETE")
DELETE_ESCAPED = Request("esca//ped", verb="DELETE")
DELETE_STOUT = Request("stout", verb="DELETE")


def fill(one):
    """Stores the objects that are there from the beginning; returns the model and a client."""
    model = Model(KEYS)
    client = Client(one)
    model.put(client, "old", OLD, {"Content-Type": "text/plain", META + "n": "1"})
    model.put(client, "stout", OLD, STOUT)
    model.put(client, "esca//ped", OLD)
    model.put(client, "up/per/old", OLD)
    return model, client


def check_refusal(answer, expected):
    status, code = expected
    assert answer.status == status, answer
    assert answer.error()["Code"] == code, answer


def check_reads(model, client):
    """Every object can be read while a fault lasts, or after it."""
    for key in KEYS:
        state, _ = read(client, key)
        assert state in model.states(key), f"{key}: is {state}, may be {model.states(key)}"


def check_after(one, model, client, is_read_only):
    """What holds once a fault is over: reads, writes unless the root is read-only, and all of it after a restart."""
    check_reads(model, client)
    if is_read_only:
        for request in (Request("after"), Request("after", verb="DELETE"), Request("after", verb="form")):
            check_refusal(request.send(client), READ_ONLY)
    else:
        model.put(client, "after", SMALL)
    assert one.stop() == 0, one.log_text()
    model.stop()
    one.start()
    check(one, model)
    check_root(one)
    later = Client(one)
    model.put(later, "after", BIG)
    model.delete(later, "old")
    check(one, model)

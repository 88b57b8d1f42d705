"""The shares in which long tables are run: none is empty, none has a row of another, together they are all rows."""

from types import SimpleNamespace

import shares

ROWS = 10


def item(name, share):
    mark = SimpleNamespace(args=(share,)) if share else None
    return SimpleNamespace(originalname=name, get_closest_marker=lambda kind: mark if kind == "share" else None)


def chosen(monkeypatch, day, items, every_row=False):
    monkeypatch.setenv(shares.DAY, str(day))
    left = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left.extend(items))
    config = SimpleNamespace(option=SimpleNamespace(every_row=every_row), hook=hook)
    kept = list(items)
    shares.choose(config, kept)
    assert sorted(map(id, kept + left)) == sorted(map(id, items))
    return kept


def test_as_many_days_as_shares_see_every_row_once(monkeypatch):
    long, other, plain = ([item(name, share) for _ in range(ROWS)] for name, share in (("a", 3), ("b", 3), ("c", 0)))
    items = long + other + plain
    days = [chosen(monkeypatch, day, items) for day in (20_418, 20_419, 20_420)]
    for kept in days:
        assert all(one in kept for one in plain)
        assert {sum(one in kept for one in table) for table in (long, other)} <= {3, 4}
    for one in long + other:
        assert sum(one in kept for kept in days) == 1


def test_every_row_is_run_when_asked_for(monkeypatch):
    items = [item("a", 3) for _ in range(ROWS)]
    assert chosen(monkeypatch, 20_418, items, every_row=True) == items

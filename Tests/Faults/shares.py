"""Long tables are run in shares, another one each day, so that a run is short and a few days see every row."""

import os
import time

DAY = "LARDER_FAULT_DAY"


def add_option(parser):
    parser.addoption("--every-row", action="store_true", help="run every row of each table, not today's share only")


def fix_the_day(config):
    """Has the workers of one run agree on the day, and a run be the same again with the day that it names."""
    os.environ.setdefault(DAY, str(int(time.time() // 86_400)))


def describe(config):
    if config.option.every_row:
        return "tables of faults: every row"
    return f"tables of faults: today's share ({DAY}={os.environ[DAY]}); --every-row runs all, as scripts/soak does"


def choose(config, items):
    """Leaves those rows of each test marked `share(N)` whose turn it is: every Nth, beginning with the day's."""
    if config.option.every_row:
        return
    day = int(os.environ[DAY])
    counts = {}
    kept, left = [], []
    for item in items:
        mark = item.get_closest_marker("share")
        number = counts[item.originalname] = counts.get(item.originalname, -1) + 1 if mark else 0
        (left if mark and number % mark.args[0] != day % mark.args[0] else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept

"""Fixtures of the fault suites: the servers and folders of the client suites, and the library that makes calls fail."""

import importlib.util
import os
import random
import sys
import time
from pathlib import Path

import pytest

_CLIENTS = Path(__file__).resolve().parents[1] / "Clients"
sys.path[:0] = [str(Path(__file__).resolve().parent), str(_CLIENTS)]

# By path: both folders have a conftest, and only one of them can be a module of that name.
_spec = importlib.util.spec_from_file_location("clients_conftest", _CLIENTS / "conftest.py")
_clients = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_clients)

pytest_sessionstart = _clients.pytest_sessionstart
pytest_runtest_makereport = _clients.pytest_runtest_makereport
folder = _clients.folder
loud_server = _clients.server

import faults as _faults  # noqa: E402
import shares as _shares  # noqa: E402
import writes as _writes  # noqa: E402

pytest_addoption = _shares.add_option
pytest_configure = _shares.fix_the_day
pytest_report_header = _shares.describe


def pytest_collection_modifyitems(config, items):
    _clients.pytest_collection_modifyitems(items)
    # One that is named is run, whosever turn it is.
    if not any("[" in argument for argument in config.invocation_params.args):
        _shares.choose(config, items)


@pytest.fixture(scope="session")
def fault_library(tmp_path_factory):
    """The compiled shim, once a session."""
    return _faults.build(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def server(loud_server):
    """The factory of the client suites; servers that log what went wrong only, since load is thousands of requests."""

    def make(*arguments, env=None, **options):
        return loud_server(*arguments, env={"LARDER_LOG_LEVEL": "notice", **(env or {})}, **options)

    return make


@pytest.fixture
def faults(fault_library, folder):
    """The rules of one server, to be started with `env=faults.env`."""
    return _faults.Faults(fault_library, folder)


@pytest.fixture
def stored(server, faults):
    """A server whose calls can be made to fail, with objects of every kind; its model, and a client."""
    one = server(env=faults.env)
    return one, *_writes.fill(one)


@pytest.fixture
def seed():
    """What makes a run the same again as far as it can be: set LARDER_FAULT_SEED to what a failed one shows."""
    value = int(os.environ.get("LARDER_FAULT_SEED") or random.Random(time.time_ns()).getrandbits(32))
    print(f"LARDER_FAULT_SEED={value}")
    return value

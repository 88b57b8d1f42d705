"""Fixtures: servers, each with a root, a port and an environment of its own."""

import json
import resource
import shutil
import tempfile
from pathlib import Path

import pytest

from larder import BINARY, Server

# Tests with thousands of sockets need them; the server inherits the limit.
_, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(_hard, 65536) if _hard > 0 else 65536, _hard))


def pytest_sessionstart(session):
    if not session.config.option.collectonly and not BINARY.exists():
        pytest.exit(f"{BINARY} is not there: build it with scripts/test --clients, or name one in LARDER_BINARY", 2)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("heavy"):
            item.add_marker(pytest.mark.xdist_group("heavy"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    item.stash.setdefault(_reports, {})[call.when] = outcome.get_result()


_reports = pytest.StashKey()


@pytest.fixture
def folder():
    """A folder with a short path: a socket's path has at most 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="larder-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def _shown(request, server):
    """Puts a server's log under a failed test's report."""
    report = request.node.stash.get(_reports, {}).get("call")
    if report is not None and report.failed:
        text = server.log_text()
        report.sections.append(("larder " + " ".join(server.arguments), text[-8000:]))
        print(f"--- log of {server.endpoint} ---\n{text[-8000:]}")


@pytest.fixture
def server(request, folder):
    """A factory: `server(config={...}, env={...}, ...)` starts one; at the end each has to be alive or stopped."""
    made = []

    def make(*arguments, config=None, env=None, storage=None, start=True, **options):
        root = Path(storage) if storage else folder / f"root{len(made)}"
        root.mkdir(exist_ok=True)
        if config is not None:
            file = folder / f"config{len(made)}.json"
            file.write_text(json.dumps(config))
            arguments = ("--config", str(file), *arguments)
        new = Server(root, *arguments, env=env, **options)
        made.append(new)
        return new.start() if start else new

    yield make
    crashed = []
    for one in made:
        _shown(request, one)
        # A test that ends a server waits for it, so its status is 0 (stopped), -9 (killed) or a refusal to start.
        status = None if one.process is None else one.process.poll()
        if status is not None and status < 0 and status != -9:
            crashed.append(f"a server ended by signal {-status}:\n{one.log_text()[-4000:]}")
        one.dispose()
        one.log.unlink(missing_ok=True)
    assert not crashed, "\n".join(crashed)


@pytest.fixture(scope="module")
def shared():
    """One server for all tests of a module that only need one with the defaults; each uses keys of its own."""
    root = Path(tempfile.mkdtemp(prefix="larder-"))
    one = Server(root, "--config", _permissive(root)).start()
    yield one
    alive = one.is_alive
    text = one.log_text()
    one.dispose()
    one.log.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    assert alive, f"the server died:\n{text[-8000:]}"


def _permissive(root):
    file = root.with_suffix(".json")
    file.write_text(
        json.dumps(
            {
                "cors": {"allowed_origins": ["https://app.example.com"]},
                "domain": ["s3.larder.test"],
            }
        )
    )
    return str(file)


@pytest.fixture(autouse=True)
def _shared_lives(request):
    """A test that brings the shared server down is the one that fails."""
    yield
    if "shared" in request.fixturenames:
        one = request.getfixturevalue("shared")
        _shown(request, one)
        assert one.is_alive, "the server died in this test"

"""Fixtures: servers, each with a root, a port and an environment of its own."""

import json
import resource
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest

import dialects
import matrix
from larder import BINARY, Server

# Tests with thousands of sockets need them; the server inherits the limit.
_, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(_hard, 65536) if _hard > 0 else 65536, _hard))


def pytest_addoption(parser):
    parser.addoption("--matrix", metavar="FILE", help="write which operation worked with which client")


def pytest_configure(config):
    # Workers of xdist report to the controller, which writes.
    if config.option.matrix and not hasattr(config, "workerinput"):
        config.pluginmanager.register(matrix.Recorder(config.option.matrix))


def pytest_sessionstart(session):
    if not session.config.option.collectonly and not BINARY.exists():
        pytest.exit(f"{BINARY} is not there: build it with scripts/test --clients, or name one in LARDER_BINARY", 2)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("heavy"):
            item.add_marker(pytest.mark.xdist_group("heavy"))
        item.user_properties += [("cell", mark.args) for mark in item.iter_markers("cell")]


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
    yield from _module_server()


@pytest.fixture(scope="module")
def module_server():
    """Makes a server for all tests of a module with more configuration: `yield from module_server({...})`."""
    return _module_server


@pytest.fixture(scope="module")
def secure_shared(authority):
    """The same over TLS."""
    ca, chain, key = authority
    yield from _module_server({"tls": {"certificate": str(chain), "key": str(key)}}, tls_ca=str(ca))


def _module_server(more=None, **options):
    root = Path(tempfile.mkdtemp(prefix="larder-"))
    one = Server(root, "--config", _permissive(root, more or {}), **options).start()
    yield one
    alive = one.is_alive
    text = one.log_text()
    one.dispose()
    one.log.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    root.with_suffix(".json").unlink(missing_ok=True)
    assert alive, f"the server died:\n{text[-8000:]}"


def _permissive(root, more):
    file = root.with_suffix(".json")
    file.write_text(
        json.dumps(
            {
                "cors": {"allowed_origins": ["https://app.example.com"]},
                "domain": ["s3.larder.test"],
                **more,
            }
        )
    )
    return str(file)


@pytest.fixture(scope="session")
def authority():
    """A certificate for 127.0.0.1 and localhost, of an authority of its own: (authority, certificate, key)."""
    folder = Path(tempfile.mkdtemp(prefix="larder-"))
    script = """
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\nextendedKeyUsage=serverAuth\\n' > extensions
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
        -extfile extensions -out server.pem
    """
    subprocess.run(["sh", "-ec", script], cwd=folder, check=True, capture_output=True)
    yield folder / "ca.pem", folder / "server.pem", folder / "server.key"
    shutil.rmtree(folder, ignore_errors=True)


def pytest_generate_tests(metafunc):
    """A module with `SCHEMES` has its tests of `store` run with each of them, heavy ones only if they ask for it."""
    marks = list(metafunc.definition.iter_markers())
    asked = any(mark.name == "parametrize" and mark.args[0] == "scheme" for mark in marks)
    if "scheme" not in metafunc.fixturenames or asked or any(mark.name == "heavy" for mark in marks):
        return
    if hasattr(metafunc.module, "SCHEMES"):
        metafunc.parametrize("scheme", metafunc.module.SCHEMES)


@pytest.fixture
def scheme():
    """How `store` is spoken to."""
    return "http"


@pytest.fixture
def store(request, scheme, monkeypatch):
    """The module's server, plain or over TLS. Libraries and programs take the authority's word for it."""
    if scheme == "http":
        return request.getfixturevalue("shared")
    authority, _, _ = request.getfixturevalue("authority")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority))
    return request.getfixturevalue("secure_shared")


@pytest.fixture
def client(request, store, folder):
    """The client that a test asks for by `both`; boto3 otherwise."""
    return dialects.CLIENTS[getattr(request, "param", "boto3")](store, folder)


@pytest.fixture
def bucket(store):
    """A bucket of the test's own."""
    name = f"b-{uuid.uuid4()}"
    store.s3().create_bucket(Bucket=name)
    return name


@pytest.fixture
def versioned(store, bucket):
    """A bucket of the test's own that keeps versions."""
    store.s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def locked(store):
    """A bucket of the test's own with object lock."""
    name = f"b-{uuid.uuid4()}"
    store.s3().create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture(autouse=True)
def _shared_lives(request):
    """A test that brings a shared server down is the one that fails."""
    yield
    for name in {"shared", "secure_shared"}.intersection(request.fixturenames):
        one = request.getfixturevalue(name)
        _shown(request, one)
        assert one.is_alive, "the server died in this test"

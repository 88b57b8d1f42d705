"""Fixtures of the recordings: a server as near to AWS as it can be configured, a client, a bucket, a case."""

import json
import shutil
import tempfile
import uuid
from pathlib import Path

import pytest

import recorded
from larder import Server

# Encryption is echoed only when the operator says that the disk below has it; AWS always echoes it.
CONFIGURATION = {"encryption": {"at_rest": "declared"}, "domain": ["s3.larder.test"]}


@pytest.fixture(scope="module")
def shared():
    """One server for the recordings of an area."""
    root = Path(tempfile.mkdtemp(prefix="larder-"))
    file = root.with_suffix(".json")
    file.write_text(json.dumps(CONFIGURATION))
    one = Server(root, "--config", str(file)).start()
    yield one
    alive = one.is_alive
    text = one.log_text()
    one.dispose()
    one.log.unlink(missing_ok=True)
    file.unlink()
    shutil.rmtree(root, ignore_errors=True)
    assert alive, f"the server died:\n{text[-8000:]}"


@pytest.fixture
def case(request):
    """The recording that is named as the test is; the test has to do all of its steps."""
    if not recorded.cases():
        pytest.skip(f"no recordings in {recorded.FOLDER}")
    one = recorded.Case(request.node.name, recorded.cases()[request.node.name])
    return one


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """What differed is the failure of the test itself, also when the test stumbled over it."""
    one = pyfuncitem.funcargs.get("case")
    try:
        result = yield
    except Exception as error:
        if one is not None and one.differences:
            error.add_note("\n".join(["differed before:", *one.differences]))
        raise
    if one is not None:
        one.finish()
    return result


@pytest.fixture
def s3(shared):
    return shared.s3()


@pytest.fixture
def lax(shared):
    """A client that sends what boto3 knows to be wrong."""
    return shared.s3(parameter_validation=False)


@pytest.fixture
def bucket(s3):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def nowhere():
    """The name of a bucket that is not there."""
    return f"nowhere-{uuid.uuid4()}"

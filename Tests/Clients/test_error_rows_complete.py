"""Whether the rows of refusals leave an operation or a code out."""

import importlib
import re
from collections import Counter
from pathlib import Path

from _pytest.mark.structures import ParameterSet

import matrix
from larder import REPOSITORY
from refusals import Call

FOLDER = Path(__file__).parent
SOURCES = REPOSITORY / "Sources"

# Codes that a call of botocore cannot bring about, with the tests that tell of them.
ELSEWHERE = {
    "BadGateway": "Clients/test_proxy_faults.py",
    "GatewayTimeout": "Clients/test_proxy_faults.py",
    "IncompleteBody": "Clients/test_errors.py",
    "InsufficientStorage": "Clients/test_hostile.py",
    "InternalError": "Faults/test_errors.py",
    "InvalidChunkSizeError": "S3ProtocolTests/Chunked/ChunkedDecoderTests.swift",
    "InvalidPolicyDocument": "Clients/test_form_post.py",
    "MalformedPOSTRequest": "Clients/test_form_post.py",
    "MaxPostPreDataLengthExceeded": "Clients/test_form_post.py",
    "MissingContentLength": "Clients/test_errors.py",
    "ServiceUnavailable": "Faults/test_errors.py",
}


def modules():
    names = sorted(file.stem for file in FOLDER.glob("test_error_rows_*.py"))
    return {name: importlib.import_module(name) for name in names if name != Path(__file__).stem}


def rows(module):
    """The rows of a module's tests."""
    for function in vars(module).values():
        for mark in getattr(function, "pytestmark", []):
            if mark.name == "parametrize":
                parameters = [each for each in mark.args[1] if isinstance(each, ParameterSet)]
                yield from (value for each in parameters for value in each.values if isinstance(value, Call))


def catalogue():
    """The codes of the errors that something in the server throws."""
    texts = [file.read_text() for file in SOURCES.rglob("*.swift")]
    uses = Counter(word for text in texts for word in re.findall(r"\w+", text))
    for text in texts:
        for name, body in re.findall(r"static (?:func|var) (\w+)(.*?)(?=static |\Z)", text, re.DOTALL):
            made = re.findall(r'(?:S3Error|aboutBucket)\(\s*"([A-Z]\w+)"', body)
            # Its own declaration is one.
            yield from made if uses[name] > 1 else []
        if "enum AbsentConfiguration" in text:
            yield from re.findall(r'case \w+ = "(\w+)"', text)


def test_each_operation_has_rows():
    """One for a bucket that is not there, and those of tier A others besides."""
    found = [row for module in modules().values() for row in rows(module)]
    without_bucket = {row.operation for row in found if row.code == "NoSuchBucket"}
    # No bucket is asked for, or there is no such call, or it is refused for itself.
    others = {"CreateBucket", "ListBuckets", "PostObject", "Preflight", "PutBucketWebsite"}
    assert set(matrix.OPERATIONS) - without_bucket - others == set()
    common = ("NoSuchBucket", "AccessDenied", "InvalidBucketName", "InvalidBucketOwnerAWSAccountID")
    own = {row.operation for row in found if row.code not in common}
    assert set(matrix.TIER_A) - own - {"HeadBucket", "GetBucketLocation"} == set()


def test_each_code_has_a_row():
    told = {row.code for module in modules().values() for row in rows(module)}
    # Rows that are no calls say their codes too.
    told |= {word for name in modules() for word in re.findall(r'"(\w+)"', (FOLDER / f"{name}.py").read_text())}
    missing = set(catalogue()) - told - set(ELSEWHERE)
    assert missing == set()
    for code, name in ELSEWHERE.items():
        assert re.search(rf"\b{code}\b", (FOLDER.parent / name).read_text()), f"{name} does not tell of {code}"

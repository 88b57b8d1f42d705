"""Answers recorded from AWS S3, and how an answer of the server is held against them.

The recordings lie beside the repository, or where LARDER_RECORDINGS says; nothing of them is kept here.
"""

import contextlib
import datetime
import functools
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import requests

from larder import ACCESS_KEY, REGION, REPOSITORY, SECRET_KEY

FOLDER = Path(os.environ.get("LARDER_RECORDINGS", REPOSITORY.parent / "shared/data/aws-recordings"))
FILES = ["s3_api.json", "s3_list_operations.json", "s3_preconditions.json", "s3_cors.json"]


@functools.cache
def cases():
    """The steps of each case by the case's name, parameters included; none when the recordings are absent."""
    found = {}
    for file in FILES:
        if not (FOLDER / file).exists():
            continue
        for address, case in json.loads((FOLDER / file).read_text()).items():
            name = address.rpartition("::")[2]
            assert name not in found, f"two cases are named {name}"
            found[name] = case["recorded-content"]
    return found


# What differs by design, each with its reason. A rule is the last parts of a path.

IGNORED = {
    "Owner.DisplayName": "AWS sends it in some regions only",
    "Initiator.DisplayName": "AWS sends it in some regions only",
    "Headers.Connection": "how a connection is kept is the server's own affair",
    "Headers.Transfer-Encoding": "AWS sends the documents of refusals in chunks",
}

# What may be answered where the recording has nothing.
ADDED = {
    "Headers.Content-Length": "documents that AWS sends in chunks are sent whole",
    "Headers.x-larder-error": "the code of a refusal, for logs of proxies",
    "Headers.x-larder-reason": "what the operator may want to know",
}

# Words that stand for any value of a key: names of AWS's account and buckets, tokens, times.
ANY_TEXT = {
    "Bucket": {"bucket"},
    "ContinuationToken": {"continuation-token"},
    "HostId": {"host-id"},
    "ID": {"i-d", "owner-id"},
    "Initiated": {"date"},
    "Last-Modified": {"last--modified"},
    "LastModified": {"date"},
    "NextContinuationToken": {"next-continuation-token"},
    "date": {"date"},
}

_placeholder = re.compile(r"<([a-z0-9-]+?)(?::(\d+))?>")


class Case:
    """One recorded case. Each of its steps is compared once, in any order."""

    def __init__(self, name, steps):
        self.name = name
        self.steps = dict(steps)
        self.differences = []
        self._values = {}

    def check(self, step, answer):
        """Compares an answer with the recorded one and returns it; what differs is said at the end of the case."""
        self._compare(self.steps.pop(step), _plain(answer), (step,))
        return answer

    def attempt(self, step, call, **arguments):
        """Does a step that may be refused, and compares the answer or the refusal."""
        try:
            answer = call(**arguments)
        except botocore.exceptions.ClientError as refusal:
            answer = refusal.response
        return self.check(step, answer)

    def leave(self, step, reason):
        """Leaves a step out; the reason is for the reader."""
        self.steps.pop(step)

    def finish(self):
        """Fails when an answer differed or a step was not done."""
        assert not self.differences, f"{self.name}\n" + "\n".join(self.differences)
        assert not self.steps, f"{self.name}: not done: {', '.join(self.steps)}"

    def _compare(self, expected, actual, path):
        if isinstance(expected, dict) and "Error" in expected and isinstance(actual, dict) and "Error" not in actual:
            self._differ(path, expected["Error"], actual)
            return
        if isinstance(expected, dict) and isinstance(actual, dict):
            for key in sorted(expected.keys() | actual.keys()):
                inner = (*path, key)
                if _is_told(inner, IGNORED) or (key not in expected and _is_told(inner, ADDED)):
                    continue
                if key not in actual:
                    self._differ(inner, expected[key], "nothing")
                elif key not in expected:
                    self._differ(inner, "nothing", actual[key])
                else:
                    self._compare(expected[key], actual[key], inner)
        elif isinstance(expected, list) and isinstance(actual, list):
            if len(expected) != len(actual):
                self._differ(path, expected, actual)
            for index, (one, other) in enumerate(zip(expected, actual)):
                self._compare(one, other, (*path, str(index)))
        elif not self._is_same(expected, actual, path[-1]):
            self._differ(path, expected, actual)

    def _is_same(self, expected, actual, key):
        if expected == "datetime":
            return isinstance(actual, datetime.datetime)
        if not isinstance(expected, str) or not isinstance(actual, str):
            return type(expected) is type(actual) and expected == actual
        if expected in ANY_TEXT.get(key, ()):
            return actual != ""
        return expected == actual or self._stands_for(expected, actual)

    def _stands_for(self, expected, actual):
        """Whether placeholders can be replaced to give the text: one by the same always, two by different values."""
        names = [match.group(0) for match in _placeholder.finditer(expected)]
        if not names:
            return False
        parts = [re.escape(part) for part in re.split(r"<[a-z0-9-]+?(?::\d+)?>", expected)]
        match = re.fullmatch("(.+)".join(parts), actual, re.DOTALL)
        if match is None:
            return False
        for name, value in zip(names, match.groups()):
            if self._values.setdefault(name, value) != value:
                return False
            kind = name.partition(":")[0]
            if any(
                other != name and other.startswith(kind + ":") and known == value
                for other, known in self._values.items()
            ):
                return False
        return True

    def _differ(self, path, expected, actual):
        known = {name: value for name, value in self._values.items() if name in str(expected)}
        said = f"{'.'.join(path)}: recorded {expected!r}, answered {actual!r}"
        self.differences.append(said + (f" where {known}" if known else ""))


def _is_told(path, rules):
    return any(".".join(path).endswith("." + rule) for rule in rules)


def _plain(answer):
    """The answer as recordings have it: bodies read, headers of boto3's answers left out, policies parsed."""
    if not isinstance(answer, dict):
        return answer
    plain = dict(answer)
    if "ResponseMetadata" in plain:
        status = plain["ResponseMetadata"]["HTTPStatusCode"]
        plain["ResponseMetadata"] = {"HTTPHeaders": {}, "HTTPStatusCode": status}
    if hasattr(plain.get("Body"), "read"):
        plain["Body"] = plain["Body"].read().decode()
    if isinstance(plain.get("Policy"), str):
        with contextlib.suppress(ValueError):
            plain["Policy"] = json.loads(plain["Policy"])
    return plain


# Requests that are not boto3's, and their answers


def signed(method, url, headers=()):
    """Sends a request of these headers without a body, signed; boto3 would add some of its own."""
    request = botocore.awsrequest.AWSRequest(method, url, {k: v for k, v in dict(headers).items() if v is not None})
    request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY)
    botocore.auth.S3SigV4Auth(credentials, "s3", REGION).add_auth(request)
    return requests.request(method, url, headers=dict(request.headers), timeout=30)


def document(answer):
    """The XML document of an answer as recordings have it."""
    root = ElementTree.fromstring(answer.content)
    return {_name(root): _value(root)}


def exchange(answer):
    """Status, headers and body of an answer as recordings have them; these headers are written in lower case there."""
    lower = {"Date", "Server", "Accept-Ranges"}
    headers = {(name.lower() if name in lower else name): value for name, value in answer.headers.items()}
    is_document = headers.get("Content-Type") in ("application/xml", "text/xml") and answer.content
    body = document(answer) if is_document else answer.text
    return {"StatusCode": answer.status_code, "Headers": headers, "Body": body}


def _name(element):
    return element.tag.rpartition("}")[2]


def _value(element):
    """Text, or the children by name; a list when a name comes twice."""
    if len(element) == 0:
        return element.text
    value = {}
    for child in element:
        name = _name(child)
        if name not in value:
            value[name] = _value(child)
        elif isinstance(value[name], list):
            value[name].append(_value(child))
        else:
            value[name] = [value[name], _value(child)]
    return value

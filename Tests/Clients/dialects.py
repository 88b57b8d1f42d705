"""One way to call an operation, spoken by several clients: boto3, the aws command, and HTTP signed by hand."""

import datetime
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path
from urllib.parse import parse_qsl, quote
from xml.etree import ElementTree

import botocore.exceptions
import pytest
from botocore import xform_name

import wire
from larder import ACCESS_KEY, REGION, REPOSITORY, SECRET_KEY, environment


class Refusal(Exception):
    """An error answer: its code, its status where the client tells, and its other elements."""

    def __init__(self, code, status=None, message="", **elements):
        super().__init__(f"{code} {status} {message} {elements}")
        self.code, self.status, self.message, self.elements = code, status, message, elements


class Client:
    """A client that knows operations by their names and parameters as the model of S3 has them."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder

    def refused(self, operation, **arguments):
        """The refusal that a call has to end in."""
        try:
            answer = self.call(operation, **arguments)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{operation} succeeded: {answer}")

    def code(self, operation, **arguments):
        """The code of the refusal that a call has to end in."""
        return self.refused(operation, **arguments).code


class Boto(Client):
    name = "boto3"

    def __init__(self, server, folder):
        super().__init__(server, folder)
        self.s3 = server.s3()

    def call(self, operation, **arguments):
        """The answer as a dictionary; a body is read to its end."""
        try:
            answer = getattr(self.s3, xform_name(operation))(**arguments)
        except botocore.exceptions.ClientError as error:
            details = dict(error.response["Error"])
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Refusal(details.pop("Code"), status, details.pop("Message", ""), **details) from None
        if "Body" in answer:
            answer["Body"] = answer["Body"].read()
        return answer


class Aws(Client):
    name = "aws-cli"

    REFUSED = re.compile(r"An error occurred \(([^)]*)\) when calling the \w+ operation(?: \([^)]*\))?: ?(.*)")

    def call(self, operation, Body=None, **arguments):
        """The answer as a dictionary, as `aws s3api` prints it; a body comes and goes by a file."""
        file = self.folder / uuid.uuid4().hex
        command = ["s3api", xform_name(operation, "-")]
        if operation == "GetObject":
            # The one command that has a place for a body, and takes no JSON.
            command += [str(file), *(f"--{xform_name(name, '-')}={_iso(value)}" for name, value in arguments.items())]
        else:
            command += ["--cli-input-json", json.dumps(arguments, default=_iso)]
        if Body is not None:
            file.write_bytes(Body)
            command += ["--body", str(file)]
        # One call is one request, as with the others.
        if operation.startswith("List"):
            command.append("--no-paginate")
        result = self.server.aws(*command, check=False)
        if result.returncode != 0:
            found = self.REFUSED.search(result.stderr)
            assert found, result.stdout + result.stderr
            raise Refusal(found.group(1), message=found.group(2))
        answer = json.loads(result.stdout) if result.stdout.strip() else {}
        if operation == "GetObject":
            answer["Body"] = file.read_bytes()
        return answer


def _iso(value):
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)


CLIENTS = {client.name: client for client in (Boto, Aws)}


def moment(value):
    """A time as any client gives it: a datetime, or text as on the wire."""
    if isinstance(value, datetime.datetime):
        return value
    if value[:1].isdigit():
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return datetime.datetime.strptime(value, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=datetime.timezone.utc)


# HTTP that a test signs and writes itself


class Answer(wire.Answer):
    """An answer with its document."""

    @property
    def document(self):
        """The root of the XML document; names have no namespaces."""
        root = ElementTree.fromstring(self.body)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    def texts(self, path):
        """The texts of the elements at a path below the root."""
        return [element.text or "" for element in self.document.findall(path)]

    @property
    def elements(self):
        """The elements of an error document beside code, message and ids."""
        known = {"Code", "Message", "RequestId", "HostId", "Resource"}
        return {element.tag: element.text or "" for element in self.document if element.tag not in known}


def target(bucket=None, key=None, **query):
    """A request target; parameters that are None have no value, and `_` in their names stands for `-`."""
    path = "/" + "/".join(quote(part, safe="/-_.~") for part in (bucket, key) if part is not None)
    pairs = (
        name.replace("_", "-") + ("" if v is None else "=" + quote(str(v), safe="-_.~")) for name, v in query.items()
    )
    return path + ("?" + "&".join(pairs) if query else "")


def authorization(method, request_target, headers, payload, access=ACCESS_KEY, secret=SECRET_KEY):
    """The Authorization header of a request whose headers, Host among them, are given whole (SigV4)."""
    path, _, query = request_target.partition("?")
    pairs = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in parse_qsl(query, keep_blank_values=True))
    names, values = [], {}
    for name, value in headers:
        lower = name.lower()
        if lower in ("host", "content-md5", "content-type") or lower.startswith("x-amz-"):
            values[lower] = f"{values[lower]},{value.strip()}" if lower in values else value.strip()
    names = sorted(values)
    canonical = "\n".join(
        [
            method,
            path,
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{values[name]}" for name in names),
            "",
            ";".join(names),
            payload,
        ]
    )
    stamp = values["x-amz-date"]
    scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode(), hashlib.sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={';'.join(names)},Signature={signature}"


def send(server, method, request_target, headers=(), body=b"", signed=True, length=True, payload=None):
    """Sends one request, signed unless it is anonymous; the target and the headers go as they are.

    `payload` is what the request says of its body instead of the body's digest.
    """
    body = body.encode() if isinstance(body, str) else body
    pairs = list(headers.items() if hasattr(headers, "items") else headers)
    payload = payload or hashlib.sha256(body).hexdigest()
    if signed:
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        pairs = [("Host", server.authority), ("x-amz-date", now), ("x-amz-content-sha256", payload), *pairs]
        pairs.append(("Authorization", authorization(method, request_target, pairs, payload)))
    else:
        pairs = [("Host", server.authority), *pairs]
    if length and (body or method in ("PUT", "POST")):
        pairs.append(("Content-Length", str(len(body))))
    lines = [f"{method} {request_target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs), "Connection: close"]
    answer = wire.exchange(server, "\r\n".join([*lines, "", ""]).encode() + body, method)
    assert answer is not None, f"no answer to {method} {request_target}"
    return Answer(answer.status, answer.reason, answer.headers, answer.body)


# curl


def curl(server, *arguments, check=True, signed=True):
    """Runs curl, which signs by itself; the last argument is a target."""
    *options, path = map(str, arguments)
    command = ["curl", "-sS", "--path-as-is", "--max-time", "60", *options]
    if server.tls_ca:
        command += ["--cacert", server.tls_ca]
    if signed:
        # Without this header curl 7.88 signs the digest of no bytes.
        command += ["--aws-sigv4", f"aws:amz:{REGION}:s3", "--user", f"{ACCESS_KEY}:{SECRET_KEY}"]
        command += ["--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
    result = subprocess.run([*command, server.endpoint + path], env=environment(), capture_output=True, timeout=90)
    if check:
        assert result.returncode == 0, result.stderr
    return result


# Programs, and libraries that cannot be in one environment with boto3 as it is now


def needs(program):
    """Passes over a module's tests, visibly, where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command, env=None, check=True, timeout=110, **options):
    """Runs a program in an environment without settings of the caller's."""
    arguments = list(map(str, command))
    result = subprocess.run(
        arguments, env=environment(**(env or {})), capture_output=True, text=True, timeout=timeout, **options
    )
    if check:
        assert result.returncode == 0, f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result


ASYNC_PYTHON = Path(os.environ.get("LARDER_ASYNC_PYTHON", REPOSITORY / ".venv-async/bin/python"))


def guest(script, function, server, *arguments):
    """Runs a function of a script in guests/ with the other environment; it asserts what it has to."""
    if not ASYNC_PYTHON.exists():
        pytest.skip(f"{ASYNC_PYTHON} is not there: scripts/test makes it")
    env = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": server.endpoint,
    }
    return run(ASYNC_PYTHON, Path(__file__).parent / "guests" / script, function, *arguments, env=env)

"""A Larder server in a process of its own, seen from outside only."""

import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import botocore.config
import requests

import wire
from awsfork import AwsCommand

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("LARDER_BINARY", REPOSITORY / ".build/release/larder"))

ACCESS_KEY = "AKIATESTTESTTESTTEST"
SECRET_KEY = "test/secret+key0123456789abcdefghijklmno"
API_TOKEN = "smt_" + "7e57" * 16
REGION = "us-east-1"


def environment(**variables):
    """The environment of a process of ours: nothing of the caller's Larder or AWS settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LARDER_", "AWS_"))}
    kept.update(
        SWIFT_BACKTRACE="enable=no",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE="/dev/null",
        AWS_SHARED_CREDENTIALS_FILE="/dev/null",
        LC_ALL="C.UTF-8",
    )
    kept.update({k: str(v) for k, v in variables.items() if v is not None})
    return kept


def aws_environment():
    """What the aws command finds in its environment."""
    return environment(
        AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_DEFAULT_REGION=REGION, AWS_MAX_ATTEMPTS=1
    )


@functools.cache
def aws_command():
    """The aws command of this process of tests."""
    return AwsCommand(aws_environment())


class NotReady(Exception):
    """The server ended, or did not get ready; the text is its log."""


class Server:
    """One server on one root. The root outlives stop, kill and restart."""

    def __init__(self, storage, *arguments, env=None, wrapper=(), tls_ca=None):
        self.storage = Path(storage)
        self.arguments = list(arguments)
        self.env = environment(
            LARDER_STORAGE=storage,
            LARDER_LISTEN="127.0.0.1:0",
            LARDER_ACCESS_KEY=ACCESS_KEY,
            LARDER_SECRET_KEY=SECRET_KEY,
            LARDER_API_TOKEN=API_TOKEN,
        )
        for name, value in (env or {}).items():
            if value is None:
                self.env.pop(name, None)
            else:
                self.env[name] = str(value)
        self.wrapper = list(wrapper)
        self.tls_ca = tls_ca
        self.log = Path(tempfile.mkstemp(prefix="larder-log-")[1])
        self.process = None
        self.ready_lines = []
        self.endpoint = None

    # Life

    def start(self, timeout=30):
        command = [*self.wrapper, str(BINARY), "serve", *self.arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=self.env, text=True
            )
        self.ready_lines = []
        is_ready = threading.Event()
        reader = threading.Thread(target=self._read, args=(self.process.stdout, is_ready), daemon=True)
        reader.start()
        if not is_ready.wait(timeout) or "ready" not in self.ready_lines:
            self.process.kill() if self.process.poll() is None else None
            self.process.wait()
            raise NotReady("\n".join(self.ready_lines) + self.log_text())
        self.endpoint = self.ready_value("endpoint")
        return self

    def _read(self, stream, is_ready):
        for line in stream:
            self.ready_lines.append(line.rstrip("\n"))
            if line.rstrip("\n") == "ready":
                is_ready.set()
        is_ready.set()

    def ready_value(self, name):
        """What the ready block says behind `name: `; None when it has no such line."""
        for line in self.ready_lines:
            if line.startswith(name + ": "):
                return line[len(name) + 2 :]
        return None

    def stop(self, timeout=40):
        """Asks for a graceful stop and returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def restart(self):
        if self.is_alive:
            self.stop()
        return self.start()

    def dispose(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self):
        return self.log.read_text(errors="replace")

    # Addresses

    @property
    def host(self):
        return urlsplit(self.endpoint).hostname

    @property
    def port(self):
        return urlsplit(self.endpoint).port

    @property
    def authority(self):
        return f"{self.host}:{self.port}"

    def path(self, *parts):
        """A path below the root, as the test sees it."""
        return self.storage.joinpath(*parts)

    # Clients

    def s3(self, signature="s3v4", access=None, secret=None, **config):
        settings = {"s3": {"addressing_style": "path"}, "retries": {"max_attempts": 0}, **config}
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=access or self.env.get("LARDER_ACCESS_KEY", ACCESS_KEY),
            aws_secret_access_key=secret or self.env.get("LARDER_SECRET_KEY", SECRET_KEY),
            region_name=REGION,
            verify=self.tls_ca,
            config=botocore.config.Config(signature_version=signature, **settings),
        )

    def aws(self, *arguments, check=True, stdin=None):
        """Runs the aws command; with something to read it is a process from the beginning."""
        options = ["--endpoint-url", self.endpoint] + (["--ca-bundle", self.tls_ca] if self.tls_ca else [])
        arguments = [*options, *map(str, arguments)]
        if stdin is None:
            result = aws_command().run(arguments)
        else:
            command = [Path(sys.executable).with_name("aws"), *arguments]
            result = subprocess.run(
                command, env=aws_environment(), stdin=stdin, capture_output=True, text=True, timeout=90
            )
        if check:
            assert result.returncode == 0, result.stdout + result.stderr
        return result

    def api(self, method, path="", token=API_TOKEN, headers=None, **options):
        """A request to the attachments API; `path` is what follows /api/v4/file_attachments."""
        headers = dict(headers or {})
        if token is not None:
            headers.setdefault("Authorization", f"Token token={token}")
        url = f"{self.endpoint}/api/v4/file_attachments{path}"
        return requests.request(method, url, headers=headers, timeout=60, verify=self.tls_ca, **options)

    def get(self, path, **options):
        return requests.get(self.endpoint + path, timeout=30, verify=self.tls_ca, **options)

    def run(self, *arguments, check=True, **variables):
        """Runs another command of the binary, beside this server or after it."""
        env = {**self.env, **{k: str(v) for k, v in variables.items()}}
        result = subprocess.run(
            [str(BINARY), *map(str, arguments)], env=env, capture_output=True, text=True, timeout=30
        )
        if check:
            assert result.returncode == 0, result.stdout + result.stderr
        return result

    # What the kernel knows

    def descriptors(self):
        """What each open descriptor refers to."""
        found = []
        for entry in os.scandir(f"/proc/{self.process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                found.append(os.readlink(entry.path))
        return found

    def status(self, field):
        """A field of /proc/PID/status in KiB, such as VmRSS or VmHWM."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE).group(1))

    def incoming(self):
        """What lies in `incoming/`, unnamed files that are still open included."""
        directory = self.path(".larder", "incoming")
        named = [str(path) for path in directory.rglob("*") if path.is_file()]
        # Unnamed files read as "<directory>/#<inode> (deleted)".
        unnamed = (
            [link for link in self.descriptors() if link.startswith(str(directory) + "/")] if self.is_alive else []
        )
        return named + unnamed

    def connect(self, timeout=20):
        """A connection to the server, over TLS if it speaks that."""
        if self.tls_ca:
            return wire.SecureConnection.to((self.host, self.port), timeout, self.tls_ca)
        return wire.Connection.to((self.host, self.port), timeout)


def read_out(terminal):
    """What is left to read of a terminal whose other side is closed; closes this one, too."""
    shown = b""
    # A read gives some of it; the end is EIO.
    with contextlib.suppress(OSError):
        while more := os.read(terminal, 1 << 16):
            shown += more
    os.close(terminal)
    return shown


def eventually(condition, timeout=10, interval=0.05):
    """Waits until `condition()` is neither None nor False and returns it; fails after `timeout` seconds.

    Not its truth: an answer of requests is false when its status is an error.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value is not None and value is not False:
            return value
        assert time.monotonic() < deadline, f"still {value!r} after {timeout} s"
        time.sleep(interval)

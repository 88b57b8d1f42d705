"""What stands behind a server: a Larder with keys of its own, moto's server, another S3, a proxy that does harm."""

import contextlib
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import boto3
import botocore.config
import pytest
import requests

from larder import REGION, eventually

REMOTE_KEY = "AKIAREMOTEREMOTE1234"
REMOTE_SECRET = "remote/secret+key0123456789abcdefghijk"
UPSTREAM = os.environ.get("LARDER_UPSTREAM")


def remote_environment():
    """The environment of a Larder that stands behind another."""
    return {"LARDER_ACCESS_KEY": REMOTE_KEY, "LARDER_SECRET_KEY": REMOTE_SECRET}


class Outside:
    """The S3 that `LARDER_UPSTREAM` names, as scripts/ceph-rgw does: it has our keys, and all its buckets are ours.

    A test that asks it for what only a Larder of its own could do is skipped.
    """

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.host, self.port = urlsplit(endpoint).hostname, urlsplit(endpoint).port
        s3 = self.s3()
        for bucket in s3.list_buckets()["Buckets"]:
            self._empty(s3, bucket["Name"])
            s3.delete_bucket(Bucket=bucket["Name"])

    def __getattr__(self, name):
        pytest.skip(f"the S3 of LARDER_UPSTREAM has no '{name}'")

    def s3(self):
        settings = {"s3": {"addressing_style": "path"}, "retries": {"max_attempts": 0}}
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=REMOTE_KEY, aws_secret_access_key=REMOTE_SECRET,
            region_name=REGION, config=botocore.config.Config(signature_version="s3v4", **settings),
        )

    @staticmethod
    def _empty(s3, bucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", []) + page.get("DeleteMarkers", []):
                s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def behind(server, buckets=("uploads",), **config):
    """The S3 that stands behind another: a Larder, if `LARDER_UPSTREAM` names none, that has these buckets.

    It takes no attachments, or it would keep others from writing its styles.
    """
    if UPSTREAM:
        outside = Outside(UPSTREAM)
        for bucket in buckets:
            outside.s3().create_bucket(Bucket=bucket)
        return outside
    config["buckets"] = list(buckets)
    return server(config={"attachments": {"buckets": ["others"]}, **config}, env=remote_environment())


def remote_settings(endpoint, mode="proxy", **more):
    """The part `remote` of a configuration."""
    keys = {"access_key": REMOTE_KEY, "secret_key": REMOTE_SECRET}
    return {"remote": {"mode": mode, "endpoint": endpoint, "region": REGION, **keys, **more}}


def bound():
    """A socket that has a port and does not listen: connections are refused, and nobody else is given the port.

    Who names the port can listen there meanwhile, with a socket that may reuse addresses.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Moto:
    """moto's server on a port of its own."""

    def __init__(self):
        # Its own in the seconds until moto listens, too.
        self._held = bound()
        self.port = self._held.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._answers, timeout=60)

    def _answers(self):
        assert self.process.poll() is None, "moto's server ended"
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(self.endpoint, timeout=5).status_code == 200

    def dispose(self):
        self.process.kill()
        self.process.wait()
        self._held.close()


class FaultProxy:
    """Stands between a server and its remote and does what `fault` says to each request that comes.

    `None` passes on; `delay` waits for `pause` seconds first; `hang` never answers; `reset` resets after the head;
    `truncate` cuts the answer's body; `lie` announces more than comes; `garbage` is no HTTP; a number is that status.
    A function is asked, with method and target, which of these it is to be. `answered` has (method, target, status) of
    what the remote itself answered, `returned` the bytes of the bodies of its answers, those of unknown length left out.
    """

    def __init__(self, server):
        self._to = (server.host, server.port)
        self.fault = None
        self.pause = 0.3
        self.requests = 0
        self.answered = []
        self.returned = 0
        self._open = set()
        self._lock = threading.Lock()
        self._listener = None
        # Its own while it is gone, too.
        self._held = bound()
        self.port = self._held.getsockname()[1]
        self.back()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gone()
        self._held.close()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def back(self):
        """Listens, on the port that it had."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def gone(self):
        """Listens no more and cuts what is open."""
        if self._listener is None:
            return
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._lock:
            for connection in list(self._open):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with self._lock:
            self._open.add(client)
        try:
            with client, socket.create_connection(self._to) as server:
                client.settimeout(60)
                server.settimeout(60)
                while self._exchange(client, server):
                    pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(client)

    def _exchange(self, client, server):
        head, rest = self._head(client)
        if not head:
            return False
        self.requests += 1
        fault = self.fault(*self._asked(head)) if callable(self.fault) else self.fault
        if fault == "delay":
            time.sleep(self.pause)
        elif fault == "hang":
            while client.recv(65536):
                pass
            return False
        elif fault == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        elif fault == "garbage":
            client.sendall(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
            return False
        elif isinstance(fault, int):
            return self._refuse(client, head, rest, fault)
        return self._pass(client, server, head, rest, fault)

    def _refuse(self, client, head, rest, status):
        code = {500: "InternalError", 503: "SlowDown"}.get(status, "Fault")
        body = b"" if head.startswith(b"HEAD") else f"<Error><Code>{code}</Code><Message>a fault</Message></Error>".encode()
        client.sendall(
            f"HTTP/1.1 {status} Fault\r\nContent-Type: application/xml\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        )
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while client.recv(65536):
                pass
        return False

    def _pass(self, client, server, head, rest, fault):
        server.sendall(head + rest)
        done = threading.Event()
        # The body goes on while the answer may come already.
        length = self._length(head)
        sender = threading.Thread(target=self._send_body, args=(client, server, length - len(rest), done), daemon=True)
        sender.start()
        try:
            return self._answer(client, server, head, fault)
        finally:
            done.set()

    @staticmethod
    def _send_body(client, server, left, done):
        with contextlib.suppress(OSError):
            while left > 0 and not done.is_set():
                data = client.recv(min(left, 65536))
                if not data:
                    server.shutdown(socket.SHUT_WR)
                    return
                server.sendall(data)
                left -= len(data)

    def _answer(self, client, server, asked, fault):
        while True:
            head, rest = self._head(server)
            if not head:
                return False
            if not head.startswith(b"HTTP/1.1 1"):
                break
            client.sendall(head)
            if rest:
                raise OSError("bytes behind an interim answer")
        self.answered.append((*self._asked(asked), int(head.split()[1])))
        empty = asked.startswith(b"HEAD") or head.split()[1] in (b"204", b"304")
        if not empty and b"\r\ntransfer-encoding: chunked" in head.lower():
            return self._answer_chunks(client, server, head, rest)
        length = 0 if empty else self._length(head)
        if fault == "lie":
            head = re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d" % (length + 1000), head)
        client.sendall(head)
        wanted = length // 2 if fault == "truncate" else length
        sent = 0
        while sent < wanted:
            data = rest or server.recv(65536)
            if not data:
                return False
            rest = b""
            client.sendall(data[: wanted - sent])
            sent += len(data)
            with self._lock:
                self.returned += len(data)
        return fault not in ("truncate", "lie") and b"connection: close" not in head.lower()

    @staticmethod
    def _answer_chunks(client, server, head, data):
        """Passes on an answer of unknown length, whole."""
        client.sendall(head)
        while not data.endswith(b"\r\n0\r\n\r\n"):
            more = server.recv(65536)
            if not more:
                return False
            data += more
        client.sendall(data)
        return True

    @staticmethod
    def _asked(head):
        """Method and target of a request."""
        return tuple(head.decode("latin-1").split()[:2])

    @staticmethod
    def _head(source):
        data = b""
        while b"\r\n\r\n" not in data:
            more = source.recv(65536)
            if not more:
                return b"", b""
            data += more
        head, rest = data.split(b"\r\n\r\n", 1)
        return head + b"\r\n\r\n", rest

    @staticmethod
    def _length(head):
        found = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        return int(found.group(1)) if found else 0

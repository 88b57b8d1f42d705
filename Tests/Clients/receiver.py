"""A receiver of webhooks as an application would have one: it verifies each request with the library of the specification."""

import base64
import contextlib
import http.server
import json
import os
import socket
import ssl
import struct
import threading

from standardwebhooks.webhooks import Webhook


def secret():
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


class Receiver:
    """Listens on loopback; answers what `answers` says next, 204 otherwise.

    An answer is a status, a status with headers, or one of "reset" (the connection breaks), "hang" (no answer until the end)
    and "garbage" (no HTTP).
    """

    def __init__(self, certificate=None, port=0):
        self.secret = secret()
        self.answers = []
        self.events = []
        self.requests = []
        self.problems = []
        self.is_over = threading.Event()
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver._handle(self)

            def log_message(self, *arguments):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, address):
                pass  # A peer that is killed, or one that does not like the certificate.

        self._server = Listener(("127.0.0.1", port), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def endpoint(self, name="app", **more):
        """What the configuration says of this receiver."""
        return {"name": name, "url": self.url, "secret": self.secret, **more}

    def close(self):
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()

    def of_type(self, type):
        return [event for event in self.events if event["type"] == type]

    def _handle(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self._lock:
            self.requests.append((handler.path, dict(handler.headers)))
            answer = self.answers.pop(0) if self.answers else 204
        if answer == "hang":
            self.is_over.wait(60)
            handler.close_connection = True
        elif answer == "reset":
            # A linger of no time: the peer gets a reset instead of an end.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
        elif answer == "garbage":
            handler.wfile.write(b"220 mail.example.com ESMTP\r\n")
            handler.close_connection = True
        else:
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            if 200 <= status < 300:
                self._take(handler, body)
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            if status != 204:
                handler.send_header("Content-Length", "0")
            handler.end_headers()

    def _take(self, handler, body):
        try:
            event = Webhook(self.secret).verify(body, dict(handler.headers))
            assert event["id"] == handler.headers["webhook-id"], "the id is not that of the header"
            with self._lock:
                self.events.append(event)
        except Exception as error:  # A request that does not verify is a finding of the test.
            self.problems.append(f"{type(error).__name__}: {error}: {json.dumps(dict(handler.headers))}")


@contextlib.contextmanager
def receiving(**options):
    """A receiver, closed behind."""
    receiver = Receiver(**options)
    try:
        yield receiver
    finally:
        receiver.close()
    assert not receiver.problems, receiver.problems[:3]

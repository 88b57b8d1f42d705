"""Requests byte by byte, for what no client library would send."""

import http.client
import socket
import ssl


class Answer:
    """One HTTP answer read to its end."""

    def __init__(self, status, reason, headers, body):
        self.status, self.reason, self.headers, self.body = status, reason, headers, body

    def header(self, name):
        return self.headers.get(name)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def code(self):
        """The code of an S3 error document."""
        return self.text.partition("<Code>")[2].partition("</Code>")[0]

    def __repr__(self):
        return f"{self.status} {self.reason} {dict(self.headers)} {self.body[:600]!r}"


class _ReadByOne:
    """A socket with one reader: what that has read ahead belongs to the next answer."""

    _reader = None

    @property
    def reader(self):
        if self._reader is None:
            self._reader = self.makefile("rb")
        return self._reader

    def close(self):
        if self._reader is not None:
            self._reader.close()
        super().close()


class Connection(_ReadByOne, socket.socket):
    """A plain connection."""

    @classmethod
    def to(cls, address, timeout):
        connection = cls(fileno=socket.create_connection(address, timeout).detach())
        connection.settimeout(timeout)
        return connection


class SecureConnection(_ReadByOne, ssl.SSLSocket):
    """A connection over TLS."""

    @classmethod
    def to(cls, address, timeout, authority):
        """Connects, and takes no other certificate than one that this authority has signed for the address."""
        context = ssl.create_default_context(cafile=authority)
        context.sslsocket_class = cls
        return context.wrap_socket(socket.create_connection(address, timeout), server_hostname=address[0])


class _Source:
    """Gives http.client the connection's reader, which it closes after each answer and which has to stay open."""

    def __init__(self, reader):
        self._reader = reader

    def makefile(self, mode):
        return self

    def __getattr__(self, name):
        return getattr(self._reader, name)

    def close(self):
        pass


def read_answer(connection, method="GET"):
    """Reads one final answer, passing over 1xx; None when the peer closes first."""
    while True:
        response = http.client.HTTPResponse(_Source(connection.reader), method=method)
        try:
            response.begin()
            body = response.read()
        except http.client.IncompleteRead as cut:
            body = cut.partial
        except (http.client.BadStatusLine, ConnectionError):
            return None
        return Answer(response.status, response.reason, response.msg, body)


def exchange(server, data, method="GET", pieces=None):
    """Sends bytes on a connection of their own and reads the answer; None when there is none.

    `pieces` is the number of bytes a piece; a refusal that comes while sending is read all the same.
    """
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if pieces is None:
                connection.sendall(data)
            else:
                for start in range(0, len(data), pieces):
                    connection.sendall(data[start : start + pieces])
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answer(connection, method)


def head(method, target, server, *headers, host=None):
    """A request head; header lines are given whole and may be anything."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or server.authority}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")

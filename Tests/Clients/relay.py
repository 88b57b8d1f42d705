"""A relay between a client and a server that keeps what the client sends, over TLS too."""

import re
import socket
import ssl
import threading


class Relay:
    """Listens on a port of its own, passes bytes on both ways, and keeps those of the clients."""

    def __init__(self, server, certificate=None):
        self._to = (server.host, server.port)
        self._context = None
        # A certificate and its key: the server behind is spoken to plainly, since it is the client that matters.
        if certificate:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(*certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sent = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Wakes the thread that waits in accept, which close alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def authority(self):
        return "{}:{}".format(*self._listener.getsockname())

    @property
    def is_secure(self):
        """Whether clients have to speak TLS."""
        return self._context is not None

    @property
    def endpoint(self):
        return f"{'https' if self.is_secure else 'http'}://{self.authority}"

    def heads(self, method):
        """The heads of all requests of a method."""
        pattern = rb"%s /\S* HTTP/1\.1\r\n.*?\r\n\r\n" % method.encode()
        return [head.decode("latin-1") for sent in self._sent for head in re.findall(pattern, bytes(sent), re.DOTALL)]

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            with client, socket.create_connection(self._to) as server:
                kept = bytearray()
                self._sent.append(kept)
                back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
                back.start()
                self._pump(client, server, kept)
                back.join()
        except OSError:
            # A client that goes away, or trusts nobody.
            return

    @staticmethod
    def _pump(source, sink, kept=None):
        try:
            while data := source.recv(65536):
                if kept is not None:
                    kept += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return

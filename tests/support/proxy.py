# SPDX-License-Identifier: GPL-2.0-or-later
"""An HTTP and SOCKS 5 proxy for tests; what it was asked for is in `asked`."""
import base64
import select
import socket
import struct
import threading


class Proxy:
    """Connects to whatever is asked for. `login` is (user, password), which it then wants."""

    def __init__(self, kind, login=None):
        self.kind, self.login = kind, login
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, client):
        with client:
            try:
                broker = (self._http if self.kind == "http" else self._socks)(client)
            except (OSError, EOFError):
                return
            if broker:
                with broker:
                    self._carry(client, broker)

    def _http(self, client):
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += self._read(client, 1)
        lines = request.decode().split("\r\n")
        verb, target, _ = lines[0].split(" ")
        assert verb == "CONNECT" and f"Host: {target}" in lines
        if self.login:
            basic = base64.b64encode(":".join(self.login).encode()).decode()
            if f"Proxy-Authorization: Basic {basic}" not in lines:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return None
        self.asked.append(target)
        host, port = target.rsplit(":", 1)
        try:
            broker = socket.create_connection((host, int(port)), 10)
        except OSError:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return None
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return broker

    def _socks(self, client):
        version, count = self._read(client, 2)
        methods = self._read(client, count)
        assert version == 5
        if self.login:
            if 2 not in methods:
                client.sendall(b"\x05\xff")
                return None
            client.sendall(b"\x05\x02")
            assert self._read(client, 1) == b"\x01"
            login = tuple(self._read(client, self._read(client, 1)[0]).decode() for _ in range(2))
            client.sendall(b"\x01\x00" if login == self.login else b"\x01\x01")
            if login != self.login:
                return None
        else:
            client.sendall(b"\x05\x00")
        assert self._read(client, 4) == b"\x05\x01\x00\x03"
        host = self._read(client, self._read(client, 1)[0]).decode()
        port = struct.unpack(">H", self._read(client, 2))[0]
        self.asked.append(f"{host}:{port}")
        try:
            broker = socket.create_connection((host, port), 10)
        except OSError:
            client.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return None
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return broker

    @staticmethod
    def _read(connection, count):
        data = b""
        while len(data) < count:
            more = connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    @staticmethod
    def _carry(one, other):
        while True:
            for end in select.select([one, other], [], [])[0]:
                try:
                    data = end.recv(65536)
                    if not data:
                        return
                    (other if end is one else one).sendall(data)
                except OSError:
                    return

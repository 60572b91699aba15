# SPDX-License-Identifier: GPL-2.0-or-later
"""MQTT brokers for tests: a real mosquitto on a free loopback port, and one whose every byte is scripted."""
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_until(condition, timeout=60, what="condition"):
    """Until condition() is true; returns what it returned."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {timeout} s for {what}"
        time.sleep(0.02)


class Mosquitto:
    """mosquitto with `settings` as further lines of its configuration. `users` are name: password; without
    them anybody may come in."""

    def __init__(self, users=None, settings="", port=None, listener=""):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-mosquitto-", dir="/tmp"))
        self.home.chmod(0o755)
        self.port = port or free_port()
        lines = [f"listener {self.port} 127.0.0.1", listener, "log_type all", "persistence false",
                 "max_queued_messages 0", settings]
        if users:
            passwords = self.home / "passwords"
            passwords.touch()
            for name, password in users.items():
                subprocess.run(["mosquitto_passwd", "-b", passwords, name, password], check=True)
            passwords.chmod(0o644)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        else:
            lines.append("allow_anonymous true")
        self.config = self.home / "mosquitto.conf"
        self.config.write_text("\n".join(lines) + "\n")
        self.log = self.home / "log"
        self.process = None
        self.start()

    def start(self):
        starts = self._starts()
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", self.config], stdout=log,
                                            stderr=subprocess.STDOUT)
        wait_until(lambda: self._listens() and self._starts() > starts, what="mosquitto")

    def _starts(self):
        """How often it has opened all its listeners."""
        return self.log.read_text().count(" running\n") if self.log.exists() else 0

    def _listens(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait(30)
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


class Received:
    def __init__(self, retain, qos, topic, payload):
        self.retain, self.qos, self.topic, self.payload = retain, qos, topic, payload

    def __repr__(self):
        return f"{self.topic} {self.payload!r}"


class Subscriber:
    """mosquitto_sub on all topics; what it gets is in `messages`."""

    def __init__(self, port, user=None, password=None, topic="#", qos=2, arguments=()):
        login = ["-u", user, "-P", password] if user else []
        command = ["stdbuf", "-oL", "mosquitto_sub", "-d", "-h", "127.0.0.1", "-p", str(port), "-t", topic,
                   "-q", str(qos), "-F", "= %r %q %x %t", *login, *arguments]
        self.messages = []
        self._subscribed = threading.Event()
        self._changed = threading.Condition()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self._subscribed.wait(60), "mosquitto_sub did not subscribe"

    def _read(self):
        for line in self.process.stdout:
            line = line.decode("utf-8", "replace").rstrip("\n")
            if line.startswith("Subscribed"):
                self._subscribed.set()
            elif line.startswith("= "):
                retain, qos, payload, topic = line[2:].split(" ", 3)
                with self._changed:
                    self.messages.append(Received(retain == "1", int(qos), topic, bytes.fromhex(payload)))
                    self._changed.notify_all()

    def wait_for(self, condition, timeout=60, what="messages"):
        """Until condition(messages) is true."""
        with self._changed:
            good = self._changed.wait_for(lambda: condition(self.messages), timeout)
        assert good, f"waited {timeout} s for {what}; got {len(self.messages)}: {self.messages[-5:]}"
        return self.messages

    def stop(self):
        self.process.kill()
        self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


CONNECT, CONNACK, PUBLISH, PUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 12, 14
ACCEPTED = b"\x20\x02\x00\x00"


class Wire:
    """One connection at the broker's end, packet by packet."""

    def __init__(self, connection):
        self.connection = connection
        connection.settimeout(60)

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def packet(self):
        """(type, flags, body) of the next packet; EOFError at the end."""
        first = self.read(1)[0]
        length = shift = 0
        while True:
            byte = self.read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return first >> 4, first & 0x0F, self.read(length)

    def send(self, data):
        self.connection.sendall(data)


def text(body, at=0):
    """A length-prefixed text and where it ends."""
    length = struct.unpack_from(">H", body, at)[0]
    return body[at + 2:at + 2 + length], at + 2 + length


class FakeBroker:
    """Calls handlers[0](wire), handlers[1](wire), ... for one connection after the other, the last one for
    all that follow; closes the connection when the handler returns."""

    def __init__(self, *handlers, port=0):
        self.handlers = list(handlers)
        self.connections = 0
        self.errors = []
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            handler = self.handlers[min(self.connections, len(self.handlers) - 1)]
            self.connections += 1
            with connection:
                try:
                    handler(Wire(connection))
                except (OSError, EOFError):
                    pass
                except Exception as error:  # for the test to look at
                    self.errors.append(error)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def bridge_program():
    return pathlib.Path(os.environ["MESHCORE_BUILD_DIR"]) / "bin" / "meshcore-bridge"

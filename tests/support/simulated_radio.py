#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A companion radio that isn't there: it speaks the companion protocol byte for byte, over TCP or a pty.

It answers the queries, then sends what it is given: on-air packets as LOG_RX_DATA, or a recorded stream
as it is. As a program it prints where it listens:

    simulated_radio.py --tcp 0 --frames packets.jsonl --interval 0.2
    simulated_radio.py --pty --stream recorded.bin
"""
import argparse
import json
import math
import os
import select
import socket
import struct
import sys
import threading
import time
import tty

LONGEST_BODY = 176

# What real radios answered (test-captures/companion/ORIGIN.md). The BLE PIN is not zero here, so that
# tests can look for it where it must not be.
BLE_PIN = 0x00C0FFEE
DEVICE_INFO = bytes.fromhex(
    "0d08af28" + struct.pack("<I", BLE_PIN).hex() + "3330204e6f76203230323500"
    "48656c74656320563300000000000000000000000000000000000000000000000000000000000000"
    "76312e31312e300000000000000000000000000000")[:80]
PUBLIC_KEY = bytes.fromhex("f5d2b56d19b24412756933e917d4632e088cdd5daeadc9002feca73bf5d2b56d")
SELF_INFO = bytes.fromhex("05010516") + PUBLIC_KEY + bytes.fromhex(
    "162ddc029d67b8f800010001bde40d0024f400000707486f776c204020f09f8fa1")
BATTERY_AND_STORAGE = bytes.fromhex("0c9410d40400007c050000")


def answers(clock=None, received=0):
    """The reply to each query, by the query's first bytes. `received` is the radio's packet counter, a
    number or something that tells it."""
    def packets():
        count = received() if callable(received) else received
        return bytes([24, 2]) + struct.pack("<7I", count, 20, 15, 5, count, 0, 3)
    return {
        b"\x16": lambda: DEVICE_INFO,
        b"\x01": lambda: SELF_INFO,
        b"\x05": lambda: b"\x09" + struct.pack("<I", int(clock if clock is not None else time.time())),
        b"\x14": lambda: BATTERY_AND_STORAGE,
        b"\x38\x00": lambda: bytes([24, 0]) + struct.pack("<HIHB", 4244, 86400, 0, 1),
        b"\x38\x01": lambda: bytes([24, 1]) + struct.pack("<hbbII", -117, -88, 29, 321, 1234),
        b"\x38\x02": packets,
    }


def message(body):
    """'>', length, body."""
    return b">" + struct.pack("<H", len(body)) + body


def log_rx_data(raw, snr, rssi):
    """The push for a packet heard, or nothing: a companion does not report what is too long."""
    body = bytes([0x88, math.trunc(snr * 4) & 0xFF, math.trunc(rssi) & 0xFF]) + raw
    return message(body) if len(body) <= LONGEST_BODY else b""


def packets(path):
    """(raw, snr, rssi) of a JSON-lines file."""
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(bytes.fromhex(row["raw"]), row.get("snr") or 0, row.get("rssi") or 0) for row in rows if "raw" in row]


def messages(stream):
    """The whole messages of a recorded stream, which holds nothing else."""
    found = []
    position = 0
    while position < len(stream):
        assert stream[position] == ord(">"), f"no message at byte {position}"
        end = position + 3 + struct.unpack_from("<H", stream, position + 1)[0]
        found.append(bytes(stream[position:end]))
        position = end
    return found


class Pause:
    """A step of a script: nothing for some seconds."""
    def __init__(self, seconds):
        self.seconds = seconds


class When:
    """A step of a script: waits for a threading.Event."""
    def __init__(self, event):
        self.event = event


class Disconnect:
    """A step of a script: the connection ends, and the rest of the script is for the next one."""


class Vanish:
    """A step of a script: the radio is unplugged; nobody will connect again."""


class SimulatedRadio:
    """Serves one client at a time, as real ones do. `script` is a list of bytes and of the steps above;
    in each connection it goes on once `wait` different queries have been answered. Replies go out between two
    steps, so a step is one message or more. `chunk` is
    the most that is written at a time. `replies` None answers nothing."""

    def __init__(self, script=(), replies="default", wait=1, interval=0.0, repeat=False, chunk=65536):
        self.script = list(script)
        self.replies = answers() if replies == "default" else replies
        self.wait = wait
        self.interval = interval
        self.repeat = repeat
        self.chunk = chunk
        self.position = 0
        self.heard = bytearray()      # all that hosts wrote
        self.queries = []             # bodies of whole commands
        self.connections = 0
        self.over_tcp = False
        self.done = threading.Event()  # the script has been sent
        self.changed = threading.Condition()
        self._stop = threading.Event()
        self._wake_r, self._wake_w = os.pipe()
        self._threads = []
        self._close = []

    # -- where it listens

    def tcp(self, port=0, host="127.0.0.1"):
        """Listens, and returns the port."""
        listener = socket.create_server((host, port))
        self._close.append(listener.close)
        self.over_tcp = True
        self._run(self._serve_tcp, listener)
        return listener.getsockname()[1]

    def pty(self):
        """A pseudo terminal, and returns its path, which anybody may open."""
        master, slave = os.openpty()
        tty.setraw(slave)
        path = os.ttyname(slave)
        os.chmod(path, 0o666)
        self._run(self._serve_pty, master, slave)
        return path

    def stop(self):
        self._stop.set()
        os.write(self._wake_w, b"x")
        for thread in self._threads:
            thread.join(10)
        for close in self._close:
            close()
        self._close = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def wait_for(self, condition, timeout=60):
        """Until condition(self) is true; it is looked at whenever a host wrote or the script went on."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), timeout)

    # -- inside

    def _run(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _note(self):
        with self.changed:
            self.changed.notify_all()

    def _serve_tcp(self, listener):
        while not self._stop.is_set():
            if self._wake_r in select.select([listener, self._wake_r], [], [])[0]:
                return
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                try:
                    step = self._talk(connection.fileno())
                except OSError:
                    continue
            if step is Vanish:
                listener.close()
                return

    def _serve_pty(self, master, slave):
        try:
            self._talk(master)
        except OSError:
            pass
        finally:
            os.close(master)
            os.close(slave)

    def _talk(self, fd):
        """One connection; returns the step that ended it."""
        self.connections += 1
        self._note()
        os.set_blocking(fd, False)
        pending = bytearray()   # from the host
        outgoing = bytearray()
        answered = set()
        due = time.monotonic()
        while True:
            talking = len(answered) >= self.wait
            if talking and not outgoing and time.monotonic() >= due:
                step = self._next_step()
                if isinstance(step, Pause):
                    due = time.monotonic() + step.seconds
                elif isinstance(step, When):
                    if not step.event.is_set():
                        self.position -= 1
                        due = time.monotonic() + 0.05
                elif isinstance(step, (Disconnect, Vanish)):
                    return type(step)
                elif step is not None:
                    outgoing += step
                    due = time.monotonic() + self.interval
            more = talking and not self.done.is_set()
            timeout = max(0.0, due - time.monotonic()) if more and not outgoing else None
            readable, writable, _ = select.select([fd, self._wake_r], [fd] if outgoing else [], [], timeout)
            if self._wake_r in readable:
                return None
            if fd in readable:
                data = os.read(fd, 4096)
                if not data:
                    return None
                self.heard += data
                pending += data
                for body in self._commands(pending):
                    self.queries.append(body)
                    outgoing += self._reply(body)
                    answered.add(body)
                self._note()
            if fd in writable:
                del outgoing[:os.write(fd, outgoing[:self.chunk])]

    def _next_step(self):
        if self.position == len(self.script) and self.repeat and self.script:
            self.position = 0
        if self.position == len(self.script):
            if not self.done.is_set():
                self.done.set()
                self._note()
            return None
        self.position += 1
        return self.script[self.position - 1]

    def _commands(self, pending):
        """As the firmware takes them: over a line it skips what is before '<', over TCP it takes any three
        bytes for a header and skips what that promises."""
        while len(pending) >= 3:
            if pending[0] != ord("<") and not self.over_tcp:
                del pending[0]
                continue
            length = struct.unpack_from("<H", pending, 1)[0]
            if len(pending) < 3 + length:
                return
            if pending[0] == ord("<") and length > 0:
                yield bytes(pending[3:3 + length])
            del pending[:3 + length]

    def _reply(self, body):
        if self.replies is None:
            return b""
        for start, reply in self.replies.items():
            if body.startswith(start):
                reply = reply() if reply.__code__.co_argcount == 0 else reply(body)
                return b"".join(map(message, [reply] if isinstance(reply, bytes) else reply))
        return message(b"\x01\x01")  # unsupported command


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--tcp", type=int, metavar="PORT", help="listen on 127.0.0.1; 0 takes a free port")
    where.add_argument("--pty", action="store_true", help="make a pseudo terminal")
    parser.add_argument("--frames", help="JSON lines with raw, snr, rssi")
    parser.add_argument("--stream", help="bytes that a radio sent, as they are")
    parser.add_argument("--chunk", type=int, default=65536, help="write so many bytes at a time")
    parser.add_argument("--interval", type=float, default=0.1, help="seconds between messages")
    parser.add_argument("--repeat", action="store_true", help="begin again at the end")
    options = parser.parse_args()
    script = []
    if options.frames:
        script += [step for step in (log_rx_data(*packet) for packet in packets(options.frames)) if step]
    if options.stream:
        with open(options.stream, "rb") as stream:
            script += messages(stream.read())
    radio = SimulatedRadio(script, interval=options.interval, repeat=options.repeat,
                           chunk=options.chunk)
    print(radio.pty() if options.pty else radio.tcp(options.tcp), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        radio.stop()


if __name__ == "__main__":
    sys.exit(main())

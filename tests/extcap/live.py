# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark and meshcoredump as they run: started, watched, stopped."""
import os
import pathlib
import re
import signal
import struct
import subprocess
import threading
import time

BUILD = pathlib.Path(os.environ["MESHCORE_BUILD_DIR"])
DUMP = BUILD / "bin" / "meshcoredump"
CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "test-captures"
PATIENCE = float(os.environ.get("MESHCORE_TEST_PATIENCE", 90))  # seconds; only a failure takes that long


class Program:
    """A process whose output is collected in the background, in pieces that `_split` makes of it."""

    def __init__(self, process, items=None):
        self.process = process
        self.items = [] if items is None else items
        self.errors = b""
        self._changed = threading.Condition()
        self._readers = [threading.Thread(target=self._read_output), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read_output(self):
        data = b""
        while piece := self.process.stdout.read1(65536):
            data = self._split(data + piece)
            with self._changed:
                self._changed.notify_all()

    def _read_errors(self):
        self.errors = self.process.stderr.read()

    def wait_for(self, condition):
        """Until condition(items)."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.items), PATIENCE), \
                f"waited in vain; {len(self.items)} items, the last: {self.items[-3:]}"

    def wait_for_count(self, count):
        self.wait_for(lambda items: len(items) >= count)

    def ended(self):
        """Waits for the end; returns the exit code."""
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.ended()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.ended()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def error_lines(self):
        return [line for line in self.errors.decode().splitlines() if line]


class LiveTshark(Program):
    """tshark that captures from an interface of ours and prints fields; items are dicts of them."""
    FIELDS = ["meshcore.raw", "meshcore_radio.snr", "meshcore_radio.rssi", "meshcore_radio.device.event",
              "meshcore_radio.device.name"]

    def __init__(self, tshark, interface, *arguments, **options):
        command = ["-i", interface, "-l", "-T", "fields"]
        for name in self.FIELDS:
            command += ["-e", name]
        for name, value in options.items():
            command += ["-o", f"extcap.{preference(interface)}.{name.replace('_', '')}:{value}"]
        super().__init__(tshark.popen(*command, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE))

    def _split(self, data):
        *lines, rest = data.split(b"\n")
        self.items += [dict(zip(self.FIELDS, line.decode().split("\t"))) for line in lines]
        return rest

    @property
    def error_lines(self):
        """What the user sees beside tshark's own words."""
        noise = r"Capturing on .*| \*\* \(tshark:.*|Running as user .*|tshark: |\d+ packets? captured"
        return [line for line in super().error_lines if not re.fullmatch(noise, line)]


def preference(interface):
    """How Wireshark names the interface in its preferences."""
    return re.sub("[^a-z0-9]", "_", interface.lower())


class Pcap:
    """A pcap stream as it comes; items are (time in nanoseconds, record)."""

    def __init__(self):
        self.header = b""
        self.rest = b""
        self.items = []

    def push(self, data):
        data = self.rest + data
        if not self.header and len(data) >= 24:
            self.header, data = data[:24], data[24:]
        while self.header and len(data) >= 16:
            seconds, nanoseconds, length = struct.unpack_from("<III", data)
            if len(data) < 16 + length:
                break
            self.items.append((seconds * 10**9 + nanoseconds, data[16:16 + length]))
            data = data[16 + length:]
        self.rest = data

    @property
    def frames(self):
        return [frame for frame in (frame_of(record) for _, record in self.items) if frame]

    @property
    def events(self):
        return [items_of(record)[52].decode() for _, record in self.items if not frame_of(record)]


class LiveDump(Program):
    """meshcoredump in a shell; items are those of its pcap stream."""

    def __init__(self, *arguments):
        self.pcap = Pcap()
        super().__init__(subprocess.Popen([DUMP, *map(str, arguments), "--fifo", "-"],
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE), self.pcap.items)

    def _split(self, data):
        self.pcap.push(data)
        return b""

    @property
    def header(self):
        return self.pcap.header

    @property
    def frames(self):
        return self.pcap.frames

    @property
    def events(self):
        return self.pcap.events


def frame_of(record):
    return record[struct.unpack_from("<H", record, 4)[0]:]


def items_of(record):
    """The items of a capture header by number, as bytes."""
    end = struct.unpack_from("<H", record, 4)[0]
    position, items = 6, {}
    while position < end:
        items[record[position]] = record[position + 2:position + 2 + record[position + 1]]
        position += 2 + record[position + 1]
    return items


def run_dump(*arguments):
    """A run that ends by itself: (exit code, output, lines of standard error, seconds)."""
    started = time.monotonic()
    done = subprocess.run([DUMP, *map(str, arguments)], capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr.decode().splitlines(), time.monotonic() - started

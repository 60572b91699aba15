# SPDX-License-Identifier: GPL-2.0-or-later
"""A KISS modem that isn't there: it answers its queries, and sends what the script says."""
import math
import re
import struct

from support.simulated_radio import SimulatedRadio

IDENTITY = bytes(range(32))


def frame(content):
    """FEND, escaped content, FEND."""
    return b"\xc0" + content.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def packet(raw, snr, rssi):
    """What a modem writes for a packet heard: DATA and RxMeta."""
    return frame(b"\x00" + raw) + frame(bytes([0x06, 0xF9, math.trunc(snr * 4) & 0xFF, math.trunc(rssi) & 0xFF]))


def frames(stream):
    """The frames of a recorded stream, which holds nothing else."""
    found = re.findall(b"\xc0[^\xc0]+\xc0", stream)
    assert b"".join(found) == stream
    return found


class SimulatedKiss(SimulatedRadio):
    """`radio` is what GetRadio tells: zeros until SetRadio has been called."""

    def __init__(self, script=(), **options):
        super().__init__(script, **options)
        self.radio = bytes(10)
        self.received = 0
        self.active = False

    def _commands(self, pending):
        """As the firmware takes them: nothing before the first FEND, and later nothing of another port."""
        while match := re.match(b"([^\xc0]*)\xc0", pending):
            content = match[1].replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
            del pending[:match.end()]
            if content and self.active and content[0] >> 4 == 0:
                yield content
            self.active = True

    def _reply(self, body):
        if self.replies is None:
            return b""
        assert body[0] == 0x06, f"{body.hex()} was sent to the modem"
        return frame(b"\x06" + self._answer(body[1], body[2:]))

    def _answer(self, command, data):
        if command == 0x09:
            self.radio = data
            return b"\xf0"
        told = {0x01: IDENTITY, 0x0B: self.radio, 0x10: struct.pack("<h", -117), 0x11: b"\x01\x00",
                0x12: struct.pack("<III", self.received, 5, 7), 0x13: struct.pack("<H", 4244), 0x16: b"Heltec V3",
                0x1A: b"\x01"}
        return bytes([command | 0x80]) + told[command] if command in told else b"\xf1\x05"

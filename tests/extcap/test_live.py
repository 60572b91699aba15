# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded radios, over TCP and over a pty, arrive in tshark complete."""
import json
import math
import struct

import pytest

from live import CAPTURES, LiveTshark
from support.simulated_radio import SimulatedRadio, messages

COMPANION = CAPTURES / "companion"


def frames_of(stream):
    """(frame, snr, rssi) of the LOG_RX_DATA messages, by their bytes."""
    bodies = [message[3:] for message in messages(stream)]
    return [(body[3:].hex(), *struct.unpack("bb", body[1:3])) for body in bodies if body[0] == 0x88]


def connect(tshark, radio, way):
    if way == "tcp":
        return LiveTshark(tshark, "meshcore-tcp", host="127.0.0.1", tcp_port=radio.tcp())
    return LiveTshark(tshark, "meshcore-serial", port=radio.pty())


@pytest.mark.parametrize("chunk", [1, 17, 65536])
@pytest.mark.parametrize("way", ["tcp", "pty"])
@pytest.mark.parametrize("name", ["seattle-tcp", "firmware-1.17.1"])
def test_every_frame_once_byte_for_byte(tshark, name, way, chunk):
    stream = (COMPANION / f"{name}.bin").read_bytes()
    expected = frames_of(stream)
    with SimulatedRadio(messages(stream), chunk=chunk) as radio, connect(tshark, radio, way) as live:
        live.wait_for_count(len(expected) + 1)  # and one device report
        assert radio.done.wait(60)
        assert live.stop() == 0
        rows = [row for row in live.items if row["meshcore.raw"]]
        reports = [row for row in live.items if not row["meshcore.raw"]]
        assert [row["meshcore.raw"] for row in rows] == [raw for raw, _, _ in expected]
        assert [float(row["meshcore_radio.snr"]) for row in rows] == [snr / 4 for _, snr, _ in expected]
        # -129 dBm arrives as 127 in the radio's signed byte.
        assert [float(row["meshcore_radio.rssi"]) for row in rows] == \
            [rssi - 256 if rssi > 20 else rssi for _, _, rssi in expected]
        assert [row["meshcore_radio.device.event"] for row in reports] == ["connected"]
        assert live.error_lines == []


def test_what_the_firmware_received(tshark):
    """Against the list of what was put on air, not against the stream."""
    received = [json.loads(line) for line in (COMPANION / "firmware-1.17.1.jsonl").read_text().splitlines()]
    expected = [row for row in received if len(row["raw"]) // 2 <= 173]
    stream = (COMPANION / "firmware-1.17.1.bin").read_bytes()
    with SimulatedRadio(messages(stream)) as radio, connect(tshark, radio, "tcp") as live:
        live.wait_for_count(len(expected) + 1)
        assert live.stop() == 0
        rows = [row for row in live.items if row["meshcore.raw"]]
    assert [row["meshcore.raw"] for row in rows] == [row["raw"] for row in expected]
    for row, sent in zip(rows, expected):
        assert float(row["meshcore_radio.snr"]) == math.trunc(sent["snr"] * 4) / 4
        assert float(row["meshcore_radio.rssi"]) == math.trunc(sent["rssi"])

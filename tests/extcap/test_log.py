# SPDX-License-Identifier: GPL-2.0-or-later
"""A repeater's console on a pty and over TCP, in tshark and in meshcoredump."""
import json
import math
import struct

import pytest

from live import CAPTURES, LiveDump, LiveTshark, frame_of, items_of
from support.simulated_log import PUBLIC_KEY, SimulatedLog, lines
from support.simulated_radio import Disconnect

STREAM = (CAPTURES / "serial" / "firmware-1.17.1.log").read_bytes()
RECEIVED = [json.loads(line) for line in (CAPTURES / "companion" / "firmware-1.17.1.jsonl").open()]

# All that may ever be written, then, again for each report, the last three.
FIRST = b"ver\rget name\rget public.key\rget radio\rboard\r"
REPEATED = b"stats-core\rstats-radio\rstats-packets\r"


def connect(radio, way, *arguments):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump("--protocol", "log", *where, *arguments)


@pytest.mark.parametrize("way,chunk", [("pty", 7), ("tcp", 65536)])
def test_every_packet_in_tshark(tshark, way, chunk):
    """While commands are answered in the midst of the lines."""
    with SimulatedLog(lines(STREAM), chunk=chunk) as radio:
        options = {"port": radio.pty()} if way == "pty" else {"host": "127.0.0.1", "tcp_port": radio.tcp()}
        with LiveTshark(tshark, "meshcore-serial" if way == "pty" else "meshcore-tcp", protocol="log", **options) as live:
            live.wait_for(lambda rows: sum(bool(row["meshcore.raw"]) for row in rows) >= len(RECEIVED))
            assert live.stop() == 0
            rows = [row for row in live.items if row["meshcore.raw"]]
            assert live.error_lines == []
    assert [row["meshcore.raw"] for row in rows] == [row["raw"] for row in RECEIVED]
    for row, sent in zip(rows, RECEIVED):
        if row["meshcore_radio.snr"]:  # none for what the firmware could not read
            assert float(row["meshcore_radio.snr"]) == math.trunc(sent["snr"])
            assert float(row["meshcore_radio.rssi"]) == math.trunc(sent["rssi"])
    assert sum(bool(row["meshcore_radio.snr"]) for row in rows) > 800


def test_real_logs_live():
    """With lines of other writers glued in and cutting through: what the conversion of the file gives, too."""
    paths = [CAPTURES / "serial" / name for name in ("seattle-observer.log", "seattle-observer-2.log")]
    rows = [json.loads(line) for line in (CAPTURES / "sources" / "serial-observer-seattle.jsonl").open()]
    script = lines(b"".join(path.read_bytes() for path in paths))
    with SimulatedLog(script, replies=None, wait=0) as radio, connect(radio, "pty") as dump:
        dump.wait_for(lambda _: len(dump.frames) >= len(rows))
        assert radio.done.wait(60)
        assert dump.stop() == 0
    assert sorted(frame.hex().upper() for frame in dump.frames) == sorted(row["raw"] for row in rows)


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_only_read_only_queries_are_written(way):
    with SimulatedLog(lines(STREAM)[:100]) as radio, connect(radio, way, "--stats-interval", "1") as dump:
        dump.wait_for(lambda _: dump.events.count("periodic") >= 2)
        assert dump.stop() == 0
        heard = bytes(radio.heard)
    assert heard.startswith(FIRST + REPEATED)
    rest = heard[len(FIRST):]
    assert rest.startswith(REPEATED * (len(rest) // len(REPEATED)))
    report = next(items_of(record) for _, record in dump.items
                  if not frame_of(record) and items_of(record)[52] == b"connected")
    assert report[32] == b"Cafe 7" and report[33] == bytes.fromhex(PUBLIC_KEY) and report[34] == b"Heltec V3"
    assert report[35] == b"v1.17.1" and report[36] == b"14 Aug 2026"
    assert struct.unpack("<I", report[3]) == (869_618_000,)


def test_a_lost_connection_loses_no_whole_frame():
    packet = [line for line in lines(STREAM) if b": RX, " in line or b" RAW: " in line][:20]
    script = [*packet[:5], packet[6][:40], Disconnect(), *packet[8:]]
    expected = [bytes.fromhex(line.split(b" RAW: ")[1].decode()) for line in packet[:5] + packet[8:] if b" RAW: " in line]
    with SimulatedLog(script, wait=8) as radio, connect(radio, "tcp") as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(expected) and "reconnected" in dump.events)
        assert dump.stop() == 0
    assert dump.frames == expected

# SPDX-License-Identifier: GPL-2.0-or-later
"""A KISS modem on a pty and over TCP, in tshark and in meshcoredump."""
import json
import math
import struct

import pytest

from live import CAPTURES, LiveDump, LiveTshark, frame_of, items_of, run_dump
from support.simulated_kiss import IDENTITY, SimulatedKiss, frame, frames, packet
from support.simulated_radio import Disconnect, packets

STREAM = (CAPTURES / "kiss" / "firmware-1.17.1.bin").read_bytes()
PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:40]
SCRIPT = [packet(*heard) for heard in PACKETS]
FRAMES = [raw for raw, _, _ in PACKETS]

# All that may ever be written: GetIdentity, GetDeviceName, GetVersion, GetSignalReport, then, again for
# each report, GetRadio, GetNoiseFloor, GetStats, GetBattery.
FIRST = b"".join(frame(bytes([6, command])) for command in (0x01, 0x16, 0x11, 0x1A))
REPEATED = b"".join(frame(bytes([6, command])) for command in (0x0B, 0x10, 0x12, 0x13))
RADIO = struct.pack("<IIBB", 869_618_000, 62_500, 8, 5)


def connect(radio, way, *arguments):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump("--protocol", "kiss", *where, *arguments)


@pytest.mark.parametrize("way,chunk", [("pty", 1), ("pty", 65536), ("tcp", 17)])
def test_every_packet_in_tshark(tshark, way, chunk):
    received = [json.loads(line) for line in (CAPTURES / "companion" / "firmware-1.17.1.jsonl").open()]
    with SimulatedKiss(frames(STREAM), chunk=chunk) as radio:
        options = {"port": radio.pty()} if way == "pty" else {"host": "127.0.0.1", "tcp_port": radio.tcp()}
        with LiveTshark(tshark, "meshcore-serial" if way == "pty" else "meshcore-tcp", protocol="kiss", **options) as live:
            live.wait_for_count(len(received) + 1)
            assert live.stop() == 0
            rows = [row for row in live.items if row["meshcore.raw"]]
            assert live.error_lines == []
    assert [row["meshcore.raw"] for row in rows] == [row["raw"] for row in received]
    assert [float(row["meshcore_radio.snr"]) for row in rows] == [math.trunc(row["snr"] * 4) / 4 for row in received]
    assert [float(row["meshcore_radio.rssi"]) for row in rows] == [math.trunc(row["rssi"]) for row in received]


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_only_read_only_queries_are_written(way):
    with SimulatedKiss(SCRIPT) as radio, connect(radio, way, "--stats-interval", "1") as dump:
        dump.wait_for(lambda _: dump.events.count("periodic") >= 2)
        assert dump.stop() == 0
        heard = bytes(radio.heard)
    assert heard.startswith(FIRST + REPEATED)
    rest = heard[len(FIRST):]
    assert rest.startswith(REPEATED * (len(rest) // len(REPEATED)))
    report = next(items_of(record) for _, record in dump.items if not frame_of(record))
    assert report[33] == IDENTITY and report[34] == b"Heltec V3" and report[35] == b"KISS modem 1"
    assert struct.unpack("<H", report[37]) == (4244,) and struct.unpack("<h", report[8]) == (-117,)
    assert not {3, 4, 5, 6} & set(report)  # nobody has told it what to listen to


@pytest.mark.parametrize("arguments", [["--preset", "eu-narrow"],
                                       ["--frequency", "869.618", "--bandwidth", "62.5", "--sf", "8", "--cr", "5"]])
def test_tuned_if_the_user_says_so_and_nothing_else_is_set(arguments):
    with SimulatedKiss(SCRIPT, wait=9) as radio, connect(radio, "pty", *arguments) as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES) and dump.events)
        assert dump.stop() == 0
        heard = bytes(radio.heard)
    set_radio = frame(b"\x06\x09" + RADIO)
    identity = frame(b"\x06\x01")
    assert heard == identity + set_radio + FIRST[len(identity):] + REPEATED
    for _, record in dump.items[-len(FRAMES):]:
        items = items_of(record)
        assert items[3] + items[4] + items[5] + items[6] == RADIO


def test_a_restarted_modem_is_tuned_again():
    with SimulatedKiss([]) as radio, \
            connect(radio, "pty", "--preset", "eu-narrow", "--stats-interval", "1") as dump:
        dump.wait_for(lambda _: "connected" in dump.events)
        assert radio.radio == RADIO
        radio.radio = bytes(10)
        assert radio.wait_for(lambda it: it.radio == RADIO)
        assert dump.stop() == 0
        assert bytes(radio.heard).count(frame(b"\x06\x09" + RADIO)) == 2


@pytest.mark.parametrize("arguments,expected", [
    (["--frequency", "100", "--bandwidth", "62.5", "--sf", "8", "--cr", "5"], "--frequency is 100 MHz"),
    (["--preset", "eu-narrow", "--bandwidth", "60"], "--bandwidth is 60 kHz"),
    (["--preset", "eu-narrow", "--sf", "4"], "--sf is 4"),
    (["--preset", "eu-narrow", "--cr", "9"], "--cr is 9"),
    (["--frequency", "869.618"], "belong together"),
    (["--preset", "moon"], "--preset is 'moon'"),
])
def test_nonsense_is_refused_before_anything_is_written(arguments, expected):
    with SimulatedKiss([]) as radio:
        code, out, errors, _ = run_dump("--protocol", "kiss", "--port", radio.pty(), "--fifo", "-", *arguments)
        assert (code, out) == (1, b"")
        assert len(errors) == 1 and expected in errors[0]
        assert bytes(radio.heard) == b""


def test_a_companion_cannot_be_tuned():
    code, _, errors, _ = run_dump("--protocol", "companion", "--port", "/dev/null", "--fifo", "-", "--preset", "eu-narrow")
    assert code == 1 and len(errors) == 1 and "cannot be tuned" in errors[0]


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_a_frame_without_rx_meta_is_not_kept_for_ever(way):
    last = FRAMES[5]
    with SimulatedKiss([*SCRIPT[:5], frame(b"\x00" + last)]) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: len(dump.frames) == 6)
        assert dump.stop() == 0
    assert dump.frames == FRAMES[:6]
    assert 1 in items_of(dump.items[1][1])
    record = next(record for _, record in dump.items if frame_of(record) == last)
    assert not {1, 2} & set(items_of(record))


def test_a_lost_connection_loses_no_whole_frame():
    script = [*SCRIPT[:5], frame(b"\x00" + FRAMES[5]), SCRIPT[6][:20], Disconnect(), *SCRIPT[7:]]
    with SimulatedKiss(script, wait=8) as radio, connect(radio, "tcp") as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES) - 1 and "reconnected" in dump.events)
        assert dump.stop() == 0
    assert dump.frames == FRAMES[:6] + FRAMES[7:]
    assert dump.events == ["connected", "lost", "reconnected"]

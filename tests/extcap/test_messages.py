# SPDX-License-Identifier: GPL-2.0-or-later
"""What is written to a radio, and what comes back from one that answers, is silent, babbles or goes."""
import re
import struct

import pytest

from live import CAPTURES, LiveDump, frame_of, items_of
from support.simulated_radio import (BLE_PIN, PUBLIC_KEY, Disconnect, Pause, SimulatedRadio, answers, log_rx_data,
                                     messages, packets)

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:40]
SCRIPT = [log_rx_data(*packet) for packet in PACKETS]
FRAMES = [raw for raw, _, _ in PACKETS]

# All that may ever be written: '<', length, body.
QUERIES = [
    b"<\x02\x00\x16\x03",                                   # DEVICE_QUERY
    b"<\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00meshcoredump",  # APP_START
    b"<\x01\x00\x05",                                       # GET_DEVICE_TIME
    b"<\x01\x00\x14",                                       # GET_BATT_AND_STORAGE
    b"<\x02\x00\x38\x00",                                   # GET_STATS
    b"<\x02\x00\x38\x01",
    b"<\x02\x00\x38\x02",
]
FIRST, REPEATED = QUERIES[:2], QUERIES[2:]


def connect(radio, way, *arguments):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump("--protocol", "companion", *where, *arguments)


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_only_read_only_queries_are_written(way):
    with SimulatedRadio(SCRIPT) as radio, connect(radio, way, "--stats-interval", "1") as dump:
        dump.wait_for(lambda _: dump.events.count("periodic") >= 2)
        assert dump.stop() == 0
        heard = bytes(radio.heard)
    assert heard.startswith(b"".join(QUERIES))
    rest = heard[len(b"".join(QUERIES)):]
    assert rest and rest.startswith(b"".join(REPEATED) * (len(rest) // len(b"".join(REPEATED))))


def test_the_report_says_what_the_radio_said():
    with SimulatedRadio(SCRIPT, wait=len(QUERIES)) as radio, connect(radio, "tcp") as dump:
        dump.wait_for_count(len(FRAMES) + 1)
        assert dump.stop() == 0
    assert dump.header == struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 158)
    report = next(items_of(record) for _, record in dump.items if not frame_of(record))
    assert report[32].decode() == "Howl @ \U0001F3E1"
    assert report[33] == PUBLIC_KEY
    assert report[34] == b"Heltec V3" and report[35] == b"v1.11.0"
    assert struct.unpack("<I", report[3]) == (910_525_000,) and struct.unpack("<H", report[37]) == (4244,)
    last = items_of(dump.items[-1][1])
    assert last[13] == PUBLIC_KEY and last[12] == b"\x01" and last[5] == b"\x07"
    everything = b"".join(record for _, record in dump.items)
    assert struct.pack("<I", BLE_PIN) not in everything


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_frames_are_not_held_back_for_the_answers(way):
    with SimulatedRadio(SCRIPT, replies=None) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES) and dump.events)
        assert dump.stop() == 0  # it spoke companion, if not to us
        # Who does not answer the first question is not asked the others.
        assert bytes(radio.heard) == QUERIES[0] * len(radio.queries)
    assert dump.frames == FRAMES


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_junk_between_frames(way):
    boot = b"\r\nets Jun  8 2016 00:22:57\r\nrst:0x1 (POWERON_RESET)> boot:0x13\r\n"
    script = [step for message in SCRIPT for step in (boot, b"\xff>\x00\x00>\xb1\x00\x05>>", message)]
    with SimulatedRadio(script, chunk=13) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: len(dump.frames) >= len(FRAMES) and dump.events)
        assert dump.stop() == 0
    assert dump.frames == FRAMES


def test_a_half_message_on_a_serial_line_costs_only_itself():
    """A reboot cuts a message; the next ones come after the second that this takes."""
    script = [SCRIPT[0], SCRIPT[1][:20], *SCRIPT[2:4], Pause(3), *SCRIPT[4:]]
    with SimulatedRadio(script) as radio, connect(radio, "pty") as dump:
        dump.wait_for(lambda _: dump.frames and dump.frames[-1] == FRAMES[-1])
        assert dump.stop() == 0
    assert dump.frames[0] == FRAMES[0]
    assert dump.frames[-len(SCRIPT[4:]):] == FRAMES[4:]


def test_reconnects_and_neither_doubles_nor_tears_a_frame():
    script = [*SCRIPT[:10], SCRIPT[10][:30], Disconnect(), *SCRIPT[11:20], Disconnect(), *SCRIPT[20:]]
    with SimulatedRadio(script, wait=len(QUERIES)) as radio, connect(radio, "tcp") as dump:
        dump.wait_for(lambda _: len(dump.frames) >= len(FRAMES) - 1 and dump.events.count("reconnected") == 2)
        assert dump.stop() == 0
        assert radio.connections == 3
    assert dump.frames == FRAMES[:10] + FRAMES[11:]
    assert dump.events == ["connected", "lost", "reconnected", "lost", "reconnected"]
    times = [time for time, _ in dump.items]
    assert times == sorted(times)


def test_estimates_what_was_missed(tmp_path):
    count = [1000]

    def received():
        count[0] += 50  # of which we are told 40
        return count[0]
    with SimulatedRadio(SCRIPT, replies=answers(received=received), wait=len(QUERIES)) as radio, \
            connect(radio, "tcp", "--stats-interval", "3", "--log-level", "info", "--log-file", tmp_path / "log") as dump:
        dump.wait_for(lambda _: dump.events.count("periodic") >= 1)
        assert dump.stop() == 0
    reports = [items_of(record) for _, record in dump.items if not frame_of(record)]
    assert struct.unpack("<I", reports[0][54]) == (0,)
    assert struct.unpack("<I", reports[1][53]) == (40,)
    assert struct.unpack("<I", reports[1][54]) == (10,)
    assert re.search(r"counted \d+ packets more than it told of the 40 captured; .* over 173 bytes", (tmp_path / "log").read_text())


def test_messages_of_a_stream_are_all_of_it():
    stream = (CAPTURES / "companion" / "seattle-tcp.bin").read_bytes()
    assert b"".join(messages(stream)) == stream

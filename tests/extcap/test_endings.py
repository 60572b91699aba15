# SPDX-License-Identifier: GPL-2.0-or-later
"""How a capture ends: by a signal, a reader that goes, a radio that was none, a file that is over."""
import os
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from live import CAPTURES, DUMP, PATIENCE, LiveDump, LiveTshark, run_dump
from support.simulated_radio import DEVICE_INFO, SimulatedRadio, Vanish, When, answers, log_rx_data, packets

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:20]
SCRIPT = [log_rx_data(*packet) for packet in PACKETS]
FRAMES = [raw for raw, _, _ in PACKETS]


def connect(radio, way):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump("--protocol", "companion", *where)


def catches(pid, number):
    """The process has a handler for the signal."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (number - 1) & 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_signals_end_it_with_everything_written(way, number):
    with SimulatedRadio(SCRIPT) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES))
        assert dump.stop(number) == 0
        assert dump.frames == FRAMES and dump.error_lines == []


def test_a_signal_while_it_looks_up_a_name(tmp_path):
    """A name server that never answers holds nobody up."""
    dump = subprocess.Popen([DUMP, "--host", "radio.example", "--fifo", "-"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=dict(os.environ, RES_OPTIONS="timeout:30 attempts:5"))
    while not catches(dump.pid, signal.SIGTERM):
        time.sleep(0.01)
    dump.send_signal(signal.SIGTERM)
    dump.communicate(timeout=PATIENCE)
    assert dump.returncode in (0, 1)


def test_a_reader_that_goes_while_nothing_happens():
    with SimulatedRadio() as radio:
        dump = subprocess.Popen([DUMP, "--port", radio.pty(), "--fifo", "-"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        dump.stdout.read(24)
        dump.stdout.close()
        assert dump.wait(PATIENCE) == 0
        assert dump.stderr.read() == b""
        dump.stderr.close()


def test_a_fifo_whose_reader_goes(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with SimulatedRadio() as radio:
        dump = subprocess.Popen([DUMP, "--host", "127.0.0.1", "--tcp-port", str(radio.tcp()), "--fifo", fifo],
                                stderr=subprocess.PIPE)
        with open(fifo, "rb") as reader:
            assert struct.unpack("<I", reader.read(24)[:4]) == (0xA1B23C4D,)
        _, errors = dump.communicate(timeout=PATIENCE)
        assert (dump.returncode, errors) == (0, b"")


def test_tshark_stops_after_some_packets(tshark):
    with SimulatedRadio(SCRIPT) as radio, \
            LiveTshark(tshark, "meshcore-tcp", "-c", "5", host="127.0.0.1", tcp_port=radio.tcp()) as live:
        assert live.ended() == 0
        assert len(live.items) == 5 and live.error_lines == []


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_a_silent_radio_ends_the_capture(way):
    with SimulatedRadio(replies=None) as radio, connect(radio, way) as dump:
        assert dump.ended() == 1
        assert dump.events == []
        assert len(dump.error_lines) == 1 and "nothing came" in dump.error_lines[0]


def test_a_radio_that_answers_late():
    """As one that restarts when its port is opened."""
    replies = answers()
    first = iter([[]])
    replies[b"\x16"] = lambda: next(first, DEVICE_INFO)
    with SimulatedRadio(SCRIPT, replies, wait=2) as radio, connect(radio, "pty") as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES))
        assert dump.stop() == 0


def test_noise_ends_the_capture():
    noise = bytes(byte for byte in range(256) if byte != ord(">")) * 40
    with SimulatedRadio([noise], replies=None, wait=0) as radio, connect(radio, "tcp") as dump:
        assert dump.ended() == 1
        assert len(dump.error_lines) == 1 and "none of it was companion protocol" in dump.error_lines[0]
        assert dump.frames == []


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_a_radio_that_vanishes_leaves_what_it_gave(way):
    read = threading.Event()
    with SimulatedRadio([*SCRIPT, When(read), Vanish()]) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES))
        read.set()
        dump.wait_for(lambda _: "lost" in dump.events)
        assert dump.frames == FRAMES
        assert dump.stop() == 0
        assert dump.error_lines == []


def test_a_listener_that_never_speaks():
    """Connected, and then nothing at all: not even an end."""
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            LiveDump("--protocol", "companion", "--host", "127.0.0.1", "--tcp-port", listener.getsockname()[1]) as dump:
        assert dump.ended() == 1
        assert "nothing came" in dump.error_lines[0]


def test_a_cut_capture_is_replayed_as_far_as_it_is_whole(tmp_path):
    whole = run_dump("--file", CAPTURES / "companion-pcap-seattle.pcapng", "--speed", 0, "--fifo", "-")
    assert whole[0] == 0 and whole[2] == []
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(whole[1][:-1])
    code, out, errors, _ = run_dump("--file", cut, "--speed", 0, "--fifo", "-")
    assert code == 1 and len(errors) == 1 and f"{cut} ends early" in errors[0]
    assert 24 < len(out) < len(whole[1]) and whole[1].startswith(out)


def test_replay_keeps_times_and_pace(tmp_path):
    """Three records over three seconds, three times as fast; what is asserted is the order of things,
    not how long they take."""
    header = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 158)
    record = b"MC\x01\x00\x06\x00\x15\x00"
    times = [1_770_000_000, 1_770_000_001, 1_770_000_003]
    path = tmp_path / "paced.pcap"
    path.write_bytes(header + b"".join(struct.pack("<IIII", time, 7, len(record), len(record)) + record
                                       for time in times))
    started = time.monotonic()
    with LiveDump("--file", path, "--speed", "3") as dump:
        assert dump.ended() == 0
        assert time.monotonic() - started >= 1  # never faster than asked
        assert [stamp for stamp, _ in dump.items] == [time * 10**9 + 7 for time in times]


def test_to_a_file(tmp_path):
    path = tmp_path / "out.pcap"
    code, out, errors, _ = run_dump("--file", CAPTURES / "companion-pcap-seattle.pcapng", "--speed", 0, "--fifo", path)
    assert (code, out, errors) == (0, b"", [])
    assert path.stat().st_size > 24

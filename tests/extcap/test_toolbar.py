# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbar's messages, with the test in the place of Wireshark."""
import os
import struct
import subprocess
import threading
import time

import pytest

from live import CAPTURES, DUMP, PATIENCE, run_dump
from support.simulated_radio import SimulatedRadio, log_rx_data, packets

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:20]
INITIALIZED, SET, ADD = 0, 1, 2


def messages(fd, until):
    """(control, command, text) as they come, until `until` of all that came is true."""
    data, found = b"", []
    deadline = time.monotonic() + PATIENCE
    while not until(found):
        assert time.monotonic() < deadline, found
        data += os.read(fd, 4096)
        while len(data) >= 6:
            assert data[:1] == b"T"
            length = int.from_bytes(data[1:4], "big")
            if len(data) < 4 + length:
                break
            found.append((data[4], data[5], data[6:4 + length].decode()))
            data = data[4 + length:]
    return found


def test_it_shows_radio_packets_signal_and_log(tmp_path):
    for name in ("fifo", "in", "out"):
        os.mkfifo(tmp_path / name)
    with SimulatedRadio([log_rx_data(*packet) for packet in PACKETS], wait=7) as radio:
        dump = subprocess.Popen([DUMP, "--capture", "--extcap-interface", "meshcore-tcp", "--host", "127.0.0.1",
                                 "--tcp-port", str(radio.tcp()), "--stats-interval", "1", "--fifo", tmp_path / "fifo",
                                 "--extcap-control-in", tmp_path / "in", "--extcap-control-out", tmp_path / "out"],
                                stderr=subprocess.PIPE)
        with open(tmp_path / "fifo", "rb") as fifo:
            reader = threading.Thread(target=fifo.read)
            reader.start()
            out = os.open(tmp_path / "out", os.O_RDONLY)
            into = os.open(tmp_path / "in", os.O_WRONLY)
            os.write(into, struct.pack(">c3sBB", b"T", b"\x00\x00\x02", 0, INITIALIZED))
            def complete(found):
                return (1, SET, "20") in found and any(control == 2 and "floor -117 dBm" in text
                                                       for control, _, text in found)
            found = messages(out, complete)
            # Who types into it changes nothing.
            os.write(into, struct.pack(">c3sBB", b"T", b"\x00\x00\x05", 0, SET) + b"abc")
            assert (0, SET, "Howl @ \U0001F3E1: connected") in found
            assert {command for _, command, _ in found} <= {SET, ADD}
            last = PACKETS[-1][1]
            assert any(control == 2 and text.startswith(f"{int(last * 4) / 4:g} dB") for control, _, text in found)
            dump.terminate()
            assert dump.wait(PATIENCE) == 0
            assert dump.stderr.read() == b""
            reader.join(PATIENCE)
            os.close(out)
            os.close(into)


@pytest.mark.parametrize("arguments,code", [
    (["--extcap-interface", "meshcore-serial", "--port", "/dev/null"], 1),
    (["--extcap-interface", "meshcore-tcp"], 1),
    (["--extcap-interface", "meshcore-replay", "--file", CAPTURES / "companion-pcap-seattle.pcapng", "--speed", "0"], 0),
], ids=["no port", "wrong options", "short"])
def test_one_that_ends_at_once_leaves_nobody_waiting(tmp_path, arguments, code):
    """Wireshark opens its end of the pipe late, and that blocks until there is a reader."""
    for name in ("fifo", "in", "out"):
        os.mkfifo(tmp_path / name)
    dump = subprocess.Popen([DUMP, "--capture", *map(str, arguments), "--fifo", tmp_path / "fifo",
                             "--extcap-control-in", tmp_path / "in", "--extcap-control-out", tmp_path / "out"],
                            stderr=subprocess.PIPE)
    with open(tmp_path / "fifo", "rb") as fifo:
        reader = threading.Thread(target=fifo.read)
        reader.start()
        into = os.open(tmp_path / "in", os.O_WRONLY)
        os.write(into, struct.pack(">c3sBB", b"T", b"\x00\x00\x02", 0, INITIALIZED))
        assert dump.wait(PATIENCE) == code
        assert len(dump.stderr.read().splitlines()) == code
        reader.join(PATIENCE)
        os.close(into)
    dump.stderr.close()


def test_its_controls_are_announced():
    lines = run_dump("--extcap-interfaces")[1].decode().splitlines()
    controls = [line for line in lines if line.startswith("control ")]
    assert [line.split("{")[1] for line in controls] == [f"number={number}}}" for number in range(4)]


def test_a_toolbar_that_is_not_there_costs_nothing(tmp_path):
    path = CAPTURES / "companion-pcap-seattle.pcapng"
    code, out, errors, _ = run_dump("--file", path, "--speed", 0, "--fifo", "-", "--extcap-control-in", tmp_path / "none",
                                    "--extcap-control-out", tmp_path / "none")
    assert code == 0 and errors == [] and len(out) > 500

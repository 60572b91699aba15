# SPDX-License-Identifier: GPL-2.0-or-later
"""One owner of the radio, many readers."""
import re
import socket
import threading

import pytest

from live import CAPTURES, DUMP, LiveDump, LiveTshark, Pcap, items_of, run_dump
from support.simulated_radio import SimulatedRadio, When, log_rx_data, packets

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:200]
SCRIPT = [log_rx_data(*packet) for packet in PACKETS]
FRAMES = [raw for raw, _, _ in PACKETS if len(raw) <= 173]


@pytest.fixture
def address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def owner(radio, address):
    return LiveDump("--host", "127.0.0.1", "--tcp-port", radio.tcp(), "--share", address)


def test_all_readers_see_the_same(tshark, address):
    go = threading.Event()
    with SimulatedRadio([When(go), *SCRIPT]) as radio, owner(radio, address) as first:
        first.wait_for(lambda _: first.events)
        with LiveDump("--attach", address) as second, LiveDump("--attach", address) as third, \
                LiveTshark(tshark, f"TCP@{address}") as native, \
                LiveTshark(tshark, "meshcore-attach", attach=address) as attached:
            for reader in (second, third, native, attached):
                reader.wait_for_count(1)  # the last device report, though it came long before
            go.set()
            for reader in (first, second, third, native, attached):
                reader.wait_for_count(len(FRAMES) + 1)
            for reader in (second, third, native, attached):
                assert reader.stop() == 0
                assert reader.error_lines == []
            assert first.stop() == 0
        assert first.frames == FRAMES
        assert second.items == third.items == first.items  # times too
        for reader in (native, attached):
            assert [row["meshcore.raw"] for row in reader.items] == ["", *(frame.hex() for frame in FRAMES)]
            assert reader.items[0]["meshcore_radio.device.name"] == "Howl @ \U0001F3E1"
        assert radio.connections == 1


def test_a_reader_that_stops_reading_loses_its_own_packets_only(address):
    first_go, second_go = threading.Event(), threading.Event()
    many = SCRIPT * 75
    with SimulatedRadio([When(first_go), *many, When(second_go), *SCRIPT]) as radio, owner(radio, address) as first:
        first.wait_for(lambda _: first.events)
        lazy = socket.socket()
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, port = address.split(":")
        lazy.connect((host, int(port)))
        with lazy, LiveDump("--attach", address) as busy:
            busy.wait_for_count(1)
            first_go.set()
            total = 75 * len(FRAMES)
            for reader in (first, busy):
                reader.wait_for(lambda _, reader=reader: len(reader.items) == total + 1)
            late = Pcap()
            losses = []
            lazy.settimeout(60)
            while not losses:
                late.push(lazy.recv(65536))
                losses = [event for event in late.events if "too slow" in event]
            second_go.set()
            while late.frames[-len(FRAMES):] != FRAMES or len(late.frames) <= len(FRAMES):
                late.push(lazy.recv(65536))
            busy.wait_for(lambda _: len(busy.items) == total + 1 + len(FRAMES))
            assert busy.frames == FRAMES * 76 == first.frames
            assert first.stop() == 0
    lost = int(re.search(r"(\d+) records lost", losses[0])[1])
    received = len(late.frames) - len(FRAMES)
    assert lost > 0 and received + lost == total
    assert late.frames[:received] == (FRAMES * 75)[:received]


def test_a_reader_reconnects_when_the_owner_comes_back(address):
    with SimulatedRadio(SCRIPT) as radio, owner(radio, address) as first:
        first.wait_for_count(len(FRAMES) + 1)
        reader = LiveDump("--attach", address)
        reader.wait_for_count(1)
        assert first.stop() == 0
    go = threading.Event()
    with reader, SimulatedRadio([When(go), *SCRIPT]) as radio, owner(radio, address) as second:
        second.wait_for(lambda _: second.events)
        reader.wait_for(lambda items: len(items) >= 2)
        go.set()
        reader.wait_for(lambda _: reader.frames == FRAMES)
        assert reader.stop() == 0


def test_an_address_that_is_taken_or_none(address):
    host, port = address.split(":")
    with socket.create_server((host, int(port))):
        code, _, errors, _ = run_dump("--host", "127.0.0.1", "--share", address, "--fifo", "-")
        assert code == 1 and errors == [f"meshcoredump: cannot share on {address}: Address already in use; "
                                        "choose another --share address"]
    for wrong in ("5555", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:99999", ":5555"):
        code, _, errors, _ = run_dump("--host", "127.0.0.1", "--share", wrong, "--fifo", "-")
        assert code == 1 and len(errors) == 1 and f"'{wrong}' is no HOST:PORT" in errors[0]


def test_attaching_to_nobody_and_to_what_is_no_capture(tshark, address):
    code, _, errors, _ = run_dump("--attach", address, "--fifo", "-")
    assert code == 1 and len(errors) == 1 and f"cannot connect to {address}: Connection refused" in errors[0]
    host, port = address.split(":")
    for said, expected in ((b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "no pcap stream"),
                           (bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"), "link type 1,")):
        with SimulatedRadio([said], wait=0) as other:
            with LiveTshark(tshark, "meshcore-attach", attach=f"127.0.0.1:{other.tcp()}") as live:
                assert live.ended() != 0
                assert len(live.error_lines) == 1 and expected in live.error_lines[0], live.error_lines


def test_others_than_this_machine_are_warned_of(tmp_path):
    log = tmp_path / "log"
    with SimulatedRadio() as radio, LiveDump("--host", "127.0.0.1", "--tcp-port", radio.tcp(), "--share", "0.0.0.0:0",
                                             "--log-file", log, "--log-level", "info") as dump:
        dump.wait_for(lambda _: dump.events)
        assert dump.stop() == 0
    assert "whoever can connect can read the capture" in log.read_text()
    assert DUMP.exists() and items_of(dump.items[0][1])[52] == b"connected"

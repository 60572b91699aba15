# SPDX-License-Identifier: GPL-2.0-or-later
"""Which protocol a radio speaks: found out, with no byte that could disturb one of another kind."""
import pytest

from live import CAPTURES, LiveDump, LiveTshark, frame_of, items_of
from support import simulated_kiss, simulated_log, simulated_radio
from support.simulated_kiss import SimulatedKiss
from support.simulated_log import SimulatedLog
from support.simulated_radio import Disconnect, SimulatedRadio, When, log_rx_data, packets

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:40]
FRAMES = [raw for raw, _, _ in PACKETS]
COMPANION = [log_rx_data(*packet) for packet in PACKETS]
KISS = [simulated_kiss.packet(*packet) for packet in PACKETS]
LOG = simulated_log.lines((CAPTURES / "serial" / "firmware-1.17.1.log").read_bytes())[:100]

# All that is written to find out, in this order; over TCP only the second.
VER, DEVICE_QUERY, GET_IDENTITY = b"ver\r", b"<\x02\x00\x16\x03", b"\xc0\x06\x01\xc0"


def connect(radio, way, *arguments):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump(*where, *arguments)


@pytest.mark.parametrize("kind,script,asked,number", [
    (SimulatedLog, LOG, VER, 3),
    (SimulatedRadio, COMPANION, VER + DEVICE_QUERY, 1),
    (SimulatedKiss, KISS, VER + DEVICE_QUERY + GET_IDENTITY, 2)], ids=["log", "companion", "kiss"])
def test_each_radio_on_a_serial_line(kind, script, asked, number):
    with kind(script) as radio, connect(radio, "pty") as dump:
        dump.wait_for(lambda _: dump.events and len(dump.frames) >= 40)
        assert dump.stop() == 0 and dump.error_lines == []
        heard = bytes(radio.heard)
    # And then that protocol's own queries, of which the first is one of these.
    assert heard.startswith(asked) and not heard[len(asked):].startswith((VER * 2, DEVICE_QUERY * 2))
    allowed = {SimulatedLog: VER, SimulatedRadio: DEVICE_QUERY, SimulatedKiss: GET_IDENTITY}[kind]
    assert heard[len(asked):].startswith(allowed)
    for other in {VER, DEVICE_QUERY, GET_IDENTITY} - {allowed}:
        assert other not in heard[len(asked):]
    assert dump.frames[:40] == FRAMES[:len(dump.frames[:40])]
    assert items_of(dump.items[-1][1])[12] == bytes([number])


def test_a_companion_over_tcp_hears_nothing_else():
    """Its firmware would take anything else for a header, and wait for what that promises."""
    with SimulatedRadio(COMPANION) as radio, connect(radio, "tcp") as dump:
        dump.wait_for(lambda _: dump.events and len(dump.frames) == len(FRAMES))
        assert dump.stop() == 0
        assert bytes(radio.heard).startswith(DEVICE_QUERY * 2) and VER not in radio.heard
    assert dump.frames == FRAMES


@pytest.mark.parametrize("way", ["pty", "tcp"])
@pytest.mark.parametrize("kind,script,number", [(SimulatedLog, LOG, 3), (SimulatedKiss, KISS, 2), (SimulatedRadio, COMPANION, 1)])
def test_who_speaks_is_not_asked(way, kind, script, number):
    """What it sends of itself decides, and is not lost: nobody answers here."""
    with kind(script, wait=0, replies=None) as radio, connect(radio, way) as dump:
        dump.wait_for(lambda _: dump.events and len(dump.frames) >= 40)
        assert dump.stop() == 0
    assert dump.frames[:40] == FRAMES
    assert {items_of(record)[12] for _, record in dump.items if frame_of(record)} == {bytes([number])}


def test_found_once_it_is_found_for_ever():
    script = [*KISS[:20], Disconnect(), *KISS[20:]]
    with SimulatedKiss(script, wait=0, replies=None) as radio, connect(radio, "tcp") as dump:
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES))
        assert dump.stop() == 0
    assert dump.frames == FRAMES


def test_a_modem_is_tuned_and_nothing_else_can_be():
    with SimulatedKiss(KISS) as radio, connect(radio, "pty", "--preset", "eu-narrow") as dump:
        dump.wait_for(lambda _: dump.events)
        assert radio.radio != bytes(10)
        assert dump.stop() == 0
    with SimulatedRadio(COMPANION) as radio, connect(radio, "pty", "--preset", "eu-narrow") as dump:
        assert dump.ended() == 1
        assert len(dump.error_lines) == 1 and "is no KISS modem, so it cannot be tuned" in dump.error_lines[0]


@pytest.mark.parametrize("way,asked", [("pty", VER + DEVICE_QUERY + GET_IDENTITY), ("tcp", DEVICE_QUERY)])
def test_nobody_answers(tshark, way, asked):
    with SimulatedRadio(replies=None) as radio:
        options = {"port": radio.pty()} if way == "pty" else {"host": "127.0.0.1", "tcp_port": radio.tcp()}
        with LiveTshark(tshark, "meshcore-serial" if way == "pty" else "meshcore-tcp", **options) as live:
            assert live.ended() != 0
            assert len(live.error_lines) == 1, live.error_lines
            assert "no MeshCore radio on" in live.error_lines[0] and "nothing came" in live.error_lines[0]
            assert ("(ver)" in live.error_lines[0]) == (way == "pty") and "(DEVICE_QUERY)" in live.error_lines[0]
        assert bytes(radio.heard) == asked


def test_something_else_answers(tshark):
    """A receiver of satellites, say, and what only echoes."""
    nmea = b"$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62\r\n"
    with SimulatedRadio([nmea, VER, DEVICE_QUERY, GET_IDENTITY], replies=None, wait=0) as radio, \
            LiveTshark(tshark, "meshcore-serial", port=radio.pty()) as live:
        assert live.ended() != 0
        assert len(live.error_lines) == 1 and "bytes of something else came" in live.error_lines[0]
        # A board that prints may just have started, so it is asked once more.
        assert bytes(radio.heard) == (VER + DEVICE_QUERY + GET_IDENTITY) * 2


def test_a_board_that_starts_when_its_port_is_opened():
    class Booting(SimulatedRadio):
        def _reply(self, body):
            return super()._reply(body) if len(self.queries) > 1 else b""
    boot = b"\r\nets Jun  8 2016 00:22:57\r\nrst:0x1 (POWERON_RESET)> boot:0x13\r\n"
    go = simulated_radio.threading.Event()
    with Booting([boot, When(go), *COMPANION], wait=0) as radio, connect(radio, "pty") as dump:
        dump.wait_for(lambda _: dump.events)
        go.set()
        dump.wait_for(lambda _: len(dump.frames) == len(FRAMES))
        assert dump.stop() == 0


def test_a_shared_capture_is_no_radio():
    header = bytes.fromhex("4d3cb2a1020004000000000000000000ffff00009e000000")
    with SimulatedRadio([header], wait=0) as other, connect(other, "tcp") as dump:
        assert dump.ended() == 1
        assert len(dump.error_lines) == 1 and "attach to it" in dump.error_lines[0]

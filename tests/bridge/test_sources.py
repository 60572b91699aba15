# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of source, several of them in one process, and sharing one with others."""
import json
import os
import struct
import subprocess

import pytest
from bridging import CAPTURES, KEY, Bridge, packets, statuses, toml
from support.broker import Mosquitto, Subscriber, free_port, wait_until
from support.simulated_kiss import IDENTITY, SimulatedKiss, packet
from support.simulated_log import PUBLIC_KEY as LOG_KEY
from support.simulated_log import SimulatedLog
from support.simulated_radio import SimulatedRadio, log_rx_data
from test_live import FRAME, NAME, SERIAL, TCP
from test_metrics import read as read_metrics
from test_troubles import numbered

RAW = FRAME.hex().upper()
KISS_KEY = IDENTITY.hex().upper()


@pytest.fixture
def broker():
    with Mosquitto() as mosquitto:
        yield mosquitto


def keys_of(messages):
    return {message.topic.split("/")[2] for message in messages}


@pytest.mark.parametrize("protocol", ["kiss", "auto"])
def test_kiss_modem_is_tuned(broker, protocol):
    tuning = f'protocol = "{protocol}"\nfrequency = 869.618\nbandwidth = 62.5\nsf = 8\ncr = 5\n'
    with SimulatedKiss([packet(FRAME, 12.5, -65)], wait=9) as radio, Subscriber(broker.port) as subscriber:
        with Bridge(toml(broker.port, source=SERIAL.format(radio.pty()) + tuning)) as bridge:
            subscriber.wait_for(packets)
            assert bridge.stop() == 0
    assert keys_of(subscriber.messages) == {KISS_KEY}
    assert packets(subscriber.messages)[0]["raw"] == RAW and packets(subscriber.messages)[0]["SNR"] == "12.5"
    assert radio.radio == struct.pack("<IIBB", 869_618_000, 62_500, 8, 5)


@pytest.mark.parametrize("protocol", ["log", "auto"])
def test_repeater_log(broker, protocol):
    lines = f"04:29:51 - 13/9/2026 U RAW: {RAW}\r\n04:29:51 - 13/9/2026 U: RX, len=39 (type=5, route=F, " \
            "payload_len=35) SNR=12 RSSI=-65 score=1000 time=412 hash=1D342605534E2CB3\r\n"
    with SimulatedLog([lines.encode()], wait=8) as radio, Subscriber(broker.port) as subscriber:
        source = SERIAL.format(radio.pty()) + f'protocol = "{protocol}"\n'
        with Bridge(toml(broker.port, source=source)) as bridge:
            subscriber.wait_for(packets)
            assert bridge.stop() == 0
    assert keys_of(subscriber.messages) == {LOG_KEY}
    message = packets(subscriber.messages)[0]
    assert (message["raw"], message["score"], message["duration"]) == (RAW, "1000", "412")


def test_what_a_repeater_sends_is_no_status(broker):
    """Its log says of each transmission that it was one, not what: neither a packet nor news of the radio."""
    heard = f"04:29:51 - 13/9/2026 U RAW: {RAW}\r\n04:29:51 - 13/9/2026 U: RX, len=39 (type=5, route=F, " \
            "payload_len=35) SNR=12 RSSI=-65 score=1000 time=412 hash=1D342605534E2CB3\r\n"
    sent = [f"04:29:{i:02} - 13/9/2026 U: TX, len={20 + i} (type=5, route=F, payload_len={16 + i})\r\n" for i in range(60)]
    port = free_port()
    with SimulatedLog([*(line.encode() for line in sent), heard.encode()], wait=8) as radio, \
            Subscriber(broker.port) as subscriber:
        source = SERIAL.format(radio.pty()) + f'protocol = "log"\n[metrics]\nlisten = "127.0.0.1:{port}"\n'
        with Bridge(toml(broker.port, source=source)) as bridge:
            subscriber.wait_for(packets)
            counters = read_metrics(port)
            assert counters['reports_total{radio=""}'] > len(sent) and counters['frames_total{radio=""}'] == 1
            assert bridge.stop() == 0
        subscriber.wait_for(lambda all_: b'"offline"' in statuses(all_)[-1].payload)
    assert [json.loads(m.payload)["status"] for m in statuses(subscriber.messages)] == ["online", "offline"]
    assert len(packets(subscriber.messages)) == 1


def test_ports_are_tried_in_order(broker):
    with SimulatedRadio([log_rx_data(FRAME, 1, -65)]) as radio, Subscriber(broker.port) as subscriber:
        ports = f'[serial]\nports = ["/dev/no-such-port", "{radio.pty()}"]\n'
        with Bridge(toml(broker.port, source=ports)) as bridge:
            subscriber.wait_for(packets)
            assert bridge.stop() == 0


def test_port_that_comes_and_goes(broker, tmp_path):
    """A USB radio that is pulled out and put back has the same name and is another device."""
    port = tmp_path / "ttyUSB0"
    with Subscriber(broker.port) as subscriber, Bridge(toml(broker.port, source=SERIAL.format(port))) as bridge:
        wait_until(lambda: f"no serial port {port}" in bridge.log(), what="a word about the missing port")
        for number in range(2):
            with SimulatedRadio([log_rx_data(FRAME[:-1] + bytes([number]), 1, -65)]) as radio:
                os.symlink(radio.pty(), port)
                subscriber.wait_for(lambda all_: len(packets(all_)) == number + 1)  # pylint: disable=cell-var-from-loop
                port.unlink()
        assert bridge.stop() == 0


def test_several_radios(broker):
    """Each has its own name, its own connection and status, and the brokers that it names."""
    with Mosquitto() as other, SimulatedRadio([log_rx_data(FRAME, 1, -65)]) as one, \
            SimulatedKiss([packet(FRAME, 2, -66)]) as two, \
            Subscriber(broker.port) as subscriber, Subscriber(other.port) as of_other:
        config = toml(broker.port, name="first") + toml(other.port, name="second").replace("[general]\niata = \"SEA\"", "")
        config += f"""
[[radio]]
name = "roof"
type = "tcp"
host = "127.0.0.1"
tcp_port = {one.tcp()}
origin = "Roof"
[[radio]]
name = "hill"
type = "tcp"
host = "127.0.0.1"
tcp_port = {two.tcp()}
protocol = "kiss"
origin = "Hill"
iata = "PDX"
brokers = ["second"]
"""
        with Bridge(config) as bridge:
            subscriber.wait_for(packets)
            of_other.wait_for(lambda all_: len(packets(all_)) == 2)
            assert bridge.stop() == 0
            of_other.wait_for(lambda all_: sum(b'"offline"' in m.payload for m in statuses(all_)) == 2)
        assert "broker roof/first: connected" in bridge.log() and "broker hill/second: connected" in bridge.log()
        assert "broker hill/first" not in bridge.log()
        assert not (bridge.home / "second.outbox").exists() and (bridge.home / "hill%2Fsecond.outbox").exists()
    assert [p["origin"] for p in packets(subscriber.messages)] == ["Roof"]
    assert {(m.topic, json.loads(m.payload)["origin"]) for m in of_other.messages if m.topic.endswith("packets")} == {
        (f"meshcore/SEA/{KEY}/packets", "Roof"), (f"meshcore/PDX/{KISS_KEY}/packets", "Hill")}


@pytest.mark.parametrize("radio, complaint", [
    ('brokers = ["locla"]', 'there is no broker "locla"; did you mean "local"?'),
    ('protocol = "kis"', 'there is no radio protocol "kis"'),
    ('protocol = "kiss"\nfrequency = 915', "frequency, bandwidth, sf and cr belong together"),
    ('protocol = "log"\nfrequency = 915', "only a KISS modem can be tuned"),
    ('prot = "kiss"', 'unknown key "prot"'),
    ("tcp_port = 70000", "expected a number from 1 to 65535"),
    ('[radio.share]\nlisten = "nonsense"', "'nonsense' is no HOST:PORT"),
])
def test_radio_that_is_wrong(radio, complaint):
    with Bridge(toml(1883), f'[[radio]]\nname = "roof"\n{radio}\n', arguments=["--check"]) as bridge:
        assert bridge.wait() == 2
        assert complaint in bridge.log()


def test_share_and_attach(broker):
    """Wireshark and a second bridge read what the first one owns; the second one comes back by itself."""
    port = free_port()
    share = f'\n[share]\nlisten = "127.0.0.1:{port}"\n'
    attach = f'[source]\ntype = "attach"\nhost = "127.0.0.1"\ntcp_port = {port}\n'
    with Mosquitto() as other, Subscriber(other.port) as subscriber, \
            Bridge(toml(other.port, source=attach)) as reader:
        wait_until(lambda: "trying" in reader.log() or "refused" in reader.log(), what="a first attempt")
        with SimulatedRadio(numbered(50), wait=7, interval=0.02, repeat=True) as radio, \
                Bridge(toml(broker.port, source=TCP.format(radio.tcp())) + share):
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 20)
            seen = subprocess.run(["tshark", "-i", f"TCP@127.0.0.1:{port}", "-c", "5", "-T", "fields", "-e", "frame.len"],
                                  capture_output=True, text=True, timeout=60, check=True).stdout.split()
            assert len(seen) == 5
    assert packets(subscriber.messages)[0]["origin"] == NAME
    assert keys_of(subscriber.messages) == {KEY}


def test_share_for_everybody_is_told():
    with Bridge(toml(1883), '[share]\nlisten = "0.0.0.0:5555"\n', arguments=["--check"]) as bridge:
        bridge.wait()
        assert "whoever can connect" in bridge.log()


def test_capture_as_a_source(broker):
    capture = CAPTURES / "scope-captures-seattle.pcapng"
    source = f'[source]\ntype = "file"\nfile = "{capture}"\n'
    named = toml(broker.port, source=source).replace("[general]", f'[general]\norigin_id = "{KEY}"')
    with Subscriber(broker.port) as subscriber:
        with Bridge(named) as bridge:
            assert bridge.wait() == 0
        subscriber.wait_for(lambda all_: len(packets(all_)) == 5)


def test_lines_from_standard_input(broker, tmp_path):
    """What mosquitto_sub prints of another observer is a source, too."""
    lines = tmp_path / "lines"
    lines.write_text(json.dumps({"raw": RAW, "SNR": "7.25", "RSSI": "-70", "origin": "Roof", "origin_id": KEY,
                                 "timestamp": "2026-09-13T04:29:52.407921+00:00"}) + "\n")
    source = '[source]\ntype = "file"\nfile = "-"\n'
    named = toml(broker.port, source=source).replace("[general]", f'[general]\norigin_id = "{KEY}"')
    with Subscriber(broker.port) as subscriber, open(lines, "rb") as stdin:
        with Bridge(named, stdin=stdin) as bridge:
            assert bridge.wait() == 0
        message = subscriber.wait_for(packets) and packets(subscriber.messages)[0]
    assert (message["raw"], message["SNR"], message["timestamp"]) == (RAW, "7.25", "2026-09-13T04:29:52.407921+00:00")

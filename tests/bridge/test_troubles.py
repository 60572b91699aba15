# SPDX-License-Identifier: GPL-2.0-or-later
"""Brokers that are down, refuse, hang up or say nothing, and radios that aren't there."""
import json
import socket
import time

import pytest
from bridging import CAPTURES, KEY, Bridge, packets, statuses, toml
from support.broker import (ACCEPTED, CONNECT, DISCONNECT, PUBACK, PUBLISH, FakeBroker, Mosquitto, Subscriber,
                            free_port, text, wait_until)
from support.simulated_radio import SimulatedRadio, log_rx_data

FRAME = bytes.fromhex("1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD")
CAPTURE = CAPTURES / "companion-pcap-seattle.pcapng"
SOURCE = '[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {}\n'


def numbered(count):
    """Distinct packets, told apart by their SNR and last byte."""
    return [log_rx_data(FRAME[:-2] + i.to_bytes(2, "big"), 1, -60) for i in range(count)]


def numbers(messages):
    return [int(packet["raw"][-4:], 16) for packet in packets(messages)]


def test_broker_comes_later():
    """Everything that was heard meanwhile arrives once and in order."""
    port = free_port()
    with SimulatedRadio(numbered(300)) as radio, Bridge(toml(port, source=SOURCE.format(radio.tcp()))) as bridge:
        assert radio.done.wait(60)
        wait_until(lambda: "cannot connect" in bridge.log(), what="a failed attempt")
        assert f"127.0.0.1 port {port}: Connection refused; trying again in" in bridge.log()
        with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 300)
            assert bridge.stop() == 0
            assert numbers(subscriber.messages) == list(range(300))


def test_broker_restarts():
    """Killed and started again: online is told at once, and packets go on."""
    with Mosquitto() as mosquitto, SimulatedRadio(numbered(200), interval=0.02, repeat=True) as radio, \
            Bridge(toml(mosquitto.port, source=SOURCE.format(radio.tcp()))) as bridge:
        for _ in range(3):
            with Subscriber(mosquitto.port) as subscriber:
                subscriber.wait_for(lambda all_: packets(all_) and statuses(all_))
                assert json.loads(statuses(subscriber.messages)[-1].payload)["status"] == "online"
            mosquitto.stop()
            mosquitto.start()
        assert bridge.stop() == 0


def test_every_acknowledged_packet_once():
    """A broker that hangs up after so many packets, again and again: with QoS 1 all arrive, in order."""
    got = []

    def after(count):
        def handler(wire):
            assert wire.packet()[0] == CONNECT
            wire.send(ACCEPTED)
            for _ in range(count):
                _, _, body = wire.packet()
                topic, end = text(body)
                got.append((topic.decode(), body[end + 2:]))
                wire.send(bytes([PUBACK << 4, 2]) + body[end:end + 2])
        return handler

    last = []
    with FakeBroker(after(1), after(70), after(3), takes_all(last.append)) as fake, \
            SimulatedRadio(numbered(400)) as radio, \
            Bridge(toml(fake.port, extra="qos = 1", source=SOURCE.format(radio.tcp()))) as bridge:
        wait_until(lambda: any(b"018F" in body for _, _, body in last), what="the last packet")
        assert bridge.stop() == 0
        assert not fake.errors
    bodies = [body for topic, body in got if "/packets" in topic]
    bodies += [body for topic, _, body in last if "/packets" in topic]
    found = [int(json.loads(body)["raw"][-4:], 16) for body in bodies]
    assert set(found) == set(range(400))
    # At least once: what was acknowledged is not sent again, but the acknowledgement can be lost.
    assert len(found) < 400 + 3 * 64


def test_bound_of_the_queue():
    """Beyond the bound the oldest go, and are counted."""
    port = free_port()
    config = toml(port, source=SOURCE) + "\n[spool]\npath = \"\"\nmemory_messages = 100\n"
    with SimulatedRadio(numbered(250), wait=7) as radio:  # it has said who it is
        with Bridge(config.format(radio.tcp())) as bridge:
            assert radio.done.wait(60)
            wait_until(lambda: "100 waiting" in bridge.log(), what="a full queue")
            with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
                subscriber.wait_for(lambda all_: len(packets(all_)) >= 100)
                assert bridge.stop() == 0
                assert numbers(subscriber.messages) == list(range(150, 250))
            assert "150 messages dropped" in bridge.log()


def test_wrong_password():
    with Mosquitto(users={"roof": "right"}) as mosquitto, SimulatedRadio(numbered(1)) as radio:
        login = '[broker.auth]\nusername = "roof"\npassword = "wr0ng-secret"'
        with Bridge(toml(mosquitto.port, auth=login, source=SOURCE.format(radio.tcp()))) as bridge:
            wait_until(lambda: "refuses the login" in bridge.log(), what="the refusal")
            line = next(line for line in bridge.log().splitlines() if "refuses the login" in line)
            assert "check user name and password" in line and "trying again in" in line
            pause = float(line.split("trying again in ")[1].split()[0])
            assert pause >= 45  # ten refusals a minute earn a ban
            assert "wr0ng-secret" not in bridge.log()
            assert bridge.stop() == 0


def test_right_password():
    with Mosquitto(users={"roof": "right"}) as mosquitto, SimulatedRadio(numbered(1)) as radio, \
            Subscriber(mosquitto.port, "roof", "right") as subscriber:
        login = '[broker.auth]\nusername = "roof"\npassword = "right"'
        with Bridge(toml(mosquitto.port, auth=login, source=SOURCE.format(radio.tcp()))) as bridge:
            subscriber.wait_for(lambda all_: packets(all_))
            assert bridge.stop() == 0


def hangs_up(wire):
    wire.packet()


def serves(publish, connack=ACCEPTED):
    """A broker that hands on what is published: publish(wire, topic, flags, identifier, payload). With QoS 0 the
    identifier is empty."""
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(connack)
        while True:
            kind, flags, body = wire.packet()
            if kind == DISCONNECT:
                return
            if kind == PUBLISH:
                topic, end = text(body)
                start = end + 2 if flags & 6 else end
                publish(wire, topic.decode(), flags, body[end:start], body[start:])
    return handler


def takes_all(take):
    """A broker that acknowledges all, and gives take((topic, flags, payload)) each message before that."""
    def publish(wire, topic, flags, identifier, payload):
        take((topic, flags, payload))
        if identifier:
            wire.send(bytes([PUBACK << 4, 2]) + identifier)
    return serves(publish)


def test_hangs_up_before_connack():
    got = []
    with FakeBroker(hangs_up, hangs_up, takes_all(got.append)) as fake, SimulatedRadio(numbered(50)) as radio, \
            Bridge(toml(fake.port, source=SOURCE.format(radio.tcp()))) as bridge:
        wait_until(lambda: sum("/packets" in topic for topic, _, _ in got) == 50, what="packets")
        assert bridge.log().count("hung up before it answered") == 2
        assert bridge.stop() == 0
        assert not fake.errors


@pytest.mark.parametrize("nonsense", [b"\x20", b"\x20\x02\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 40,
                                      b"\x90\x03\x00\x01\x00"])
def test_says_nonsense(nonsense):
    """Half a packet, another protocol, what nobody asked for: told, tried again, and nothing is lost."""
    got = []

    def handler(wire):
        wire.packet()
        wire.send(nonsense)

    with FakeBroker(handler, takes_all(got.append)) as fake, SimulatedRadio(numbered(20)) as radio, \
            Bridge(toml(fake.port, extra="qos = 1", source=SOURCE.format(radio.tcp()))) as bridge:
        wait_until(lambda: sum("/packets" in topic for topic, _, _ in got) == 20, what="packets")
        assert bridge.log().count("; trying again in ") == 1
        assert bridge.stop() == 0
        assert not fake.errors


@pytest.mark.parametrize("qos", [1, 2])
def test_hangs_up_in_the_middle_of_packets(qos):
    """Without an acknowledgement everything is sent again, and nothing is lost."""
    got = []

    def in_the_middle(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        wire.packet()  # online
        wire.read(40)  # and half of what comes then

    def first_only(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        _, _, body = wire.packet()
        _, end = text(body)
        wire.send(bytes([(PUBACK if qos == 1 else 5) << 4, 2]) + body[end:end + 2])
        wire.packet()

    def qos2(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        while True:
            kind, flags, body = wire.packet()
            if kind == PUBLISH:
                topic, end = text(body)
                got.append((topic.decode(), flags, body[end + 2:]))
                wire.send(bytes([0x50, 2]) + body[end:end + 2])
            elif kind == 6:
                wire.send(bytes([0x70, 2]) + body)
            elif kind == DISCONNECT:
                return

    last = takes_all(got.append) if qos == 1 else qos2
    with FakeBroker(in_the_middle, first_only, in_the_middle, last) as fake, \
            SimulatedRadio(numbered(30)) as radio, \
            Bridge(toml(fake.port, extra=f"qos = {qos}", source=SOURCE.format(radio.tcp()))) as bridge:
        bodies = lambda: [json.loads(body) for topic, _, body in got if "/packets" in topic]
        wait_until(lambda: len(bodies()) >= 30, what="packets")
        assert bridge.stop() == 0
        assert [int(body["raw"][-4:], 16) for body in bodies()] == list(range(30))
        assert all((flags >> 1) & 3 == qos for _, flags, _ in got)
        assert not fake.errors


def test_silent_broker_delays_nobody():
    """One broker takes the connection and says nothing, one is not there, one hangs up; the fourth works."""
    def silent(wire):
        wire.read(10_000_000)

    with FakeBroker(silent) as mute, FakeBroker(hangs_up) as rude, Mosquitto() as mosquitto, \
            Subscriber(mosquitto.port) as subscriber, SimulatedRadio(numbered(100)) as radio:
        config = toml(mute.port, "mute", source=SOURCE.format(radio.tcp()))
        for name, port in (("gone", free_port()), ("rude", rude.port), ("good", mosquitto.port)):
            config += f'[[broker]]\nname = "{name}"\nenabled = true\nserver = "127.0.0.1"\nport = {port}\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 100)
            started = time.monotonic()
            assert bridge.stop() == 0
            assert time.monotonic() - started < 30
            assert numbers(subscriber.messages) == list(range(100))
            assert "broker gone: 100 messages wait for the next start" in bridge.log()


def test_never_answers():
    """A broker that takes the connection and says nothing is told in words, and tried again."""
    with FakeBroker(lambda wire: wire.read(10_000_000)) as mute, SimulatedRadio(numbered(1)) as radio, \
            Bridge(toml(mute.port, source=SOURCE.format(radio.tcp()))) as bridge:
        wait_until(lambda: "takes the connection but says nothing; trying again in" in bridge.log(), what="the words")
        assert bridge.stop() == 0


def test_connect_packets():
    """Client ids differ from broker to broker; will, keepalive and login are as configured."""
    connects = []

    def handler(wire):
        kind, _, body = wire.packet()
        connects.append(body)
        wire.send(ACCEPTED)
        while kind != DISCONNECT:
            kind, _, body = wire.packet()

    with FakeBroker(handler) as one, FakeBroker(handler) as two, SimulatedRadio(numbered(1)) as radio:
        config = toml(one.port, "one", extra="keepalive = 30\nqos = 1",
                      auth='[broker.auth]\nusername = "me"\npassword = "secret"',
                      source=SOURCE.format(radio.tcp()))
        config += f'[[broker]]\nname = "two"\nenabled = true\nserver = "127.0.0.1"\nport = {two.port}\n'
        with Bridge(config) as bridge:
            wait_until(lambda: len(connects) == 2, what="two connections")
            assert bridge.stop() == 0
    parsed = []
    for body in connects:
        assert body[:7] == b"\x00\x04MQTT\x04"  # MQTT 3.1.1
        flags, keepalive = body[7], int.from_bytes(body[8:10], "big")
        fields, at = [], 10
        while at < len(body):
            field, at = text(body, at)
            fields.append(field)
        parsed.append((flags, keepalive, fields))
    parsed.sort(key=lambda row: row[1])
    (flags1, keepalive1, fields1), (flags2, keepalive2, fields2) = parsed
    assert flags1 == 0b11101110 and keepalive1 == 30 and fields1[3:] == [b"me", b"secret"]
    assert flags2 == 0b00100110 and keepalive2 == 60
    assert fields1[0] != fields2[0]
    for fields in (fields1, fields2):
        assert len(fields[0]) <= 23 and KEY[:8].encode() in fields[0]
        assert fields[1].decode() == f"meshcore/SEA/{KEY}/status"
        assert json.loads(fields[2]) == {"status": "offline", "origin": "Howl @ 🏡", "origin_id": KEY}


def test_read_without_a_broker():
    port = free_port()
    with Bridge(toml(port), arguments=["--read", CAPTURE, "--timeout", "1"]) as bridge:
        assert bridge.wait() == 3
        assert "8 messages not delivered" in bridge.log()


def test_read_what_is_no_capture(tmp_path):
    noise = tmp_path / "noise.pcap"
    noise.write_bytes(b"this is no capture")
    for path in (noise, tmp_path / "absent.pcap"):
        with Bridge(toml(free_port()), arguments=["--read", path]) as bridge:
            assert bridge.wait() == 2
            assert str(path) in bridge.log()


def test_radio_that_is_not_there():
    with Mosquitto() as mosquitto:
        port = free_port()
        with Bridge(toml(mosquitto.port, source=SOURCE.format(port))) as bridge:
            wait_until(lambda: f"127.0.0.1:{port}" in bridge.log(), what="a line about the radio")
            assert bridge.stop() == 0
        with Bridge(toml(mosquitto.port, source='[source]\nport = "/dev/no-such-port"\n')) as bridge:
            wait_until(lambda: "/dev/no-such-port" in bridge.log(), what="a line about the radio")
            assert bridge.stop() == 0


def test_stop_while_connecting():
    """A broker's address that swallows everything does not hold up the end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fill = [socket.socket() for _ in range(8)]
    for one in fill:
        one.setblocking(False)
        try:
            one.connect(listener.getsockname())
        except BlockingIOError:
            pass
    with SimulatedRadio(numbered(1)) as radio, \
            Bridge(toml(listener.getsockname()[1], source=SOURCE.format(radio.tcp()))) as bridge:
        assert radio.done.wait(60)
        started = time.monotonic()
        assert bridge.stop() == 0
        assert time.monotonic() - started < 30
    for one in (listener, *fill):
        one.close()

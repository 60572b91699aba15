# SPDX-License-Identifier: GPL-2.0-or-later
"""MQTT 3.1.1 and 5, each answer to CONNECT in words, and the ways through proxies."""
import json
import threading
import time

import pytest
from bridging import KEY, Bridge, packets, statuses, toml
from support.broker import (CONNECT, DISCONNECT, PUBACK, PUBLISH, FakeBroker, Mosquitto, Subscriber, free_port,
                            text, wait_until)
from support.proxy import Proxy
from support.simulated_radio import SimulatedRadio
from test_troubles import SOURCE, numbered, numbers

V5 = "mqtt_version = 5"
PUBREC, PUBREL, PUBCOMP = 5, 6, 7


def settled(port, radio_port, extra="", auth=""):
    return toml(port, extra=extra, auth=auth, source=SOURCE.format(radio_port))


@pytest.mark.parametrize("version", ["", V5])
@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("retain", ["true", "false"])
def test_qos_and_retain(version, qos, retain):
    """As told for packets and status; packets are never retained."""
    with Mosquitto() as mosquitto, SimulatedRadio(numbered(20)) as radio:
        with Subscriber(mosquitto.port) as subscriber, \
                Bridge(settled(mosquitto.port, radio.tcp(), f"{version}\nqos = {qos}\nretain = {retain}")) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 20)
            assert bridge.stop() == 0
            subscriber.wait_for(lambda all_: b"offline" in statuses(all_)[-1].payload)
            assert {message.qos for message in subscriber.messages} == {qos}
            assert numbers(subscriber.messages) == list(range(20))
        wait_until(lambda: f"p{5 if version else 2}, c1" in mosquitto.log.read_text(), what="the protocol's version")
        with Subscriber(mosquitto.port) as late:
            if retain == "true":
                late.wait_for(lambda all_: all_)
            kept = [(message.topic, message.retain) for message in late.messages]
            assert kept == ([(f"meshcore/SEA/{KEY}/status", True)] if retain == "true" else [])


def refuses(answer):
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(answer)
    return handler


@pytest.mark.parametrize("version,code,words,login", [
    (4, 1, "does not speak this version of MQTT", False), (4, 2, "does not accept the client id", False),
    (4, 3, "not available at the moment", False), (4, 4, "wrong user name or password", True),
    (4, 5, "not authorized", True), (4, 77, "refuses the connection with code 77", False),
    (5, 0x84, "does not speak this version of MQTT", False), (5, 0x85, "does not accept the client id", False),
    (5, 0x86, "wrong user name or password", True), (5, 0x87, "not authorized", True),
    (5, 0x88, "not available at the moment", False), (5, 0x89, "busy", False), (5, 0x8A, "banned", True),
    (5, 0x9F, "too many connections", False), (5, 0x80, "Unspecified error (0x80)", False)])
def test_each_refusal_in_words(version, code, words, login):
    """And the pause after a refused login is the long one."""
    answer = bytes([0x20, 2, 0, code]) if version == 4 else bytes([0x20, 3, 0, code, 0])
    with FakeBroker(refuses(answer)) as fake, SimulatedRadio(numbered(1)) as radio, \
            Bridge(settled(fake.port, radio.tcp(), V5 if version == 5 else "")) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log(), what="the refusal")
        line = next(line for line in bridge.log().splitlines() if "cannot connect" in line)
        pause = float(line.split("trying again in ")[1].split()[0])
        assert words in line
        assert pause >= 45 if login else pause < 45
        assert bridge.stop() == 0


def test_mqtt5_reasons():
    """A message that is refused is told once and counted, the others arrive; a goodbye is told with its reason."""
    got = []

    def handler(wire):
        kind, _, body = wire.packet()
        assert kind == CONNECT and body[:7] == b"\x00\x04MQTT\x05"
        flags, length = body[7], body[10]
        # A clean start, and of the properties none but "receive maximum": no session outlives the connection.
        assert flags & 2 and (length == 0 or (length == 3 and body[11] == 0x21))
        wire.send(bytes([0x20, 3, 0, 0, 0]))
        while len(got) < 30:
            kind, flags, body = wire.packet()
            if kind != PUBLISH:
                continue
            topic, end = text(body)
            identifier = body[end:end + 2]
            number = len(got) if b"/packets" in topic else None
            refused = number in (3, 4)
            wire.send(bytes([PUBACK << 4, 3]) + identifier + (b"\x87" if refused else b"\x00"))
            if number is not None:
                assert body[end + 2] == 0  # no properties
                got.append(json.loads(body[end + 3:])["raw"][-4:])
        wire.send(bytes([DISCONNECT << 4, 2, 0x8B, 0]))  # shutting down
        wire.packet()

    with FakeBroker(handler) as fake, SimulatedRadio(numbered(30)) as radio, \
            Bridge(settled(fake.port, radio.tcp(), V5 + "\nqos = 1")) as bridge:
        wait_until(lambda: "broker local: lost" in bridge.log() or fake.errors, what="the goodbye")
        assert not fake.errors
        assert "the broker hung up: Server shutting down (0x8B)" in bridge.log()
        assert bridge.log().count("does not take a message: Not authorized (0x87); left out") == 1
        assert bridge.stop() == 0
        assert "2 not taken" in bridge.log()
        assert not fake.errors
    assert got == [f"{number:04X}" for number in range(30)]


def test_mqtt5_broker_that_has_less():
    """No QoS above 0 and nothing retained: the bridge does without."""
    got = []

    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(bytes([0x20, 7, 0, 0, 4, 0x24, 0, 0x25, 0]))  # maximum QoS 0, retain not available
        while True:
            kind, flags, body = wire.packet()
            if kind == DISCONNECT:
                return
            if kind == PUBLISH:
                got.append((flags, text(body)[0]))

    with FakeBroker(handler) as fake, SimulatedRadio(numbered(5)) as radio, \
            Bridge(settled(fake.port, radio.tcp(), V5 + "\nqos = 2")) as bridge:
        wait_until(lambda: len(got) == 6, what="messages")
        assert bridge.stop() == 0
    assert {flags for flags, _ in got} == {0}


@pytest.mark.parametrize("version", [4, 5])
def test_late_answers(version):
    """CONNACK and each PUBACK come late: all arrives once, in order, and another broker waits for nothing."""
    got, go = [], threading.Event()

    def handler(wire):
        assert wire.packet()[0] == CONNECT
        go.wait(60)
        wire.send(bytes([0x20, 2, 0, 0]) if version == 4 else bytes([0x20, 3, 0, 0, 0]))
        owed = []
        while True:
            kind, _, body = wire.packet()
            if kind == DISCONNECT:
                return
            if kind == PUBLISH:
                topic, end = text(body)
                owed.append(body[end:end + 2])
                if b"/packets" in topic:
                    got.append(json.loads(body[end + (2 if version == 4 else 3):])["raw"][-4:])
            if len(owed) >= 7 or len(got) >= 45:
                time.sleep(0.1)
                wire.send(b"".join(bytes([PUBACK << 4, 2]) + identifier for identifier in owed))
                owed.clear()

    with FakeBroker(handler) as late, Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, \
            SimulatedRadio(numbered(50)) as radio:
        config = settled(late.port, radio.tcp(), "qos = 1" + ("" if version == 4 else "\n" + V5))
        config += f'[[broker]]\nname = "good"\nenabled = true\nserver = "127.0.0.1"\nport = {mosquitto.port}\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 50)
            assert not got  # the good one did not wait for it
            go.set()
            wait_until(lambda: len(got) == 50, what="packets")
            assert bridge.stop() == 0
        assert not late.errors
    assert got == [f"{number:04X}" for number in range(50)]


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("login", [None, ("me", "s3cret-word")])
def test_through_a_proxy(kind, login):
    with Mosquitto() as mosquitto, Proxy(kind, login) as proxy, SimulatedRadio(numbered(50)) as radio, \
            Subscriber(mosquitto.port) as subscriber:
        at = f"{login[0]}:{login[1]}@" if login else ""
        extra = f'proxy = "{kind}://{at}127.0.0.1:{proxy.port}"\nqos = 1'
        config = settled(mosquitto.port, radio.tcp(), extra).replace('server = "127.0.0.1"', 'server = "localhost"')
        with Bridge(config, arguments=["--log-level", "debug"]) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 50)
            assert bridge.stop() == 0
            assert "s3cret-word" not in bridge.log()
        assert proxy.asked == [f"localhost:{mosquitto.port}"]  # the name goes to the proxy
        assert numbers(subscriber.messages) == list(range(50))


def test_proxies_that_do_not_help():
    nobody = free_port()
    for kind, login, given, words in (
            ("http", ("a", "b"), "", "proxy wants another user name or password"),
            ("http", None, "", "the proxy answers 502"),
            ("socks5", ("a", "b"), "", "proxy wants a user name and a password"),
            ("socks5", ("a", "b"), "a:c@", "proxy wants another user name or password"),
            ("socks5", None, "", "the proxy does not connect: the broker refuses the connection")):
        with Proxy(kind, login) as proxy, SimulatedRadio(numbered(1)) as radio, \
                Bridge(settled(nobody, radio.tcp(), f'proxy = "{kind}://{given}127.0.0.1:{proxy.port}"')) as bridge:
            wait_until(lambda: "cannot connect" in bridge.log(), what="a line")
            assert words in bridge.log()
            assert bridge.stop() == 0
    with Bridge(settled(1, 1, 'proxy = "ftp://me:s3cret@x"'), arguments=["--check"]) as bridge:
        assert bridge.wait() == 2
        assert "proxy is no http://" in bridge.log() and "s3cret" not in bridge.log()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way in which a broker, or what stands before it, can misbehave: all at once, in one bridge. Each is told in
words, and one good broker among them gets everything, once and in order."""
import base64
import contextlib
import hashlib
import re

import pytest
from bridging import Bridge, packets, toml
from support.broker import ACCEPTED, CONNECT, PUBACK, FakeBroker, Mosquitto, Subscriber, wait_until
from support.simulated_radio import SimulatedRadio
from test_troubles import SOURCE, hangs_up, numbered, numbers, serves

WS, TLS, V5, QOS1 = 'transport = "websockets"', "[broker.tls]\nenabled = true", "mqtt_version = 5", "qos = 1"
ACCEPTED5 = b"\x20\x03\x00\x00\x00"


def says_nothing(wire):
    wire.read(10_000_000)


def answers(data, connack=b""):
    """Reads CONNECT, says this, and listens on."""
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(connack + data)
        wire.read(10_000_000)
    return handler


def accepts_and(do):
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        do(wire)
    return handler


def http(answer, then=b""):
    """Answers an HTTP request, with {accept} as WebSocket wants it, says `then` after CONNECT, and hangs up."""
    def handler(wire):
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += wire.read(1)
        key = re.search(rb"(?i)sec-websocket-key: (\S+)", request)
        accept = hashlib.sha1((key[1] if key else b"") + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        wire.send(answer.replace(b"{accept}", base64.b64encode(accept)))
        if then:
            wire.read(20)  # the beginning of CONNECT
            wire.send(then)
    return handler


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
GOOD_UPGRADE = UPGRADE + b"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n\r\n"
HUNG_UP = "hung up|reset by peer|Broken pipe"
PROTOCOL = "what the broker says is no MQTT"


def through(kind):
    return f'proxy = "{kind}://127.0.0.1:{{port}}"'


# Name: what it does, what is configured (the proxy, if there is one, is the fake), what the log says of it.
FAULTS = {
    # before CONNACK
    "closes-at-once": (lambda wire: None, "", f"cannot connect .*({HUNG_UP}).* before it answered"),
    "no-connack": (hangs_up, "", "cannot connect .*hung up before it answered"),
    "half-a-connack": (lambda wire: wire.packet() and wire.send(b"\x20\x02"), "",
                       "cannot connect .*hung up before it answered"),
    "half-a-connack-and-silence": (answers(b"\x20\x02\x00"), "", "takes the connection but says nothing"),
    "says-nothing": (says_nothing, "", "takes the connection but says nothing"),
    "garbage": (answers(b"\xff" * 40), "", PROTOCOL),
    "http": (answers(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "", "takes the connection but says nothing"),
    "length-of-five-bytes": (answers(b"\x20\xff\xff\xff\xff\x7f"), "", PROTOCOL),
    "length-of-256-MB": (answers(b"\x20\xff\xff\xff\x7f" + bytes(100)), "", "takes the connection but says nothing"),
    "puback-first": (answers(b"\x40\x02\x00\x01"), "", f"{PROTOCOL}|says nothing"),
    "refuses-oddly": (answers(b"\x20\x02\x00\xff"), "", "refuses the connection with code 255"),
    "v5-bad-properties": (answers(b"\x20\x06\x00\x00\x7f\x21\x00\x01"), V5, PROTOCOL),
    "v5-unknown-property": (answers(b"\x20\x05\x00\x00\x02\x7e\x00"), V5, PROTOCOL),
    "v5-answered-as-v3": (answers(ACCEPTED), V5, PROTOCOL),
    "v5-auth": (answers(b"\xf0\x02\x18\x00"), V5, f"{PROTOCOL}|says nothing"),
    # once connected
    "closes-after-connack": (accepts_and(lambda wire: None), "", f"lost .*({HUNG_UP})"),
    "no-puback": (accepts_and(lambda wire: wire.packet() and wire.packet()), QOS1, f"lost .*({HUNG_UP})"),
    "half-of-our-packet": (accepts_and(lambda wire: wire.read(40)), "", f"lost .*({HUNG_UP})"),
    "half-of-its-packet": (accepts_and(lambda wire: wire.packet() and wire.send(b"\x40\x02\x00")), QOS1,
                           f"lost .*({HUNG_UP})"),
    "garbage-later": (answers(b"\xff" * 40, ACCEPTED), "", f"lost .*({PROTOCOL})"),
    "length-of-five-bytes-later": (answers(b"\x40\xff\xff\xff\xff\x7f", ACCEPTED), "", f"lost .*({PROTOCOL})"),
    "v5-goodbye": (answers(b"\xe0\x02\x8e\x00", ACCEPTED5), V5, "lost .*hung up: Session taken over"),
    "v5-goodbye-at-once": (answers(b"\xe0\x01\x87"), V5, "hung up: Not authorized"),
    # TLS, WebSocket
    "tls-says-nothing": (says_nothing, TLS, "TLS handshake.*within"),
    "tls-hangs-up": (lambda wire: wire.read(5) and wire.send(b"\x16\x03\x03\x00"), TLS, "TLS fails"),
    "tls-http": (lambda wire: wire.read(5) and wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), TLS, "TLS fails"),
    "tls-refuses": (lambda wire: wire.read(5) and wire.send(b"\x15\x03\x03\x00\x02\x02\x28"), TLS, "TLS fails"),
    "ws-says-nothing": (says_nothing, WS, "WebSocket.*within"),
    "wss-says-nothing": (says_nothing, f"{WS}\n{TLS}", "TLS handshake.*within"),
    "ws-half-an-answer": (lambda wire: wire.read(20) and wire.send(UPGRADE) or says_nothing(wire), WS,
                          "WebSocket.*within"),
    "ws-301": (http(b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n\r\n"), WS,
               "answers 301 to WebSocket path / and sends us to https://elsewhere.example"),
    "ws-403": (http(b"HTTP/1.1 403 Forbidden\r\n\r\n"), WS, "answers 403 to WebSocket path /"),
    "ws-200": (http(OK), WS, "answers 200 to WebSocket path /"),
    "ws-no-http": (http(b"\x20\x02\x00\x00\r\n\r\n"), WS, "WebSocket handshake fails"),
    "ws-wrong-accept": (http(UPGRADE + b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"), WS,
                        "WebSocket handshake fails.*[Aa]ccept"),
    "ws-no-accept": (http(UPGRADE + b"\r\n"), WS, "WebSocket handshake fails.*[Aa]ccept"),
    "ws-endless-header": (http(UPGRADE + b"X: " + b"x" * 100_000), WS, "WebSocket handshake fails"),
    "ws-text": (http(GOOD_UPGRADE, b"\x81\x02\x00\x00"), WS, f"{PROTOCOL}|hung up"),
    "ws-masked": (http(GOOD_UPGRADE, b"\x82\x82\x00\x00\x00\x00\x20\x02"), WS, "WebSocket|hung up|mask"),
    "ws-huge-frame": (http(GOOD_UPGRADE, b"\x82\x7f\x7f" + b"\xff" * 7 + bytes(50)), WS, HUNG_UP + "|big"),
    "ws-closes": (http(GOOD_UPGRADE, b"\x88\x02\x03\xf0"), WS, HUNG_UP),
    "ws-refuses": (http(GOOD_UPGRADE, b"\x82\x04\x20\x02\x00\x05"), WS, "refuses the login: not authorized"),
    "ws-half-a-connack": (http(GOOD_UPGRADE, b"\x82\x01\x20"), WS, HUNG_UP),
    # proxies
    "proxy-says-nothing": (says_nothing, through("http"), "proxy.*within"),
    "socks-says-nothing": (says_nothing, through("socks5"), "proxy.*within"),
    "proxy-hangs-up": (lambda wire: wire.read(10), through("http"), "the proxy does not answer as one"),
    "socks-hangs-up": (lambda wire: wire.read(3), through("socks5"), "the proxy does not answer as one"),
    "proxy-no-http": (lambda wire: wire.read(10) and wire.send(b"220 mail.example ESMTP\r\n\r\n"), through("http"),
                      "the proxy does not answer as one"),
    "proxy-500": (http(b"HTTP/1.1 500 Oh\r\n\r\n"), through("http"), "the proxy answers 500"),
    "proxy-endless-header": (http(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), through("http"),
                             "the proxy does not answer as one"),
    "proxy-then-silence": (lambda wire: http(OK)(wire) or says_nothing(wire), through("http"),
                           "takes the connection but says nothing"),
    "proxy-then-tls-silence": (lambda wire: http(OK)(wire) or says_nothing(wire), f'{through("http")}\n{TLS}',
                               "TLS handshake.*within"),
    "socks-4": (lambda wire: wire.read(3) and wire.send(b"\x00\x5a"), through("socks5"), "does not speak SOCKS 5"),
    "socks-odd-reply": (lambda wire: wire.read(3) and wire.send(b"\x05\x00") or wire.read(5) and
                        wire.send(b"\x05\xfe\x00\x01\x00"), through("socks5"), "the proxy does not connect: it failed"),
}


def test_all_at_once():
    with contextlib.ExitStack() as stack:
        mosquitto = stack.enter_context(Mosquitto())
        subscriber = stack.enter_context(Subscriber(mosquitto.port))
        radio = stack.enter_context(SimulatedRadio(numbered(300), interval=0.1, wait=7))
        config = toml(mosquitto.port, "good", extra=QOS1, source=SOURCE.format(radio.tcp()))
        config += '\n[spool]\npath = ""\n'
        fakes = {}
        for name, (handler, extra, _) in FAULTS.items():
            fakes[name] = fake = stack.enter_context(FakeBroker(handler))
            port = 1 if "proxy =" in extra else fake.port
            config += f'[[broker]]\nname = "{name}"\nenabled = true\nserver = "127.0.0.1"\nport = {port}\n' \
                      f'{extra.format(port=fake.port)}\n'
        with stack.enter_context(Bridge(config)) as bridge:
            wrong = {}

            def told():
                wrong.clear()
                if bridge.process.poll() is not None:
                    return True
                for name, (_, _, words) in FAULTS.items():
                    lines = [line for line in bridge.log().splitlines() if f"broker {name}: " in line]
                    if not any(re.search(words, line) for line in lines):
                        wrong[name] = lines
                return not wrong

            with contextlib.suppress(AssertionError):
                wait_until(told, timeout=90)
            assert bridge.process.poll() is None
            assert not wrong, "\n".join(f"{name}: wanted {FAULTS[name][2]}: {lines}" for name, lines in wrong.items())
            subscriber.wait_for(lambda all_: len(packets(all_)) == 300)
            assert numbers(subscriber.messages) == list(range(300))
            for name, fake in fakes.items():
                assert not fake.errors, (name, fake.errors)
            assert all("trying again in" in line for line in bridge.log().splitlines()
                       if "cannot connect to" in line or ": lost " in line)
            assert bridge.stop() == 0


def publishes(answer, connack=ACCEPTED):
    """A broker that answers what is published in its own way: `answer(wire, number, identifier)`."""
    got = []

    def publish(wire, topic, _flags, identifier, _payload):
        got.append(topic)
        if identifier:
            answer(wire, len(got), identifier)
    return got, serves(publish, connack)


def acknowledges_strangers(wire, _, identifier):
    """PUBACK, PUBREC, PUBCOMP for what was never sent, twice what was; answers to questions never asked."""
    wire.send(b"\x40\x02\xff\xf0" + b"\x40\x02\xff\xf1" + b"\xd0\x00" + b"\x90\x03\xff\xf0\x00")
    wire.send((bytes([PUBACK << 4, 2]) + identifier) * 2)


def publishes_to_us(wire, _, identifier):
    """What nobody subscribed to."""
    wire.send(b"\x30\x05\x00\x01a??" + b"\x32\x07\x00\x01a\x00\x09??" + bytes([PUBACK << 4, 2]) + identifier)


def in_crumbs(wire, _, identifier):
    for byte in bytes([PUBACK << 4, 2]) + identifier:
        wire.send(bytes([byte]))


@pytest.mark.parametrize("answer", [acknowledges_strangers, publishes_to_us, in_crumbs])
def test_odd_but_harmless(answer):
    """Answers that nobody asked for disturb nothing: one connection, all packets."""
    got, handler = publishes(answer)
    with FakeBroker(handler) as fake, SimulatedRadio(numbered(50)) as radio, \
            Bridge(toml(fake.port, extra=QOS1, source=SOURCE.format(radio.tcp()))) as bridge:
        wait_until(lambda: sum("/packets" in topic for topic in got) == 50, what="packets")
        assert bridge.stop() == 0
        assert fake.connections == 1 and not fake.errors, bridge.log()


@pytest.mark.parametrize("longest", [40, 400, 5000])
def test_mqtt5_limits(longest):
    """A broker that takes one message at a time, and none longer than so many bytes: the others are told once and
    counted, and it stays connected."""
    unanswered, worst = [], [0]

    def later(wire, _, identifier):
        unanswered.append(identifier)
        worst.append(len(unanswered))
        wire.send(bytes([PUBACK << 4, 2]) + unanswered.pop())

    got, handler = publishes(later, b"\x20\x0b\x00\x00\x08\x21\x00\x01\x27" + longest.to_bytes(4, "big"))
    with FakeBroker(handler) as fake, SimulatedRadio(numbered(20)) as radio, \
            Bridge(toml(fake.port, extra=f"{QOS1}\n{V5}", source=SOURCE.format(radio.tcp()))) as bridge:
        if longest == 5000:
            wait_until(lambda: sum("/packets" in topic for topic in got) == 20, what="packets")
        else:
            wait_until(lambda: "a message cannot be sent, for its topic or its size" in bridge.log(), what="words")
        assert bridge.stop() == 0
        assert not fake.errors and fake.connections == 1 and max(worst) <= 1
        assert bool(got) == (longest == 5000)
        assert bool(re.search("2[0-2] not taken", bridge.log())) == (longest < 5000)

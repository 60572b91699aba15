# SPDX-License-Identifier: GPL-2.0-or-later
"""Login tokens that the radio signs itself."""
import contextlib
import re
import socket
import subprocess
import time

import pytest
from bridging import Bridge, packets, toml
from support.broker import (ACCEPTED, CONNECT, FakeBroker, Mosquitto, Subscriber, bridge_program, free_port, text,
                            wait_until)
from support.signer import Signer
from support.simulated_radio import SimulatedRadio
from test_live import TCP
from test_metrics import read
from test_tokens import PRIVATE, PUBLIC
from test_troubles import CAPTURE, numbered, numbers

KEY = bytes.fromhex(PRIVATE)
TOKEN = '[broker.auth]\nmethod = "token"\naudience = "aud.example"\n'
START, DATA, FINISH = 0x21, 0x22, 0x23
SIGNING = {START, DATA, FINISH}


class Logins:
    """A broker that lets everybody in, and hangs up after the first message of the first `short` connections."""

    def __init__(self, short=0):
        self.all = []  # user names and passwords
        self.short = short
        self.connection = None

    def hang_up(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def __call__(self, wire):
        self.connection = wire.connection
        kind, _, body = wire.packet()
        assert kind == CONNECT
        fields, at = [], 10
        while at < len(body):
            field, at = text(body, at)
            fields.append(field.decode())
        self.all.append(tuple(fields[-2:]))
        wire.send(ACCEPTED)
        wire.packet()
        while len(self.all) > self.short:
            wire.packet()


def verified(token, audience="aud.example"):
    """A broker would take it."""
    done = subprocess.run([bridge_program(), "token", "verify", "--audience", audience], input=token, text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return True


def config(port, radio, signing="auto", key_file=None, extra=""):
    """For a broker and a radio on these ports."""
    general = f'token_signing = "{signing}"\n' + (f'private_key_file = "{key_file}"\n' if key_file else "") + extra
    return toml(port, auth=TOKEN, source=general + TCP.format(radio))


@pytest.fixture(name="key_file")
def file_with_key(tmp_path):
    path = tmp_path / "radio.key"
    path.write_text(PRIVATE, encoding="ascii")
    path.chmod(0o600)
    return path


def signing_commands(radio):
    return [body for body in radio.queries if body[0] in SIGNING]


def metric(port, name):
    return read(port)[f'{name}{{broker="local"}}']


def test_out_of_the_box():
    """No key file, nothing said of the observer's key or of signing: the companion signs, anew for each CONNECT."""
    logins, signer = Logins(short=1), Signer(KEY)
    with FakeBroker(logins) as fake, SimulatedRadio(numbered(3), replies=signer.replies(), wait=7) as radio, \
            Bridge(config(fake.port, radio.tcp()).replace('token_signing = "auto"\n', ""),
                   arguments=["--log-level", "trace"]) as bridge:
        wait_until(lambda: len(logins.all) == 2, what="two logins")
        assert bridge.stop() == 0
        assert not fake.errors
        sent = signing_commands(radio)
        log = bridge.log()
    assert len(signer.signed) == 2
    for (user, token), signed in zip(logins.all, signer.signed):
        assert user == f"v1_{PUBLIC}" and verified(token)
        assert signed.decode() == token.rsplit(".", 1)[0]
        assert token not in log and token.rsplit(".", 1)[1] not in log and signed.decode() not in log
    assert all(len(body) <= 172 for body in sent)
    once = [START, *[DATA] * (len(sent) // 2 - 2), FINISH]
    assert [body[0] for body in sent] == once * 2


def test_two_brokers_one_after_the_other():
    """Each gets its own signature; nothing is asked between, though reports are due all the time."""
    one, other, signer = Logins(short=3), Logins(short=3), Signer(KEY)
    with FakeBroker(one) as first, FakeBroker(other) as second, \
            SimulatedRadio(replies=signer.replies()) as radio:
        both = config(first.port, radio.tcp()).replace("tcp_port", "stats_interval = 1\ntcp_port") + \
            toml(second.port, name="second", auth=TOKEN.replace("aud.", "other.")).split('"SEA"')[1]
        with Bridge(both) as bridge:
            wait_until(lambda: len(one.all) == 4 and len(other.all) == 4, what="eight logins")
            radio.wait_for(lambda _: radio.queries.count(b"\x14") > 1)
            assert bridge.stop() == 0
        assert not first.errors + second.errors
    assert all(verified(token) for _, token in one.all)
    assert all(verified(token, "other.example") for _, token in other.all)
    under_way = False
    for body in radio.queries:
        assert (body[0] in (DATA, FINISH)) == under_way, radio.queries
        under_way = body[0] in (START, DATA)


@pytest.mark.parametrize("memory", [None, False], ids=["unsupported", "bad state"])
def test_device_that_refuses(memory, key_file):
    """With the method device its key file signs instead."""
    signer = Signer(KEY, memory)
    replies = signer.replies()
    if memory is None:
        for command in SIGNING:
            del replies[bytes([command])]
    logins = Logins()
    with FakeBroker(logins) as fake, SimulatedRadio(replies=replies) as radio, \
            Bridge(config(fake.port, radio.tcp(), "device", key_file)) as bridge:
        wait_until(lambda: logins.all, what="a login")
        assert verified(logins.all[0][1]) and not signer.signed
        why = "the radio's firmware cannot sign" if memory is None else "short of memory (error 4), tried 3 times"
        assert why in bridge.log() and "; signing with the private key" in bridge.log()
        assert [body[0] for body in signing_commands(radio)] == ([START] if memory is None else [START, DATA] * 3)
        assert bridge.stop() == 0


def test_device_only_that_refuses(key_file):
    """No CONNECT, a reason in words, and a long pause."""
    logins, replies, listen = Logins(), Signer(KEY).replies(), free_port()
    replies[b"\x23"] = lambda: Signer.BAD_STATE
    with FakeBroker(logins) as fake, SimulatedRadio(replies=replies) as radio, \
            Bridge(config(fake.port, radio.tcp(), "device-only", key_file) +
                   f'[metrics]\nlisten = "127.0.0.1:{listen}"\n') as bridge:
        wait_until(lambda: "the radio does not sign" in bridge.log(), what="a refusal")
        assert metric(listen, "login_failures_total") == 1 and metric(listen, "broker_online") == 0
        line = next(row for row in bridge.log().splitlines() if "the radio does not sign" in row)
        pause = re.search(r"broker local: cannot connect .*: no login token: .* trying again in (\d+) s", line)
        assert int(pause.group(1)) >= 44, line
        assert fake.connections == 0 and not logins.all
        assert bridge.stop() == 0


def test_link_that_goes_in_the_middle():
    """The signature is asked for again when the radio is back; nobody counts that as a refused login."""
    logins, signer, listen = Logins(), Signer(KEY), free_port()
    replies = signer.replies()
    breaks = [True, True]

    def data(body):
        if breaks:
            breaks.pop()
            raise OSError("unplugged")
        return signer.data(body)

    replies[b"\x22"] = data
    with FakeBroker(logins) as fake, SimulatedRadio(numbered(20), replies=replies, wait=7) as radio, \
            Bridge(config(fake.port, radio.tcp()) + f'[metrics]\nlisten = "127.0.0.1:{listen}"\n') as bridge:
        wait_until(lambda: logins.all, what="a login")
        assert radio.connections == 3 and len(logins.all) == 1 and verified(logins.all[0][1])
        assert metric(listen, "login_failures_total") == 0 and "cannot connect to 127.0.0.1 port" not in bridge.log()
        assert bridge.stop() == 0


@contextlib.contextmanager
def logged_in_and_then_without(method, key_file):
    """A bridge that has logged in once, whose radio and broker are then gone."""
    logins, signer, listen, port = Logins(), Signer(KEY), free_port(), free_port()
    with FakeBroker(logins) as fake, SimulatedRadio(replies=signer.replies()) as radio:
        radio.tcp(port)
        with Bridge(config(fake.port, port, method, key_file) +
                    f'[metrics]\nlisten = "127.0.0.1:{listen}"\n') as bridge:
            wait_until(lambda: logins.all, what="a login")
            radio.stop()
            wait_until(lambda: "reconnecting" in bridge.log(), what="the end of the radio")
            logins.hang_up()
            yield bridge, logins, listen, port
            assert verified(logins.all[-1][1]) and metric(listen, "login_failures_total") == 0
            assert bridge.stop() == 0


def test_radio_that_is_away():
    """A login that only the radio can sign waits for it."""
    with logged_in_and_then_without("auto", None) as (bridge, logins, listen, port):
        wait_until(lambda: "broker local: waits for the radio" in bridge.log(), what="a broker that waits")
        assert metric(listen, "broker_needs_radio") == 1 and len(logins.all) == 1
        with SimulatedRadio(replies=Signer(KEY).replies()) as back:
            back.tcp(port)
            wait_until(lambda: len(logins.all) == 2, what="a login when it is back")
            assert metric(listen, "broker_needs_radio") == 0


def test_radio_that_is_away_and_a_key(key_file):
    """Nothing to wait for."""
    with logged_in_and_then_without("device", key_file) as (bridge, logins, _, _):
        wait_until(lambda: len(logins.all) == 2, what="a login without the radio")
        assert "is not connected; signing with the private key" in bridge.log()


def test_packets_heard_while_signing():
    """Each answer comes behind some packets, and late: none is lost, and none is taken for the answer."""
    signer, heard = Signer(KEY), numbered(60)
    replies = signer.replies()

    def busy(answer):
        def reply(body):
            early = [heard.pop(0)[3:] for _ in range(min(5, len(heard)))]
            time.sleep(0.3)
            return [*early, answer(body)]
        return reply

    for command in SIGNING:
        replies[bytes([command])] = busy(replies[bytes([command])])
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, SimulatedRadio(replies=replies) as radio, \
            Bridge(config(mosquitto.port, radio.tcp())) as bridge:
        wait_until(lambda: len(signer.signed) == 1, what="a signature")
        count = 60 - len(heard)
        assert count >= 20
        subscriber.wait_for(lambda all_: len(packets(all_)) == count)
        assert numbers(subscriber.messages) == list(range(count))
        assert bridge.stop() == 0


def test_device_that_takes_its_time():
    """Longer than any question may take."""
    logins, signer = Logins(), Signer(KEY)
    replies = signer.replies()

    def finish(body):
        time.sleep(4)
        return signer.finish(body)

    replies[b"\x23"] = finish
    with FakeBroker(logins) as fake, SimulatedRadio(replies=replies) as radio, \
            Bridge(config(fake.port, radio.tcp())) as bridge:
        wait_until(lambda: logins.all, what="a login")
        assert verified(logins.all[0][1]) and [body[0] for body in signing_commands(radio)].count(START) == 1
        assert bridge.stop() == 0


def test_another_key_is_configured():
    """The claim is of the key that signs, so a name that the radio does not have gets no token."""
    logins = Logins()
    with FakeBroker(logins) as fake, SimulatedRadio(numbered(1), replies=Signer(KEY).replies()) as radio, \
            Bridge(config(fake.port, radio.tcp(), extra=f'origin_id = "{"AB" * 32}"\n')) as bridge:
        wait_until(lambda: f"the radio signs with the key {PUBLIC}, not with ABAB" in bridge.log(), what="a reason")
        assert not logins.all and not signing_commands(radio)
        assert bridge.stop() == 0


@pytest.mark.parametrize("login", ["password", "key"])
def test_nothing_is_signed_unasked(login, key_file):
    """A companion is told to sign only where a login needs it."""
    signer = Signer(KEY)
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, \
            SimulatedRadio(numbered(3), replies=signer.replies(), wait=7) as radio:
        text_ = config(mosquitto.port, radio.tcp(), "auto" if login == "key" else "device", key_file)
        if login == "password":
            text_ = text_.replace('method = "token"', 'username = "me"\npassword = "x"')
        with Bridge(text_) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 3)
            assert bridge.stop() == 0
        assert radio.queries and not signing_commands(radio)


def test_a_capture_has_no_radio():
    """--read with a configuration whose radio signs: the reason, not a wait for ever."""
    with FakeBroker(Logins()) as fake, \
            Bridge(config(fake.port, 1, "device-only"), arguments=["--read", CAPTURE, "--timeout", 1]) as bridge:
        assert bridge.wait() == 3
        assert "no radio is here to sign the login token" in bridge.log() and fake.connections == 0

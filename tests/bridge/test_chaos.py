# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong at the worst moment, many times: each packet that the radio gave arrives, and none multiplies.
MESHCORE_CHAOS is how often, 1 by default; ./dev chaos takes 20."""
import os
import random
import signal
import time

from bridging import Bridge, packets, toml
from support.broker import (ACCEPTED, CONNECT, DISCONNECT, PUBACK, PUBLISH, FakeBroker, Mosquitto, Subscriber, text,
                            wait_until)
from support.simulated_radio import Disconnect, SimulatedRadio
from test_outbox import outbox_rows, unpaced
from test_troubles import SOURCE, numbered, numbers

SCALE = int(os.environ.get("MESHCORE_CHAOS", "1"))


def number(body):
    """Of numbered()."""
    at = body.index(b'"raw":"') + 7
    return int(body[body.index(b'"', at) - 4:body.index(b'"', at)], 16)


def counts(got, last_words=None):
    """A broker that acknowledges all and counts each packet in got[number]."""
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        while True:
            kind, flags, body = wire.packet()
            if kind == DISCONNECT:
                return
            if kind == PUBLISH:
                topic, end = text(body)
                qos = (flags >> 1) & 3
                if b"/packets" in topic:
                    which = number(body)
                    got[which] = got.get(which, 0) + 1
                if qos:
                    wire.send(bytes([PUBACK << 4, 2]) + body[end:end + 2])
    return handler


def test_killed_at_random_moments(tmp_path):
    """A radio that goes on, a bridge that is killed again and again: QoS 1 gets each packet at least once.

    What the dying process had read and not yet written down it takes with it; the radio here waits for
    each packet to be written down or delivered before it sends the next one, so that nothing is in that gap."""
    got = {}
    kills_wanted = 5 * SCALE
    count = 60 * kills_wanted
    random.seed(5)
    handed_over = kills = 0
    with FakeBroker(counts(got)) as fake:
        while len(got) < count:
            rest = numbered(count)[handed_over:]
            with SimulatedRadio(rest, wait=7, interval=0.001) as radio, \
                    Bridge(unpaced(fake.port, radio.tcp(), "qos = 1"), home=tmp_path) as bridge:
                goal = min(len(got) + random.randrange(1, 60), count) if kills < kills_wanted else count
                wait_until(lambda: len(got) >= goal, what="some packets")
                bridge.stop(signal.SIGKILL)
                kills += 1
                # The radio goes on with what the bridge had not read: with what nobody has.
                on_disk = {int(row["raw"][-4:], 16) for row in outbox_rows(tmp_path)}
                handed_over = next((n for n in range(count) if n not in got and n not in on_disk), count)
        assert not fake.errors
    assert set(got) == set(range(count)) and kills >= kills_wanted
    # Only what was on its way at a kill comes again.
    print(f"{kills} kills, {count} packets, {sum(got.values()) - count} came again")
    assert sum(got.values()) - count <= kills * 80


def test_an_hour_frozen(tmp_path):
    """A broker that stops in the middle of everything for as long as a radio gives an hour's packets. It must be
    noticed, the outbox must take it all, and the time of receipt must stay."""
    hour = 3600  # packets, one a second
    half = numbered(hour)
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, SimulatedRadio(half) as radio:
        with Bridge(unpaced(mosquitto.port, radio.tcp(), "qos = 1\nkeepalive = 5"), home=tmp_path) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) > 10)
            mosquitto.process.send_signal(signal.SIGSTOP)
            wait_until(lambda: "broker local: lost" in bridge.log(), what="it to be noticed")
            frozen = time.time()
            assert radio.done.wait(60)
            mosquitto.process.send_signal(signal.SIGCONT)
            subscriber.wait_for(lambda all_: set(numbers(all_)) >= set(range(hour)), 120)
            assert bridge.stop() == 0
            assert "dropped" not in bridge.log()
        got = packets(subscriber.messages)
    assert len(got) <= hour + 64  # what was on its way when it froze
    stamps = {packet["raw"]: packet["timestamp"] for packet in got}
    late = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(frozen + 1))
    assert sum(stamp < late for stamp in stamps.values()) > hour / 2


def test_radio_unplugged_again_and_again():
    """Whatever it gave before arrives once, whenever it goes and comes."""
    count, script = 40 * SCALE, []
    for step in numbered(count):
        script.append(step)
        if len(script) % 20 == 0:
            script.append(Disconnect())
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, SimulatedRadio(script) as radio, \
            Bridge(toml(mosquitto.port, source=SOURCE.format(radio.tcp()))) as bridge:
        subscriber.wait_for(lambda all_: len(packets(all_)) >= count, 60 + 30 * SCALE)
        assert bridge.stop() == 0
        assert numbers(subscriber.messages) == list(range(count))

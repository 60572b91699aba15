# SPDX-License-Identifier: GPL-2.0-or-later
"""What a year in the field brings, in little time: brokers that freeze, a bridge that is killed, a radio that
is unplugged, clocks that jump. Of what a radio gave the bridge, every broker gets all with QoS 1.

`MESHCORE_CHAOS=full` (./dev chaos) takes an hour of the bridge's time and 100 kills; without it they are fewer.
The bridge's clocks run faster by libfaketime."""
import contextlib
import os
import pathlib
import random
import signal
import threading
import time

from bridging import Bridge, packets, toml
from support.broker import FakeBroker, Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio, When
from test_outbox import outbox_rows, unpaced
from test_troubles import SOURCE, numbered, numbers, takes_all

FULL = os.environ.get("MESHCORE_CHAOS") == "full"
SPEED = 60
UNPACED = "\n[spool]\nreplay_rate = 0\n"


def faketime(**settings):
    """An environment in which the bridge has clocks of its own."""
    library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return {"LD_PRELOAD": str(library), **settings}


def fast():
    return faketime(FAKETIME=f"+0 x{SPEED}")


def broker(name, port, extra=""):
    return f'[[broker]]\nname = "{name}"\nenabled = true\nserver = "127.0.0.1"\nport = {port}\n{extra}\n'


def memory_of(bridge):
    status = pathlib.Path(f"/proc/{bridge.process.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def test_frozen_broker():
    """A broker stands still for an hour. The other one is not delayed; then the first one gets it all."""
    seconds = 3600 if FULL else 600
    count = seconds // 3  # a busy mesh
    with Mosquitto() as frozen, Mosquitto() as good, Subscriber(frozen.port) as late, \
            Subscriber(good.port) as prompt, \
            SimulatedRadio(numbered(count), wait=7, interval=seconds / SPEED / count) as radio:
        config = toml(frozen.port, extra="qos = 1", source=SOURCE.format(radio.tcp()))
        config += broker("good", good.port, "qos = 1") + UNPACED
        with Bridge(config, environment=fast()) as bridge:
            late.wait_for(lambda all_: len(packets(all_)) >= 5)
            frozen.process.send_signal(signal.SIGSTOP)
            try:
                assert radio.done.wait(600)
                prompt.wait_for(lambda all_: len(set(numbers(all_))) == count, 300)
                wait_until(lambda: "broker local: lost" in bridge.log(), what="a word about the frozen one")
            finally:
                frozen.process.send_signal(signal.SIGCONT)
            late.wait_for(lambda all_: len(set(numbers(all_))) == count, 300)
            assert memory_of(bridge) < 64 * 1024
            assert bridge.stop() == 0
            assert " dropped" not in bridge.log()
        # Twice only what was on its way when the connection was given up, which happens to the good one never.
        assert numbers(prompt.messages) == list(range(count))
        assert len(numbers(late.messages)) <= count + 64 * (1 + bridge.log().count("broker local: lost"))


def test_killed_bridge(tmp_path):
    """Killed at random moments under a radio that goes on and waits for nobody.

    The bridge has to deliver what it was given. What the radio gives while nobody listens is nobody's, and so
    are the last bytes of each life, which the dying process, or the kernel for it, had still to read. So of what
    each life was given, a beginning arrives, without a hole in it, whatever was delivered, on its way or on disk."""
    kills = 100 if FULL else 12
    random.seed(7)
    lives = []
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, \
            SimulatedRadio(numbered(60_000), wait=7, interval=0.002) as radio:
        config = toml(mosquitto.port, extra="qos = 1", source=SOURCE.format(radio.tcp())) + UNPACED
        for kill in range(kills):
            connections = radio.connections
            with Bridge(config, home=tmp_path) as bridge:
                assert radio.wait_for(lambda r: r.connections > connections)
                first = radio.position
                wait_until(lambda: radio.position > first + 1, what="the radio to talk")
                away = kill % 3 == 2  # the broker, too
                if away:
                    mosquitto.process.send_signal(signal.SIGSTOP)
                time.sleep(random.random() * 0.3)
                bridge.stop(signal.SIGKILL)
                if away:
                    mosquitto.process.send_signal(signal.SIGCONT)
            lives.append((first, radio.position))
        with SimulatedRadio() as other, Bridge(
                toml(mosquitto.port, extra="qos = 1", source=SOURCE.format(other.tcp())) + UNPACED,
                home=tmp_path) as bridge:
            before = bridge.log().count("broker local: connected to")
            wait_until(lambda: bridge.log().count("broker local: connected to") > before, what="a broker")
            assert bridge.stop() == 0
        assert outbox_rows(tmp_path) == []
        arrived = numbers(subscriber.messages)
    got = set(arrived)
    for first, end in lives:
        mine = [number for number in range(first, end) if number in got]
        assert mine == list(range(first, first + len(mine)))
    given = sum(end - first for first, end in lives)
    print(f"{kills} kills: {given} given, {len(got)} arrived, {len(arrived) - len(got)} twice")
    assert len(got) > given / 2
    assert len(arrived) - len(got) <= kills * 128  # what was sent and not yet known as delivered


def number(body):
    """Of numbered()."""
    at = body.index(b'"raw":"') + 7
    return int(body[body.index(b'"', at) - 4:body.index(b'"', at)], 16)


def counts(got):
    """A broker that acknowledges all and counts each packet in got[number]."""
    def count(message):
        topic, _, payload = message
        if "/packets" in topic:
            which = number(payload)
            got[which] = got.get(which, 0) + 1
    return takes_all(count)


def test_killed_at_random_moments(tmp_path):
    """A radio that goes on, a bridge that is killed again and again: QoS 1 gets each packet at least once.

    What the dying process had read and not yet written down it takes with it; the radio here waits for
    each packet to be written down or delivered before it sends the next one, so that nothing is in that gap."""
    got = {}
    kills_wanted = 100 if FULL else 5
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


def test_clock_that_jumps(tmp_path):
    """Days back and forth, while packets wait: all arrive, once and in order."""
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    jumps = ["-3d", "+2d", "-20d"]
    turns = [threading.Event() for _ in jumps]
    script = numbered(50)
    for step, turn in enumerate(turns, 1):
        script += [When(turn), *numbered(50 * (step + 1))[50 * step:]]
    port = free_port()
    environment = faketime(FAKETIME_TIMESTAMP_FILE=str(clock), FAKETIME_NO_CACHE="1", DONT_FAKE_MONOTONIC="1")
    with SimulatedRadio(script, wait=7) as radio, Bridge(
            toml(port, extra="qos = 1", source=SOURCE.format(radio.tcp())) + UNPACED, home=tmp_path,
            environment=environment) as bridge:
        for step, (jump, turn) in enumerate(zip(jumps, turns), 1):
            wait_until(lambda: f", {50 * step} waiting" in bridge.log(), 120, what="packets in the outbox")
            clock.write_text(jump + "\n")
            turn.set()
        wait_until(lambda: f", {50 * len(jumps) + 50} waiting" in bridge.log(), 120, what="packets in the outbox")
        with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 50 * len(jumps) + 50, 120)
            assert bridge.stop() == 0
            assert numbers(subscriber.messages) == list(range(50 * len(jumps) + 50))
            days = {packet["timestamp"][:10] for packet in packets(subscriber.messages)}
            assert len(days) >= 4  # the clock did jump


def test_radio_unplugged(tmp_path):
    """Its device goes away and comes back, as one on USB does: what it gave before and after arrives."""
    rounds = 10 if FULL else 3
    device = tmp_path / "radio"
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber:
        config = toml(mosquitto.port, extra="qos = 1", source=f'[source]\ntype = "serial"\nport = "{device}"\n')
        frames = numbered(50 * rounds)
        with contextlib.ExitStack() as stack:
            for turn in range(rounds):
                with SimulatedRadio(frames[50 * turn:50 * turn + 50], wait=7) as radio:
                    device.unlink(missing_ok=True)
                    device.symlink_to(radio.pty())
                    if turn == 0:
                        bridge = stack.enter_context(Bridge(config, home=tmp_path, environment=fast()))
                    subscriber.wait_for(lambda all_: len(packets(all_)) >= 50 * turn + 50, 120)
            assert bridge.stop() == 0
        assert numbers(subscriber.messages) == list(range(50 * rounds))

# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP: another configuration without a packet lost, or the old one if the new one is no good."""
import pathlib
import signal
import time

import pytest
from bridging import Bridge, packets, statuses, toml
from support.broker import ACCEPTED, CONNECT, FakeBroker, Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio
from test_live import TCP
from test_troubles import numbered, numbers


@pytest.fixture
def broker():
    with Mosquitto() as mosquitto:
        yield mosquitto


def reload(bridge, config, words="reloaded"):
    before = bridge.log().count(words)
    (bridge.home / "config0.toml").write_text(config, encoding="utf-8")
    bridge.process.send_signal(signal.SIGHUP)
    wait_until(lambda: bridge.log().count(words) > before, what=words)


def takes_reloads(pid):
    """Whether SIGHUP is no end any more: it is caught, or waits for that."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigBlk", "SigCgt"))]
    return any(mask >> (signal.SIGHUP - 1) & 1 for mask in masks)


def test_bad_configuration_is_refused(broker):
    with SimulatedRadio(numbered(100), interval=0.02) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()))
        with Bridge(config) as bridge:
            subscriber.wait_for(packets)
            for bad in ("[general\n", config.replace(str(broker.port), "99999"), ""):
                reload(bridge, bad, "the old one stays")
            assert "config0.toml:1:" in bridge.log() and "expected a number from 1 to 65535" in bridge.log()
            subscriber.wait_for(lambda all_: len(packets(all_)) == 100)
            assert bridge.stop() == 0
        assert bridge.log().count("connected to 127.0.0.1") == 2  # the radio and the broker, once each
    assert numbers(subscriber.messages) == list(range(100))


@pytest.mark.parametrize("qos", [0, 1])
def test_nothing_is_lost(broker, qos):
    """Brokers come, change and go while packets flow: one that stays gets each packet once, in order, over one
    connection; one that changes gets each."""
    count = 300
    with Mosquitto() as other, SimulatedRadio(numbered(count), interval=0.02) as radio, \
            Subscriber(broker.port) as subscriber, Subscriber(other.port) as of_other:
        steady = toml(broker.port, extra=f"qos = {qos}", source=TCP.format(radio.tcp()))
        changing = toml(other.port, name="other", extra="qos = 1\nkeepalive = {}").split("[[broker]]")[1]
        with Bridge(steady + "[[broker]]" + changing.format(60)) as bridge:
            of_other.wait_for(lambda all_: len(packets(all_)) > 10)
            for change in range(1, 5):
                reload(bridge, steady + "[[broker]]" + changing.format(60 + change))
                wait_until(lambda: bridge.log().count("broker other: connected") > change, what="the other broker")
            subscriber.wait_for(lambda all_: len(packets(all_)) == count)
            of_other.wait_for(lambda all_: len(set(numbers(all_))) == count)
            reload(bridge, steady)  # and now without the other
            of_other.wait_for(lambda all_: b'"offline"' in statuses(all_)[-1].payload)
            assert bridge.stop() == 0
    assert numbers(subscriber.messages) == list(range(count))
    assert bridge.log().count("broker local: connected") == 1
    assert bridge.log().count("broker other: connected") == 5
    assert radio.connections == 1


def test_what_waits_in_memory_is_handed_over(broker):
    """A wrong password is put right while packets wait."""
    with Mosquitto(users={"me": "secret"}) as strict, SimulatedRadio(numbered(50), wait=7) as radio, \
            Subscriber(strict.port, "me", "secret") as subscriber:
        config = toml(strict.port, source=TCP.format(radio.tcp()),
                      auth='[broker.auth]\nusername = "me"\npassword = "{}"\n') + '\n[spool]\npath = ""\n'
        with Bridge(config.replace("{}", "wrong")) as bridge:
            wait_until(lambda: "cannot connect" in bridge.log() and radio.done.is_set(), what="a refusal")
            reload(bridge, config.replace("{}", "secret"))
            subscriber.wait_for(lambda all_: len(packets(all_)) == 50)
            assert bridge.stop() == 0
    assert numbers(subscriber.messages) == list(range(50))


def test_bounds_of_the_spool_count_at_once(broker):
    """The broker is down: a lower bound keeps the newest, a higher one makes room; the path stays as it was."""
    port = free_port()
    config = toml(port, extra="qos = 1") + '[metrics]\nlisten = "127.0.0.1:{}"\n'.format(free_port())
    spool = '[spool]\npath = "{}"\nmemory_messages = {}\n'
    with SimulatedRadio(numbered(50), wait=7) as radio, SimulatedRadio(numbered(80)[50:]) as later:
        with Bridge(config + TCP.format(radio.tcp()) + spool.format("", 1000)) as bridge:
            wait_until(lambda: "cannot connect" in bridge.log() and radio.done.is_set(), what="a refusal")
            reload(bridge, config + TCP.format(radio.tcp()) + spool.format("", 20))
            assert "[spool]" not in bridge.log()
            elsewhere = bridge.home / "elsewhere"
            reload(bridge, config + TCP.format(later.tcp()) + spool.format(elsewhere, 1000))
            assert bridge.log().count("[spool] path has changed") == 1
            assert later.done.wait(60)
            with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
                subscriber.wait_for(lambda all_: len(packets(all_)) == 50)
                assert bridge.stop() == 0
        assert not elsewhere.exists()
    assert numbers(subscriber.messages) == list(range(30, 80))
    assert "30 messages dropped while it was away" in bridge.log()


def test_the_end_in_the_middle_of_a_reload():
    """A broker that acknowledges nothing makes a change slow; whoever stops the bridge meanwhile is obeyed."""
    def handler(wire):
        assert wire.packet()[0] == CONNECT
        wire.send(ACCEPTED)
        while wire.packet():
            pass

    with FakeBroker(handler) as silent, SimulatedRadio(numbered(10)) as radio:
        config = toml(silent.port, extra="qos = 1\nkeepalive = {}", source=TCP.format(radio.tcp()))
        with Bridge(config.replace("{}", "60")) as bridge:
            wait_until(lambda: "broker local: connected" in bridge.log() and radio.done.is_set(), what="packets")
            reload(bridge, config.replace("{}", "61"), "reloading")
            assert bridge.stop() == 0
        assert "reloaded" not in bridge.log()
        assert "10 messages wait for the next start" in bridge.log()


def test_brokers_that_go_say_what_they_leave(broker):
    port = free_port()
    with SimulatedRadio(numbered(10)) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()))
        with Bridge(config + toml(port, name="away").split('"SEA"')[1]) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 10)
            wait_until(lambda: "cannot connect" in bridge.log(), what="a refusal")
            reload(bridge, config)
            assert "broker away: not used any more; 10 messages wait in its outbox" in bridge.log()
            with Mosquitto(port=port) as back, Subscriber(back.port) as of_back:
                reload(bridge, config + toml(port, name="away").split('"SEA"')[1])
                of_back.wait_for(lambda all_: len(packets(all_)) == 10)
            assert bridge.stop() == 0
    assert numbers(of_back.messages) == list(range(10))


def test_asked_twice_and_too_early(broker):
    """A reload that is asked for before the bridge listens, or in the middle of another one, is not lost."""
    with SimulatedRadio(numbered(10)) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()))
        with Bridge(config) as bridge:
            wait_until(lambda: takes_reloads(bridge.process.pid), what="the program, which is only just there")
            for _ in range(200):
                bridge.process.send_signal(signal.SIGHUP)
                time.sleep(0.001)
            subscriber.wait_for(lambda all_: len(packets(all_)) == 10)
            renamed = config.replace('"SEA"', '"PDX"')
            (bridge.home / "config0.toml").write_text(renamed.replace("PDX", "LAX"), encoding="utf-8")
            bridge.process.send_signal(signal.SIGHUP)
            wait_until(lambda: bridge.process.poll() is not None or "reloading" in bridge.log(), what="a reload")
            (bridge.home / "config0.toml").write_text(renamed, encoding="utf-8")
            bridge.process.send_signal(signal.SIGHUP)
            subscriber.wait_for(lambda all_: any("/PDX/" in m.topic for m in all_))
            assert bridge.stop() == 0
    assert numbers(subscriber.messages) == list(range(10))


def test_radios_come_and_go(broker):
    radio_block = '[[radio]]\nname = "{}"\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {}\norigin = "{}"\norigin_id = "{}"\n'
    with SimulatedRadio(numbered(10)) as one, SimulatedRadio(numbered(10)) as two, \
            Subscriber(broker.port) as subscriber:
        first = radio_block.format("roof", one.tcp(), "Roof", "ab" * 32)
        second = radio_block.format("hill", two.tcp(), "Hill", "cd" * 32)
        with Bridge(toml(broker.port) + first) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 10)
            reload(bridge, toml(broker.port) + first + second)
            subscriber.wait_for(lambda all_: len(packets(all_)) == 20)
            reload(bridge, toml(broker.port) + second)
            subscriber.wait_for(lambda all_: b'"offline"' in [m for m in statuses(all_) if "AB" * 32 in m.topic][-1].payload)
            assert bridge.stop() == 0
    assert [p["origin"] for p in packets(subscriber.messages)] == ["Roof"] * 10 + ["Hill"] * 10
    assert one.connections == two.connections == 1

# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP: another configuration without a packet lost, or the old one if the new one is no good."""
import signal

import pytest
from bridging import Bridge, packets, statuses, toml
from support.broker import Mosquitto, Subscriber, wait_until
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

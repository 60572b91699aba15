# SPDX-License-Identifier: GPL-2.0-or-later
"""The counters, as Prometheus reads them."""
import json
import re
import urllib.error
import urllib.request

import pytest
from bridging import Bridge, packets, statuses, toml
from support.broker import FakeBroker, Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import Disconnect, SimulatedRadio, log_rx_data
from test_live import FRAME, TCP
from test_troubles import numbered


def parse(text):
    """{name{labels}: value}; every line is either that or a comment."""
    values = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP \w+ .+\.?|TYPE \w+ (counter|gauge))", line), line
            continue
        name, value = re.fullmatch(r"(\w+\{[^}]*\}) (\d+)", line).groups()
        assert name not in values
        values[name.replace("meshcore_bridge_", "")] = int(value)
    return values


def read(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as page:
        assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return parse(page.read().decode())


def test_metrics(tmp_path):
    port, textfile = free_port(), tmp_path / "bridge.prom"
    refuse = FakeBroker(lambda wire: wire.packet() and wire.send(b"\x20\x02\x00\x05"))  # not authorized
    script = [*numbered(10), Disconnect(), log_rx_data(FRAME[:5], 1, -60), log_rx_data(FRAME, 1, -60)]
    with Mosquitto() as broker, refuse, SimulatedRadio(script) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, extra="qos = 1", source=TCP.format(radio.tcp()))
        config += toml(refuse.port, name='no "entry"'.replace('"', "'")).split('"SEA"')[1]
        config += f'[metrics]\nlisten = "127.0.0.1:{port}"\ntextfile = "{textfile}"\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 12)
            wait_until(lambda: read(port)['login_failures_total{broker="no \'entry\'"}'] == 1, what="a refusal")
            wait_until(lambda: read(port)['delivered_total{broker="local"}'] == 12, what="acknowledgements")
            values = read(port)
            assert values['frames_total{radio=""}'] == 12 and values['radio_connections_total{radio=""}'] == 2
            assert values['reports_total{radio=""}'] >= 2 and values['radio_connected{radio=""}'] == 1
            assert values['broker_online{broker="local"}'] == 1 and values['waiting{broker="local"}'] == 0
            assert values['connections_total{broker="local"}'] == 1
            assert values['broker_online{broker="no \'entry\'"}'] == 0
            assert values['waiting{broker="no \'entry\'"}'] == 12
            assert any(name.startswith("notes_total") for name in values)
            with pytest.raises(urllib.error.HTTPError):
                read(port, "/other")
            assert set(parse(textfile.read_text())) >= {'frames_total{radio=""}', 'waiting{broker="local"}'}
            assert bridge.stop() == 0
        assert not textfile.exists()


def test_status_has_the_brokers_own_counters():
    """As the metrics have them, for this broker and no other; a broker can do without."""
    port = free_port()
    refuse = FakeBroker(lambda wire: wire.packet() and wire.send(b"\x20\x02\x00\x05"))
    with Mosquitto() as broker, Mosquitto() as plain, refuse, SimulatedRadio(numbered(10)) as radio, \
            Subscriber(plain.port) as of_plain:
        config = toml(broker.port, extra="qos = 1", source=TCP.format(radio.tcp()))
        config += toml(plain.port, name="plain", extra="counters_in_status = false").split('"SEA"')[1]
        config += toml(refuse.port, name="secret-one").split('"SEA"')[1] + f'[metrics]\nlisten = "127.0.0.1:{port}"\n'
        with Bridge(config) as bridge:
            of_plain.wait_for(lambda all_: len(packets(all_)) == 10)
            wait_until(lambda: read(port)['delivered_total{broker="local"}'] == 10, what="acknowledgements")
            broker.stop()
            wait_until(lambda: read(port)['broker_online{broker="local"}'] == 0, what="the broker's end")
            broker.start()
            wait_until(lambda: read(port)['connections_total{broker="local"}'] == 2, what="the broker's return")
            with Subscriber(broker.port) as subscriber:
                is_online = lambda all_: [m for m in statuses(all_) if b'"online"' in m.payload]
                status = is_online(subscriber.wait_for(is_online))[-1]
            counters = {name.removeprefix("bridge_"): value for name, value in json.loads(status.payload)["stats"].items()
                        if name.startswith("bridge_")}
            told = {name.split("{")[0]: value for name, value in read(port).items() if '"local"' in name}
            assert counters == {name: value for name, value in told.items() if not name.startswith("broker_")}
            assert counters["delivered_total"] == 10 and counters["connections_total"] == 2
            assert counters["login_failures_total"] == 0 < read(port)['login_failures_total{broker="secret-one"}']
            assert bridge.stop() == 0
    assert "stats" in json.loads(statuses(of_plain.messages)[0].payload)
    everything = status.payload + b"".join(m.topic.encode() + m.payload for m in of_plain.messages)
    assert b"bridge_" not in b"".join(m.payload for m in of_plain.messages)
    assert not re.search(rb"secret-one|local|plain|" + str(refuse.port).encode(), everything)


def test_metrics_that_cannot_be_had(tmp_path):
    with Mosquitto() as broker, SimulatedRadio(numbered(3)) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()))
        config += f'[metrics]\nlisten = "127.0.0.1:{broker.port}"\ntextfile = "{tmp_path}/no/such/folder"\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 3)
            assert "cannot write the metrics to" in bridge.log() and "cannot listen on" in bridge.log()
            assert bridge.stop() == 0

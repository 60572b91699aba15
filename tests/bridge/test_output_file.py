# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of JSON lines that the peers know as output_file: the same packets that brokers get, and rotation."""
import json

from bridging import Bridge, packets, toml
from support.broker import Mosquitto, Subscriber, wait_until
from support.simulated_radio import SimulatedRadio
from test_troubles import SOURCE, numbered


def lines(*paths):
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_brokers_get(tmp_path):
    out = tmp_path / "packets.jsonl"
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber:
        for count in (10, 20):  # appended to
            config = toml(mosquitto.port, source=f'[output]\nfile = "{out}"\n' + SOURCE)
            with SimulatedRadio(numbered(10)) as radio, Bridge(config.format(radio.tcp())) as bridge:
                subscriber.wait_for(lambda all_: len(packets(all_)) == count)
                wait_until(lambda: out.exists() and len(lines(out)) == count, what="the file")
                assert bridge.stop() == 0
        assert lines(out) == packets(subscriber.messages)


def test_without_any_broker(tmp_path):
    """As meshcore-bot writes it, with its key."""
    out = tmp_path / "packets.jsonl"
    with SimulatedRadio(numbered(10)) as radio:
        config = f"""[Connection]
connection_type = tcp
hostname = 127.0.0.1
tcp_port = {radio.tcp()}
[PacketCapture]
enabled = true
mqtt_enabled = false
output_file = {out}
"""
        with Bridge(config, suffix=".ini") as bridge:
            wait_until(lambda: out.exists() and len(lines(out)) == 10, what="the file")
            assert bridge.stop() == 0


def test_rotation(tmp_path):
    """By size, with the environment names of meshcore-packet-capture: nothing is lost before the oldest goes."""
    out = tmp_path / "packets.jsonl"
    with SimulatedRadio(numbered(200)) as radio:
        config = "\n".join(f"PACKETCAPTURE_{line}" for line in (
            "CONNECTION_TYPE=tcp", "TCP_HOST=127.0.0.1", f"TCP_PORT={radio.tcp()}", f"OUTPUT_FILE={out}",
            "LOG_ROTATION=size", "LOG_MAX_BYTES=10kB", "LOG_BACKUP_COUNT=3", "IATA=SEA"))
        with Bridge(config, suffix=".env") as bridge:
            last = lambda: lines(out)[-1]["raw"][-4:] if out.exists() and lines(out) else ""
            wait_until(lambda: last() == "00C7", what="the last packet")
            assert bridge.stop() == 0
    files = sorted(tmp_path.glob("packets*"))
    assert [path.name for path in files] == ["packets.1.jsonl", "packets.2.jsonl", "packets.3.jsonl", "packets.jsonl"]
    assert all(path.stat().st_size <= 10_000 for path in files)
    kept = [int(packet["raw"][-4:], 16) for packet in lines(*files[2::-1], out)]
    assert kept == list(range(200 - len(kept), 200))


def test_a_file_that_cannot_be_written(tmp_path):
    """Is told once; brokers get their packets."""
    config = toml(0, source=f'[output]\nfile = "{tmp_path}"\n' + SOURCE)  # a folder
    with Mosquitto() as mosquitto, SimulatedRadio(numbered(10)) as radio, Subscriber(mosquitto.port) as subscriber, \
            Bridge(config.format(radio.tcp()).replace("port = 0", f"port = {mosquitto.port}")) as bridge:
        subscriber.wait_for(lambda all_: len(packets(all_)) == 10)
        assert bridge.stop() == 0
        assert bridge.log().count("cannot write to") == 1

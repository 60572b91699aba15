# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/bridge.md prints for readers of each format, run as it is printed."""
import contextlib
import datetime
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import threading
import tomllib

import pytest
from bridging import CAPTURES, KEY, ROOT, Bridge
from support.broker import Mosquitto, Subscriber, bridge_program, wait_until
from support.simulated_radio import SimulatedRadio
from test_troubles import SOURCE, numbered

PAGE = (ROOT / "docs/bridge.md").read_text(encoding="utf-8").split("## Recipes")[1].split("\n## ")[0]
COMMANDS = [line for line in re.search(r"```sh\n(.*?)```", PAGE, re.S)[1].splitlines() if line.startswith("mosquitto_sub")]
SCRIPT = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
CONFIG = f"""
[general]
iata = "SEA"
[decode]
keys = "{CAPTURES / 'firmware-1.17.1.keys.toml'}"
"""


class Running:
    """A printed command or script, against this broker: `localhost` and a program of the build are found through
    a folder of wrappers, so that the text itself stays as it is printed."""

    def __init__(self, command, port, folder):
        wrapper = folder / "mosquitto_sub"
        wrapper.write_text(f'#!/bin/sh\nexec stdbuf -oL /usr/bin/mosquitto_sub -p {port} "$@"\n')
        wrapper.chmod(0o755)
        path = f"{folder}:{bridge_program().parent}:{os.environ['PATH']}"
        self.lines = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        errors="replace", env=dict(os.environ, PATH=path), start_new_session=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def end_of_source(self):
        """Ends mosquitto_sub, whoever reads from it goes on."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                head, tail = stat.read_text().rsplit(")", 1)
                if head.endswith("(mosquitto_sub") and int(tail.split()[2]) == self.process.pid:
                    os.kill(int(stat.parent.name), 15)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, 9)
        self.process.wait(30)


def subscribers(mosquitto):
    return mosquitto.log.read_text().count("Sending SUBACK")


def publish(port):
    config = CONFIG
    for format_, extra in (("letsmesh", ""), ("rooms", ""), ("hub", ""), ("raw", ""),
                           ("crypt-clear", 'clear_channels = ["#test", "priv-32"]')):
        config += f'[[broker]]\nname = "{format_}"\nenabled = true\nserver = "127.0.0.1"\nport = {port}\n' \
                  f'format = "{format_}"\n{extra}\n'
    with Bridge(config, arguments=["--read", CAPTURES / "firmware-1.17.1.pcapng", "--origin-id", KEY]) as bridge:
        assert bridge.wait(300) == 0


def test_there_is_one_for_each_format():
    assert len(COMMANDS) == 8


def test_commands(tmp_path):
    with Mosquitto() as mosquitto:
        running = []
        try:
            for number, command in enumerate(COMMANDS):
                folder = tmp_path / str(number)
                folder.mkdir()
                running.append(Running(["sh", "-c", command], mosquitto.port, folder))
            wait_until(lambda: subscribers(mosquitto) >= len(COMMANDS), what="subscriptions")
            publish(mosquitto.port)
            for command, one in zip(COMMANDS, running):
                if "meshcore-decode" in command:
                    one.end_of_source()  # it prints when it has read all
                wait_until(lambda one=one: one.lines, what=command)
        finally:
            for one in running:
                one.__exit__()
        letsmesh, status, messages, nodes, hub, clear, crypt, raw = running
        assert '"type":"PACKET"' in letsmesh.lines[0] and '"status":"online"' in status.lines[0]
        assert messages.lines[0].startswith("meshcore/messages/") and '"text":' in messages.lines[0]
        assert re.match(r"meshcore/nodes/[0-9a-f]{64} \{", nodes.lines[0])
        assert any("/event/advertisement " in line for line in hub.lines)
        assert '"channel":' in clear.lines[0]
        assert re.fullmatch(r"meshcore/crypt/[0-9a-f]{2}/![0-9a-f]{8}/\d+ [0-9a-f]+", crypt.lines[0])
        assert any("ADVERT" in line for line in raw.lines)


@pytest.mark.parametrize("text,battery,alerts", [
    ("Please HELP us", 4100, ["ALERT Public: Ann says Please HELP us"]),
    ("hello", 3300, ["ALERT Hill: battery at 3.30 V"])])
def test_alert_script(tmp_path, text, battery, alerts):
    script = tmp_path / "alert.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with Mosquitto() as mosquitto, Running(["/usr/bin/python3", script], mosquitto.port, tmp_path) as alert:
        wait_until(lambda: subscribers(mosquitto) >= 1, what="the subscription")
        for topic, payload in (("messages/Public", f'{{"sender": "Ann", "text": "{text}"}}'),
                               (f"nodes/{KEY.lower()}", f'{{"name": "Hill", "battery_mv": {battery}}}')):
            subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(mosquitto.port), "-t", f"meshcore/{topic}",
                            "-m", payload], check=True)
        wait_until(lambda: alert.lines == alerts, what="the alert")


def test_alert_script_on_what_the_bridge_publishes(tmp_path):
    """Every message it can get is one that it can read."""
    script = tmp_path / "alert.py"
    script.write_text(SCRIPT.replace('"help", "sos", "emergency"', '"",'), encoding="utf-8")  # every text is one
    with Mosquitto() as mosquitto, Running(["/usr/bin/python3", script], mosquitto.port, tmp_path) as alert:
        wait_until(lambda: subscribers(mosquitto) >= 1, what="the subscription")
        publish(mosquitto.port)
        wait_until(lambda: len(alert.lines) > 10, what="alerts")
        assert alert.process.poll() is None
        assert all(line.startswith("ALERT ") for line in alert.lines)


@pytest.fixture(name="rooms", scope="module")
def published_rooms():
    """All that a broker gets in the format rooms: from a capture, and the status of a radio."""
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber, SimulatedRadio(numbered(1)) as radio:
        config = f'{CONFIG}{{}}[[broker]]\nname = "rooms"\nenabled = true\nserver = "127.0.0.1"\n' \
                 f'port = {mosquitto.port}\nformat = "rooms"\n'
        with Bridge(config.format(""), arguments=["--read", CAPTURES / "firmware-1.17.1.pcapng",
                                                  "--origin", "Roof", "--origin-id", KEY]) as bridge:
            assert bridge.wait(300) == 0
        with Bridge(config.format(SOURCE.format(radio.tcp()))) as bridge:
            subscriber.wait_for(lambda all_: any(b'"stats"' in m.payload for m in all_ if m.topic == "meshcore/status"))
            assert bridge.stop() == 0
        yield [(message.topic, json.loads(message.payload)) for message in subscriber.messages]


def matches(topic, pattern):
    levels, wanted = topic.split("/"), pattern.split("/")
    if wanted[-1] == "#":
        return levels[:len(wanted) - 1] == wanted[:-1]
    return len(levels) == len(wanted) and all(want in ("+", level) for level, want in zip(levels, wanted))


def flat(value, name=""):
    """As Telegraf's parser names what is inside objects and lists."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flat(inner, f"{name}_{key}" if name else str(key))
    else:
        yield name, value


def measured(recipe, message):
    """(tags, fields, time) that Telegraf's data format "json" makes of it: texts are left out unless they are tags or
    asked for, numbers are fields; without the time that was asked for it is refused."""
    values = dict(flat(message))
    time = None
    if "json_time_key" in recipe:
        assert recipe["json_time_format"] == "2006-01-02T15:04:05Z07:00"  # Go's name for RFC 3339
        time = datetime.datetime.fromisoformat(values.pop(recipe["json_time_key"]))
        assert time.tzinfo
    tags = {key: values.pop(key) for key in recipe.get("tag_keys", []) if key in values}
    fields = {key: value for key, value in values.items()
              if isinstance(value, (int, float)) and not isinstance(value, bool)
              or any(fnmatch.fnmatch(key, wanted) for wanted in recipe.get("json_string_fields", []))}
    return tags, fields, time


def test_telegraf(rooms):
    """Every tag and field that the printed configuration names is there, and numbers are numbers."""
    recipes = tomllib.loads((ROOT / "docs/recipes/telegraf.conf").read_text(encoding="utf-8"))
    nodes, observers = recipes["inputs"]["mqtt_consumer"]
    for recipe in (nodes, observers):
        assert recipe["data_format"] == "json"
        got = [measured(recipe, message) for topic, message in rooms
               if any(matches(topic, pattern) for pattern in recipe["topics"])]
        assert got
        assert set(recipe["tag_keys"]) == {tag for tags, _, _ in got for tag in tags}
        assert all(isinstance(tag, str) for tags, _, _ in got for tag in tags.values())
        assert set(recipe.get("json_string_fields", [])) <= {field for _, fields, _ in got for field in fields}
    fields = {field for topic, message in rooms if matches(topic, "meshcore/nodes/+")
              for field in measured(nodes, message)[1]}
    assert {"lat", "lon", "snr", "rssi", "hops", "battery_mv", "uptime_secs"} <= fields
    statuses = [measured(observers, message) for topic, message in rooms if topic == "meshcore/status"]
    assert any({"stats_battery_mv", "stats_noise_floor", "stats_packets_recv"} <= set(fields) for _, fields, _ in statuses)


def reach(message, path):
    for part in path.split("."):
        message = message.get(part) if isinstance(message, dict) else None
    return message


def passes(node, message):
    """What Node-RED's switch node does, with the rules of the recipe."""
    value = reach({"payload": message}, node["property"])
    rule, = node["rules"]
    if rule["t"] == "regex":
        return re.search(rule["v"], str(value), re.I if rule["case"] else 0) is not None
    assert rule["t"] == "lt"
    return isinstance(value, (int, float)) and value < float(rule["v"])


def test_node_red(rooms):
    """The printed flow holds together; its nodes find in our messages what they look for, and let pass what they
    should."""
    flow = {node["id"]: node for node in json.loads((ROOT / "docs/recipes/node-red.json").read_text(encoding="utf-8"))}
    assert {node["z"] for node in flow.values() if "z" in node} == {"meshcore-flow"}
    sources = [node for node in flow.values() if node["type"] == "mqtt in"]
    assert len(sources) == 2
    for source in sources:
        assert source["datatype"] == "json" and flow[source["broker"]]["type"] == "mqtt-broker"
        switch, = (flow[target] for target in source["wires"][0])
        template, = (flow[target] for target in switch["wires"][0])
        alerts, = (flow[target] for target in template["wires"][0])
        assert (switch["type"], template["type"], alerts["type"]) == ("switch", "template", "debug")
        messages = [message for topic, message in rooms if matches(topic, source["topic"])]
        looked_at = [message for message in messages if reach({"payload": message}, switch["property"]) is not None]
        assert looked_at
        for message in looked_at:
            for path in re.findall(r"{{{?([\w.]+)}?}}", template["template"]):
                assert reach({"payload": message}, path) is not None, path
    help_, low = flow["meshcore-help"], flow["meshcore-low"]
    assert passes(help_, {"text": "Please HELP us"}) and not passes(help_, {"text": "hello"})
    assert passes(low, {"battery_mv": 3300}) and not passes(low, {"battery_mv": 4100}) and not passes(low, {})

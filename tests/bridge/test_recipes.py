# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/bridge.md prints for readers of each format, run as it is printed."""
import contextlib
import os
import pathlib
import re
import subprocess
import threading

import pytest
from bridging import CAPTURES, KEY, ROOT, Bridge
from support.broker import Mosquitto, bridge_program, wait_until

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

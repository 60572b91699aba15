# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bridge's tests share: configurations, the process, and the messages that must come out."""
import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from support.broker import bridge_program

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "test-captures"
COMPANION = CAPTURES / "companion"
KEY = "F5D2B56D19B24412756933E917D4632E088CDD5DAEADC9002FECA73BF5D2B56D"  # of the simulated radio
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def toml(port, name="local", extra="", auth="", source=""):
    return f"""
[general]
iata = "SEA"
{source}
[[broker]]
name = "{name}"
enabled = true
server = "127.0.0.1"
port = {port}
{extra}
{auth}
"""


class Bridge:
    """The program with configuration texts in files of their own; its log is in `log()`."""

    def __init__(self, *configs, arguments=(), suffix=".toml", environment=None, stdin=None, stdout=None,
                 home=None, prefix=()):
        self.home = home or pathlib.Path(tempfile.mkdtemp(prefix="meshcore-bridge-", dir="/tmp"))
        files = []
        for number, text in enumerate(configs):
            path = self.home / f"config{number}{suffix}"
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            files += ["--config", str(path)]
        self.command = [*prefix, str(bridge_program()), *files, *map(str, arguments)]
        self.log_file = self.home / "log"
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=stdout or subprocess.PIPE, stderr=log, stdin=stdin or subprocess.DEVNULL,
                env=dict(os.environ, STATE_DIRECTORY=str(self.home), **(environment or {})))

    def log(self):
        return self.log_file.read_text(encoding="utf-8")

    def stop(self, how=signal.SIGTERM, timeout=60):
        """Returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout)

    def wait(self, timeout=120):
        return self.process.wait(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        print(self.log())  # pytest shows it with a failure
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()


def packets(messages):
    return [json.loads(m.payload) for m in messages if m.topic.endswith("/packets")]


def statuses(messages):
    return [m for m in messages if m.topic.endswith("/status")]


def without_times(packet):
    return {key: value for key, value in packet.items() if key not in ("timestamp", "time", "date")}


def float_text(value):
    """As Python prints it."""
    return repr(float(value))


def golden(raw, snr, rssi, expect, origin, origin_id):
    """The packet message, key by key, from what the firmware says of a frame."""
    message = {
        "origin": origin, "origin_id": origin_id, "type": "PACKET", "direction": "rx",
        "len": str(len(raw) // 2), "packet_type": str(expect["payload_type"]),
        "route": "FFDT"[expect["route_type"]], "payload_len": str(expect["payload_len"]), "raw": raw.upper(),
        "SNR": float_text(snr), "RSSI": str(rssi), "hash": expect["packet_hash"].upper(),
    }
    if expect["route_type"] == 2 and expect["payload_type"] != 9:
        message["path"] = ",".join(expect["hops"]).lower()
    return message


def check_times(packet, since):
    """timestamp in its one spelling, time and date of the same moment, which is now."""
    assert TIMESTAMP.fullmatch(packet["timestamp"]), packet["timestamp"]
    moment = datetime.datetime.fromisoformat(packet["timestamp"])
    assert packet["time"] == moment.strftime("%H:%M:%S") and packet["date"] == moment.strftime("%d/%m/%Y")
    assert since - datetime.timedelta(seconds=1) <= moment <= datetime.datetime.now(datetime.timezone.utc)

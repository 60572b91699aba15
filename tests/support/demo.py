# SPDX-License-Identifier: GPL-2.0-or-later
"""./dev demo: real packets from a simulated radio, through Wireshark's engine and onto MQTT."""
import collections
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from support.captures import BUILD, CAPTURES
from support.simulated_radio import SimulatedRadio, log_rx_data
from support.tshark import Tshark

SCENARIO = "serial-observer-seattle"
# How many of each payload type the demo takes; of channel texts only those that it has a key for.
WANTED = {4: 4, 5: 7, 3: 2, 0: 1, 1: 1, 2: 1, 7: 1, 8: 1}
COPIES = 2  # of one flood
PAUSE = 0.4
PATIENCE = 60


def chosen_packets():
    """The first packets of each kind, in the order in which a radio in Seattle heard them."""
    left = dict(WANTED)
    copies = collections.Counter()
    chosen = []
    for line in (CAPTURES / f"{SCENARIO}.json").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = row["meshcore.payload_type"]
        readable = kind != 5 or row.get("meshcore.mac_ok")
        raw = bytes.fromhex(row["meshcore.raw"])
        message = log_rx_data(raw, row["meshcore_radio.snr"], row["meshcore_radio.rssi"])
        if left.get(kind) and readable and message and copies[row["meshcore.packet_hash"]] < COPIES:
            left[kind] -= 1
            copies[row["meshcore.packet_hash"]] += 1
            chosen.append(message)
    return chosen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text=""):
    print(text, flush=True)


class Demo:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-demo-"))
        self.tshark = Tshark()
        self.processes = []
        self.radios = []
        self.printing = threading.Lock()
        self.lines = {"wireshark": 0, "mqtt": 0}
        self.progress = threading.Condition(self.printing)

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        for radio in self.radios:
            radio.stop()
        self.tshark.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def radio(self, packets):
        radio = SimulatedRadio(packets, interval=PAUSE)
        self.radios.append(radio)
        return radio.pty()

    def start(self, command, log, **options):
        with open(self.folder / log, "wb") as errors:
            process = subprocess.Popen(command, stderr=errors, **options)
        self.processes.append(process)
        return process

    def show(self, stream, name, format_line):
        """Prints each line of a program as it comes."""
        def read():
            for line in stream:
                text = format_line(line.rstrip("\n"))
                with self.printing:
                    say(text)
                    self.lines[name] += 1
                    self.progress.notify_all()
        threading.Thread(target=read, daemon=True).start()

    # -- the parts

    def broker(self):
        port = free_port()
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                          "log_dest stderr\nlog_type all\n")
        search = os.environ.get("PATH", "") + ":/usr/sbin"
        self.start([shutil.which("mosquitto", path=search), "-c", str(config)], "mosquitto.log")
        self.wait_for_log("mosquitto.log", "running")
        return port

    def subscriber(self, port):
        command = ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", "meshcore/#", "-F", "%t\t%p"]
        process = self.start(command, "mosquitto_sub.log", stdout=subprocess.PIPE, text=True)
        self.show(process.stdout, "mqtt", MqttLines())
        self.wait_for_log("mosquitto.log", "Sending SUBACK")

    def wait_for_log(self, name, text):
        deadline = time.monotonic() + PATIENCE
        while text not in (self.folder / name).read_text(errors="replace"):
            if time.monotonic() > deadline:
                self.give_up(f"nothing said '{text}'")
            time.sleep(0.05)

    def capture(self, packets):
        keys = self.tshark.share(CAPTURES / f"{SCENARIO}.keys.toml")
        process = self.tshark.popen(
            "-l", "-i", "meshcore-serial", "-o", f"extcap.meshcore_serial.port:{self.radio(packets)}",
            "-o", f"meshcore.key_file:{keys}",
            "-T", "fields", "-e", "frame.time_relative", "-e", "meshcore_radio.snr", "-e", "_ws.col.Info",
            stdout=subprocess.PIPE, stderr=open(self.folder / "tshark.log", "wb"), text=True)
        self.processes.append(process)
        self.show(process.stdout, "wireshark", wireshark_line)

    def bridge(self, packets, port):
        config = self.folder / "bridge.toml"
        config.write_text(f"""\
[source]
port = "{self.radio(packets)}"

[general]
iata = "SEA"

[[broker]]
name = "local"
enabled = true
server = "127.0.0.1"
port = {port}
""")
        self.start([str(BUILD / "bin" / "meshcore-bridge"), "--config", str(config)], "bridge.log",
                   env=dict(os.environ, STATE_DIRECTORY=str(self.folder)))

    def give_up(self, why):
        logs = "".join(f"\n-- {path.name}\n{path.read_text(errors='replace')[-2000:]}"
                       for path in sorted(self.folder.glob("*.log")))
        sys.exit(f"./dev demo: {why}\n{logs}")

    def run(self):
        packets = chosen_packets()
        say(f"""
A simulated radio replays {len(packets)} packets that a radio in Seattle heard in February 2026 (the notes "clock_off"
are right: that is not today). Two programs listen, each on a pseudo terminal of its own: meshcoredump feeds tshark,
meshcore-bridge publishes to a mosquitto started for this.
""")
        port = self.broker()
        self.subscriber(port)
        self.capture(packets)
        self.bridge(packets, port)
        # a device report and a status come first
        wanted = {"wireshark": len(packets) + 1, "mqtt": len(packets) + 1}
        with self.printing:
            complete = self.progress.wait_for(
                lambda: all(self.lines[name] >= count for name, count in wanted.items()), PATIENCE)
        if not complete:
            self.give_up(f"not all arrived: {self.lines} of {wanted}")
        say(f"\nAll {len(packets)} packets came through, on both ways.")


def wireshark_line(line):
    if line.count("\t") < 2:
        return f"Wireshark │ {line}"
    seconds, snr, info = line.split("\t", 2)
    return f"Wireshark │ {float(seconds):5.2f} s {snr and snr + ' dB':>9}  {info}"[:140]


class MqttLines:
    """The first message of each topic in full, then what differs."""
    def __init__(self):
        self.seen = set()

    def __call__(self, line):
        topic, payload = line.split("\t", 1)
        kind = topic.rsplit("/", 1)[-1]
        message = json.loads(payload)
        if kind not in self.seen:
            self.seen.add(kind)
            return f"MQTT      │ {topic}\n          │   {json.dumps(message, ensure_ascii=False)}"
        if "raw" in message:
            message = {key: message[key] for key in ("packet_type", "route", "SNR", "RSSI", "hash", "raw")
                       if key in message}
            message["raw"] = message["raw"][:16] + "…"
        return f"MQTT      │ {kind} {json.dumps(message, ensure_ascii=False)}"


NEXT = """
What next?
  ./dev install --user        the plugin and the capture tool for your Wireshark (no --user: for all users)
  wireshark                   lists your radio's serial port under Capture; -i meshcore-serial in tshark
  build/bin/meshcore-decode 1540CAB3B15626481A5BA64247AB25766E410B026E0678A32DA9F0C3946FAE5B714CAB170F
  README.md                   keys, the bridge's configuration, and where the rest is told
"""


def main():
    demo = Demo()
    try:
        demo.run()
    except KeyboardInterrupt:
        sys.exit("interrupted")
    finally:
        demo.close()
    say(NEXT)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bridge costs, beside mosquitto_pub with the same messages."""
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from support.broker import ACCEPTED, PUBACK, PUBLISH, Mosquitto, Wire, bridge_program, text, wait_until
from support.captures import CAPTURES
from support.simulated_radio import Pause, SimulatedRadio, log_rx_data

MESSAGES = 50_000
KEY = "ab" * 32
TOPIC = f"meshcore/SEA/{KEY.upper()}/packets"


class Receiver:
    """mosquitto_sub until it has all of them."""

    def __init__(self, port, qos):
        command = ["mosquitto_sub", "-d", "-h", "127.0.0.1", "-p", str(port), "-t", "meshcore/+/+/packets",
                   "-q", str(qos), "-C", str(MESSAGES), "-F", "%q"]
        self.process = subprocess.Popen(["stdbuf", "-oL", *command], stdout=subprocess.PIPE)
        for line in self.process.stdout:
            if line.startswith(b"Subscribed"):
                break
        self.drain = threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True)
        self.drain.start()

    def wait(self):
        assert self.process.wait(600) == 0
        self.drain.join()


def config(folder, port, source, extra="", spool=""):
    path = folder / "bridge.toml"
    path.write_text(f'[general]\niata = "SEA"\n{source}\n[[broker]]\nname = "bench"\nenabled = true\n'
                    f'server = "127.0.0.1"\nport = {port}\n{extra}\n[spool]\nreplay_rate = 0\n{spool}\n')
    return path


def start(folder, path, *arguments):
    return subprocess.Popen([bridge_program(), "--config", path, "--log-level", "error", *arguments],
                            env=dict(os.environ, STATE_DIRECTORY=str(folder)))


def status(process, word):
    """A figure of /proc/PID/status in MiB."""
    for row in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if row.startswith(word + ":"):
            return int(row.split()[1]) / 1024
    raise KeyError(word)


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def written(process):
    rows = dict(row.split(": ") for row in pathlib.Path(f"/proc/{process.pid}/io").read_text().splitlines())
    return int(rows["write_bytes"])


def publish_lines(port, qos, lines):
    """Seconds that mosquitto_pub needs."""
    receiver = Receiver(port, qos)
    began = time.monotonic()
    with open(lines, "rb") as stdin:
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-t", TOPIC, "-q", str(qos), "-l"],
                       stdin=stdin, check=True)
    receiver.wait()
    return time.monotonic() - began


def bench_file(line, folder, port, capture, lines):
    theirs = publish_lines(port, 0, lines)
    receiver = Receiver(port, 0)
    began = time.monotonic()
    process = start(folder, config(folder, port, ""), "--read", capture, "--origin-id", KEY)
    _, code, usage = os.wait4(process.pid, 0)
    assert code == 0
    receiver.wait()
    ours = time.monotonic() - began
    line(f"mosquitto_pub -l, {MESSAGES} messages, QoS 0", f"{MESSAGES / theirs:,.0f} messages/s")
    line("meshcore-bridge --read, the same messages, QoS 0", f"{MESSAGES / ours:,.0f} messages/s")
    line("  ratio (wanted: at least 0.8)", f"{theirs / ours:.2f}")
    processor = (usage.ru_utime + usage.ru_stime) / MESSAGES * 1e6
    line("  processor time of a packet (wanted: under 50 µs)", f"{processor:.1f} µs")
    line("  memory at most (wanted: under 20 MB)", f"{usage.ru_maxrss / 1024:.1f} MiB")


def bench_outbox(line, folder, port, records, lines):
    theirs = publish_lines(port, 1, lines)
    step = b"".join(records[n % len(records)] for n in range(100))
    with SimulatedRadio([step] * (MESSAGES // 100), wait=7) as radio:
        source = f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}'
        receiver = Receiver(port, 1)
        began = time.monotonic()
        process = start(folder, config(folder, port, source, "qos = 1", "memory_messages = 100000"))
        receiver.wait()
        ours = time.monotonic() - began
        memory, disk = status(process, "VmHWM"), written(process)
        process.terminate()
        assert process.wait(60) == 0
    line(f"mosquitto_pub -q 1 -l, {MESSAGES} messages", f"{MESSAGES / theirs:,.0f} messages/s")
    line("meshcore-bridge, from a radio, outbox on disk, QoS 1", f"{MESSAGES / ours:,.0f} messages/s")
    line("  ratio (wanted: at least 0.5)", f"{theirs / ours:.2f}")
    line("  memory at most", f"{memory:.1f} MiB")
    line("  written to disk for a packet", f"{disk / MESSAGES:,.0f} bytes")


def bench_latency(line, folder, records, rate=20, count=600):
    """From the last byte at the radio to the first at the broker."""
    sent, came = [], []
    listener = socket.create_server(("127.0.0.1", 0))

    def broker():
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = Wire(connection)
        wire.packet()
        wire.send(ACCEPTED)
        while len(came) < count:
            first = wire.read(1)[0]
            moment = time.perf_counter()
            length = shift = 0
            while True:
                byte = wire.read(1)[0]
                length |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80:
                    break
            body = wire.read(length)
            if first >> 4 != PUBLISH:
                continue
            topic, end = text(body)
            if (first >> 1) & 3:
                wire.send(bytes([PUBACK << 4, 2]) + body[end:end + 2])
            if topic.endswith(b"/packets"):
                came.append(moment)

    class Radio(SimulatedRadio):
        def _next_step(self):
            step = super()._next_step()
            if isinstance(step, bytes):
                sent.append(time.perf_counter())
            return step

    thread = threading.Thread(target=broker, daemon=True)
    thread.start()
    script = [Pause(1)]
    for n in range(count):
        script += [records[n % len(records)]]
    with Radio(script, wait=7, interval=1 / rate) as radio:
        source = f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}'
        process = start(folder, config(folder, listener.getsockname()[1], source, "qos = 1"))
        wait_until(lambda: len(came) > 0, what="the first packet")
        processor, disk, began = processor_seconds(process), written(process), time.monotonic()
        thread.join(count / rate + 60)
        processor, disk = processor_seconds(process) - processor, written(process) - disk
        minutes = (time.monotonic() - began) / 60
        memory = status(process, "VmHWM")
        process.kill()
        process.wait(30)
    assert len(came) == count
    delays = sorted((arrived - left) * 1000 for left, arrived in zip(sent, came))
    line(f"from radio to broker at {rate} packets/s, QoS 1 (p99 wanted: under 2 ms)",
         f"median {statistics.median(delays):.2f}, p99 {delays[len(delays) * 99 // 100]:.2f} ms")
    line("  processor time of a packet", f"{processor / count * 1e6:.0f} µs")
    line("  memory at most", f"{memory:.1f} MiB")
    line("  written to disk for a packet, in a minute", f"{disk / count:,.0f} bytes, {disk / minutes / 1024:,.0f} KiB")


def bench(line, write_pcap, packets, linktype):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-bench-", dir="/var/tmp"))
    try:
        observed = list(packets(CAPTURES / "serial-observer-seattle.pcapng"))
        capture, lines = folder / "frames.pcap", folder / "lines"
        write_pcap(capture, linktype, observed, MESSAGES)
        dry = subprocess.run([bridge_program(), "--config", config(folder, 1, ""), "--read", capture, "--dry-run",
                              "--origin-id", KEY], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        raws = []
        with open(lines, "wb") as out:
            for row in map(json.loads, dry.splitlines()):
                if row["topic"].endswith("/packets"):
                    out.write(json.dumps(row["payload"], separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
                    raws.append(row["payload"]["raw"])
        assert len(raws) == MESSAGES, len(raws)
        records = [step for step in (log_rx_data(bytes.fromhex(raw), 5, -80) for raw in raws[:len(observed)]) if step]
        with Mosquitto() as mosquitto:
            bench_file(line, folder, mosquitto.port, capture, lines)
            bench_outbox(line, folder, mosquitto.port, records, lines)
        bench_latency(line, folder, records)
    finally:
        shutil.rmtree(folder)

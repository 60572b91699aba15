# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bridge costs, beside mosquitto_pub with the same messages on the same broker in the same run."""
import contextlib
import json
import os
import pathlib
import resource
import select
import shutil
import socket
import sqlite3
import statistics
import struct
import subprocess
import tempfile
import threading
import time

from support.broker import Mosquitto, Wire, bridge_program, free_port, text, wait_until
from support.captures import frames
from support.simulated_radio import PUBLIC_KEY, SimulatedRadio, log_rx_data

FRAMES = 50_000
ROUNDS = 5
LINKTYPE_MESHCORE = 158
SPACING = 1 / 20  # seconds between packets of a busy mesh
PACKETS = 600    # of such a mesh, for latency and CPU time


def real_frames():
    return [bytes.fromhex(row["meshcore.raw"]) for row in frames("corescope-bayarea")]


def write_capture(path, raws):
    header = struct.pack("<2sBBH", b"MC", 1, 0, 6)
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, LINKTYPE_MESHCORE))
        for number in range(FRAMES):
            record = header + raws[number % len(raws)]
            out.write(struct.pack("<IIII", 1_770_000_000 + number // 20, number % 20 * 50_000_000, len(record),
                                  len(record)))
            out.write(record)


def configuration(port, extra="", source="", tail=""):
    return f"""
[general]
iata = "SEA"
origin_id = "{PUBLIC_KEY.hex()}"
{source}
[[broker]]
name = "local"
enabled = true
server = "127.0.0.1"
port = {port}
{extra}
{tail}
"""


class Home:
    """A folder for files; the configuration is one of them."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-bench-", dir="/tmp"))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def bridge(self, config, *arguments):
        file = self.path / "bridge.toml"
        file.write_text(config)
        file.chmod(0o600)
        return [bridge_program(), "--config", file, "--log-level", "warning", *arguments]

    @contextlib.contextmanager
    def running(self, config):
        """A daemon."""
        with open(self.path / "log", "ab") as log:
            process = subprocess.Popen(self.bridge(config), stderr=log,
                                       env=dict(os.environ, STATE_DIRECTORY=str(self.path)))
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


def timed(command, stdin=None):
    """Wall and CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True, stdin=stdin, stdout=subprocess.DEVNULL)
    took = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def publish_a_file(line, home, capture, lines, qos):
    """Turn by turn, so that whatever else the machine does is fair to both."""
    ours, theirs = [], []
    with Mosquitto(settings="log_type error") as mosquitto:
        bridge = home.bridge(configuration(mosquitto.port, f"qos = {qos}"), "--read", capture)
        publisher = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(mosquitto.port), "-t", "meshcore/SEA/bench/packets",
                     "-q", str(qos), "-l"]
        for _ in range(ROUNDS):
            ours.append(timed(bridge))
            with open(lines, "rb") as messages:
                theirs.append(timed(publisher, messages))
    (our_wall, our_cpu), (their_wall, their_cpu) = min(ours), min(theirs)
    line(f"meshcore-bridge --read, {FRAMES} frames, QoS {qos}",
         f"{our_wall:.2f} s, {FRAMES / our_wall:,.0f}/s; CPU {our_cpu / FRAMES * 1e6:.1f} us a frame")
    line(f"mosquitto_pub -q {qos} -l, the same {FRAMES} messages",
         f"{their_wall:.2f} s, {FRAMES / their_wall:,.0f}/s; CPU {their_cpu / FRAMES * 1e6:.1f} us")
    return their_wall, their_wall / our_wall


class Tap:
    """Subscribes to all packets at a broker, without a program between: when(arrival, message) for each."""

    def __init__(self, port, when, qos=0):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = Wire(self.socket)
        wire.send(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x00\x00\x03tap")
        assert wire.packet()[0] == 2
        topic = b"meshcore/+/+/packets"
        wire.send(b"\x82" + bytes([len(topic) + 5]) + b"\x00\x01" + struct.pack(">H", len(topic)) + topic + bytes([qos]))
        assert wire.packet()[0] == 9
        self.socket.settimeout(None)
        self.thread = threading.Thread(target=self._read, args=(when,), daemon=True)
        self.thread.start()

    def _read(self, when):
        buffer = b""
        while True:
            try:
                data = self.socket.recv(1 << 20)
            except OSError:
                return
            arrival = time.monotonic()
            if not data:
                return
            buffer += data
            at = 0
            while (end := self._end(buffer, at)) is not None:
                start, stop = end
                if buffer[at] >> 4 == 3:
                    _, body = text(buffer, start)
                    when(arrival, buffer[body:stop])
                at = stop
            buffer = buffer[at:]

    @staticmethod
    def _end(buffer, at):
        """Where the packet's body begins and ends, if it is there."""
        length = shift = 0
        for start in range(at + 1, min(len(buffer), at + 5)):
            length |= (buffer[start] & 0x7F) << shift
            shift += 7
            if not buffer[start] & 0x80:
                stop = start + 1 + length
                return (start + 1, stop) if stop <= len(buffer) else None
        return None

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def outbox_of_all(line, home, raws, their_wall):
    """QoS 1 through the disk: all wait while the broker is away, as it does at the next start; then it comes."""
    port = free_port()
    arrivals = []
    script = [b"".join(log_rx_data(raws[n % len(raws)], 5, -80) for n in range(at, at + 500))
              for at in range(0, FRAMES, 500)]
    with SimulatedRadio(script, wait=7, interval=0.04) as radio:
        source = f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}\n'
        config = configuration(port, "qos = 1", source, "[spool]\nreplay_rate = 0\n")
        with home.running(config):
            assert radio.done.wait(300)
            time.sleep(2)  # what the system still holds for the bridge
        with contextlib.closing(sqlite3.connect(home.path / "local.outbox")) as database:
            wanted = database.execute("SELECT count(*) FROM message").fetchone()[0]
        with Mosquitto(port=port, settings="log_type error"):
            tap = Tap(port, lambda when, _: arrivals.append(when))
            with home.running(config):
                wait_until(lambda: len(arrivals) >= wanted, 120, "all messages")
            tap.close()
    took = arrivals[-1] - arrivals[0]
    rate = wanted / took
    line(f"outbox on disk, QoS 1, {wanted} messages after an outage", f"{took:.2f} s, {rate:,.0f}/s")
    line("  of the rate of mosquitto_pub -q 1 -l (wanted: 0.5)", f"{rate * their_wall / FRAMES:.2f}")


def cpu_seconds(pid):
    """Of all threads, exactly."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def figure_of(pid, file, name):
    return next(int(row.split()[1]) for row in pathlib.Path(f"/proc/{pid}/{file}").read_text().splitlines()
                if row.startswith(name + ":"))


def percentiles(values):
    ordered = sorted(values)
    return (f"median {statistics.median(ordered) * 1000:.2f} ms, "
            f"p99 {ordered[len(ordered) * 99 // 100] * 1000:.2f} ms, worst {ordered[-1] * 1000:.2f} ms")


class PacedRadio(SimulatedRadio):
    """Notes when each packet's bytes left."""

    def __init__(self, count, start, **options):
        frame = bytes.fromhex("1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD")
        self.first = start
        self.left = {}
        script = [log_rx_data(frame[:-4] + struct.pack(">I", start + n), 5, -80) for n in range(count)]
        super().__init__(script, interval=SPACING, **options)

    def _next_step(self):
        step = super()._next_step()
        if step is not None:
            self.left[self.first + len(self.left)] = time.monotonic()
        return step


def broker_alone(mosquitto, payload):
    """What the same way costs without a bridge: an MQTT client publishes, the tap receives."""
    arrivals = []
    tap = Tap(mosquitto.port, lambda when, _: arrivals.append(when))
    client = socket.create_connection(("127.0.0.1", mosquitto.port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x00\x00\x03pub")
    client.recv(4)
    topic = b"meshcore/SEA/x/packets"
    body = struct.pack(">H", len(topic)) + topic + payload
    message = b"\x30" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body
    sent = []
    for _ in range(PACKETS):
        sent.append(time.monotonic())
        client.sendall(message)
        select.select([], [], [], SPACING)
    wait_until(lambda: len(arrivals) == PACKETS)
    client.close()
    tap.close()
    return [there - here for here, there in zip(sent, arrivals)]


def relay_alone():
    """CPU seconds of a program that only reads a packet and sends a message, at the same pace."""
    with socket.create_server(("127.0.0.1", 0)) as radio, socket.create_server(("127.0.0.1", 0)) as broker:
        process = subprocess.Popen([bridge_program().parents[1] / "tests" / "bare_relay",
                                    str(radio.getsockname()[1]), str(broker.getsockname()[1]), "509"])
        (packets, _), (messages, _) = radio.accept(), broker.accept()
        with packets, messages:
            cpu = cpu_seconds(process.pid)
            for _ in range(PACKETS):
                packets.sendall(bytes(45))
                messages.recv(4096)
                select.select([], [], [], SPACING)
            cpu = cpu_seconds(process.pid) - cpu
        process.wait(10)
    return cpu / PACKETS


def bench_daemon(line, home, qos, relay):
    """A busy mesh on the air: latency, CPU time, memory, disk."""
    arrivals = {}

    def arrived(when, payload):
        arrivals[int(json.loads(payload)["raw"][-8:], 16)] = when

    with Mosquitto(settings="log_type error") as mosquitto, PacedRadio(PACKETS, 0, wait=7) as radio:
        tap = Tap(mosquitto.port, arrived)
        source = f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}\n'
        with home.running(configuration(mosquitto.port, f"qos = {qos}", source)) as pid:
            wait_until(lambda: len(arrivals) > 20, what="packets")
            cpu, at, wrote = cpu_seconds(pid), len(arrivals), figure_of(pid, "io", "write_bytes")
            since = time.monotonic()
            wait_until(lambda: len(arrivals) == PACKETS, 300, "all packets")
            count = PACKETS - at
            used = (cpu_seconds(pid) - cpu) / count
            wrote = figure_of(pid, "io", "write_bytes") - wrote
            took = time.monotonic() - since
            memory = figure_of(pid, "status", "VmRSS"), figure_of(pid, "status", "VmHWM")
        tap.close()
        delays = [arrivals[n] - radio.left[n] for n in arrivals]
        line(f"QoS {qos}: radio to subscriber at 20/s (wanted: p99 < 2 ms)", percentiles(delays))
        if qos == 0:
            payload = b'{"raw": "' + b"15" * 280 + b'"}'
            line("  broker to subscriber alone, for comparison", percentiles(broker_alone(mosquitto, payload)))
        line(f"QoS {qos}: CPU time for each packet (wanted: under 50 us)",
             f"{used * 1e6:.1f} us, {used / relay:.1f} times a bare relay's")
        line(f"QoS {qos}: written to disk for each packet", f"{wrote / count / 1024:.1f} KiB, in {took:.0f} s")
        line(f"QoS {qos}: memory (wanted: under 20 MB)", f"{memory[0] / 1024:.1f} MB, at most {memory[1] / 1024:.1f} MB")


def bench(line):
    raws = real_frames()
    with Home() as home:
        capture, lines = home.path / "frames.pcap", home.path / "messages"
        write_capture(capture, raws)
        with open(lines, "wb") as out:
            done = subprocess.run(home.bridge(configuration(1), "--dry-run", "--read", capture), check=True,
                                  stdout=subprocess.PIPE)
            for row in done.stdout.splitlines():
                message = json.loads(row)
                if message["topic"].endswith("/packets"):
                    out.write(json.dumps(message["payload"], separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
        for qos, wanted in ((0, 0.8), (1, 0.5)):
            their_wall, ratio = publish_a_file(line, home, capture, lines, qos)
            line(f"  ratio of the rates (wanted: at least {wanted})", f"{ratio:.2f}")
        outbox_of_all(line, home, raws, their_wall)
        relay = relay_alone()
        line("a bare relay: CPU time for each packet", f"{relay * 1e6:.1f} us")
        for qos in (0, 1):
            bench_daemon(line, home, qos, relay)

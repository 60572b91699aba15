# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a frame takes through meshcoredump: from the write of its last byte to the record in the pipe."""
import os
import random
import socket
import struct
import subprocess
import threading
import time
import tty

from support.captures import BUILD, CAPTURES
from support.simulated_radio import log_rx_data, packets

COUNT = 2000
PCAP_HEADER, RECORD_HEADER = 24, 16


def read_exactly(stream, count):
    data = stream.read(count)
    assert len(data) == count, "meshcoredump has ended"
    return data


def next_frame(stream):
    """Skips device reports."""
    while True:
        length = struct.unpack_from("<I", read_exactly(stream, RECORD_HEADER), 8)[0]
        record = read_exactly(stream, length)
        if frame := record[struct.unpack_from("<H", record, 4)[0]:]:
            return frame


def measure(write, dump):
    """Microseconds of each of many single frames, the radio being silent in between."""
    took = []
    rng = random.Random(1)
    frames = [packet for packet in packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl") if len(packet[0]) <= 173]
    read_exactly(dump.stdout, PCAP_HEADER)
    for number in range(COUNT):
        packet = frames[number % len(frames)]
        time.sleep(rng.uniform(0.001, 0.004))
        start = time.perf_counter_ns()
        write(log_rx_data(*packet))
        assert next_frame(dump.stdout) == packet[0]
        took.append((time.perf_counter_ns() - start) / 1000)
    return sorted(took)


def swallow(read):
    """What the program asks is not answered: the frames are all that counts here."""
    def loop():
        try:
            while read(4096):
                pass
        except OSError:
            pass
    threading.Thread(target=loop, daemon=True).start()


def start(*where):
    return subprocess.Popen([BUILD / "bin" / "meshcoredump", "--protocol", "companion", *where, "--fifo", "-"],
                            stdout=subprocess.PIPE)


def over_tcp():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with start("--host", "127.0.0.1", "--tcp-port", str(listener.getsockname()[1])) as dump:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                swallow(connection.recv)
                took = measure(connection.sendall, dump)
                dump.terminate()
    return took


def over_a_line():
    master, slave = os.openpty()
    tty.setraw(slave)
    with start("--port", os.ttyname(slave)) as dump:
        swallow(lambda count: os.read(master, count))
        took = measure(lambda data: os.write(master, data), dump)
        dump.terminate()
    return took


def bench(line):
    for name, took in (("serial line", over_a_line()), ("TCP", over_tcp())):
        figures = ", ".join(f"{what} {took[int(len(took) * part)] / 1000:.2f} ms"
                            for what, part in (("median", 0.5), ("p99", 0.99), ("p99.9", 0.999)))
        line(f"last byte of a frame to the pipe, {name} (p99 wanted: 1 ms)", figures)

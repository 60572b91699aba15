# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten minutes of a radio that fills its 115200 baud without a pause, in some seconds: as fast as readers
of which one is a test can be expected to read."""
import itertools
import os
import socket
import threading

from live import CAPTURES, LiveDump
from support.simulated_radio import SimulatedRadio, When, log_rx_data, packets

BYTES = 600 * 11_520  # ten bits a byte
PACKETS = [packet for packet in packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl") if len(packet[0]) <= 173]


def stream():
    """Steps of some messages each, and the frames in them."""
    steps, frames, size = [], [], 0
    for packet in itertools.cycle(PACKETS):
        if size >= BYTES:
            return steps, frames
        message = log_rx_data(*packet)
        if not steps or len(steps[-1]) > 20_000:
            steps.append(bytearray())
        steps[-1] += message
        frames.append(packet[0])
        size += len(message)


def memory(process, what):
    """In bytes: VmRSS now, VmHWM at most so far."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))


def test_ten_minutes_with_two_readers_of_whom_one_stops():
    steps, frames = stream()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        share = listener.getsockname()
    go = threading.Event()
    with SimulatedRadio([When(go), *map(bytes, steps)], interval=0.02) as radio, \
            LiveDump("--port", radio.pty(), "--protocol", "companion", "--share", f"127.0.0.1:{share[1]}") as owner:
        owner.wait_for(lambda _: owner.events)
        with socket.create_connection(share) as stopped, LiveDump("--attach", f"127.0.0.1:{share[1]}") as reader:
            assert stopped.recv(24)  # and nothing more
            reader.wait_for_count(1)  # the device report
            go.set()
            owner.wait_for(lambda items: len(items) > len(frames) // 3)
            early = memory(owner.process, "VmHWM")
            for program in (owner, reader):
                program.wait_for(lambda _, program=program: len(program.pcap.items) > len(frames))
            late = memory(owner.process, "VmHWM")
            assert reader.stop() == 0
        assert owner.stop() == 0
    assert owner.frames == frames and reader.frames == frames
    print(f"{len(frames)} frames; at most {early / 1e6:.1f} MB after a third, {late / 1e6:.1f} MB at the end")
    if not os.environ.get("MESHCORE_SANITIZE"):  # whose bookkeeping grows
        assert late < early + 2_000_000

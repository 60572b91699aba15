# SPDX-License-Identifier: GPL-2.0-or-later
"""./dev bench: what things cost on this machine. Compare figures of one run; tests assert none of them."""
import os
import statistics
import struct
import subprocess
import sys
import time

from bench import bridge, latency
from support.captures import BUILD, CAPTURES
from support.tshark import Tshark

FRAMES = 200_000
LINKTYPE_USER0, LINKTYPE_USER11 = 147, 158


def line(what, figure):
    print(f"{what:<58} {figure}", flush=True)


def seconds(run, rounds=3):
    """Of the fastest of some rounds."""
    best = None
    for _ in range(rounds):
        start = time.monotonic()
        run()
        took = time.monotonic() - start
        best = took if best is None else min(best, took)
    return best


def packets(path):
    """The records of one of our captures, which hold nothing but enhanced and simple packet blocks."""
    data = path.read_bytes()
    offset = 0
    while offset < len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if kind == 6:
            size = struct.unpack_from("<I", data, offset + 20)[0]
            yield data[offset + 28:offset + 28 + size]
        elif kind == 3:
            size = struct.unpack_from("<I", data, offset + 8)[0]
            yield data[offset + 12:offset + 12 + size]
        offset += length


def write_pcap(path, linktype, records, count):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, linktype))
        for number in range(count):
            record = records[number % len(records)]
            out.write(struct.pack("<IIII", 1_770_000_000 + number // 20, number % 20 * 50_000, len(record), len(record)))
            out.write(record)


def cost(process):
    """CPU seconds and the most memory in bytes of a process that ends; others on the machine count in neither."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.args
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def bench_tshark():
    records = [record for name in ("serial-observer-seattle", "firmware-1.17.1", "corescope-bayarea")
               for record in packets(CAPTURES / f"{name}.pcapng")]
    ours, plain = Tshark(extcap=False), Tshark(plugin=False, extcap=False)
    try:
        keys = ours.share(CAPTURES / "firmware-1.17.1.keys.toml", 0o600)

        def measure(who, link_type, count, *options, rounds=3):
            capture = who.home / f"{count}.pcap"
            write_pcap(capture, link_type, records, count)
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            costs = [cost(who.popen("-r", capture, *options, **quiet)) for _ in range(rounds)]
            return min(time for time, _ in costs), min(memory for _, memory in costs)

        with_keys = "-o", f"meshcore.key_file:{keys}"
        as_data, _ = measure(plain, LINKTYPE_USER0, FRAMES)
        decoded, memory = measure(ours, LINKTYPE_USER11, FRAMES, *with_keys)
        _, less_memory = measure(ours, LINKTYPE_USER11, FRAMES // 10, *with_keys)
        all_fields, _ = measure(ours, LINKTYPE_USER11, FRAMES, *with_keys, "-V", rounds=1)
        line(f"tshark, {FRAMES} frames as plain data", f"{as_data:.2f} s of CPU time")
        line(f"tshark, the same {FRAMES} frames decoded, with keys", f"{decoded:.2f} s")
        line("  ratio (wanted: at most 3)", f"{decoded / as_data:.2f}")
        line("  memory a frame (wanted: at most 300 bytes)", f"{(memory - less_memory) / (FRAMES * 0.9):.0f} bytes")
        line("tshark -V, the same", f"{all_fields:.2f} s")
    finally:
        ours.close()
        plain.close()


def bench_decode():
    records = list(packets(CAPTURES / "serial-observer-seattle.pcapng"))
    home = Tshark(plugin=False, extcap=False)
    try:
        capture = home.home / "frames.pcap"
        write_pcap(capture, LINKTYPE_USER11, records, FRAMES)
        keys = CAPTURES / "serial-observer-seattle.keys.toml"
        command = [BUILD / "bin" / "meshcore-decode", "--format", "json", "--keys", keys, capture]
        took = seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
        line(f"meshcore-decode, {FRAMES} frames to JSON", f"{took:.2f} s, {FRAMES / took:,.0f} frames/s")
    finally:
        home.close()


def bench_interface_list():
    command = [BUILD / "bin" / "meshcoredump", "--extcap-interfaces"]
    took = []
    for _ in range(50):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        took.append((time.perf_counter() - start) * 1000)
    line("meshcoredump --extcap-interfaces (wanted: under 20 ms)", f"median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms")


def bench_programs():
    for program in sorted((BUILD / "tests").glob("bench_*")):
        if program.is_file():
            subprocess.run([program], check=True)


def bench_bridge():
    bridge.bench(line)


def bench_latency():
    latency.bench(line)


BENCHES = {"bridge": bench_bridge, "decode": bench_decode, "latency": bench_latency, "tshark": bench_tshark,
           "list": bench_interface_list, "programs": bench_programs}

if __name__ == "__main__":
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"./dev bench [{'|'.join(BENCHES)}], not {' '.join(unknown)}")
    for name in wanted:
        BENCHES[name]()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged captures in every framing: no dissector bug, no malformed item of ours, no crash.

`./dev fuzz-captures 1000` makes it a long run, in which every round is sanitized.
"""
import itertools
import os
import subprocess

import pytest
from captures import CAPTURES, capture, decoded, key_file_of, with_keys
from mqtt_capture import Connection
from records import write_pcap
from test_framings import LORATAP, USER0, framing, loratap, lua_header
from test_mqtt import SAMPLES, STATUS, TOPIC, json, message

ROUNDS = int(os.environ.get("MESHCORE_FUZZ_ROUNDS", "2"))
TOGETHER = 25  # rounds in one capture: tshark takes longer to start than to read
DAMAGE = {"other": "0.05", "mqtt": "0.005"}  # more would leave nothing of TCP
BUGS = b"Dissector bug", b"Malformed Packet: MeshCore"
STATISTICS = ("meshcore,tree", "meshcore,nodes", "meshcore,channels", "meshcore,airtime", "conv,meshcore",
              "endpoints,meshcore", "follow,meshcore,ascii,0", "expert")


def frames():
    return [bytes.fromhex(frame["meshcore.raw"]) for frame in decoded(capture("firmware-1.17.1"))
            if "meshcore.raw" in frame]


def messages(path):
    """What publishers sent, and a message of each kind around each fifth frame of the firmware."""
    connection = Connection()
    for sample in SAMPLES:
        connection.publish(sample["topic"], json.dumps(sample["payload"]))
    for frame in frames()[::5]:
        connection.publish(TOPIC, json.dumps(message(frame.hex())))
        connection.publish(TOPIC.replace("packets", "raw"), json.dumps({"origin": "Roof", "data": frame.hex()}))
    connection.publish(STATUS, json.dumps({"origin": "Roof", "status": "online", "stats": {"battery_mv": 4100}}))
    return connection.write(path)


# (how the capture is made, options that claim it) of the framings that no capture of test-captures/ has.
FRAMINGS = {
    "bare": (lambda path: write_pcap(path, frames(), link_type=USER0), framing("bare")),
    "lua": (lambda path: write_pcap(path, [lua_header(-7.25) + frame for frame in frames()], link_type=USER0),
            framing("lua")),
    "loratap": (lambda path: write_pcap(path, [loratap(frame) for frame in frames()], link_type=LORATAP),
                ("-d", "loratap.syncword==0x12,meshcore")),
    "mqtt": (messages, ())}


def original(tshark, name):
    """The capture, what claims it, what reads it."""
    if name not in FRAMINGS:
        path, *keys = with_keys(tshark, capture(name))
        return path, (), keys
    make, claim = FRAMINGS[name]
    keys = tshark.share(key_file_of(capture("firmware-1.17.1")), 0o600)
    return make(tshark.home / f"{name}.pcap"), claim, ("-o", f"meshcore.key_file:{keys}")


def bugs(tshark, *arguments):
    """What tshark printed that it must not; its output is too long to keep."""
    errors = tshark.home / "errors"
    tail = found = b""
    with errors.open("wb") as stderr:
        process = tshark.popen(*arguments, stdout=subprocess.PIPE, stderr=stderr)
        while chunk := process.stdout.read(1 << 20):
            text = tail + chunk
            found = found or next((bug for bug in BUGS if bug in text), b"")
            tail = text[-100:]
        if process.wait():
            found = found or f"exit {process.returncode}: ".encode() + errors.read_bytes()[-4000:]
    return found.decode(errors="replace")


@pytest.mark.parametrize("name", [path.stem for path in CAPTURES] + list(FRAMINGS))
def test_damaged_captures(tshark, name):
    path, claim, keys = original(tshark, name)
    rate = DAMAGE.get(name, DAMAGE["other"])
    together = tshark.home / "together.pcap"
    for start in range(0, ROUNDS, TOGETHER):
        seeds = range(start, min(start + TOGETHER, ROUNDS))
        parts = [tshark.home / f"damaged{seed}.pcap" for seed in seeds]
        for seed, part in zip(seeds, parts):
            tshark.run("-F", "nsecpcap", "-E", rate, "--seed", seed, path, part, program="editcap")
        tshark.run("-a", "-F", "nsecpcap", "-w", together, *parts, program="mergecap")
        for part in parts:
            part.unlink()
        statistics = itertools.chain.from_iterable(("-z", name) for name in STATISTICS)
        for options in ((*keys, "-V", "-2"), ("-V",), (*keys, "-q", *statistics)):
            found = bugs(tshark, "-r", together, *claim, *options)
            assert not found, f"seeds {seeds} {options}: {found}"
        together.unlink()

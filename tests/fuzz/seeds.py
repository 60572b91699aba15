#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seeds of a fuzz target, one file each: seeds.py fuzz_dissect FOLDER."""
import json
import pathlib
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
ROOT = PROJECT / "test-captures"


def frames():
    for source in sorted((ROOT / "sources").glob("*.jsonl")):
        for line in source.open(encoding="utf-8"):
            raw = json.loads(line).get("raw")
            if raw:
                yield bytes.fromhex(raw)


def plaintexts():
    """A byte that says what is sealed, then a plaintext of the firmware vectors."""
    types = [0, 1, 2, 5, 6, 7, 8]
    for line in (ROOT / "sources" / "firmware-1.17.1.jsonl").open(encoding="utf-8"):
        expect = json.loads(line).get("expect", {})
        plaintext = expect.get("fields", {}).get("plaintext")
        if plaintext:
            yield bytes([types.index(expect["payload_type"])]) + bytes.fromhex(plaintext)


def streams(pattern):
    for stream in sorted(ROOT.glob(pattern)):
        data = stream.read_bytes()
        for start in range(0, len(data), 4096):
            yield data[start:start + 4096]


def companion():
    return streams("companion/*.bin")


def kiss():
    return streams("kiss/*.bin")


def text_log():
    return streams("serial/*.log")


def key_files():
    for path in sorted(ROOT.glob("*.keys.toml")):
        yield path.read_bytes()


def brokers():
    """The length of the pieces, then packets: CONNACK with properties, PUBACK, PUBLISH, DISCONNECT."""
    yield bytes.fromhex("05" "201600001321000527000010001200017a2600016e000176")
    yield bytes.fromhex("02" "2003000000" "400400010000" "3007000174020101" "70" "e0028b00")


def publications():
    for line in (PROJECT / "tests" / "data" / "bridge" / "mqtt-samples.jsonl").open(encoding="utf-8"):
        yield json.dumps(json.loads(line)["payload"]).encode()


def configurations():
    """A byte that says which dialect, then one of our presets, or all keys of a peer."""
    for path in sorted((PROJECT / "bridge" / "presets").glob("*.toml")):
        yield b"\0" + path.read_bytes()
    sections = {}
    environment = b"\2"
    for line in (PROJECT / "tests" / "data" / "bridge" / "peer_keys.txt").read_text(encoding="utf-8").splitlines():
        peer, section, name, value = (*line.split(maxsplit=3), "", "", "")[:4]
        if peer == "bot":
            sections.setdefault(section, []).append(f"{name} = {value}")
        elif peer == "capture" and section == "-":
            environment += f"PACKETCAPTURE_{name}={value}\n".encode()
    yield b"\1" + "\n".join("\n".join([f"[{name}]", *keys]) for name, keys in sections.items()).encode()
    yield environment


SEEDS = {"fuzz_dissect": frames, "fuzz_companion": companion, "fuzz_kiss": kiss, "fuzz_text_log": text_log,
         "fuzz_inside": plaintexts, "fuzz_key_file": key_files, "fuzz_json_packet": publications,
         "fuzz_config": configurations, "fuzz_broker": brokers}

if __name__ == "__main__":
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(target, list)()):
        (folder / f"{number:05}").write_bytes(seed)

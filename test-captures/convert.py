#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the captures and key files of this folder from sources/*.jsonl.

    test-captures/convert.py            writes them
    test-captures/convert.py --check    says which differ from what it would write, exit 1 if any

Same input, same bytes: the captures are kept in the repository, and a test compares.
What a source does not tell (SNR, time, who listened) is not in the capture either: a packet without a
time becomes a Simple Packet Block.
"""
import argparse
import datetime
import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE / "sources"
LINKTYPE_USER11 = 158

# Numbers of the header's items, scale and struct format: docs/capture-format.md.
ITEMS = {
    "snr": (1, 100, "<h"),
    "rssi": (2, 10, "<h"),
    "frequency": (3, 1, "<I"),
    "bandwidth": (4, 1, "<I"),
    "sf": (5, 1, "<B"),
    "cr": (6, 1, "<B"),
    "noise_floor": (8, 1, "<h"),
    "score": (10, 1, "<H"),
    "airtime": (11, 1000, "<I"),
    "protocol": (12, 1, "<B"),
    "observer": (13, None, None),
    "device.name": (32, None, None),
    "device.public_key": (33, None, None),
    "device.model": (34, None, None),
    "device.firmware": (35, None, None),
    "device.build": (36, None, None),
    "device.battery": (37, 1, "<H"),
}
COMPANION, TEXT_LOG = 1, 3

# What some sources tell of the radio that listened: the answers to APP_START and DEVICE_QUERY.
DEVICES = {
    "companion-pcap-seattle": {
        "device.name": "Howl @ 🟡",
        "device.public_key": bytes.fromhex("F5D2B56D19B24412756933E917D4632E088CDD5DAEADC9002FECA73BF5D2B56D"),
        "device.model": "Heltec V3",
        "device.firmware": "v1.11.0",
        "device.build": "30 Nov 2025",
        "device.battery": 4244,
        "frequency": 910525000,
        "bandwidth": 62500,
        "sf": 7,
        "cr": 7,
        "protocol": COMPANION,
    },
}

CORPUS = [
    "companion-frames",
    "companion-pcap-seattle",
    "corescope-bayarea",
    "issues",
    "mqtt-observer-seattle",
    "scope-captures-seattle",
    "serial-observer-seattle",
    "vectors",
]
FIRMWARE = "firmware-1.17.1"

# The simulated mesh has no date; its nodes believe in one shortly after this second.
FIRMWARE_START = 1_770_000_000


def capture_header(values):
    items = b""
    for name, value in values.items():
        number, scale, layout = ITEMS[name]
        if layout:
            value = struct.pack(layout, round(value * scale))
        elif isinstance(value, str):
            value = value.encode()
        items += struct.pack("<BB", number, len(value)) + value
    return b"MC" + struct.pack("<BBH", 1, 0, 6 + len(items)) + items


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = 12 + len(body)
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def section_and_interface(name):
    end = option(0, b"")
    section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    microseconds = option(9, b"\x06")
    interface = struct.pack("<HHI", LINKTYPE_USER11, 0, 0) + option(2, name.encode()) + microseconds + end
    return block(0x0A0D0D0A, section) + block(1, interface)


def packet(record, time_us):
    if time_us is None:
        return block(3, struct.pack("<I", len(record)) + record)
    return block(6, struct.pack("<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF, len(record), len(record)) + record)


def microseconds(iso_time):
    """Of an ISO time; what names no zone is taken for UTC."""
    if iso_time is None:
        return None
    when = datetime.datetime.fromisoformat(iso_time.replace("Z", "+00:00"))
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return (when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def corpus_records(name):
    """(header values, frame, time) of each packet of a corpus file."""
    for row in read_lines(SOURCES / f"{name}.jsonl"):
        values = {key: row[key] for key in ("snr", "rssi") if row.get(key) is not None}
        expect = row.get("expect", {})
        if "airtime_ms" in expect:  # the firmware's own line for this reception
            values |= {"score": expect["score"], "airtime": expect["airtime_ms"], "protocol": TEXT_LOG}
        yield values, bytes.fromhex(row["raw"]), microseconds(row.get("time"))


def firmware_records(malformed):
    heard = {row["name"]: row for row in read_lines(SOURCES / f"{FIRMWARE}.heard.jsonl")}
    for row in read_lines(SOURCES / f"{FIRMWARE}.jsonl")[1:]:
        if ("malformed" in row["expect"]) == malformed and row["raw"]:  # an empty frame is a device report
            reception = heard[row["name"]]
            yield ({"snr": reception["snr"], "rssi": reception["rssi"]}, bytes.fromhex(row["raw"]),
                   FIRMWARE_START * 1_000_000 + reception["t_ms"] * 1000)


def capture(name, records):
    device = DEVICES.get(name, {})
    radio = {key: value for key, value in device.items() if not key.startswith("device.")}
    out = section_and_interface(name)
    for number, (values, frame, time_us) in enumerate(records):
        if number == 0 and device:
            out += packet(capture_header(device), time_us)
        out += packet(capture_header(values | radio) + frame, time_us)
    return out


def toml_table(kind, **values):
    return f"[[{kind}]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


CORPUS_KEYS = "# Public keys and scopes that match packets of the real captures.\n" + "".join([
    toml_table("channel", name="#test"),
    toml_table("channel", name="#bot"),
    toml_table("region", name="#snoco"),
    toml_table("region", name="#ottawa"),
])


def firmware_keys():
    header = read_lines(SOURCES / f"{FIRMWARE}.jsonl")[0]
    tables = [toml_table("channel", name=row["name"], secret=row["secret"]) for row in header["channels"]]
    tables += [toml_table("identity", name=row["name"], private_key=row["private_key"]) for row in header["nodes"]]
    # a scope that is no name but a bare key can't be told from its name
    tables += [toml_table("region", name=row["name"]) for row in header["regions"] if row["name"].startswith("#")]
    return "# Made for these vectors; no real node has these keys.\n" + "".join(tables)


def outputs():
    """Path and content of every file that this script makes."""
    for name in CORPUS:
        yield f"{name}.pcapng", capture(name, corpus_records(name))
        yield f"{name}.keys.toml", CORPUS_KEYS.encode()
    for name, malformed in ((FIRMWARE, False), (f"{FIRMWARE}-malformed", True)):
        yield f"{name}.pcapng", capture(name, firmware_records(malformed))
        yield f"{name}.keys.toml", firmware_keys().encode()


def main():
    parser = argparse.ArgumentParser(description="Makes the captures of this folder from sources/*.jsonl.")
    parser.add_argument("--check", action="store_true", help="only say which files differ")
    check = parser.parse_args().check
    different = 0
    for name, content in outputs():
        path = HERE / name
        if path.exists() and path.read_bytes() == content:
            continue
        different += 1
        if check:
            print(f"{path.name} differs from what convert.py makes of its source")
        else:
            path.write_bytes(content)
            print(f"wrote {path.name}: {len(content)} bytes")
    sys.exit(1 if check and different else 0)


if __name__ == "__main__":
    main()

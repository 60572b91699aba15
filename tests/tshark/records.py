# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture records and files, written byte by byte after docs/capture-format.md."""
import pathlib
import struct

MESHCORE = 158  # LINKTYPE_USER11

ITEMS = {  # name: (type, struct format, divisor)
    "snr": (1, "<h", 100), "rssi": (2, "<h", 10), "frequency": (3, "<I", 1), "bandwidth": (4, "<I", 1),
    "sf": (5, "<B", 1), "cr": (6, "<B", 1), "noise_floor": (8, "<h", 1), "clock": (9, "<I", 1),
    "airtime": (11, "<I", 1000), "protocol": (12, "<B", 1), "observer": (13, None, 1),
    "device.name": (32, None, 1), "device.public_key": (33, None, 1), "device.model": (34, None, 1),
    "device.firmware": (35, None, 1), "device.battery": (37, "<H", 1), "device.uptime": (38, "<I", 1),
    "device.packets_received": (45, "<I", 1), "device.event": (52, None, 1),
}


def item(name, value):
    number, layout, divisor = ITEMS[name]
    data = value if layout is None else struct.pack(layout, round(value * divisor))
    if isinstance(data, str):
        data = data.encode()
    return bytes([number, len(data)]) + data


def record(frame=b"", sent=False, extra=b"", **items):
    """A capture header with items (device__name=… for "device.name") before the frame."""
    content = b"".join(item(name.replace("__", "."), value) for name, value in items.items()) + extra
    return b"MC" + struct.pack("<BBH", 1, int(sent), 6 + len(content)) + content + frame


def write_pcap(path, records, link_type=MESHCORE, start=1_770_000_000.0, interval=1.0):
    """A nanosecond pcap file; a record may be bytes or (time in seconds, bytes)."""
    path = pathlib.Path(path)
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, link_type))
        for number, entry in enumerate(records):
            time, data = entry if isinstance(entry, tuple) else (start + number * interval, entry)
            nanoseconds = round(time * 1e9)
            out.write(struct.pack("<IIII", nanoseconds // 10**9, nanoseconds % 10**9, len(data), len(data)))
            out.write(data)
    path.chmod(0o644)
    return path

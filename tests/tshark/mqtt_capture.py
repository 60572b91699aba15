# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of MQTT over TCP: IPv4 packets as two peers send them, with handshake, sequence numbers and ports."""
import struct

from records import write_pcap

RAW_IP = 101
CLIENT, BROKER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])  # of the documentation's network
FIN, SYN, PSH, ACK = 1, 2, 8, 16


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def variable_length(number):
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(out)


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(data)) + data


def message(kind_and_flags, content):
    return bytes([kind_and_flags]) + variable_length(len(content)) + content


def connect(version=4):
    properties = b"\0" if version == 5 else b""
    return message(0x10, text("MQTT") + bytes([version, 2]) + struct.pack(">H", 60) + properties + text("observer"))


def connack(version=4):
    return message(0x20, b"\0\0" + (b"\0" if version == 5 else b""))


def publish(topic, payload, version=4, qos=0, retain=False, identifier=7):
    payload = payload.encode() if isinstance(payload, str) else payload
    return message(0x30 | qos << 1 | retain, text(topic) + (struct.pack(">H", identifier) if qos else b"") +
                   (b"\0" if version == 5 else b"") + payload)


class Connection:
    """IP packets in order; each send() is one TCP segment."""

    def __init__(self, version=4, port=1883):
        self.version, self.port = version, port
        self.packets = []
        self.next = {True: 1000, False: 5000}
        self.segment(SYN)
        self.segment(SYN | ACK, from_client=False)
        self.segment(ACK)
        self.send(connect(version))
        self.send(connack(version), from_client=False)

    def segment(self, flags, data=b"", from_client=True):
        source, destination = (CLIENT, BROKER) if from_client else (BROKER, CLIENT)
        ports = (49152, self.port) if from_client else (self.port, 49152)
        acknowledged = self.next[not from_client] if flags & ACK else 0
        header = struct.pack(">HHIIBBHHH", *ports, self.next[from_client], acknowledged, 5 << 4, flags, 0xFFFF, 0, 0)
        pseudo = source + destination + struct.pack(">BBH", 0, 6, len(header) + len(data))
        header = header[:16] + struct.pack(">H", checksum(pseudo + header + data)) + header[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(header) + len(data), len(self.packets), 0x4000, 64, 6, 0)
        ip += source + destination
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        self.packets.append(ip + header + data)
        self.next[from_client] += len(data) + bool(flags & (SYN | FIN))

    def send(self, data, from_client=True, size=60_000):
        for start in range(0, len(data), size):
            self.segment(PSH | ACK, data[start:start + size], from_client)

    def publish(self, topic, payload, size=60_000, **options):
        self.send(publish(topic, payload, self.version, **options), size=size)

    def write(self, path):
        return write_pcap(path, self.packets, link_type=RAW_IP)

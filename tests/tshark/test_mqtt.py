# SPDX-License-Identifier: GPL-2.0-or-later
"""MeshCore inside MQTT: messages of real publishers, as TCP carries them."""
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import threading
import time

import pytest
from captures import capture, decoded
from mqtt_capture import Connection, publish
from test_fields import ADVERT, GROUP_TEXT

SAMPLES = [json.loads(line) for line in
           (pathlib.Path(__file__).parents[1] / "data/bridge/mqtt-samples.jsonl").read_text().splitlines()]
SAMPLES = [row for row in SAMPLES if row["topic"]]
CLAIMS = ("len", "packet_type", "route", "payload_len", "hash", "origin_id")
KEY = "4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E"
TOPIC = f"meshcore/SEA/{KEY}/packets"
STATUS = f"meshcore/SEA/{KEY}/status"


def rows_of(tshark, path, *names, options=(), only="mqtt.topic"):
    """The fields of each packet with a message; each is a list."""
    arguments = [argument for name in names for argument in ("-e", name)]
    out = tshark.run("-r", path, "-Y", only, "-T", "fields", "-E", "aggregator=|", *options, *arguments).stdout
    return [[field.split("|") if field else [] for field in line.split("\t")] for line in out.splitlines()]


def shown(tshark, topic, body, *names, options=(), **parameters):
    """The fields of one message."""
    connection = Connection()
    connection.publish(topic, body if isinstance(body, (bytes, str)) else json.dumps(body), **parameters)
    [row] = rows_of(tshark, connection.write(tshark.home / "one.pcap"), *names, options=options)
    return row[0] if len(names) == 1 else row


def contradictions(tshark, topic, body):
    found = shown(tshark, topic, body, *(f"meshcore.mqtt.{claim}" for claim in CLAIMS))
    return [claim for claim, values in zip(CLAIMS, found) if values]


# What is right of a frame, after docs and firmware, without our decoder.

def frame_facts(raw):
    frame = bytes.fromhex(raw)
    header, rest = frame[0], frame[1:]
    if header & 3 in (0, 3):
        rest = rest[4:]
    path_length, rest = rest[0], rest[1:]
    payload = rest[(path_length & 63) * ((path_length >> 6) + 1):]
    kind = header >> 2 & 15
    digest = hashlib.sha256(bytes([kind]) + (bytes([path_length, 0]) if kind == 9 else b"") + payload).hexdigest()
    return {"len": str(len(frame)), "packet_type": str(kind), "route": "FFDD"[header & 3],
            "payload_len": str(len(payload)), "hash": digest[:16].upper()}


def message(raw, **changes):
    return {"origin": "Roof", "origin_id": KEY, "timestamp": "2026-09-13T04:29:52.407921+00:00", "type": "PACKET",
            "direction": "rx", "raw": raw.upper(), "SNR": "12.5", "RSSI": "-65", **frame_facts(raw), **changes}


def is_hex(text):
    try:
        return bool(bytes.fromhex(text))
    except (TypeError, ValueError):
        return False


def test_every_sample(tshark):
    """The JSON, the frame, and what is wrong with the message."""
    connection = Connection()
    for row in SAMPLES:
        connection.publish(row["topic"], json.dumps(row["payload"]))
    path = connection.write(tshark.home / "samples.pcap")
    found = rows_of(tshark, path, "meshcore.raw", "meshcore.mqtt", "json.object",
                    *(f"meshcore.mqtt.{claim}" for claim in CLAIMS), options=("-2",))
    assert len(found) == len(SAMPLES)
    ours = frames = wrong = 0
    for sample, (raw, mark, is_json, *claims) in zip(SAMPLES, found):
        topic, body = sample["topic"], sample["payload"]
        kind = topic.rsplit("/", 1)[-1]
        known = kind in ("packets", "raw", "status")
        assert bool(mark) == known, topic
        assert bool(is_json) == known, topic
        sent = body.get("data" if kind == "raw" else "raw")
        assert raw == ([sent.lower()] if known and is_hex(sent) else []), sample
        ours += known
        if not raw or sent in ("00", "3100"):
            continue
        frames += 1
        facts = frame_facts(sent)
        expected = [claim for claim in CLAIMS if claim in body and claim in facts and body[claim] != facts[claim]]
        assert [claim for claim, values in zip(CLAIMS, claims) if values] == expected, sample
        wrong += bool(expected)
    assert ours > 80 and frames > 70
    # One publisher of these writes the frame that it received last into what it tells of the frame it sent, and
    # one the whole length as payload_len.
    assert wrong == 40


def test_radio_and_frame(tshark):
    row = shown(tshark, TOPIC, message(GROUP_TEXT.hex(), score="1000", duration="412"), "frame.protocols",
                "meshcore_radio.observer", "meshcore_radio.snr", "meshcore_radio.rssi", "meshcore_radio.direction",
                "meshcore_radio.score", "meshcore_radio.airtime", "meshcore.sender", "meshcore.text")
    assert row == [["raw:ip:tcp:mqtt:meshcore:json:meshcore"], [KEY.lower()], ["12.5"], ["-65"], ["0"], ["1000"], ["412"],
                   ["Ana Móvil"], ["Hola, ¿me recibes? m1/unscoped"]]


def test_the_frame_is_a_data_source(tshark):
    connection = Connection()
    connection.publish(TOPIC, json.dumps(message(ADVERT.hex())))
    out = tshark.run("-r", connection.write(tshark.home / "one.pcap"), "-x", "-Y", "mqtt.topic").stdout
    assert f"MeshCore frame ({len(ADVERT)} bytes):" in out


def test_the_packet_keeps_its_columns(tshark):
    """Addresses stay those of IP, also for MQTT's next message in the same segment."""
    body = json.dumps(message(ADVERT.hex()))
    connection = Connection()
    connection.send(publish(TOPIC, body) + publish(TOPIC, body))
    row = rows_of(tshark, connection.write(tshark.home / "two.pcap"), "_ws.col.Source", "_ws.col.Destination",
                  "_ws.col.Protocol", "_ws.col.Info")[0]
    assert row[:3] == [["192.0.2.1"], ["192.0.2.2"], ["MQTT/MeshCore"]]
    info = row[3][0]
    assert info.count("Publish Message") == info.count("Ana Móvil") == 2 and "JavaScript" not in info


@pytest.mark.parametrize("raw,route,right", [
    ("0A02A1B2C2E2123400000000000000000000000000000000", "D", True),
    ("0A02A1B2C2E2123400000000000000000000000000000000", "T", False),
    ("0C11223344017FDEADBEEF", "F", True), ("0C11223344017FDEADBEEF", "T", False),
    ("0F11223344017FDEADBEEF", "T", True), ("0F11223344017FDEADBEEF", "D", True),
    ("0F11223344017FDEADBEEF", "F", False), ("0F11223344017FDEADBEEF", "", False), ("0F11223344017FDEADBEEF", " ", False),
    ("15001159BF3E52F04AC3843BB7779489664D6B1856", "F", True),
    ("15001159BF3E52F04AC3843BB7779489664D6B1856", "D", False),
    ("15001159BF3E52F04AC3843BB7779489664D6B1856", "U", False)])
def test_route_letters(tshark, raw, route, right):
    """Publishers have two dialects for route 3."""
    assert contradictions(tshark, TOPIC, message(raw, route=route)) == ([] if right else ["route"])


@pytest.mark.parametrize("change,claim", [
    ({"len": "38"}, "len"), ({"len": 40}, "len"), ({"packet_type": "4"}, "packet_type"), ({"payload_len": "39"}, "payload_len"),
    ({"hash": "0000000000000000"}, "hash"), ({"hash": "1D342605534E2CB"}, "hash"), ({"hash": "x" * 5000}, "hash"),
    ({"origin_id": KEY[::-1]}, "origin_id"), ({"origin_id": "me"}, "origin_id")], ids=str)
def test_contradictions(tshark, change, claim):
    raw = "1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD"
    assert contradictions(tshark, TOPIC, message(raw)) == []
    assert contradictions(tshark, TOPIC, message(raw, **change)) == [claim]


def test_a_contradiction_tells_both(tshark):
    connection = Connection()
    connection.publish(TOPIC, json.dumps(message(ADVERT.hex(), len="1\n2")))
    connection.publish(TOPIC, json.dumps(message(ADVERT.hex(), len="12", hash="no\thash")))
    out = tshark.run("-r", connection.write(tshark.home / "told.pcap"), "-V").stdout
    assert f"len is not the length of raw: it says '12', right is '{len(ADVERT)}'" in out
    assert "hash is not that of raw: it says 'no hash', right is '" in out


@pytest.mark.parametrize("change", [
    {"len": 39, "packet_type": 5, "payload_len": 35, "SNR": 12.5, "RSSI": -65}, {"hash": "1d342605534e2cb3"},
    {"len": None, "hash": None, "SNR": "Unknown", "RSSI": None, "route": None}, {"origin_id": KEY.lower()},
    {"len": [], "hash": {}, "packet_type": True, "payload_len": "many"}], ids=str)
def test_other_spellings_are_no_contradiction(tshark, change):
    raw = "1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD"
    assert contradictions(tshark, TOPIC, message(raw, **change)) == []


@pytest.mark.parametrize("raw", ["D6", "D600112233", "0AC1A1B2C3D4C2E2"])
def test_frames_that_publishers_could_not_parse(tshark, raw):
    body = message(ADVERT.hex()) | {"raw": raw, "len": str(len(raw) // 2), "packet_type": "0", "route": "U",
                                    "hash": "0000000000000000", "payload_len": "0"}
    assert contradictions(tshark, TOPIC, body) == []
    assert contradictions(tshark, TOPIC, body | {"hash": "1D342605534E2CB3", "len": "255"}) == ["len", "hash"]


@pytest.mark.parametrize("raw", ["0A1B2C...", "xyz", "123", "0x1500", "15 00"])
def test_what_is_no_hex(tshark, raw):
    row = shown(tshark, TOPIC, message(ADVERT.hex()) | {"raw": raw}, "meshcore.mqtt.raw", "meshcore.raw", "json.object")
    assert row[0] and not row[1] and row[2]


def test_status(tshark):
    body = {"status": "online", "origin": "Roof", "origin_id": KEY, "model": "Heltec V3", "firmware_version": "v1.11.0",
            "radio": "910.525,62.5,7,5", "stats": {"battery_mv": 4112, "uptime_secs": 86400, "errors": 0, "queue_len": "1",
                                                  "noise_floor": -118, "last_snr": 12.5, "tx_air_secs": 3, "recv": 5120,
                                                  "recv_errors": None, "packets_sent": 1e300}}
    names = ("observer", "device.name", "device.model", "device.firmware", "frequency", "bandwidth", "sf", "cr",
             "device.battery", "device.uptime", "device.queue_length", "noise_floor", "device.last_snr",
             "device.packets_received", "device.receive_errors", "device.packets_sent")
    row = shown(tshark, STATUS, body, *(f"meshcore_radio.{name}" for name in names))
    assert [field[0] if field else None for field in row] == [
        KEY.lower(), "Roof", "Heltec V3", "v1.11.0", "910525000", "62500", "7", "5", "4112", "86400", "1", "-118", "12.5",
        "5120", None, None]
    assert "online Device report: Roof" in shown(tshark, STATUS, body, "_ws.col.Info")[0]


def test_raw_topic(tshark):
    body = {"origin": "Roof", "origin_id": KEY, "type": "RAW", "data": ADVERT.hex().upper()}
    assert shown(tshark, f"meshcore/SEA/{KEY}/raw", body, "meshcore.advert.name") == ["Ana Móvil"]


OURS = [("mesh/home/packets", {"raw": ADVERT.hex()}), (f"meshrank/uplink/token/{KEY}/packets", message(ADVERT.hex())),
        ("a/raw", {"data": ADVERT.hex()}), ("x/status", {"origin_id": KEY, "status": "offline"}),
        ("prefix/packet", message(ADVERT.hex())), ("meshcore/status", {"status": "online"}), ("meshcore/packets", {})]
OTHERS = [("zigbee2mqtt/lamp/status", {"status": "online"}), ("sensors/raw", {"data": "deadbeef"}),
          ("mesh/packets", {"raw": "00ff00"}), ("mesh/packets", {}), ("x/status", {"origin_id": "me"}), ("packets", [1, 2]),
          ("x/packets", "raw"), ("meshcore/debug", {"origin": "Roof", "message": "DEBUG"}), ("meshcorex/packets", {}),
          (f"meshcore/SEA/{KEY}/neighbors", {"origin_id": KEY}), (f"x/{KEY}/events", message(ADVERT.hex()))]


@pytest.mark.parametrize("topic,body,claimed", [(*row, True) for row in OURS] + [(*row, False) for row in OTHERS], ids=str)
def test_topics(tshark, topic, body, claimed):
    assert bool(shown(tshark, topic, json.dumps(body), "meshcore.mqtt")) == claimed


STRANGE = [b"offline", b"{", b"[]", b"null", b"{}x", b'{"raw": "\xff"}', b"\0", "[" * 5000 + "]" * 5000,
           '{"stats":' * 3000 + "1" + "}" * 3000, '{"a":"' + "x" * 50_000]


@pytest.mark.parametrize("body", STRANGE, ids=lambda body: str(body[:12]))
def test_what_is_no_json_object(tshark, body):
    """On a MeshCore topic it is said, and its bytes are shown."""
    assert shown(tshark, TOPIC, body, "meshcore.mqtt.json", "data.len")[0]
    assert not shown(tshark, "x/packets", body, "meshcore.mqtt")


NASTY = [{"raw": 5}, {"raw": None}, {"raw": ""}, {"raw": "00" * 20_000}, {"raw": {"raw": "00"}}, {"origin": "x" * 5000},
         {"origin": "a\0b\nc\u202e"}, {"origin_id": "é" * 32}, {"SNR": 1e308, "RSSI": -1e308, "len": 1e400},
         {"SNR": "nan", "RSSI": "inf", "score": "-0"}, {"radio": ",,,", "stats": []}, {"radio": "1e999,x,-1,5"},
         {"direction": "up", "hash": "", "route": "", "raw": ADVERT.hex()}, {"raw": ADVERT.hex() * 200}]


@pytest.mark.parametrize("body", NASTY, ids=lambda body: str(body)[:30])
@pytest.mark.parametrize("topic", [TOPIC, STATUS, "meshcore/raw"])
def test_nonsense_in_json(tshark, topic, body):
    connection = Connection()
    connection.publish(topic, json.dumps(body), size=1400)
    out = tshark.run("-r", connection.write(tshark.home / "nasty.pcap"), "-V", "-2").stdout
    assert "MeshCore over MQTT" in out and "Malformed Packet" not in out and "Dissector bug" not in out


@pytest.mark.parametrize("version", [4, 5], ids=["3.1.1", "5"])
@pytest.mark.parametrize("size", [60_000, 100, 7], ids=["one segment", "many", "tiny"])
@pytest.mark.parametrize("qos", [0, 1])
def test_versions_and_segments(tshark, version, size, qos):
    connection = Connection(version)
    bodies = [json.dumps(message(frame.hex())) for frame in (ADVERT, GROUP_TEXT)]
    for body in bodies:
        connection.publish(TOPIC, body, size=size, qos=qos)
    path = connection.write(tshark.home / "segments.pcap")
    for options in ((), ("-2",)):
        rows = rows_of(tshark, path, "meshcore.raw", options=options, only="meshcore.mqtt")
        assert [raw for row in rows for raw in row[0]] == [ADVERT.hex(), GROUP_TEXT.hex()]


def test_frames_are_learned_from(tshark):
    """Copies are found and both passes show the same, with several frames in one packet."""
    frames = [bytes.fromhex(frame["meshcore.raw"]) for frame in decoded(capture("serial-observer-seattle"))][:120]
    connection = Connection()
    for start in range(0, len(frames), 5):
        connection.send(b"".join(publish(TOPIC, json.dumps(message_of(frame))) for frame in frames[start:start + 5]))
    path = connection.write(tshark.home / "learned.pcap")
    once = tshark.run("-r", path, "-V", "-Y", "mqtt").stdout
    assert once.count("MeshCore over MQTT: packets") == len(frames)
    names = ("meshcore.raw", "meshcore.copy_number", "meshcore.advert.signature_ok", "meshcore.src_name", "meshcore.text")
    assert rows_of(tshark, path, *names) == rows_of(tshark, path, *names, options=("-2",))


def test_conversations_of_the_mesh(tshark):
    """Who talks to whom there, not the broker's clients."""
    connection = Connection()
    connection.send(b"".join(publish(TOPIC, json.dumps(message(frame.hex()))) for frame in (ADVERT, GROUP_TEXT)))
    path = connection.write(tshark.home / "conversations.pcap")
    for table in ("conv", "endpoints"):
        out = tshark.run("-r", path, "-q", "-z", f"{table},meshcore").stdout
        assert "Ana Móvil" in out and "192.0.2" not in out


def message_of(frame):
    return {"origin_id": KEY, "raw": frame.hex().upper(), "SNR": "3.25"}


def test_another_port(tshark):
    connection = Connection(port=18830)
    connection.publish(TOPIC, json.dumps(message(ADVERT.hex())))
    path = connection.write(tshark.home / "port.pcap")
    assert rows_of(tshark, path, "meshcore.raw", options=("-d", "tcp.port==18830,mqtt")) == [[[ADVERT.hex()]]]


def test_the_users_own_row_comes_first(tshark):
    row = ("-o", 'uat:mqtt_message_decoding:"Starts with","meshcore/","none","json"')
    body = message(ADVERT.hex())
    assert shown(tshark, TOPIC, body, "frame.protocols", "meshcore.mqtt", options=row) == [["raw:ip:tcp:mqtt:json"], []]


def test_it_can_be_switched_off(tshark):
    off = ("--disable-heuristic", "meshcore_mqtt")
    assert shown(tshark, TOPIC, message(ADVERT.hex()), "frame.protocols", options=off) == ["raw:ip:tcp:mqtt"]


def test_cut_by_the_capture_length(tshark):
    connection = Connection()
    connection.publish(TOPIC, json.dumps(message(ADVERT.hex())))
    cut = tshark.home / "cut.pcap"
    tshark.run("-s", "400", connection.write(tshark.home / "one.pcap"), cut, program="editcap")
    assert "Dissector bug" not in tshark.run("-r", cut, "-V").stdout


ROUNDS = int(os.environ.get("MESHCORE_FUZZ_ROUNDS", "4"))


def test_damaged(tshark):
    connection = Connection()
    for row in SAMPLES:
        connection.publish(row["topic"], json.dumps(row["payload"]))
    path, damaged = connection.write(tshark.home / "samples.pcap"), tshark.home / "damaged.pcap"
    for seed in range(ROUNDS):
        tshark.run("-E", "0.002", "--seed", seed, path, damaged, program="editcap")
        out = tshark.run("-r", damaged, "-V", "-2", "-o", "tcp.check_checksum:FALSE").stdout
        assert "Dissector bug" not in out, f"seed {seed}"
        assert "Malformed Packet: MeshCore" not in out, f"seed {seed}"
        damaged.unlink()


# --- A real broker, and clients of others.

class Recorder:
    """Passes a client's connection on to the broker, and keeps what both said, in order."""

    def __init__(self, broker):
        self.broker = broker
        self.said = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        client, _ = self.listener.accept()
        broker = socket.create_connection(("127.0.0.1", self.broker))
        back = threading.Thread(target=self.copy, args=(broker, client, False), daemon=True)
        back.start()
        self.copy(client, broker, True)
        back.join(60)

    def copy(self, source, sink, from_client):
        while data := source.recv(65536):
            self.said.append((data, from_client))
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def broker(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", config], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, "mosquitto does not start"
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(60)


@pytest.mark.parametrize("version", ["311", "5"])
def test_real_clients(tshark, broker, version):
    recorder = Recorder(broker)
    bodies = [json.dumps(message(frame.hex())) for frame in (ADVERT, GROUP_TEXT)]
    subprocess.run(["mosquitto_pub", "-p", str(recorder.port), "-V", version, "-q", "1", "-t", TOPIC, "-l"],
                   input="\n".join(bodies) + "\n", text=True, check=True, timeout=60)
    recorder.thread.join(60)
    connection = Connection()
    del connection.packets[3:]  # the connection's own CONNECT and CONNACK
    connection.next = {True: 1001, False: 5001}
    for data, from_client in recorder.said:
        connection.send(data, from_client)
    rows = rows_of(tshark, connection.write(tshark.home / "real.pcap"), "meshcore.raw", only="meshcore.mqtt")
    assert [raw for row in rows for raw in row[0]] == [ADVERT.hex(), GROUP_TEXT.hex()]

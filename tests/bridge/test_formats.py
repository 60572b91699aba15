# SPDX-License-Identifier: GPL-2.0-or-later
"""Each format through a real broker: what the firmware says of its packets, message by message and byte by
byte; and every message against the schema that docs/formats has for it."""
import datetime
import json
import re
import subprocess

import jsonschema
import pytest
from bridging import CAPTURES, KEY, ROOT, TIMESTAMP, Bridge, golden
from support.broker import Mosquitto, Subscriber, bridge_program
from support.captures import source_rows

CAPTURE = CAPTURES / "firmware-1.17.1.pcapng"
START = 1_770_000_000  # of the capture, see convert.py
ORIGIN = "Tejado"
ROLES = {1: "companion", 2: "repeater", 3: "room", 4: "sensor"}
HUB_TYPES = {0: "none", 1: "chat", 2: "repeater", 3: "room", 4: "sensor"}
CONFIG = f"""
[general]
iata = "SEA"
[decode]
keys = "{CAPTURES / 'firmware-1.17.1.keys.toml'}"
payloads = true
"""
BROKER = """
[[broker]]
name = "{format}"
enabled = true
server = "127.0.0.1"
port = {port}
qos = 1
format = "{format}"
topic_prefix = "{format}"
{extra}
"""
EXTRA = {"letsmesh": "include_decoded = true", "crypt-clear": 'clear_channels = ["#test", "priv-32"]'}
FORMATS = ["letsmesh", "rooms", "hub", "crypt-clear", "raw"]


def vectors():
    """(expectation, reception) of each packet of the capture."""
    heard = {}
    with open(CAPTURES / "sources/firmware-1.17.1.heard.jsonl", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            heard[row["name"]] = row
    for row in source_rows("firmware-1.17.1"):
        if "raw" in row and row["raw"] and "malformed" not in row["expect"]:
            yield dict(row["expect"], raw=row["raw"].lower(), name=row["name"]), heard[row["name"]]


def node_keys():
    header = next(iter(source_rows("firmware-1.17.1")))
    return {node["id"]: node["public_key"] for node in header["nodes"]}


def timestamp(heard):
    moment = datetime.datetime.fromtimestamp(START, datetime.timezone.utc) + \
        datetime.timedelta(milliseconds=heard["t_ms"])
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def sender_time(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def reception(expect, heard):
    return {"snr": heard["snr"], "rssi": heard["rssi"], "hops": expect["path_hash_count"],
            "hash": expect["packet_hash"].upper(), "origin": ORIGIN, "origin_id": KEY}


def sender_and_text(fields):
    return fields.get("sender") or "", fields["message"] if fields.get("sender") else fields["text"]


def level(name):
    return re.sub(r"[/+#\x00-\x1f\x7f]", "", name) or "_"


def expected_raw(expect, heard):
    yield f"raw/binary/{KEY}", bytes.fromhex(expect["raw"])


def expected_rooms(expect, heard):
    fields = expect["fields"]
    if expect["payload_type"] == 5 and fields.get("decrypted"):
        sender, text = sender_and_text(fields)
        yield f"rooms/messages/{level(fields['channel'])}", compact({
            "room": fields["channel"], "sender": sender, "text": text, "timestamp": timestamp(heard),
            "msg_timestamp": sender_time(fields["timestamp"]), **reception(expect, heard)})
    if expect["payload_type"] == 4 and fields["signature_valid"]:
        node = {"node_id": fields["pub_key"]}
        if fields.get("node_name"):
            node["name"] = fields["node_name"]
        if fields.get("node_type") in ROLES:
            node["role"] = ROLES[fields["node_type"]]
        node["last_heard"] = timestamp(heard)
        if "lat" in fields:
            node |= {"lat": fields["lat"], "lon": fields["lon"]}
        yield f"rooms/nodes/{fields['pub_key']}", compact(
            {**node, "advert_timestamp": fields["timestamp"], **reception(expect, heard)})


def expected_crypt_clear(expect, heard):
    if expect["payload_type"] not in (5, 6):
        return
    fields = expect["fields"]
    end = f"!{KEY[:8].lower()}/{expect['payload_type']}"
    yield f"crypt-clear/crypt/{fields['channel_hash']}/{end}", bytes.fromhex(expect["raw"])
    if not fields.get("decrypted") or fields["channel"] not in ("#test", "priv-32"):
        return
    clear = {"channel": fields["channel"]}
    if expect["payload_type"] == 5:
        clear["sender"], clear["text"] = sender_and_text(fields)
        clear["msg_timestamp"] = sender_time(fields["timestamp"])
    else:
        clear |= {"data_type": fields["data_type"], "data": fields["data"]}
    yield f"crypt-clear/clear/{level(fields['channel'])}/{end}", compact(
        {**clear, "timestamp": timestamp(heard), **reception(expect, heard)})


def telemetry(lpp):
    """What the hub calls parsed_data."""
    result = {}
    for entry in lpp:
        name = entry["name"]
        if name == "gps":
            values = {key: entry[key] for key in ("latitude", "longitude", "altitude")}
        elif "x" in entry:
            values = {f"{name}_{axis}": entry[axis] for axis in "xyz"}
        else:
            values = {name: entry["raw"] if name == "time" else entry["value"]}
        for key, value in values.items():
            result[key if key not in result else f"{key}_{entry['channel']}"] = value
    return result


class Hub:
    """Knows which texts wait for their acknowledgement."""

    def __init__(self):
        self.keys = node_keys()
        self.waiting = {}
        header = next(iter(source_rows("firmware-1.17.1")))
        self.names = {node["public_key"]: node["name"] for node in header["nodes"]}

    def __call__(self, expect, heard):
        for name, event in self.events(expect, heard):
            yield f"hub/{KEY.lower()}/event/{name}", compact(event)

    def events(self, expect, heard):
        kind, fields = expect["payload_type"], expect["fields"]
        if kind == 4 and fields["signature_valid"] and "flags" in fields:
            event = {"public_key": fields["pub_key"]}
            if fields.get("node_name"):
                event["name"] = fields["node_name"]
            event |= {"adv_type": HUB_TYPES.get(fields["node_type"], "none"), "flags": fields["flags"]}
            if "lat" in fields:
                event |= {"lat": fields["lat"], "lon": fields["lon"]}
            yield "advertisement", event
        if kind == 5 and fields.get("decrypted"):
            yield "channel_msg_recv", {
                "channel_idx": int(fields["channel_hash"], 16), "channel_name": fields["channel"],
                "path_len": expect["path_hash_count"], "txt_type": fields["txt_type"], "text": fields["text"],
                "SNR": heard["snr"], "sender_timestamp": fields["timestamp"]}
        if kind == 9:
            yield "trace_data", {
                "initiator_tag": fields["tag"], "path_len": len(fields["path_hash_bytes"]) // 2,
                "flags": fields["flags"], "auth": fields["auth_code"], "path_hashes": fields["path_hashes"],
                "snr_values": expect["trace_path_snrs"], "hop_count": len(fields["path_hashes"])}
        if kind == 2 and fields.get("decrypted") and fields["txt_type"] != 1:
            event = {"pubkey_prefix": self.keys[fields["src_node"]][:12], "path_len": expect["path_hash_count"],
                     "txt_type": fields["txt_type"]}
            if "sender_prefix" in fields:
                event["signature"] = fields["sender_prefix"]
            yield "contact_msg_recv", {**event, "text": fields["text"], "SNR": heard["snr"],
                                       "sender_timestamp": fields["timestamp"]}
        if kind in (1, 8) and fields.get("decrypted"):
            yield from self.answer(fields if kind == 1 else fields.get("extra_response"), fields)
        if kind == 8 and fields.get("decrypted"):
            yield "path_updated", {"node_public_key": self.keys[fields["src_node"]],
                                   "hop_count": len(fields["ret_path"])}
        if kind == 11 and fields.get("sub_type") == 9 and len(fields.get("pub_key", "")) == 64:
            # identities are named in the key file
            yield "contact", {"public_key": fields["pub_key"], "name": self.names[fields["pub_key"]],
                              "node_type": HUB_TYPES.get(fields["node_type"], "none")}
        yield from self.confirmation(expect, heard)

    def answer(self, answer, fields):
        node = {"node_public_key": self.keys[fields["src_node"]]}
        if not answer or not answer.get("request"):  # the question was not heard
            return
        if answer.get("response_type") == "GET_STATUS":
            yield "status_response", {**node, "uptime": answer["stats"]["total_up_time_secs"],
                                      "message_count": answer["stats"]["n_packets_recv"]}
        if answer.get("response_type") == "GET_TELEMETRY_DATA":
            plain = bytes.fromhex(fields["plaintext"] if answer is fields else fields["extra"])
            yield "telemetry_response", {**node, "lpp_data": plain[4:4 + answer["lpp_len"]].hex(),
                                         "parsed_data": telemetry(answer["lpp"])}

    def confirmation(self, expect, heard):
        fields = expect["fields"]
        if expect["payload_type"] == 2 and fields.get("ack_crc_expected") and fields.get("decrypted"):
            self.waiting.setdefault(fields["ack_crc_expected"],
                                    (self.keys[fields["dest_node"]], heard["t_ms"]))
        ack = fields if expect["payload_type"] == 3 else fields.get("ack") or fields.get("extra_ack") or {}
        if ack.get("ack_crc") in self.waiting:
            receiver, since = self.waiting.pop(ack["ack_crc"])
            if heard["t_ms"] - since <= 300_000:
                yield "send_confirmed", {"destination_public_key": receiver,
                                         "round_trip_ms": heard["t_ms"] - since}


@pytest.fixture(scope="module")
def published():
    """{format: its messages} of the whole capture, through mosquitto."""
    with Mosquitto() as mosquitto, Subscriber(mosquitto.port) as subscriber:
        config = CONFIG + "".join(
            BROKER.format(format=name, port=mosquitto.port, extra=EXTRA.get(name, "")) for name in FORMATS)
        with Bridge(config, arguments=["--read", CAPTURE, "--origin", ORIGIN, "--origin-id", KEY]) as bridge:
            assert bridge.wait(300) == 0
        with Subscriber(mosquitto.port, topic="end"):
            pass  # what was published before has been sent on
        count = len(list(vectors()))
        subscriber.wait_for(lambda all_: sum(m.topic.startswith("raw/") for m in all_) >= count and
                            sum(m.topic == "letsmesh/packet" for m in all_) >= count)
        expected = sum(1 for row in vectors() for _ in expected_crypt_clear(*row))
        subscriber.wait_for(lambda all_: sum(m.topic.startswith("crypt-clear/") for m in all_) >= expected)
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(mosquitto.port), "-t", "end", "-m", "of it"],
                       check=True)
        subscriber.wait_for(lambda all_: all_[-1].topic == "end")
        return {name: [m for m in subscriber.messages if m.topic.startswith(name + "/")] for name in FORMATS}


def pairs(messages):
    return [(message.topic, message.payload) for message in messages]


@pytest.mark.parametrize("name, expected", [("raw", expected_raw), ("crypt-clear", expected_crypt_clear)])
def test_bytes(published, name, expected):
    got = published[name]
    assert pairs(got) == [pair for row in vectors() for pair in expected(*row)]
    assert {message.qos for message in got} == {1}


def test_rooms(published):
    got = [m for m in published["rooms"] if m.topic != "rooms/status"]
    stated = [m for m in got if b"battery_mv" not in m.payload]
    assert pairs(stated) == [pair for row in vectors() for pair in expected_rooms(*row)]
    keys, health = node_keys(), []
    for expect, heard in vectors():
        fields = expect["fields"]
        answer = fields if expect["payload_type"] == 1 else fields.get("extra_response") or {}
        if answer.get("response_type") == "GET_STATUS" and answer.get("request") and fields.get("decrypted"):
            health.append((keys[fields["src_node"]], timestamp(heard), answer["stats"]["batt_milli_volts"],
                           answer["stats"]["total_up_time_secs"], answer["stats"]["noise_floor"]))
    assert health and [
        (m.topic.removeprefix("rooms/nodes/"), *(json.loads(m.payload)[key] for key in
                                                 ("last_heard", "battery_mv", "uptime_secs", "noise_floor")))
        for m in got if b"battery_mv" in m.payload] == health
    statuses = [json.loads(m.payload) for m in published["rooms"] if m.topic == "rooms/status"]
    assert [status["status"] for status in statuses] == ["online"]  # a capture's end says nothing of the radio


def test_hub(published):
    hub = Hub()
    expected = [pair for row in vectors() for pair in hub(*row)]
    got = pairs(published["hub"])
    for one, other in zip(got, expected):
        assert one == other
    assert len(got) == len(expected)
    names = {topic.rsplit("/", 1)[1] for topic, _ in got}
    assert names == {"advertisement", "channel_msg_recv", "contact_msg_recv", "trace_data", "telemetry_response",
                     "status_response", "path_updated", "contact", "send_confirmed"}
    assert not any(b"adm1n" in payload or b"cli to a companion" in payload for _, payload in got)


def decoded(expect):
    fields, kind = expect["fields"], expect["payload_type_name"]
    result = {"kind": kind}
    if kind == "GRP_TXT":
        result |= {"channel_hash": fields["channel_hash"], "cipher_mac": fields["mac"],
                   "ciphertext_len": expect["payload_len"] - 3, "decrypted": bool(fields.get("decrypted"))}
        if fields.get("decrypted"):
            sender, text = sender_and_text(fields)
            result |= {"channel": fields["channel"], "sender": sender, "text": text,
                       "flags": fields["flags_byte"], "msg_timestamp": sender_time(fields["timestamp"])}
    if kind == "ADVERT":
        result |= {"advert_parse_ok": True, "public_key": fields["pub_key"], "advert_time": fields["timestamp"],
                   "signature": fields["signature"], "signature_ok": fields["signature_valid"]}
        if "flags" in fields:
            modes = {1: "Companion", 2: "Repeater", 3: "RoomServer", 4: "Sensor"}
            result["mode"] = modes.get(fields["node_type"], f"Type{fields['node_type']}")
        for ours, theirs in (("lat",) * 2, ("lon",) * 2, ("feat1",) * 2, ("feat2",) * 2, ("name", "node_name")):
            if fields.get(theirs) not in (None, ""):
                result[ours] = fields[theirs]
    if kind == "TXT_MSG":
        result |= {"encrypted": True, "note": "between two nodes"}
    if kind == "ACK":
        result["ack"] = fields["ack_crc"]
    if expect["route_type"] != 2 and kind != "TRACE":
        result["path"] = expect["hops"]
    return result


KEY_ORDER = ("origin", "origin_id", "timestamp", "type", "direction", "time", "date", "len", "packet_type", "route",
             "payload_len", "raw", "SNR", "RSSI", "duration", "hash", "path", "decoded")


def test_letsmesh_with_decoded(published):
    """Byte by byte, in the peers' order of keys."""
    got = [m.payload for m in published["letsmesh"] if m.topic == "letsmesh/packet"]
    for payload, (expect, heard) in zip(got, vectors(), strict=True):
        moment = timestamp(heard)
        year, month, day = moment[:10].split("-")
        whole = golden(expect["raw"], heard["snr"], heard["rssi"], expect, ORIGIN, KEY)
        whole |= {"timestamp": moment, "time": moment[11:19], "date": f"{day}/{month}/{year}",
                  "decoded": decoded(expect)}
        message = json.loads(payload)
        if "duration" in message:  # computed from the radio's settings, if the capture has them
            whole["duration"] = message["duration"]
        assert message == whole, expect["name"]
        assert list(message) == [key for key in KEY_ORDER if key in whole]
        assert payload == compact(message)


def schema(name):
    path = ROOT / f"docs/formats/{name}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def kind_of(topic):
    """The part of a format's schema that is for this topic."""
    if "/event/" in topic:
        return topic.rsplit("/", 1)[1]
    level = topic.split("/")[1]
    return {"messages": "message", "nodes": "node"}.get(level, level)


@pytest.mark.parametrize("name", ["letsmesh", "rooms", "hub", "crypt-clear"])
def test_schemas(published, name):
    whole = schema(name)
    jsonschema.Draft202012Validator.check_schema(whole)
    seen = set()
    for message in published[name]:
        kind = kind_of(message.topic)
        if kind == "crypt":
            continue  # bytes
        seen.add(kind)
        jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]}).validate(
            json.loads(message.payload))
    unseen = {"letsmesh": {"raw"}, "hub": {"battery"}}.get(name, set())
    assert seen == {kind for kind in whole["$defs"] if not kind.startswith("_")} - unseen


def test_examples_of_the_docs_fit_their_schemas():
    for name in ("letsmesh", "rooms", "hub", "crypt-clear"):
        page = (ROOT / f"docs/formats/{name}.md").read_text(encoding="utf-8")
        examples = re.findall(r"```json (\w+)\n(.*?)```", page, re.DOTALL)
        assert examples, name
        whole = schema(name)
        for kind, text in examples:
            jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]}).validate(
                json.loads(text))


def test_a_schema_refuses_what_readers_refuse():
    whole = schema("letsmesh")
    packet = jsonschema.Draft202012Validator({"$ref": "#/$defs/packet", "$defs": whole["$defs"]})
    page = (ROOT / "docs/formats/letsmesh.md").read_text(encoding="utf-8")
    example = json.loads(re.search(r"```json packet\n(.*?)```", page, re.DOTALL)[1])
    assert TIMESTAMP.fullmatch(example["timestamp"])
    for change in ({"len": 39}, {"timestamp": "2026-09-13T04:29:52Z"}, {"SNR": 12.5}, {"hash": "ab"}):
        with pytest.raises(jsonschema.ValidationError):
            packet.validate({**example, **change})


def test_check_shows_each_format(tmp_path):
    config = CONFIG + "".join(BROKER.format(format=name, port=1883, extra=EXTRA.get(name, "")) for name in FORMATS)
    path = tmp_path / "all.toml"
    path.write_text(config, encoding="utf-8")
    answer = subprocess.run([bridge_program(), "--config", path, "--check"], capture_output=True, timeout=60,
                            check=False)
    assert answer.returncode == 0, answer.stderr
    shown = answer.stdout.decode()
    assert "raw/binary/{PUBLIC_KEY}" in shown and "crypt-clear/crypt/89/" in shown
    assert "39 bytes: 1502dcd189d184" in shown and "rooms/status" in shown

# SPDX-License-Identifier: GPL-2.0-or-later
"""meshcore-decode against what the sources themselves say of each packet.

Independent of our decoder: the firmware vectors state what the real firmware packed and parsed, the
corpus states what other programs, and the firmware's own log lines, said of the same bytes.
"""
import datetime
import math

import pytest
from support.captures import frames, source_rows

FIRMWARE = "firmware-1.17.1"
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
REQ, RESPONSE, TXT_MSG, ACK, ADVERT, GRP_TXT, GRP_DATA, ANON_REQ, PATH, TRACE, MULTIPART, CONTROL = range(12)
RAW_CUSTOM = 15


def compare(frame, wanted):
    """Differences between a frame's fields and {field: value}; None means that the field is absent."""
    differences = []
    for name, value in wanted.items():
        have = frame.get(name)
        same = math.isclose(have, value, abs_tol=1e-9) if isinstance(value, float) and have is not None else have == value
        if not same:
            differences.append(f"{name} is {have!r}, not {value!r}")
    return differences


def check(pairs):
    """Asserts that no (name, frame, wanted) differs, and says each that does."""
    failures = []
    count = 0
    for name, frame, wanted in pairs:
        count += 1
        failures += [f"{name} {frame['meshcore.raw']}: {text}" for text in compare(frame, wanted)]
    assert not failures, f"{len(failures)} differences in {count} frames\n" + "\n".join(failures[:60])
    assert count > 0
    return count


def firmware_pairs(malformed):
    rows = [row for row in source_rows(FIRMWARE)[1:] if ("malformed" in row["expect"]) == malformed and row["raw"]]
    decoded = frames(FIRMWARE + ("-malformed" if malformed else ""))
    assert [row["raw"] for row in rows] == [frame["meshcore.raw"] for frame in decoded]
    return [(row["name"], frame, row["expect"]) for row, frame in zip(rows, decoded)]


def corpus_pairs(name):
    rows = source_rows(name)
    decoded = frames(name)
    assert [row["raw"].lower() for row in rows] == [frame["meshcore.raw"] for frame in decoded]
    return [(f"{name}:{number}", frame, row) for number, (row, frame) in enumerate(zip(rows, decoded), 1)]


def all_corpus_frames():
    return [frame for name in CORPUS for frame in frames(name)]


# --- the firmware's own packets ---


def envelope(expect):
    codes = expect["transport_codes"]
    wanted = {
        "meshcore.header": expect["header"],
        "meshcore.route_type": expect["route_type"],
        "meshcore.payload_type": expect["payload_type"],
        "meshcore.payload_ver": expect["version"],
        "meshcore.transport_code1": codes[0] if codes else None,
        "meshcore.transport_code2": codes[1] if codes else None,
        "meshcore.path_length": expect["path_len_byte"],
        "meshcore.path_hash_count": expect["path_hash_count"],
        "meshcore.path": expect["path_bytes"] or None,
        "meshcore.payload": expect["payload"],
        "meshcore.packet_hash": expect["packet_hash"].lower(),
    }
    if expect["payload_type"] == TRACE:
        wanted |= {"meshcore.path.hop": None, "meshcore.trace.snr": expect["trace_path_snrs"] or None}
    else:
        wanted |= {
            "meshcore.path_hash_size": expect["path_hash_size"],
            "meshcore.hops": expect["path_hash_count"],
            "meshcore.path.hop": expect["hops"] or None,
        }
    # a private scope has a bare key, which no key file can hold
    if (expect["region"] or "#").startswith("#"):
        wanted["meshcore.region"] = expect["region"]
    return wanted


def sealed(fields):
    return {
        "meshcore.dest_hash": int(fields["dest_hash"], 16),
        "meshcore.src_hash": int(fields["src_hash"], 16),
        "meshcore.cipher_mac": int.from_bytes(bytes.fromhex(fields["mac"]), "little"),
    }


def channel(fields):
    return {
        "meshcore.channel_hash": int(fields["channel_hash"], 16),
        "meshcore.cipher_mac": int.from_bytes(bytes.fromhex(fields["mac"]), "little"),
        "meshcore.mac_ok": True,
        "meshcore.channel": fields["channel"],
        "meshcore.plaintext": fields["plaintext"],
    }


def group_text(fields):
    return channel(fields) | {
        "meshcore.timestamp": fields["timestamp"],
        "meshcore.text.flags": fields["flags_byte"],
        "meshcore.text.type": fields["txt_type"],
        "meshcore.text.attempt": fields["attempt"],
        "meshcore.sender": fields["sender"],
        "meshcore.text": fields["message"],
    }


def ack(fields):
    return {"meshcore.ack_checksum": fields["ack_crc_u32le"], "meshcore.ack_extra": fields["extra"] or None}


def advert(fields):
    return {
        "meshcore.advert.pubkey": fields["pub_key"],
        "meshcore.advert.timestamp": fields["timestamp"],
        "meshcore.advert.signature": fields["signature"],
        "meshcore.advert.signature_ok": fields["signature_valid"],
        "meshcore.advert.flags": fields.get("flags"),
        "meshcore.advert.node_type": fields.get("node_type"),
        "meshcore.advert.latitude": fields.get("lat"),
        "meshcore.advert.longitude": fields.get("lon"),
        "meshcore.advert.feature1": fields.get("feat1"),
        "meshcore.advert.feature2": fields.get("feat2"),
        "meshcore.advert.name": fields.get("node_name"),
    }


def anonymous(fields):
    return {
        "meshcore.dest_hash": int(fields["dest_hash"], 16),
        "meshcore.anon_req.pubkey": fields["sender_pub_key"],
        "meshcore.cipher_mac": int.from_bytes(bytes.fromhex(fields["mac"]), "little"),
    }


def trace(fields):
    return {
        "meshcore.trace.tag": fields["tag"],
        "meshcore.trace.auth": fields["auth_code"],
        "meshcore.trace.flags": fields["flags"],
        "meshcore.trace.hash_size": fields["hash_size"],
        "meshcore.trace.hop": fields["path_hashes"] or None,
    }


def control(fields):
    wanted = {"meshcore.control.sub_type": fields["sub_type"]}
    if fields["control_type"] == "DISCOVER_REQ":
        wanted |= {
            "meshcore.control.disc_req.prefix_only": fields["prefix_only"],
            "meshcore.control.disc_req.type_filter": fields["type_filter"],
            "meshcore.control.disc_req.tag": fields["tag"],
            "meshcore.control.disc_req.since": fields.get("since"),
        }
    elif fields["control_type"] == "DISCOVER_RESP":
        wanted |= {
            "meshcore.control.disc_resp.node_type": fields["node_type"],
            "meshcore.control.disc_resp.snr": fields["snr"],
            "meshcore.control.disc_resp.tag": fields["tag"],
            "meshcore.control.disc_resp.pubkey": fields["pub_key"],
        }
    else:
        wanted["meshcore.control.data"] = fields["data"]
    return wanted


FIELDS = {
    REQ: sealed,
    RESPONSE: sealed,
    TXT_MSG: sealed,
    PATH: sealed,
    ACK: ack,
    ADVERT: advert,
    GRP_TXT: group_text,
    ANON_REQ: anonymous,
    TRACE: trace,
    CONTROL: control,
    RAW_CUSTOM: lambda fields: {"meshcore.raw_data": fields["data"]},
}


def test_firmware_envelopes():
    assert check((name, frame, envelope(expect)) for name, frame, expect in firmware_pairs(False)) == 775


@pytest.mark.parametrize("payload_type", FIELDS)
def test_firmware_fields(payload_type):
    read = FIELDS[payload_type]
    check((name, frame, read(expect["fields"])) for name, frame, expect in firmware_pairs(False)
          if expect["payload_type"] == payload_type)


def test_firmware_s_own_packets_have_no_notes():
    """Those put together by a test with the firmware's functions may take a route that it never uses."""
    for name, frame, expect in firmware_pairs(False):
        allowed = set() if expect["origin"] == "emitted" else {"wrong_route", "reserved_bits"}
        assert set(frame["notes"]) <= allowed, f"{name} {frame['meshcore.raw']}: {frame['notes']}"


# What is wrong with these shows only with a key that no capture can know.
NOTHING_TO_SEE = {
    "gm21-path1x63-legal",  # the control sample
    "gm35-txt-unknown-src",
    "gm36-txt-unknown-dest",
    "gm53-grp-unknown-channel",
}


def test_malformed_frames_say_why():
    assert {name for name, frame, _ in firmware_pairs(True) if not frame["notes"]} == NOTHING_TO_SEE


def test_malformed_frames_are_decoded_as_far_as_they_go():
    def wanted(expect):
        fields = {"meshcore.header": expect["header"], "meshcore.payload_type": expect["payload_type"],
                  "meshcore.payload_ver": expect["version"]}
        if expect["firmware_accepts"]:
            fields |= {"meshcore.path_length": expect["path_len_byte"],
                       "meshcore.packet_hash": expect["packet_hash"].lower()}
        return fields

    assert check((name, frame, wanted(expect)) for name, frame, expect in firmware_pairs(True)) == 79


def test_what_the_parser_refuses_says_so():
    """Each check of Dispatcher::tryParsePacket has its note."""
    refusals = {"truncated", "unknown_version", "reserved_path_size", "path_too_long", "payload_too_long"}
    for name, frame, expect in firmware_pairs(True):
        assert bool(refusals & set(frame["notes"])) or expect["firmware_accepts"], f"{name}: {frame['notes']}"


# --- what was heard on air ---


@pytest.mark.parametrize("scenario", CORPUS)
def test_signal_is_the_source_s(scenario):
    check((name, frame, {
        "meshcore_radio.snr": None if row.get("snr") is None else float(row["snr"]),
        "meshcore_radio.rssi": None if row.get("rssi") is None else float(row["rssi"]),
    }) for name, frame, row in corpus_pairs(scenario))


def test_hashes_of_the_serial_logs():
    """1180 RX lines of the firmware state the packet's hash, and its type, route and lengths."""
    letters = {0: "F", 1: "F", 2: "D", 3: "D"}
    pairs = corpus_pairs("serial-observer-seattle")
    for name, frame, row in pairs:
        assert letters[frame["meshcore.route_type"]] == row["expect"]["route"], name
        assert len(frame["meshcore.payload"]) // 2 == row["expect"]["payload_len"], name
    assert check((name, frame, {
        "meshcore.packet_hash": row["expect"]["hash"].lower(),
        "meshcore.payload_type": row["expect"]["type"],
    }) for name, frame, row in pairs) == 1180


def stated_hashes():
    for scenario in CORPUS:
        for name, frame, row in corpus_pairs(scenario):
            expect = row.get("expect", {})
            if "hash" in expect and expect.get("direction") != "tx":
                yield name, frame, {"meshcore.packet_hash": expect["hash"].lower()}


def test_all_stated_hashes():
    assert check(stated_hashes()) == 1580


def test_stated_routes_types_paths_and_regions():
    routes = {"Flood": 1, "Direct": 2}
    types = {"Advert": ADVERT}
    count = 0
    for scenario in CORPUS:
        for name, frame, row in corpus_pairs(scenario):
            expect = row.get("expect", {})
            wanted = {}
            if "route_type" in expect:
                wanted["meshcore.route_type"] = routes.get(expect["route_type"], expect["route_type"])
            if "payload_type" in expect:
                wanted["meshcore.payload_type"] = types.get(expect["payload_type"], expect["payload_type"])
            if "path" in expect:
                wanted["meshcore.path.hop"] = [hop.lower() for hop in expect["path"]] or None
            if "hash_size" in expect and expect.get("path"):
                wanted["meshcore.path_hash_size"] = expect["hash_size"]
            if "region" in expect:
                wanted["meshcore.region"] = expect["region"]
            if "transport_code1" in expect:
                wanted["meshcore.transport_code1"] = expect["transport_code1"]
            count += len(wanted)
            assert not compare(frame, wanted), f"{name}: {compare(frame, wanted)}"
    assert count > 1180


def test_observer_messages():
    letters = {0: "T", 1: "F", 2: "D", 3: "T"}
    for name, frame, row in corpus_pairs("mqtt-observer-seattle"):
        expect = row["expect"]
        if expect.get("direction") == "rx":
            assert frame["meshcore.payload_type"] == int(expect["packet_type"]), name
            assert letters[frame["meshcore.route_type"]] == expect["route"], name


def test_corescope_agrees():
    """The decode of another program, for the types that it decodes.

    Not compared: names of adverts that are not plain ASCII, which its fixtures hold in two encodings.
    """

    def wanted(decoded):
        if decoded["type"] == "ADVERT":
            return {
                "meshcore.advert.pubkey": decoded["pubKey"],
                "meshcore.advert.timestamp": decoded["timestamp"],
                "meshcore.advert.signature": decoded["signature"],
                "meshcore.advert.flags": decoded["flags"]["raw"],
                "meshcore.advert.latitude": decoded.get("lat"),
                "meshcore.advert.longitude": decoded.get("lon"),
            } | ({"meshcore.advert.name": decoded["name"]} if decoded.get("name", "é").isascii() else {})
        if decoded["type"] in ("REQ", "RESPONSE", "TXT_MSG") and "mac" in decoded:
            return {
                "meshcore.dest_hash": int(decoded["destHash"], 16),
                "meshcore.src_hash": int(decoded["srcHash"], 16),
                "meshcore.ciphertext": decoded["encryptedData"] or None,
            }
        if decoded.get("channel") in ("#test", "#bot"):
            return {
                "meshcore.channel": decoded["channel"],
                "meshcore.timestamp": decoded["sender_timestamp"],
                "meshcore.sender": decoded["sender"],
                "meshcore.text": decoded["text"].removeprefix(f"{decoded['sender']}: "),
            }
        return {}

    assert check((name, frame, wanted(row["expect"]["decoded"]))
                 for name, frame, row in corpus_pairs("corescope-bayarea")) == 574


def test_advert_signatures():
    verdicts = [frame["meshcore.advert.signature_ok"] for frame in all_corpus_frames()
                if "meshcore.advert.signature_ok" in frame]
    assert (verdicts.count(True), verdicts.count(False)) == (276, 6)
    for _, frame, row in corpus_pairs("issues"):
        if "signature_valid" in row.get("expect", {}):
            assert frame["meshcore.advert.signature_ok"] == row["expect"]["signature_valid"]


def test_channel_texts_that_three_keys_open():
    texts = [frame for frame in all_corpus_frames() if frame.get("meshcore.payload_type") == GRP_TXT]
    opened = [frame for frame in texts if frame.get("meshcore.mac_ok")]
    assert {frame["meshcore.channel"] for frame in opened} == {"Public", "#test", "#bot"}
    assert (len(opened), len(texts)) == (277, 759)


def test_times_are_the_source_s():
    """A text opened with the right key was sent shortly before it was heard."""
    near = far = 0
    for _, frame, row in corpus_pairs("serial-observer-seattle"):
        if frame.get("meshcore.mac_ok"):
            heard = datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
            near, far = (near + 1, far) if abs(heard - frame["meshcore.timestamp"]) < 3600 else (near, far + 1)
    assert near > 20 * far

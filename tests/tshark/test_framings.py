# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames in captures of others: on USER0 as they are or with the Lua dissector's header, in LoRaTap."""
import struct

import pytest
from captures import capture, decoded
from records import MESHCORE, record, write_pcap
from test_fields import ADVERT, GROUP_TEXT, fields
from test_preferences import USER_ROW, protocols

USER0, LORATAP = 147, 270
PRIVATE, MESHTASTIC, LORAWAN = 0x12, 0x2B, 0x34


def lua_header(snr=None, extra=b"", length=None, version=0, padding=0):
    content = (b"" if snr is None else struct.pack("<h", round(snr * 100))) + extra
    return struct.pack("<BBH", version, padding, 4 + len(content) if length is None else length) + content


def loratap(frame, sync_word=PRIVATE, snr=-7.25, rssi=-110):
    """Version 0: frequency, bandwidth in steps of 125 kHz, SF, RSSI from -139, SNR in quarters, sync word."""
    return struct.pack(">BBHIBBBBBbB", 0, 0, 15, 869_525_000, 1, 8, rssi + 139, 0, 0, round(snr * 4),
                       sync_word) + frame


def framing(choice):
    return "-o", f"meshcore_radio.user0_framing:{choice}"


def test_off_by_default(tshark):
    path = write_pcap(tshark.home / "user0.pcap", [ADVERT, lua_header(1.5) + ADVERT], link_type=USER0)
    for options in ((), framing("off")):
        assert [row[0] for row in fields(tshark, path, "frame.protocols", options=options)] == ["user_dlt:data"] * 2


def test_bare_frames(tshark):
    path = write_pcap(tshark.home / "user0.pcap", [ADVERT, GROUP_TEXT], link_type=USER0)
    rows = fields(tshark, path, "frame.protocols", "meshcore.advert.name", "meshcore.text", options=framing("bare"))
    assert rows == [["meshcore", "Ana Móvil", ""], ["meshcore", "", "Hola, ¿me recibes? m1/unscoped"]]


def test_the_lua_dissectors_header(tshark):
    path = write_pcap(tshark.home / "user0.pcap", [
        lua_header(-7.25) + ADVERT, lua_header() + ADVERT, lua_header(12, extra=b"more") + ADVERT], link_type=USER0)
    rows = fields(tshark, path, "frame.protocols", "meshcore_radio.header_length", "meshcore_radio.snr",
                  "meshcore_radio.item", "meshcore.raw", options=framing("lua"))
    both = "meshcore_radio:meshcore"
    assert rows == [[both, "6", "-7.25", "", ADVERT.hex()], [both, "4", "", "", ADVERT.hex()],
                    [both, "10", "12", b"more".hex(), ADVERT.hex()]]


BAD_HEADERS = [lua_header(1.5, version=1), lua_header(1.5, padding=1), lua_header(1.5, length=0),
               lua_header(1.5, length=3), lua_header(1.5, length=5), lua_header(1.5, length=7 + len(ADVERT))]


@pytest.mark.parametrize("header", BAD_HEADERS, ids=lambda header: header.hex())
def test_what_is_no_such_header(tshark, header):
    """It is said, and nothing is cut off."""
    path = write_pcap(tshark.home / "user0.pcap", [header + ADVERT], link_type=USER0)
    [row] = fields(tshark, path, "meshcore.note.bad_capture_header", "meshcore_radio.snr", "meshcore.raw",
                   options=framing("lua"))
    assert row[0] and row[1:] == ["", (header + ADVERT).hex()]


def test_header_without_a_frame(tshark):
    records = [lua_header(1.5), lua_header(), b"\0\0\4", b"\0"]
    path = write_pcap(tshark.home / "user0.pcap", records, link_type=USER0)
    out = tshark.run("-r", path, "-V", *framing("lua")).stdout
    assert out.count("The capture header is not one of ours, or cut") >= len(records)
    assert "Malformed Packet" not in out


def test_user0_is_given_back(tshark):
    """The user's row counts again when the framing is off; our own format comes first."""
    path = write_pcap(tshark.home / "user0.pcap", [record(ADVERT)], link_type=USER0)
    row = ("-o", USER_ROW.format(0, USER0, "data"))
    ours = ("-o", "meshcore_radio.link_type:user0")
    assert protocols(tshark, path, *row) == "user_dlt:data"
    assert protocols(tshark, path, *row, *framing("bare")) == "meshcore"
    assert protocols(tshark, path, *row, *framing("bare"), *framing("off")) == "user_dlt:data"
    assert protocols(tshark, path, *row, *framing("lua"), *ours) == "meshcore_radio:meshcore"
    assert protocols(tshark, path, *row, *ours, *framing("bare")) == "meshcore_radio:meshcore"
    moved = (*ours, *framing("bare"), "-o", "meshcore_radio.link_type:user3")
    assert protocols(tshark, path, *row, *moved) == "meshcore"
    assert protocols(tshark, path, *row, *moved, *framing("off")) == "user_dlt:data"
    ours_as_ever = write_pcap(tshark.home / "ours.pcap", [record(ADVERT)], link_type=MESHCORE)
    assert protocols(tshark, ours_as_ever, *framing("bare")) == "meshcore_radio:meshcore"


@pytest.mark.parametrize("name,content", [
    ("meshcore", ADVERT), ("meshcore_radio", record(ADVERT)), ("meshcore_radio_lua", lua_header(1.5) + ADVERT)])
def test_by_the_users_table(tshark, name, content):
    path = write_pcap(tshark.home / "user5.pcap", [content], link_type=152)
    [row] = fields(tshark, path, "frame.protocols", "meshcore.advert.name",
                   options=("-o", USER_ROW.format(5, 152, name)))
    assert row[0].startswith("user_dlt:meshcore") and row[1] == "Ana Móvil"


def test_loratap(tshark):
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(ADVERT), loratap(GROUP_TEXT)], link_type=LORATAP)
    rows = fields(tshark, path, "frame.protocols", "loratap.syncword", "loratap.rssi.snr", "meshcore.advert.name",
                  "meshcore.text", options=("-2",))
    assert rows == [["loratap:meshcore", "0x12", str(256 - 29), "Ana Móvil", ""],
                    ["loratap:meshcore", "0x12", str(256 - 29), "", "Hola, ¿me recibes? m1/unscoped"]]


def test_every_frame_of_the_firmware_in_loratap(tshark):
    frames = [bytes.fromhex(frame["meshcore.raw"]) for frame in decoded(capture("firmware-1.17.1"))]
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(frame) for frame in frames], link_type=LORATAP)
    rows = fields(tshark, path, "frame.protocols", "meshcore.raw")
    assert rows == [["loratap:meshcore", frame.hex()] for frame in frames]


# A join request without a JoinEUI and a data frame of LoRaWAN; a broadcast of Meshtastic.
OTHERS = [bytes(9) + bytes(range(100, 114)), bytes.fromhex("40f17dbe4900020001954378762b11ff0d"),
          b"\xff" * 4 + bytes.fromhex("d4c3b2a1 01020304 63 08 00 00") + bytes(range(40)), b"\x15", ADVERT[:60]]


@pytest.mark.parametrize("frame", OTHERS, ids=lambda frame: frame[:8].hex())
def test_other_networks_are_not_claimed(tshark, frame):
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(frame)], link_type=LORATAP)
    assert protocols(tshark, path) == "loratap:data"
    assert "MeshCore" not in tshark.run("-r", path, "-V").stdout


def test_other_sync_words_are_not_touched(tshark):
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(ADVERT, MESHTASTIC), loratap(ADVERT, LORAWAN)],
                      link_type=LORATAP)
    shown = [row[0] for row in fields(tshark, path, "frame.protocols")]
    assert shown[0] == "loratap:data" and "meshcore" not in shown[1]


def test_loratap_decode_as(tshark):
    """A network with another sync word, and a damaged frame that the user wants to see."""
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(ADVERT, MESHTASTIC), loratap(ADVERT[:60])],
                      link_type=LORATAP)
    rows = fields(tshark, path, "frame.protocols", "meshcore.advert.pubkey", options=(
        "-d", "loratap.syncword==0x2b,meshcore", "-d", "loratap.syncword==0x12,meshcore"))
    assert rows == [["loratap:meshcore", ADVERT[2:34].hex()]] * 2


def test_loratap_cut_by_the_capture_length(tshark):
    path = write_pcap(tshark.home / "loratap.pcap", [loratap(ADVERT)], link_type=LORATAP)
    cut = tshark.home / "cut.pcap"
    tshark.run("-s", "40", path, cut, program="editcap")
    assert "meshcore" not in protocols(tshark, cut)


@pytest.mark.parametrize("seed", range(3))
def test_damaged(tshark, seed):
    frames = [bytes.fromhex(frame["meshcore.raw"]) for frame in decoded(capture("firmware-1.17.1"))][:200]
    damaged = tshark.home / "damaged.pcap"
    for link_type, wrap in ((LORATAP, loratap), (USER0, lambda frame: lua_header(2.5) + frame)):
        path = write_pcap(tshark.home / "whole.pcap", map(wrap, frames), link_type=link_type)
        tshark.run("-E", "0.05", "--seed", seed, path, damaged, program="editcap")
        out = tshark.run("-r", damaged, "-V", "-2", *framing("lua")).stdout
        assert "Dissector bug" not in out and "Malformed Packet: MeshCore" not in out

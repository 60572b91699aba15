# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies, acknowledgements and answers: the links between frames of a capture.

Truth is what the firmware's vectors say: which message each ACK acknowledges, which request each
response answers. Copies are the frames with the same packet hash.
"""
import json
import pathlib

import pytest
import tshark_json
from captures import capture, with_keys
from records import record, write_pcap
from test_fields import ADVERT

VECTORS = pathlib.Path(__file__).parents[2] / "test-captures" / "sources" / "firmware-1.17.1.jsonl"


def story(tshark, *options, read_filter=None):
    return tshark_json.frames(tshark, *with_keys(tshark, capture("firmware-1.17.1")), *options,
                              read_filter=read_filter)


@pytest.fixture(scope="module")
def expectations():
    """Expected links of each frame: {"copy_of": …, "acks_packet": …, "request": …} as frame numbers of first copies."""
    packets = [json.loads(line) for line in VECTORS.read_text().split("\n") if line]
    packets = [packet for packet in packets if "raw" in packet and "malformed" not in packet["expect"]]
    firsts, number_of = {}, {}
    for number, packet in enumerate(packets, 1):
        first = firsts.setdefault(packet["expect"]["packet_hash"], number)
        number_of[packet["name"]] = first
    links = []
    for number, packet in enumerate(packets, 1):
        told = packet["expect"].get("fields", {})
        first = firsts[packet["expect"]["packet_hash"]]
        links.append({"copy_of": first if first != number else None,
                      "ack_of": number_of.get(told.get("acks_packet")),
                      "response_to": number_of.get(told.get("request"))})
    assert sum(bool(link["ack_of"] or link["response_to"]) for link in links) >= 70
    return links


def link(fields, name):
    values = fields.get("meshcore." + name, [None])
    assert len(values) == 1
    return values[0]


@pytest.mark.parametrize("options", [(), ("-2",)], ids=["one pass", "two passes"])
def test_links_back(tshark, expectations, options):
    shown = story(tshark, *options)
    assert len(shown) == len(expectations)
    for number, (fields, expected) in enumerate(zip(shown, expectations), 1):
        assert link(fields, "copy_of") == expected["copy_of"], number
        for name in ("ack_of", "response_to"):
            if expected[name]:
                assert link(fields, name) == expected[name], (number, name)
            times = fields.get(f"meshcore.{name.split('_')[0]}_time", [])
            assert len(times) == (1 if link(fields, name) else 0) and all(time > 0 for time in times)


def test_links_forth_on_the_second_pass(tshark):
    """Each link back to a first copy is matched by a link forth, to the first that links back."""
    shown = story(tshark, "-2")
    for back, forth in (("ack_of", "acked_in"), ("response_to", "response_in")):
        expected = {}
        for number, fields in enumerate(shown, 1):
            if link(fields, back):
                expected.setdefault(link(fields, back), number)
        assert expected
        for number, fields in enumerate(shown, 1):
            first = link(fields, "copy_of") or number
            assert link(fields, forth) == expected.get(first), (number, forth)


def test_copies_are_listed_at_the_first(tshark):
    shown = story(tshark, "-2")
    copies = {}
    for number, fields in enumerate(shown, 1):
        if link(fields, "copy_of"):
            copies.setdefault(link(fields, "copy_of"), []).append(number)
            assert link(fields, "copy_number") == len(copies[link(fields, "copy_of")]) + 1
            assert link(fields, "copy_time") >= 0
        else:
            assert link(fields, "copy_number") == 1
    for number, fields in enumerate(shown, 1):
        assert fields.get("meshcore.copied_in", []) == copies.get(number, [])
        assert len(fields.get("meshcore.copied_in.hops", [])) == len(copies.get(number, []))


def test_filters_do_not_change_the_story(tshark):
    everything = story(tshark, "-2")
    for display_filter in ("meshcore.payload_type == 3", "meshcore.response_to", "frame.number > 300"):
        for fields in story(tshark, "-2", read_filter=display_filter):
            same = [other for other in everything if other["meshcore.raw"] == fields["meshcore.raw"]]
            assert fields in same


def test_a_later_look_is_the_same(tshark):
    """Nothing but forward links may differ between the first look at a frame and a later one."""
    later = {"meshcore.acked_in", "meshcore.response_in", "meshcore.trace.end", "meshcore.copied_in",
             "meshcore.copied_in.hops", "meshcore.copied_in.snr", "meshcore.copied_in.time", "meshcore.src_name",
             "meshcore.dst_name", "meshcore.path.hop_name"}

    def stable(fields):
        return {name: values for name, values in fields.items() if name not in later}

    assert [stable(fields) for fields in story(tshark)] == [stable(fields) for fields in story(tshark, "-2")]


def notes_of(tshark, path):
    return [tshark_json.split_notes(fields)[1] for fields in tshark_json.frames(tshark, path)]


def with_path(frame, *hops):
    """A copy of a zero-hop frame, flooded over these hops."""
    assert frame[1] == 0
    return bytes([frame[0] & 0xFC | 1, len(hops)]) + bytes(hops) + frame[2:]


def test_worth_knowing(tshark):
    made = 1_770_000_020.0  # the advert's own time
    path = write_pcap(tshark.home / "worth.pcap", [
        (made, record(with_path(ADVERT))),
        (made + 1, record(with_path(ADVERT, 1, 2, 3))),
        (made + 2, record(with_path(ADVERT, 1, 2, 1))),
        (made + 3, record(with_path(ADVERT, *range(63)), sf=12, cr=8, bandwidth=125_000)),
        (made + 4, record(ADVERT))])
    assert notes_of(tshark, path) == [["unscoped_flood"], ["unscoped_flood"], ["path_loop", "unscoped_flood"],
                                      ["long_airtime", "path_full", "unscoped_flood"], []]


@pytest.mark.parametrize("days", [-400, -2, 2, 4000])
def test_clock_off(tshark, days):
    path = write_pcap(tshark.home / "clock.pcap", [(1_770_000_020.0 + days * 86400, record(ADVERT))])
    assert notes_of(tshark, path) == [["clock_off"]]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Notes are expert infos that one can filter by; malformed frames are no trouble for Wireshark."""
import collections

import pytest
from captures import CAPTURES, capture, decoded, with_keys
from records import record, write_pcap
from test_fields import ADVERT
from test_story import with_path


def frames_with(tshark, arguments, display_filter):
    out = tshark.run("-r", *arguments, "-Y", display_filter, "-T", "fields", "-e", "frame.number").stdout
    return [int(line) for line in out.split()]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_each_note_is_a_filter(tshark, path):
    expected = collections.defaultdict(list)
    for number, frame in enumerate(decoded(path), 1):
        for note in set(frame["notes"]):
            expected[note].append(number)
    arguments = with_keys(tshark, path)
    for note, numbers in expected.items():
        assert frames_with(tshark, arguments, f"meshcore.note.{note}") == numbers, note
    wrong = "_ws.expert && !(_ws.expert.group == Comment)"
    assert set(frames_with(tshark, arguments, wrong)) <= set().union(*expected.values())


def test_each_note_is_explained(tshark):
    rows = [line.split("\t") for line in tshark.run("-G", "fields").stdout.splitlines()]
    notes = {row[2]: row[1] for row in rows if row[2].startswith("meshcore.note.")}
    assert len(notes) >= 18
    assert all(text and "\n" not in text for text in notes.values())


# Notes that no capture of test-captures/ gives: what is wrong with a record, and what only a capture can tell.
NOISY = [(1_770_000_000, b"\x15\x00hello"),
         (1_770_000_001, record(with_path(ADVERT, *range(62), 1), sf=12, cr=8, bandwidth=125_000))]


def test_each_note_occurs(tshark):
    rows = [line.split("\t") for line in tshark.run("-G", "fields").stdout.splitlines()]
    notes = {row[2] for row in rows if row[2].startswith("meshcore.note.")}
    made = write_pcap(tshark.home / "noisy.pcap", NOISY)
    told = set()
    for arguments in [*(with_keys(tshark, path) for path in CAPTURES), [made]]:
        shown = tshark.run("-r", *arguments, "-T", "pdml").stdout
        told |= {note for note in notes if f'name="{note}"' in shown}
    assert told == notes


def test_expert_statistics_count_notes(tshark):
    out = tshark.run("-r", *with_keys(tshark, capture("firmware-1.17.1-malformed")), "-q", "-z", "expert").stdout
    assert "MeshCore" in out and "The frame ends inside a field" in out


def test_no_capture_header(tshark):
    path = write_pcap(tshark.home / "garbage.pcap", [b"\x15\x00hello", record(b"\x11\x00"), b"MC\x01\x00\xff\xff"])
    assert frames_with(tshark, [path], "meshcore.note.bad_capture_header") == [1, 3]


@pytest.mark.parametrize("options", [("-2",), ("-T", "pdml")], ids=["text", "pdml"])
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_nothing_is_malformed_for_wireshark(tshark, path, options):
    out = tshark.run("-r", *with_keys(tshark, path), "-V", *options).stdout
    assert "_ws.malformed" not in out and "Malformed Packet" not in out
    assert "Dissector bug" not in out and "_ws.lua" not in out


def test_cut_by_the_capture_length(tshark):
    """A snapshot length that cuts frames is a note too, and no exception."""
    path = capture("firmware-1.17.1")
    cut = tshark.home / "cut.pcapng"
    tshark.run("-s", "40", tshark.share(path), cut, program="editcap")
    out = tshark.run("-r", cut, "-V").stdout
    assert "Dissector bug" not in out
    assert frames_with(tshark, [cut], "meshcore.note.truncated")

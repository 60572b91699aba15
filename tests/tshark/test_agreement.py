# SPDX-License-Identifier: GPL-2.0-or-later
"""One decoder: tshark's JSON and meshcore-decode's say the same of every frame of every capture."""
import pytest
import tshark_json
from captures import CAPTURES, decoded, with_keys
from records import record, write_pcap

def same(ours, shown):
    if isinstance(ours, float):
        return shown == pytest.approx(ours, rel=1e-14, abs=0)
    return type(ours) is type(shown) and ours == shown


# What a capture tells beside the frame: only tshark sees that (dissector/core/catalogue_story.h).
STORY = {"meshcore.src", "meshcore.src_name", "meshcore.dst", "meshcore.dst_name", "meshcore.path.hop_name", "meshcore.channel_stream",
         "meshcore.copy_number", "meshcore.copy_of", "meshcore.copy_time", "meshcore.copied_in",
         "meshcore.copied_in.hops", "meshcore.copied_in.snr", "meshcore.copied_in.time", "meshcore.ack_of",
         "meshcore.acked_in", "meshcore.ack_time", "meshcore.response_to", "meshcore.response_in",
         "meshcore.response_time", "meshcore.returned_path.of", "meshcore.trace.start", "meshcore.trace.end"}
STORY_NOTES = {"advert_replayed", "clock_off", "path_loop", "path_full", "unscoped_flood", "long_airtime"}


def differences(expected, fields):
    """Lines about what the two say differently of one frame."""
    fields, notes = tshark_json.split_notes(fields)
    fields = {name: values for name, values in fields.items() if name not in STORY}
    notes = [note for note in notes if note not in STORY_NOTES]
    expected = dict(expected)
    if sorted(expected.pop("notes")) != notes:
        yield f"notes: {sorted(notes)}"
    for name in expected.keys() | fields.keys():
        ours, shown = expected.get(name), fields.get(name)
        ours = ours if isinstance(ours, list) or ours is None else [ours]
        if ours is None or shown is None or len(ours) != len(shown) or not all(map(same, ours, shown)):
            yield f"{name}: meshcore-decode {ours}, tshark {shown}"


def test_there_are_captures():
    assert len(CAPTURES) >= 5


def assert_agreement(expected, shown):
    assert len(expected) == len(shown)
    wrong = [f"frame {number}: {line}" for number, pair in enumerate(zip(expected, shown), 1)
             for line in differences(*pair)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_same_fields(tshark, capture):
    shown = tshark_json.frames(tshark, *with_keys(tshark, capture))
    assert_agreement(decoded(capture), shown)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_same_fields_on_the_second_pass(tshark, capture):
    shown = tshark_json.frames(tshark, *with_keys(tshark, capture), "-2")
    assert_agreement(decoded(capture), shown)


def advert(name):
    """An advert with these bytes as its name; the signature is none."""
    return bytes.fromhex("1200") + bytes(range(1, 33)) + bytes(68) + b"\x81" + name


STRANGE_TEXTS = [b"", b"\x00", b"two\nlines\ttab\r", b'"quoted" \\ back', b"\xff\xfe\x80", b"\xc3(", b"\x1b[31mred",
                 b"a\x00b", "\u202eright to left".encode(), "\U0001f6f0 \ue000 \ufffd".encode(), b"\x7f\xc2\x85",
                 b"%s%n%d", b"</packet><x>", b"\xed\xa0\x80"]


def test_strange_texts(tshark):
    """Control characters, quotes, bytes that are no UTF-8: all sinks show the same."""
    path = write_pcap(tshark.home / "strange.pcap",
                      [record(advert(text), device__name=text) for text in STRANGE_TEXTS])
    assert_agreement(decoded(path), tshark_json.frames(tshark, path))


def test_records_without_a_frame_and_records_of_others(tshark):
    path = write_pcap(tshark.home / "records.pcap", [
        record(device__name="Roof 🛰", device__public_key=bytes(32), device__battery=4107, device__uptime=86400,
               device__packets_received=7, device__event="connected", noise_floor=-118, clock=1_770_000_000),
        record(extra=b"\xfe\x03abc", snr=-20.25),  # an item that no version knows
        record(extra=b"\x01\x01\x00"),              # SNR in one byte
        record(extra=b"\x01\x40\x00"),              # an item longer than the header
        b"MC\x01\x00\x05\x00", b"MC\x01\x00\xff\xff", b"MC", b"M", b"XX\x01\x00\x06\x00\x11\x00"])
    assert_agreement(decoded(path), tshark_json.frames(tshark, path))

# SPDX-License-Identifier: GPL-2.0-or-later
"""--read and --write: whatever packets were written down in becomes a capture."""
import json
import subprocess

import pytest

from live import CAPTURES, DUMP, LiveDump, Pcap, frame_of, items_of, run_dump
from support.captures import SCENARIOS

SOURCES = CAPTURES / "sources"


def convert(path, suffix=".pcap"):
    """The stream that a conversion writes, parsed."""
    code, out, errors, _ = run_dump("--read", path, "--write", "-")
    assert (code, errors) == (0, [])
    pcap = Pcap()
    pcap.push(out)
    return pcap


@pytest.mark.parametrize("name", [name for name in SCENARIOS if (SOURCES / f"{name}.jsonl").exists()])
def test_each_line_of_json(name):
    rows = [json.loads(line) for line in (SOURCES / f"{name}.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row.get("raw") and len(row["raw"]) <= 510]
    assert [frame.hex() for frame in convert(SOURCES / f"{name}.jsonl").frames] == [row["raw"].lower() for row in rows]


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_a_capture_stays_itself(tmp_path, suffix):
    source = CAPTURES / "serial-observer-seattle.pcapng"
    there = tmp_path / f"there{suffix}"
    assert run_dump("--read", source, "--write", there)[0] == 0
    assert convert(there).items == convert(source).items
    assert len(convert(source).frames) == 1180


def test_tshark_reads_the_pcapng(tshark, tmp_path):
    there = tmp_path / "there.pcapng"
    assert run_dump("--read", CAPTURES / "companion-pcap-seattle.pcapng", "--write", there)[0] == 0
    rows = [tshark.run("-r", tshark.share(path), "-T", "fields", "-e", "frame.time_epoch", "-e", "meshcore.raw").stdout
            for path in (there, CAPTURES / "companion-pcap-seattle.pcapng")]
    assert rows[0] == rows[1] and len(rows[0].split()) == 9 + 8  # a device report, too


def test_lines_of_hex_on_standard_input():
    lines = b"0d00bb40ba70\r\n\r\n# a remark\n  150011C3C1354D \nnot hex\n" + b"aa" * 256 + b"\n"
    done = subprocess.run([DUMP, "--read", "-", "--write", "-"], input=lines, capture_output=True, timeout=60)
    pcap = Pcap()
    pcap.push(done.stdout)
    assert done.returncode == 0
    assert [frame.hex() for frame in pcap.frames] == ["0d00bb40ba70", "150011c3c1354d"]


def test_a_capture_on_standard_input():
    source = CAPTURES / "companion-pcap-seattle.pcapng"
    done = subprocess.run([DUMP, "--read", "-", "--write", "-"], stdin=source.open("rb"), capture_output=True, timeout=60)
    pcap = Pcap()
    pcap.push(done.stdout)
    assert done.returncode == 0 and pcap.items == convert(source).items


def test_json_lines_are_replayed():
    path = SOURCES / "mqtt-observer-seattle.jsonl"
    with LiveDump("--file", path, "--speed", 0) as dump:
        assert dump.ended() == 0
        assert dump.items == convert(path).items
    assert any(1 in items_of(record) for _, record in dump.items if frame_of(record))  # SNR


@pytest.mark.parametrize("content, expected", [
    (b"", "holds no packet"),
    (b"no packet here\n", "holds no packet"),
    (b"\x00" * 3_000_000, "line 1 is too long"),
    (b"\xff\xfe" * 100, "holds no packet"),
    (b'{"raw": "' + b"[" * 100_000 + b'"}\n', "holds no packet"),
    (b"[" * 1000 + b"{" * 100_000, "holds no packet"),
], ids=["nothing", "text", "zeros", "noise", "broken", "deep"])
def test_what_holds_no_packet(tmp_path, content, expected):
    path = tmp_path / "input"
    path.write_bytes(content)
    code, out, errors, _ = run_dump("--read", path, "--write", tmp_path / "out.pcap")
    assert code == 1 and len(errors) == 1 and expected in errors[0]
    assert not (tmp_path / "out.pcap").exists()


def test_wrong_arguments(tmp_path):
    path = tmp_path / "a.pcapng"
    path.write_bytes((CAPTURES / "companion-pcap-seattle.pcapng").read_bytes())
    size = path.stat().st_size
    for arguments, expected in ((["--read", path], "belong together"), (["--write", path], "belong together"),
                                (["--read", path, "--write", path], "cannot be made of itself"),
                                (["--read", tmp_path / "none", "--write", path], "none: No such file"),
                                (["--read", tmp_path, "--write", path], "cannot read"),
                                (["--read", path, "--write", tmp_path / "no" / "folder"], "cannot open")):
        code, _, errors, _ = run_dump(*arguments)
        assert code == 1 and len(errors) == 1 and expected in errors[0], errors
    assert path.stat().st_size == size

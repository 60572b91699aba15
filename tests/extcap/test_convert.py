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


LOGS = [CAPTURES / "serial" / "seattle-observer.log", CAPTURES / "serial" / "seattle-observer-2.log"]


def told(record):
    """SNR, RSSI, score, air time (1/100 dB, 1/10 dBm, 1, microseconds)."""
    items = items_of(record)
    return [int.from_bytes(items[number], "little", signed=True) for number in (1, 2, 10, 11)]


def test_serial_logs():
    """The packets that their source lists, with what their RX lines say, at the node's times."""
    rows = {row["raw"].lower(): row for path in [SOURCES / "serial-observer-seattle.jsonl"]
            for row in map(json.loads, path.open())}
    items = [item for path in LOGS for item in convert(path).items if frame_of(item[1])]
    assert len(items) == len(rows) == 1180
    for time, record in items:
        row = rows.pop(frame_of(record).hex())
        expect = row["expect"]
        assert told(record)[:3] == [expect["snr_int"] * 100, expect["rssi"] * 10, expect["score"]]
        assert time // 10**9 == int.from_bytes(items_of(record)[9], "little")
        assert bool(record[3] & 2) == ("note" in expect)  # mended


def test_a_serial_log_with_times_of_the_host_and_other_line_ends(tmp_path):
    lines = (CAPTURES / "serial" / "firmware-1.17.1.log").read_bytes().splitlines()[:200]
    plain = tmp_path / "plain.log"
    plain.write_bytes(b"\n".join(lines))
    frames = convert(plain).frames
    assert len(frames) > 50
    for start in (b"2026-03-31 19:42:25.957 ", b"[2026-03-31T19:42:25.957Z] ", b"2026-03-31T19:42:25.957+00:00: "):
        path = tmp_path / "stamped.log"
        path.write_bytes(b"".join(start + line + b"\r\n" for line in lines))
        items = [item for item in convert(path).items if frame_of(item[1])]
        assert [frame_of(record) for _, record in items] == frames
        assert {time for time, _ in items} == {1_774_986_145_957_000_000}
    plain.write_bytes(b"".join(b"19:42:25.957 > " + line + b"\r" for line in lines))  # as old terminals end lines
    assert convert(plain).frames == frames


def test_what_a_console_replied_is_a_device_report(tmp_path):
    path = tmp_path / "console.log"
    path.write_bytes(b"12:34:56 - 1/2/2026 U RAW: 0D00BB40BA70\r\nget name\r\n  -> > Cafe 7\r\nstats-core\r\n"
                     b'  -> {"battery_mv":4244,"uptime_secs":86400,"errors":0,"queue_len":2}\r\n')
    pcap = convert(path)
    assert pcap.frames == [bytes.fromhex("0d00bb40ba70")] and pcap.events == ["identified"]
    assert items_of(next(record for _, record in pcap.items if not frame_of(record)))[32] == b"Cafe 7"


def test_a_log_without_frames_says_why(tmp_path):
    path = tmp_path / "log"
    path.write_text("12:34:56 - 1/2/2026 U: RX, len=39 (type=5, route=F, payload_len=35) SNR=9 RSSI=-87 score=1000\n")
    code, _, errors, _ = run_dump("--read", path, "--write", "-")
    assert code == 1 and len(errors) == 1 and "MESH_PACKET_LOGGING" in errors[0]


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

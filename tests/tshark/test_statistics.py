# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, conversations and a channel to follow, as `tshark -z` prints them."""
import collections
import re

import pytest
from captures import capture, decoded, with_keys
from records import record, write_pcap
from test_fields import ADVERT, GROUP_TEXT

FIRMWARE = capture("firmware-1.17.1")


@pytest.fixture(scope="module")
def frames():
    return decoded(FIRMWARE)


def statistic(tshark, name, path=None):
    arguments = with_keys(tshark, FIRMWARE) if path is None else [path]
    return tshark.run("-q", "-r", *arguments, "-z", name).stdout


def tree_counts(text):
    """{topic: {item: count}} of a statistics tree."""
    topics, topic = {}, None
    for line in text.splitlines():
        found = re.match(r"( ?)(\S.*?) {2,}(\d+) ", line)
        if found and not found[1]:
            topic = topics.setdefault(found[2], {"": int(found[3])})
        elif found and topic is not None:
            topic[found[2]] = int(found[3])
    return topics


def table_rows(text):
    """{first column: other columns}"""
    rows = [[cell.strip() for cell in line.split("|")[:-1]] for line in text.splitlines() if line.endswith("|")]
    return {row[0]: row[1:] for row in rows[1:]}


def test_listed(tshark):
    help_text = tshark.run("-z", "help", check=False)
    for name in ("meshcore,tree", "meshcore,nodes", "meshcore,channels", "meshcore,airtime", "conv,meshcore",
                 "endpoints,meshcore", "follow,meshcore"):
        assert name in (help_text.stdout + help_text.stderr).split()


def test_tree(tshark, frames):
    counts = tree_counts(statistic(tshark, "meshcore,tree"))
    types = collections.Counter(frame["meshcore.payload_type"] for frame in frames)
    assert sorted(count for item, count in counts["Payload type"].items() if item) == sorted(types.values())
    assert counts["Payload type"]["ADVERT"] == types[4]
    routes = collections.Counter(frame["meshcore.route_type"] for frame in frames)
    assert counts["Route"]["FLOOD"] == routes[1] and counts["Route"]["TRANSPORT_DIRECT"] == routes[3]
    hops = [frame["meshcore.hops"] for frame in frames if "meshcore.hops" in frame]
    assert counts["Hops"][""] == len(hops) and counts["Hops"]["0-0"] == hops.count(0)
    assert counts["Hops"]["32-63"] == sum(32 <= count <= 63 for count in hops)
    hashes = collections.Counter(frame["meshcore.packet_hash"] for frame in frames)
    copies = counts["Copies of a packet"]
    assert copies["heard"] == len(hashes)
    assert copies["heard 2 times or more"] == sum(count >= 2 for count in hashes.values())
    assert copies["heard 4 times or more"] == sum(count >= 4 for count in hashes.values())


def test_malformed_frames_are_counted(tshark):
    path = write_pcap(tshark.home / "bad.pcap", [record(b"\xd6\x00"), record(ADVERT)])
    counts = tree_counts(statistic(tshark, "meshcore,tree", path))
    assert counts["Payload type"] == {"": 2, "Malformed": 1, "ADVERT": 1}


def test_nodes(tshark, frames):
    rows = {row[-1]: row for row in table_rows(statistic(tshark, "meshcore,nodes")).values()}
    adverts = collections.defaultdict(set)
    for frame in frames:
        if frame.get("meshcore.advert.signature_ok"):
            adverts[frame["meshcore.advert.pubkey"]].add(frame["meshcore.packet_hash"])
    assert adverts.keys() <= rows.keys()
    for key, hashes in adverts.items():
        assert int(rows[key][3]) == len(hashes), rows[key]


def test_node_details(tshark):
    def flood(frame, *hops):
        return bytes([frame[0] & 0xFC | 1, len(hops), *hops]) + frame[2:]

    path = write_pcap(tshark.home / "node.pcap", [
        record(flood(ADVERT, 7), snr=12), record(flood(ADVERT), snr=-3.5), record(flood(ADVERT), snr=-6)])
    rows = table_rows(statistic(tshark, "meshcore,nodes", path))
    assert rows == {"Ana Móvil": ["companion", "1", "2", "1", "-3.50", "2026-02-02 02:40:02", "41.387512", "2.168931",
                                  ADVERT[2:34].hex()]}


def test_channels(tshark, frames):
    rows = table_rows(statistic(tshark, "meshcore,channels"))
    public = {frame["meshcore.packet_hash"] for frame in frames if frame.get("meshcore.channel") == "Public"}
    assert int(rows["Public"][0]) == len(public)
    assert rows.keys() >= {"Public", "#test", "priv-16", "priv-32"}


def test_airtime(tshark):
    radio = {"frequency": 869_618_000, "bandwidth": 62_500, "sf": 8, "cr": 8}
    path = write_pcap(tshark.home / "air.pcap", [(1_770_000_000.0, record(ADVERT, airtime=1200, **radio)),
                                                 (1_770_000_059.0, record(GROUP_TEXT, airtime=600, **radio)),
                                                 (1_770_000_060.0, record(GROUP_TEXT, airtime=600, **radio))])
    rows = table_rows(statistic(tshark, "meshcore,airtime", path))
    assert rows["2026-02-02 02:40"] == ["2", "1800.0", "600.0", "3.00"]
    assert rows["2026-02-02 02:41"] == ["1", "600.0", "600.0", "1.00"]
    assert rows["ADVERT"][:3] == ["1", "1200.0", "0.0"] and rows["GRP_TXT"][:3] == ["2", "1200.0", "1200.0"]
    assert rows["companion"][:2] == ["1", "1200.0"] and rows["unknown"][:2] == ["2", "1200.0"]


def test_conversations_and_endpoints(tshark, frames):
    conversations = statistic(tshark, "conv,meshcore")
    packets = re.search(r"Ana Móvil +<-> RPT Torre Sur +(\d+) .*?bytes +(\d+) ", conversations)
    between = [frame for frame in frames if {"Ana Móvil", "RPT Torre Sur"} <= set(re.split(" . ", frame.get("meshcore.key_name", "")))]
    assert int(packets[1]) + int(packets[2]) >= len(between) > 0
    endpoints = statistic(tshark, "endpoints,meshcore")
    assert re.search(r"^RPT Torre Sur ", endpoints, re.MULTILINE) and re.search(r"^flood ", endpoints, re.MULTILINE)
    assert "via" not in conversations + endpoints


def test_follow_a_channel(tshark, frames):
    """Each message once, in order, with who said it."""
    seen, said = set(), []
    for frame in frames:
        message = frame["meshcore.packet_hash"]
        if frame.get("meshcore.channel") == "Public" and "meshcore.text" in frame and message not in seen:
            seen.add(message)
            sender = frame.get("meshcore.sender")
            said.append((sender + ": " if sender else "") + frame["meshcore.text"])
    out = statistic(tshark, "follow,meshcore,raw,0")
    lines = [bytes.fromhex(line.strip()).decode() for line in out.splitlines() if re.fullmatch(r"\t?[0-9a-f]+", line)]
    assert said and lines == [line + "\n" for line in said]
    assert "Node 1: Public" in out


def test_statistics_take_a_filter(tshark):
    counts = tree_counts(statistic(tshark, "meshcore,tree,meshcore.payload_type == 4"))
    assert counts["Payload type"].keys() == {"", "ADVERT"}


def test_names_can_be_switched_off(tshark):
    out = tshark.run("-n", "-r", *with_keys(tshark, FIRMWARE), "-c", "4").stdout
    assert "820b4eab73bb" in out.splitlines()[3]
    assert "Ana Móvil →" in tshark.run("-r", *with_keys(tshark, FIRMWARE), "-c", "4").stdout

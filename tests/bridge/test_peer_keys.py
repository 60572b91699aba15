# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key of the peers' configuration files works, or is named once at start: none is unknown."""
import re

import pytest
from bridging import ROOT, Bridge

PEERS = ("bot", "capture", "capture-toml", "mctomqtt", "mctomqtt-env")


def rows(peer):
    for line in (ROOT / "tests/data/bridge/peer_keys.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            who, section, key, value = line.split(" ", 3)
            if who == peer:
                yield section, key, value


def ini(peer):
    sections = {}
    for section, key, value in rows(peer):
        where, name = ("PacketCapture", f"mqtt1_{key}") if section == "broker" else (section, key)
        sections.setdefault(where, []).append(f"{name} = {value}")
    return "".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())


def environment(peer):
    prefix = "PACKETCAPTURE_" if peer == "capture" else "MCTOMQTT_"
    lines = []
    for section, key, value in rows(peer):
        bare = key.startswith("AUTH_TOKEN_")
        lines.append(f"{'' if bare else prefix}{'MQTT1_' if section == 'broker' else ''}{key}={value}")
    return "\n".join(lines) + "\n"


def toml(peer):
    text, last = "", None
    for section, key, value in sorted(rows(peer), key=lambda row: (row[0].startswith("broker"), row[0])):
        if section != last:
            text += "[[broker]]\n" if section == "broker" else f"[{section}]\n"
        last = section
        text += f"{key} = {value}\n"
    return text


def written(peer):
    return (ini if peer == "bot" else toml if peer in ("capture-toml", "mctomqtt") else environment)(peer)


def test_a_bot_that_publishes_nothing():
    """A config.ini is read as one, also without the section that concerns us."""
    with Bridge("[Bot]\nbot_name = Roof: the bot\n[Connection]\nconnection_type = tcp\nhostname = radio.local\n"
                "[Weather]\nkey = a b c\n", suffix=".ini", arguments=["--check"]) as bridge:
        assert bridge.wait() == 2
        assert bridge.log().splitlines() == ["error: nothing to do: [PacketCapture] enabled is false; set enabled = true"]


@pytest.mark.parametrize("peer", PEERS)
def test_every_key_is_known(peer):
    suffix = ".ini" if peer == "bot" else ".env" if peer in ("capture", "mctomqtt-env") else ".toml"
    with Bridge(written(peer), suffix=suffix, arguments=["--check"]) as bridge:
        bridge.wait()
        log = bridge.log()
    assert "unknown key" not in log and "error" not in log, log
    named = re.findall(r"note: (\S+): without effect: (.+)", log)
    assert len({name for name, _ in named}) == len(named), "each once"
    assert len(named) >= {"bot": 5, "capture": 40, "capture-toml": 5, "mctomqtt": 6, "mctomqtt-env": 4}[peer]


@pytest.mark.parametrize("peer", PEERS)
def test_the_page_for_migrants_names_what_has_no_effect(peer):
    """docs/migrating.md says of each such key why, with its own name or under a pattern like NEIGHBORS_*."""
    suffix = ".ini" if peer == "bot" else ".env" if peer in ("capture", "mctomqtt-env") else ".toml"
    with Bridge(written(peer), suffix=suffix, arguments=["--check"]) as bridge:
        bridge.wait()
        named = {name for name, _ in re.findall(r"note: (\S+): (without effect)", bridge.log())}
    page = (ROOT / "docs/migrating.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([A-Za-z0-9_.*]+)`", page))
    for name in named:
        short = re.sub(r"^(PACKETCAPTURE_|MCTOMQTT_)?(MQTT1_|mqtt1_)?", "", name)
        candidates = {short, short.upper().replace("CAPTURE.", ""), short.split(".")[-1], "TOPIC_" + short.split(".")[-1].upper()}
        assert any(one in told or any(pattern.endswith("*") and one.startswith(pattern[:-1]) for pattern in told)
                   for one in candidates), name


def test_a_slip_is_told_with_its_place_and_a_suggestion():
    for text, suffix, place, words in (
            ("[PacketCapture]\nenabled = true\nmqtt1_sever = x\nmqtt1_server = y\n", ".ini", ":3:1",
             'did you mean "mqtt1_server"?'),
            ('[general]\niata = "SEA"\n[[broker]]\nname = "a"\nenabld = true\n', ".toml", ":5:1",
             'did you mean "enabled"?'),
            ("PACKETCAPTURE_MQTT1_ENABLED=true\nPACKETCAPTURE_MQTT1_PASWORD=s3cret\n", ".env", ":2:1",
             'did you mean "PACKETCAPTURE_MQTT1_PASSWORD"?')):
        with Bridge(text, suffix=suffix, arguments=["--check"]) as bridge:
            assert bridge.wait() == 2
            line = next(line for line in bridge.log().splitlines() if "unknown key" in line)
            assert place in line and words in line and "s3cret" not in bridge.log()


def test_overlays_are_joined_by_name():
    """config.d as the peers have it: a preset, and somebody's own file behind it with a few keys."""
    preset = '[[broker]]\nname = "one"\nenabled = true\nserver = "one.example"\nport = 8883\n' \
             '[broker.tls]\nenabled = true\n[[broker]]\nname = "two"\nenabled = true\nserver = "two.example"\n'
    mine = '[general]\niata = "SEA"\n[[broker]]\nname = "two"\nenabled = false\n[[broker]]\nname = "one"\nqos = 1\n' \
           '[[broker]]\nname = "three"\nenabled = true\nserver = "three.example"\n'
    with Bridge(preset, mine, arguments=["--check"]) as bridge:
        assert bridge.wait() == 0
        report = bridge.process.stdout.read().decode()
    assert 'broker "one": one.example port 8883' in report and "QoS 1" in report
    assert 'broker "two": not enabled' in report and 'broker "three": three.example port 1883' in report

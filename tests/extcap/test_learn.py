# SPDX-License-Identifier: GPL-2.0-or-later
"""--learn: contacts and channels of a companion become a key file, and nothing but that."""
import os
import tomllib

import pytest

from live import CAPTURES, LiveDump, run_dump
from support.simulated_kiss import SimulatedKiss
from support.simulated_radio import BLE_PIN, DEVICE_INFO, PUBLIC_KEY, SimulatedRadio, answers, log_rx_data, messages, packets

# What a real radio answered.
BODIES = [message[3:] for message in messages((CAPTURES / "companion" / "seattle-tcp.bin").read_bytes())]
CONTACTS = [body for body in BODIES if body[0] == 3]
CHANNELS = {body[1]: body for body in BODIES if body[0] == 18}
LISTING = [next(body for body in BODIES if body[0] == 2), *CONTACTS, next(body for body in BODIES if body[0] == 4)]

PACKETS = packets(CAPTURES / "companion" / "firmware-1.17.1.jsonl")[:20]
SCRIPT = [log_rx_data(*packet) for packet in PACKETS]
FRAMES = [raw for raw, _, _ in PACKETS]
GET_CONTACTS = b"<\x01\x00\x04"


def get_channel(index):
    return b"<\x02\x00\x1f" + bytes([index])


def replies(listing=LISTING):
    return {**answers(), b"\x04": lambda: listing,
            b"\x1f": lambda body: CHANNELS.get(body[1], b"\x01\x02")}


def connect(radio, way, *arguments):
    where = ["--port", radio.pty()] if way == "pty" else ["--host", "127.0.0.1", "--tcp-port", radio.tcp()]
    return LiveDump(*where, *arguments)


def unused(body):
    return not any(body[34:50])


@pytest.mark.parametrize("way,protocol", [("tcp", "companion"), ("pty", "auto")])
def test_a_key_file(tmp_path, way, protocol):
    path, log = tmp_path / "keys.toml", tmp_path / "log"
    with SimulatedRadio(SCRIPT, replies=replies()) as radio, \
            connect(radio, way, "--protocol", protocol, "--learn", path, "--stats-interval", "1",
                    "--log-level", "noisy", "--log-file", log) as dump:
        dump.wait_for(lambda _: dump.events.count("periodic") >= 2 and len(dump.frames) == len(FRAMES))
        assert dump.stop() == 0 and dump.error_lines == []
        heard = bytes(radio.heard)
    assert dump.frames == FRAMES
    # Each question once, though the reports go on.
    slots = DEVICE_INFO[3]
    assert heard.count(GET_CONTACTS + b"".join(map(get_channel, range(slots)))) == 1
    assert heard.count(GET_CONTACTS) == 1 and heard.count(b"<\x02\x00\x1f") == slots

    text = path.read_text()
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert [name.name for name in tmp_path.iterdir() if name.name.startswith("keys")] == ["keys.toml"]
    keys = tomllib.loads(text)
    used = [body for index, body in sorted(CHANNELS.items()) if not unused(body) and index < slots]
    assert [(row["name"], row["secret"]) for row in keys["channel"]] == \
        [(body[2:34].split(b"\0")[0].decode(), body[34:50].hex()) for body in used]
    assert keys["node"][0] == {"name": "Howl @ \U0001F3E1", "public_key": PUBLIC_KEY.hex()}
    assert [row["public_key"] for row in keys["node"][1:]] == [body[1:33].hex() for body in CONTACTS]
    assert keys["node"][1]["name"] == CONTACTS[0][100:132].split(b"\0")[0].decode()
    # Neither log nor capture holds a secret.
    everything = log.read_bytes() + b"".join(record for _, record in dump.items)
    for body in used:
        assert body[34:50] not in everything and body[34:50].hex().encode() not in everything
    assert str(BLE_PIN) not in text


def test_the_other_programs_take_it(tmp_path):
    path = tmp_path / "keys.toml"
    with SimulatedRadio(SCRIPT, replies=replies()) as radio, connect(radio, "tcp", "--learn", path) as dump:
        dump.wait_for(lambda _: dump.events)
        assert dump.stop() == 0
    import subprocess
    from live import BUILD
    done = subprocess.run([BUILD / "bin" / "meshcore-decode", "--keys", path, "0d00bb40ba70"], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_listing_that_breaks_off_is_told(tmp_path):
    """As when another client's APP_START aborts it; older firmware does not know a command."""
    path, log = tmp_path / "keys.toml", tmp_path / "log"
    with SimulatedRadio(SCRIPT, replies={**replies(), b"\x04": lambda: b"\x01\x04"}) as radio, \
            connect(radio, "tcp", "--learn", path, "--log-level", "info", "--log-file", log) as dump:
        dump.wait_for(lambda _: dump.events)
        assert dump.stop() == 0
    assert len(tomllib.loads(path.read_text())["node"]) == 1
    assert "did not tell all of its contacts" in log.read_text()


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text("mine")
    with SimulatedRadio(SCRIPT, replies=replies()) as radio:
        port = radio.tcp()
        code, _, errors, _ = run_dump("--host", "127.0.0.1", "--tcp-port", port, "--learn", path, "--fifo", "-")
        assert code == 1 and len(errors) == 1 and "is already there" in errors[0]
        assert path.read_text() == "mine" and bytes(radio.heard) == b""
        with LiveDump("--host", "127.0.0.1", "--tcp-port", port, "--learn", path, "--learn-replace") as dump:
            dump.wait_for(lambda _: dump.events)
            assert dump.stop() == 0
    assert "channel" in tomllib.loads(path.read_text()) and os.stat(path).st_mode & 0o777 == 0o600


def test_what_cannot_be_learned(tmp_path):
    with SimulatedKiss() as radio:
        port = radio.pty()
        code, _, errors, _ = run_dump("--port", port, "--learn", tmp_path / "keys", "--fifo", "-")
        assert code == 1 and len(errors) == 1 and "is no companion, so nothing can be learned" in errors[0]
        code, _, errors, _ = run_dump("--port", port, "--protocol", "kiss", "--learn", tmp_path / "keys", "--fifo", "-")
        assert code == 1 and len(errors) == 1 and "has no contacts" in errors[0]
    code, _, errors, _ = run_dump("--host", "127.0.0.1", "--learn", tmp_path / "no" / "keys", "--fifo", "-")
    assert code == 1 and len(errors) == 1 and "cannot write the key file" in errors[0]
    assert list(tmp_path.iterdir()) == []

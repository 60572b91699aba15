# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's tables of channels, identities, nodes and regions: by -o, from the profile, beside the key file."""
import json
import os
import subprocess
import tomllib

import pytest
from captures import capture, key_file_of, with_keys
from records import record, write_pcap
from test_fields import ADVERT, GROUP_TEXT, fields
from test_preferences import HASHTAG_TEXT

SECRET = "9cd8fcf22a47333b591d96a2b848b73f"  # of #test
BASE64 = "nNj88ipHMztZHZaiuEi3Pw=="
SHOWN = ("meshcore.channel", "meshcore.text")


def row(table, *values):
    return "-o", f"uat:meshcore_{table}:" + ",".join(f'"{value}"' for value in values)


@pytest.fixture
def hashtag_text(tshark):
    return write_pcap(tshark.home / "hashtag.pcap", [record(HASHTAG_TEXT)])


@pytest.fixture
def profile(tshark):
    """Writes a table's file into the profile, as the user's."""
    written = []

    def write(table, text, mode=0o600, folder=".config/wireshark"):
        path = tshark.home / folder / f"meshcore_{table}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        if os.getuid() == 0:
            for owned in (path, *path.parents):
                if owned == tshark.home:
                    break
                os.chown(owned, 65534, 65534)
        written.append(path)
        return path

    yield write
    for path in written:
        path.unlink(missing_ok=True)


def channel(tshark, path, *options):
    [shown] = fields(tshark, path, *SHOWN, options=options)
    return shown[0] if shown[1] else None


@pytest.mark.parametrize("values", [("#test", ""), ("#test", SECRET), ("Ours", SECRET), ("Ours", SECRET.upper()),
                                    ("Ours", BASE64), ("Tag", SECRET + 32 * "0")], ids=str)
def test_a_channel(tshark, hashtag_text, values):
    assert channel(tshark, hashtag_text) is None
    assert channel(tshark, hashtag_text, *row("channels", *values)) == values[0]


def test_the_public_channel_may_be_listed(tshark):
    path = write_pcap(tshark.home / "public.pcap", [record(GROUP_TEXT)])
    assert channel(tshark, path, *row("channels", "Public", "8b3387e9c5cdea6ac9e5edbaa115cd72")) == "Public"


def test_several_rows(tshark, hashtag_text):
    assert channel(tshark, hashtag_text, *row("channels", "First", 32 * "1"), *row("channels", "#test", "")) == "#test"


BAD_ROWS = [
    ("channels", ("x", SECRET[:-2]), "16 or 32 bytes"), ("channels", ("x", SECRET + "ff"), "16 or 32 bytes"),
    ("channels", ("x", SECRET[:-1] + "*"), "neither hex nor base64"), ("channels", ("x", ""), "#"),
    ("channels", ("", ""), "#"), ("channels", ("x", 32 * "0"), "all zero"),
    ("identities", ("x", SECRET), "64 bytes"), ("identities", ("x", 128 * "f"), "not clamped"),
    ("identities", ("x", ""), "64 bytes"), ("nodes", ("x", SECRET), "32 bytes"), ("nodes", ("", 64 * "a"), "name"),
    ("nodes", ("x", ""), "32 bytes"), ("regions", ("",), "name"), ("regions", ("#",), "name")]


@pytest.mark.parametrize("table,values,why", BAD_ROWS, ids=str)
def test_a_bad_row_is_refused(tshark, hashtag_text, table, values, why):
    """tshark repeats the option itself; what we add tells the reason and nothing of the row."""
    done = tshark.run("-r", hashtag_text, *row(table, *values), check=False)
    assert done.returncode == 1 and done.stdout == ""
    reason = done.stderr.split('": ')[-1]
    assert why in reason and len(done.stderr.strip().splitlines()) == 1
    assert not any(len(value) > 8 and value[:8] in reason for value in values)


def test_from_the_profile(tshark, hashtag_text, profile):
    profile("channels", '"First","00112233445566778899aabbccddeeff"\n"#test",""\n')
    assert channel(tshark, hashtag_text) == "#test"


def test_from_another_profile(tshark, hashtag_text, profile):
    profile("channels", f'"There","{SECRET}"\n', folder=".config/wireshark/profiles/Mesh")
    assert channel(tshark, hashtag_text) is None
    assert channel(tshark, hashtag_text, "-C", "Mesh") == "There"


@pytest.mark.parametrize("bad", [f'"Bad","{SECRET[:-2]}"', f'"Bad","{SECRET}', '"Bad"', '"Bad","zz"'], ids=repr)
def test_a_bad_row_of_the_profile(tshark, hashtag_text, profile, bad):
    """It is reported, without the secret; the rows before it count."""
    profile("channels", f'"#test",""\n{bad}\n')
    done = tshark.run("-r", hashtag_text, "-T", "fields", "-e", "meshcore.channel")
    assert "MeshCore channels" in done.stderr or "meshcore_channels" in done.stderr
    assert SECRET[:12] not in done.stderr
    assert SECRET[:12] not in done.stdout and done.stdout.endswith("#test\n")


def test_the_file_of_secrets_is_made_private(tshark, hashtag_text, profile):
    """Wireshark saves its tables for everybody to read."""
    paths = [profile("channels", '"#test",""\n', 0o644), profile("identities", "", 0o644), profile("nodes", "", 0o644)]
    tshark.run("-r", hashtag_text)
    assert paths[0].stat().st_mode & 0o777 == 0o600
    assert paths[2].stat().st_mode & 0o777 == 0o644


def test_beside_the_key_file(tshark, hashtag_text):
    """Both count; a key that both have has the name of the file."""
    keys = tshark.home / "some.toml"
    keys.write_text(f'[[channel]]\nname = "Of the file"\nsecret = "{SECRET}"\n')
    keys.chmod(0o644)
    path = write_pcap(tshark.home / "both.pcap", [record(HASHTAG_TEXT)])
    file = ("-o", f"meshcore.key_file:{keys}")
    assert channel(tshark, path, *file, *row("channels", "Of the table", SECRET)) == "Of the file"
    assert channel(tshark, path, *file, *row("channels", "Another", 32 * "1")) == "Of the file"
    keys.write_text('[[channel]]\nname = "#other"\n')
    assert channel(tshark, path, *file, *row("channels", "Of the table", SECRET)) == "Of the table"


KEYS = {"channel": ("channels", "secret"), "identity": ("identities", "private_key"), "node": ("nodes", "public_key"),
        "region": ("regions", None)}


def as_tables(key_file):
    """The options that give the tables what a key file has."""
    options = []
    for kind, entries in tomllib.loads(key_file.read_text(encoding="utf-8")).items():
        table, key = KEYS[kind]
        for entry in entries:
            options += row(table, entry["name"], *([entry.get(key, "")] if key else []))
    return options


@pytest.mark.parametrize("name", ["firmware-1.17.1", "scope-captures-seattle"])
def test_tables_show_what_the_key_file_shows(tshark, name):
    """All that is inside the encryption, region names and node names too."""
    path, *by_file = with_keys(tshark, capture(name))
    by_tables = as_tables(key_file_of(capture(name)))
    assert by_tables
    shown = tshark.run("-r", path, "-V", *by_file).stdout
    assert tshark.run("-r", path, "-V", *by_tables).stdout == shown
    assert tshark.run("-r", path, "-V").stdout != shown


def test_nodes_by_name(tshark):
    """The user's name for a node, not the one in its advert."""
    path = write_pcap(tshark.home / "advert.pcap", [record(ADVERT)])
    assert fields(tshark, path, "_ws.col.Source", options=row("nodes", "My roof", ADVERT[2:34].hex())) == [["My roof"]]


@pytest.mark.parametrize("table,secret", [("channels", SECRET), ("identities", 31 * "08" + "40" + 32 * "5a")])
def test_secrets_are_not_shown(tshark, hashtag_text, table, secret):
    shown = [tshark.run("-r", hashtag_text, "-V", "-x", *row(table, "mine", secret)),
             tshark.run("-r", hashtag_text, "-T", "pdml", *row(table, "mine", secret)),
             tshark.run("-r", hashtag_text, "-q", "-z", "expert", *row(table, "mine", secret))]
    for done in shown:
        assert not done.stderr
        assert secret[:16] not in done.stdout.replace(" ", "").replace(":", "").lower()


class Sharkd:
    """Wireshark without its window: one process that opens captures and takes preferences meanwhile."""

    def __init__(self, tshark):
        self.process = subprocess.Popen(
            tshark.command("-", program="sharkd"), env=tshark.environment, cwd=tshark.home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(self, method, **parameters):
        self.process.stdin.write(json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise AssertionError(self.process.stderr.read())

    def close(self):
        self.process.communicate(timeout=60)
        return self.process.returncode


def test_applied_without_restart(tshark, hashtag_text):
    sharkd = Sharkd(tshark)

    def reads():
        sharkd.ask("load", file=str(hashtag_text))
        return "Prueba" in json.dumps(sharkd.ask("frame", frame=1, proto=True))

    assert not reads()
    sharkd.ask("setconf", name="uat:meshcore_channels", value='"#test",""')
    assert reads()
    assert sharkd.close() == 0

# SPDX-License-Identifier: GPL-2.0-or-later
"""Preferences: the link type and the key file, with good and bad values."""
import hashlib
import os

import pytest
from records import MESHCORE, record, write_pcap
from test_fields import ADVERT, GROUP_TEXT, fields

USER_ROW = 'uat:user_dlts:"User {0} (DLT={1})","{2}","0","","0",""'


def protocols(tshark, path, *options):
    return fields(tshark, path, "frame.protocols", options=options)[0][0]


@pytest.mark.parametrize("user", [0, 3, 10, 15])
def test_another_link_type(tshark, user):
    path = write_pcap(tshark.home / f"user{user}.pcap", [record(ADVERT)], link_type=147 + user)
    assert "meshcore" not in protocols(tshark, path)
    assert protocols(tshark, path, "-o", f"meshcore_radio.link_type:user{user}") == "meshcore_radio:meshcore"


def test_the_default_is_given_back(tshark):
    """The user's own row for USER11 counts again as soon as the plugin has left it."""
    path = write_pcap(tshark.home / "ours.pcap", [record(ADVERT)])
    row = ("-o", USER_ROW.format(11, MESHCORE, "data"))
    assert protocols(tshark, path) == "meshcore_radio:meshcore"
    assert protocols(tshark, path, *row) == "meshcore_radio:meshcore"
    for choice in ("none", "user3"):
        assert protocols(tshark, path, *row, "-o", f"meshcore_radio.link_type:{choice}") == "user_dlt:data"
    assert protocols(tshark, path, "-o", "meshcore_radio.link_type:user3",
                     "-o", "meshcore_radio.link_type:user11") == "meshcore_radio:meshcore"


def test_bare_frames_by_the_users_table(tshark):
    path = write_pcap(tshark.home / "bare.pcap", [ADVERT], link_type=147)
    assert protocols(tshark, path, "-o", USER_ROW.format(0, 147, "meshcore")) == "user_dlt:meshcore"


def test_unknown_link_type(tshark):
    """Wireshark drops a choice that it does not know: the default stays."""
    path = write_pcap(tshark.home / "ours.pcap", [record(ADVERT)])
    assert protocols(tshark, path, "-o", "meshcore_radio.link_type:user99") == "meshcore_radio:meshcore"


class KeyFile:
    def __init__(self, tshark, text=None, mode=0o600):
        self.tshark = tshark
        self.source = tshark.home / "source.toml"
        self.path = tshark.home / "keys.toml"
        self.path.unlink(missing_ok=True)
        if text is not None:
            self.source.write_text(text)
            self.source.rename(self.path)
            self.path.chmod(mode)
            if os.getuid() == 0:
                os.chown(self.path, 65534, 65534)

    def run(self, frame, check=True):
        """tshark's (text field, standard error)."""
        path = write_pcap(self.tshark.home / "keys.pcap", [record(frame)])
        done = self.tshark.run("-r", path, "-o", f"meshcore.key_file:{self.path}", "-T", "fields",
                               "-e", "meshcore.channel", "-e", "meshcore.text")
        return done.stdout.rstrip("\n"), done.stderr


# "#test", as firmware 1.17.1 sent it.
HASHTAG_TEXT = bytes.fromhex(
    "1500d93b3e38852cdf2f428465da7d3c21741b626c5d6bf6f9b19bb7d8cb868dc63d004ff2aa7c87b62dd2060d79923e"
    "5c6ae4ca53ca6315f865c0357529539d79617a6d69")


def test_without_a_key_file(tshark):
    path = write_pcap(tshark.home / "keys.pcap", [record(GROUP_TEXT), record(HASHTAG_TEXT)])
    assert [row[0] for row in fields(tshark, path, "meshcore.channel")] == ["Public", ""]


def test_channel_of_the_key_file(tshark):
    text, errors = KeyFile(tshark, '[[channel]]\nname = "#test"\n').run(HASHTAG_TEXT)
    assert text.startswith("#test\t") and errors == ""


@pytest.mark.parametrize("text", [None, "[[channel\n", "nonsense", '[[channel]]\nname = "x"\nsecret = "12"\n'],
                         ids=["missing", "cut", "no TOML", "short secret"])
def test_bad_key_file(tshark, text):
    """One line that names the file; frames that need no key of it are shown all the same."""
    keys = KeyFile(tshark, text)
    shown, errors = keys.run(GROUP_TEXT)
    assert shown.startswith("Public\t")
    assert len(errors.splitlines()) == 1 and str(keys.path) in errors and "MeshCore" in errors


def test_a_secret_is_never_told(tshark):
    secret = hashlib.sha256(b"secret").hexdigest()
    for text in (f'[[channel]]\nname = "x"\nsecret = "{secret}99"\n', f'[[channel]]\nname = "x\nsecret = "{secret}"\n',
                 f'[[identity]]\nname = "x"\nprivate_key = "{secret}zz"\n', f'secret = "{secret}"\n'):
        shown, errors = KeyFile(tshark, text).run(GROUP_TEXT)
        assert errors and secret[:12] not in errors + shown


def test_good_entries_of_a_bad_file_count(tshark):
    text = '[[channel]]\nname = "short"\nsecret = "12"\n[[channel]]\nname = "#test"\n'
    shown, errors = KeyFile(tshark, text).run(HASHTAG_TEXT)
    assert shown.startswith("#test\t") and "keys.toml:3" in errors

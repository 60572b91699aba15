# SPDX-License-Identifier: GPL-2.0-or-later
"""meshcore-bridge token inspect, verify, mint: as one calls them in a shell."""
import base64
import json
import subprocess
import time

import pytest

from support.broker import bridge_program

PRIVATE = ("18469d6140447f77de13cd8d761e605431f52269fbff43b0925752ed9e674543"
           "5dc6a86d2568af8b70d3365db3f88234760c8ecc645ce469829bc45b65f1d5d5")
PUBLIC = "4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E"


def token(*arguments, stdin=""):
    return subprocess.run([str(bridge_program()), "token", *map(str, arguments)], input=stdin,
                          capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    path.write_text(PRIVATE + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_mint_inspect_verify(key, tmp_path):
    before = int(time.time())
    made = token("mint", "--key", key, "--audience", "mqtt.example.org", "--ttl", 600, "--email", "Me@example.org")
    assert made.returncode == 0 and made.stderr == ""
    header, claims, signature = made.stdout.strip().split(".")
    assert header == "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiSldUIn0" and len(signature) == 128
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert list(said) == ["publicKey", "iat", "exp", "aud", "email", "client"]
    assert said["publicKey"] == PUBLIC and said["email"] == "me@example.org"
    assert before <= said["iat"] <= time.time() and said["exp"] == said["iat"] + 600

    shown = token("inspect", stdin=made.stdout)
    assert shown.returncode == 0
    assert "user name v1_" + PUBLIC in shown.stdout and "signature good" in shown.stdout
    assert shown.stdout.endswith("valid now\n") and '"aud": "mqtt.example.org"' in shown.stdout
    assert PRIVATE[:16] not in shown.stdout.lower() and signature not in shown.stdout

    file = tmp_path / "token"
    file.write_text(made.stdout, encoding="ascii")
    assert token("verify", file, "--audience", "mqtt.example.org").returncode == 0
    other = token("verify", file, "--audience", "elsewhere")
    assert other.returncode == 1 and other.stdout.startswith("not valid: its audience")


def test_what_is_not_valid(key):
    made = token("mint", "--key", key).stdout.strip()
    forged = made[:-1] + ("0" if made[-1] != "0" else "1")
    assert token("verify", stdin=forged).returncode == 1
    assert "signature wrong" in token("inspect", stdin=forged).stdout


@pytest.mark.parametrize("stdin", ["", "\n", "nonsense", "a.b.c", "..", "\x00" * 200, "e" * 100000])
def test_what_is_no_token(stdin):
    answer = token("inspect", stdin=stdin)
    assert answer.returncode == 2 and answer.stdout == "" and answer.stderr.count("\n") == 1


def test_a_token_or_key_does_not_come_back_in_errors(key, tmp_path):
    made = token("mint", "--key", key).stdout.strip()
    answer = token("verify", made)
    assert answer.returncode == 2 and "not as an argument" in answer.stderr and made[:60] not in answer.stderr
    bad = tmp_path / "bad"
    bad.write_text(PRIVATE + "zz", encoding="ascii")
    bad.chmod(0o600)
    answer = token("mint", "--key", bad)
    assert answer.returncode == 2 and PRIVATE[:16] not in answer.stderr
    key.chmod(0o644)
    answer = token("mint", "--key", key)
    assert answer.returncode == 2 and "chmod 600" in answer.stderr and answer.stdout == ""


def test_a_stranger_cannot_write_to_the_terminal():
    claims = base64.urlsafe_b64encode(json.dumps({
        "publicKey": PUBLIC, "iat": 10**18, "exp": -10**18, "aud": "\x1b[2J", "x": "\u202e"},
        ensure_ascii=False).encode()).decode().rstrip("=")
    header = base64.urlsafe_b64encode(b'{"alg":"Ed25519","x":"\x1b[2J\x7f"}').decode().rstrip("=")
    answer = token("inspect", stdin=f"{header}.{claims}.{'0' * 128}")
    assert "\x1b" not in answer.stdout + answer.stderr and "\u202e" not in answer.stdout


@pytest.mark.parametrize("arguments", [[], ["mint"], ["nonsense"], ["mint", "--key", "x", "--ttl", "0"]])
def test_usage(arguments):
    assert token(*arguments).returncode == 2
    assert token("--help").returncode == 0

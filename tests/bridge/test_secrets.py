# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of secret, in every situation that has words for it: it comes out nowhere."""
import base64
import pathlib
import re
import shutil
import signal
import subprocess

import pytest
from bridging import Bridge, packets, toml
from support.broker import CONNECT, FakeBroker, Mosquitto, Subscriber, bridge_program, free_port, text, wait_until
from support.simulated_radio import SELF_INFO, SimulatedRadio, answers
from test_secure import pki  # noqa: F401  pylint: disable=unused-import
from test_tokens import PRIVATE, PUBLIC
from test_troubles import SOURCE, numbered

PASSWORD, TOPIC_TOKEN = "pass-w0rd-5ecret", "topic-t0ken-5ecret"
CHANNEL, IDENTITY = "c0ffee5ec2e7c0ffee5ec2e7c0ffee5e", "a8" + "ab" * 30 + "5e" + "cd" * 31 + "77"
REFUSED = b"\x20\x02\x00\x05"


def spellings(secret):
    """As text, in the other case, as base64 and, if it is hex, as bytes."""
    yield secret.encode()
    yield secret.upper().encode()
    yield base64.b64encode(secret.encode())
    if re.fullmatch("[0-9a-f]{32,}", secret):
        yield bytes.fromhex(secret)
        yield base64.b64encode(bytes.fromhex(secret))


SECRETS = [PASSWORD, TOPIC_TOKEN, CHANNEL, IDENTITY, IDENTITY[:64], PRIVATE, PRIVATE[:64]]


def assert_clean(where, data, secrets=()):
    for secret in [*SECRETS, *secrets]:
        for spelling in spellings(secret):
            assert spelling not in data, f"{where} has the secret {secret[:6]}..."


def roof():
    """A radio whose private key is known."""
    replies = answers()
    replies[b"\x01"] = lambda: SELF_INFO[:4] + bytes.fromhex(PUBLIC) + SELF_INFO[36:]
    return replies


@pytest.fixture(name="files")
def key_files(tmp_path):
    (tmp_path / "radio.key").write_text(PRIVATE + "\n", encoding="ascii")
    (tmp_path / "keys.toml").write_text(
        f'[[channel]]\nname = "#den"\nsecret = "{CHANNEL}"\n'
        f'[[identity]]\nname = "me"\nprivate_key = "{IDENTITY}"\n', encoding="ascii")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    return tmp_path


def with_secrets(port, source, home, method="token", extra=""):
    login = f'[broker.auth]\nusername = "me"\npassword = "{PASSWORD}"\nmethod = "{method}"\n' \
            f'audience = "mqtt.example.org"\ntopic_token = "{TOPIC_TOKEN}"\n' \
            '[broker.topics]\npackets = "up/{TOKEN}/packets"\nstatus = "up/{TOKEN}/status"\n'
    config = toml(port, extra=f"qos = 1\n{extra}", auth=login, source=source)
    return config.replace('iata = "SEA"', f'iata = "SEA"\nprivate_key_file = "{home}/radio.key"') + \
        f'\n[decode]\nkeys = "{home}/keys.toml"\n'


def told(bridge, home):
    """All that others can come to see of a running bridge: its log, its command line, what it wrote."""
    yield "log", bridge.log().encode()
    yield "command line", pathlib.Path(f"/proc/{bridge.process.pid}/cmdline").read_bytes()
    for file in home.rglob("*"):
        if file.is_file() and file.name not in ("config0.toml", "radio.key", "keys.toml"):
            yield str(file), file.read_bytes()


def tokens_in(connects):
    """The passwords that a broker was shown."""
    for body in connects:
        fields, at = [], 10
        while at < len(body):
            field, at = text(body, at)
            fields.append(field)
        yield fields[-1].decode()


@pytest.mark.parametrize("method", ["token", "password"])
def test_refused_login(files, method):
    connects = []

    def refuses(wire):
        kind, _, body = wire.packet()
        assert kind == CONNECT
        connects.append(body)
        wire.send(REFUSED)

    with FakeBroker(refuses) as fake, SimulatedRadio(numbered(20), replies=roof(), wait=7) as radio, \
            Bridge(with_secrets(fake.port, SOURCE.format(radio.tcp()), files, method), home=files,
                   arguments=["--log-level", "trace"]) as bridge:
        wait_until(lambda: "refuses the login" in bridge.log() and radio.done.is_set(), what="a refusal")
        shown = list(tokens_in(connects))
        assert shown and (shown[0] == PASSWORD) == (method == "password")
        for where, data in told(bridge, files):
            assert_clean(where, data, shown)
        assert bridge.stop() == 0
        assert_clean("log", bridge.log().encode(), shown)
        stored = b"".join(file.read_bytes() for file in files.glob("*.outbox*"))
        assert b"up/{TOKEN}/packets" in stored
        assert_clean("outbox", stored, shown)


def test_published(files):
    """What a broker gets has no more than the token in its topics; and neither has the log of a good day."""
    with Mosquitto(users={"me": PASSWORD}) as mosquitto, \
            Subscriber(mosquitto.port, "me", PASSWORD) as subscriber, \
            SimulatedRadio(numbered(5), wait=7) as radio, \
            Bridge(with_secrets(mosquitto.port, SOURCE.format(radio.tcp()), files, "password"), home=files,
                   arguments=["--log-level", "trace"]) as bridge:
        subscriber.wait_for(lambda all_: len(packets(all_)) >= 5)
        for where, data in told(bridge, files):
            assert_clean(where, data)
        assert bridge.stop() == 0
        for message in subscriber.messages:
            assert message.topic.startswith(f"up/{TOPIC_TOKEN}/")
            assert_clean("a message", message.payload)


def test_wrong_tls(files, pki):  # noqa: F811
    """The client's TLS key, with a broker whose certificate is for somebody else."""
    certificate, key = pki["client"]
    private = files / "client.key"
    shutil.copy(key, private)
    private.chmod(0o600)
    body = "".join(line for line in key.read_text(encoding="ascii").splitlines() if "-----" not in line)
    cert, server_key = pki["other_host"]
    tls = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"\ncert_file = "{certificate}"\n' \
          f'key_file = "{private}"\n'
    with Mosquitto(listener=f"cafile {pki['ca']}\ncertfile {cert}\nkeyfile {server_key}") as mosquitto, \
            SimulatedRadio(numbered(5), replies=roof(), wait=7) as radio:
        config = with_secrets(mosquitto.port, SOURCE.format(radio.tcp()), files)
        with Bridge(config.replace("[broker.auth]", tls + "[broker.auth]"), home=files,
                    arguments=["--log-level", "trace"]) as bridge:
            wait_until(lambda: "cannot connect" in bridge.log(), what="a refusal")
            for where, data in told(bridge, files):
                if where != str(private):
                    assert_clean(where, data, [body])
            assert bridge.stop() == 0


@pytest.mark.parametrize("arguments", [["--check"], ["--print-config"], ["--check", "--log-level", "trace"]])
@pytest.mark.parametrize("mistake", ["", "[broker.wrong]\nkey = 1\n", '[spool]\nmax_age = "soon"\n', "broken = [\n"])
def test_words_about_a_configuration(files, arguments, mistake):
    """Whatever is wrong with it, and where."""
    config = files / "config0.toml"
    config.write_text(with_secrets(1883, SOURCE.format(5000), files) + mistake, encoding="ascii")
    config.chmod(0o600)
    done = subprocess.run([bridge_program(), "--config", config, *arguments], capture_output=True, timeout=60,
                          check=False)
    assert done.returncode in (0, 2) and done.stdout + done.stderr
    assert_clean("output", done.stdout + done.stderr)


@pytest.mark.parametrize("line", [
    f'password = "{PASSWORD}" "', f'password = {PASSWORD}', f'password = ["{PASSWORD}"]', f'pasword = "{PASSWORD}"',
    f'topic_token = {{ a = "{TOPIC_TOKEN}" }}'])
def test_mistakes_beside_a_secret(tmp_path, line):
    """The error names the place, not what stands there."""
    config = tmp_path / "config.toml"
    config.write_text(toml(1883, auth=f"[broker.auth]\n{line}\n"), encoding="ascii")
    config.chmod(0o600)
    done = subprocess.run([bridge_program(), "--config", config, "--check"], capture_output=True, timeout=60,
                          check=False)
    assert f"{config}:".encode() in done.stderr
    assert_clean("output", done.stdout + done.stderr)


def test_dry_run(files):
    with SimulatedRadio(numbered(5), replies=roof(), wait=7) as radio, open(files / "printed", "wb") as printed, \
            Bridge(with_secrets(free_port(), SOURCE.format(radio.tcp()), files), home=files, stdout=printed,
                   arguments=["--dry-run", "--log-level", "trace"]) as bridge:
        wait_until(lambda: (files / "printed").read_bytes().count(b"/packets") >= 5, what="what it would publish")
        for where, data in told(bridge, files):
            assert_clean(where, data)
        assert bridge.stop() == 0


@pytest.mark.parametrize("which", ["radio.key", "config0.toml", "keys.toml"])
def test_files_that_others_can_read(files, which):
    """Refused, or warned of by name."""
    config = files / "config0.toml"
    config.write_text(with_secrets(1883, SOURCE.format(5000), files), encoding="ascii")
    config.chmod(0o600)
    quiet = subprocess.run([bridge_program(), "--config", config, "--check"], capture_output=True, text=True,
                           timeout=60, check=False)
    assert quiet.returncode == 0 and "warning" not in quiet.stderr, quiet.stderr
    (files / which).chmod(0o644)
    done = subprocess.run([bridge_program(), "--config", config, "--check"], capture_output=True, text=True,
                          timeout=60, check=False)
    assert any(which in row and re.search("other users|anybody", row) for row in done.stderr.splitlines()), done.stderr


def test_no_core_file(files):
    """A crash leaves no memory behind, and nobody but root may look into it."""
    with SimulatedRadio(numbered(5), replies=roof(), wait=7) as radio, \
            Bridge(with_secrets(free_port(), SOURCE.format(radio.tcp()), files), home=files,
                   prefix=["/bin/sh", "-c", f'cd {files} && ulimit -c unlimited && exec "$@"', "sh"]) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log(), what="a login")
        limits = pathlib.Path(f"/proc/{bridge.process.pid}/limits").read_text(encoding="ascii")
        core = next(row for row in limits.splitlines() if row.startswith("Max core file size")).split()
        assert core[4:6] == ["0", "0"], limits
        bridge.process.send_signal(signal.SIGABRT)
        assert bridge.process.wait(60) == -signal.SIGABRT
    assert not list(files.glob("core*"))

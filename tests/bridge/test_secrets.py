# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of secret, in every situation that has words for it: it comes out nowhere."""
import base64
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import urllib.request

import pytest
from bridging import Bridge, packets, toml
from support.broker import CONNECT, FakeBroker, Mosquitto, Subscriber, bridge_program, free_port, text, wait_until
from support.proxy import Proxy
from support.simulated_radio import SELF_INFO, SimulatedRadio, answers
from test_secure import pki  # noqa: F401  pylint: disable=unused-import
from test_tokens import PRIVATE, PUBLIC
from test_troubles import SOURCE, numbered

PASSWORD, TOPIC_TOKEN = "pass-w0rd-5ecret", "topic-t0ken-5ecret"
CHANNEL, IDENTITY = "c0ffee5ec2e7c0ffee5ec2e7c0ffee5e", "a8" + "ab" * 30 + "5e" + "cd" * 31 + "77"
HEADER, PROXY_WORD = "header-5ecret-value", "proxy-w0rd-5ecret"
REFUSED = b"\x20\x02\x00\x05"


def spellings(secret):
    """As text, in the other case, as base64 and, if it is hex, as bytes."""
    yield secret.encode()
    yield secret.upper().encode()
    yield base64.b64encode(secret.encode())
    if re.fullmatch("[0-9a-f]{32,}", secret):
        yield bytes.fromhex(secret)
        yield base64.b64encode(bytes.fromhex(secret))


SECRETS = [PASSWORD, TOPIC_TOKEN, HEADER, PROXY_WORD, CHANNEL, IDENTITY, IDENTITY[:64], PRIVATE, PRIVATE[:64]]


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


def through_everything(proxy_port):
    """What else of a broker can be secret."""
    return f'transport = "websockets"\nwebsocket_headers = ["X-Api-Key: {HEADER}"]\n' \
           f'proxy = "http://me:{PROXY_WORD}@127.0.0.1:{proxy_port}"\n'


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


@pytest.mark.parametrize("kind,login", [("http", ("me", PROXY_WORD)), ("http", ("me", "another")), ("socks5", None)])
def test_on_the_way(files, kind, login):
    """Headers and a proxy's password, if all is well and if not; on the metrics page and in all files, too."""
    page, metrics = free_port(), free_port()
    extra = through_everything(0).replace("http://", f"{kind}://")
    with Mosquitto(listener=f"protocol websockets\nlistener {free_port()} 127.0.0.1") as mosquitto, \
            Proxy(kind, login) as proxy, SimulatedRadio(numbered(5), wait=7) as radio:
        config = with_secrets(mosquitto.port, SOURCE.format(radio.tcp()), files, "password",
                              extra.replace(":0", f":{proxy.port}"))
        config += f'[metrics]\nlisten = "127.0.0.1:{page}"\ntextfile = "{files}/bridge.prom"\n' \
                  f'[output]\nfile = "{files}/packets.jsonl"\n[share]\nlisten = "127.0.0.1:{metrics}"\n'
        with Bridge(config, home=files, arguments=["--log-level", "trace"]) as bridge:
            words = "wants another user" if login and login[1] == "another" else "connected to 127.0.0.1 port"
            wait_until(lambda: words in bridge.log() and (files / "packets.jsonl").exists() and radio.done.is_set(),
                       what=words)
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/metrics", timeout=60) as answer:
                assert_clean("metrics", answer.read())
            seen = dict(told(bridge, files))
            assert {f"{files}/bridge.prom", f"{files}/packets.jsonl"} <= set(seen)
            for where, data in seen.items():
                assert_clean(where, data)
            assert bridge.stop() == 0


def test_reload(files):
    """What is said of a configuration that comes while it runs, good or bad."""
    with SimulatedRadio(numbered(5), wait=7) as radio, \
            Bridge(with_secrets(free_port(), SOURCE.format(radio.tcp()), files), home=files,
                   arguments=["--log-level", "trace"]) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log(), what="a login")
        good = (files / "config0.toml").read_text(encoding="ascii")
        for config, words in ((good.replace(PASSWORD, PASSWORD + '" "'), "the old one stays"),
                              (good.replace(f'"{PASSWORD}"', PASSWORD), "the old one stays"),
                              (good.replace("password =", "pasword ="), "reloaded"),
                              (good.replace("[broker.auth]", "[broker.auth]\npassword = 12\n"), "the old one stays"),
                              (good.replace("qos = 1", f"qos = 1\n{through_everything(1)}"), "reloaded")):
            before = bridge.log().count(words)
            (files / "config0.toml").write_text(config, encoding="ascii")
            bridge.process.send_signal(signal.SIGHUP)
            wait_until(lambda: bridge.log().count(words) > before, what=words)
        for where, data in told(bridge, files):
            assert_clean(where, data)
        assert bridge.stop() == 0


def run(*arguments, **more):
    done = subprocess.run([bridge_program(), *map(str, arguments)], capture_output=True, timeout=60, check=False, **more)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["--check"], ["--print-config"]])
def test_environment(tmp_path, arguments):
    """Secrets that come in variables, with mistakes beside them."""
    environment = {f"PACKETCAPTURE_{name}": value for name, value in {
        "IATA": "SEA", "PRIVATE_KEY": PRIVATE, "CONNECTION_TYPE": "tcp", "MQTT1_ENABLED": "true",
        "MQTT1_SERVER": "127.0.0.1", "MQTT1_USERNAME": "me", "MQTT1_PASSWORD": PASSWORD, "MQTT1_TOKEN": TOPIC_TOKEN,
        "MQTT1_PASSWRD": PASSWORD, "MQTT1_PORT": PASSWORD, "MQTT1_WEBSOCKET_HEADERS": f"X-Api-Key: {HEADER}",
        "MQTT1_PROXY": f"http://me:{PROXY_WORD}@proxy:1"}.items()}
    code, output = run(*arguments, env={"PATH": "/usr/bin", "HOME": str(tmp_path), **environment})
    assert code == 2 and b"MQTT1_PASSWRD" in output
    assert_clean("output", output.replace(PASSWORD.encode(), b"?") if b"MQTT1_PORT" in output else output)


@pytest.mark.parametrize("arguments,text", [
    (["token", "mint", "--key", PRIVATE, "--audience", "a"], ""),         # the key itself, for its file
    (["token", "mint", "--key", "/dev/stdin", "--audience", "a"], PRIVATE[:-1]),
    (["token", "mint", "--key", "/dev/stdin", "--audience", "a"], PRIVATE + "x"),
    (["token", "mint", "--key", "/dev/stdin", "--audience", "a"], "ff" * 32 + PRIVATE[64:]),
    (["token", "inspect"], PRIVATE), (["token", "verify"], PASSWORD + "." + PASSWORD + "." + PASSWORD),
    (["token", "inspect", PASSWORD], ""), (["--password", PASSWORD], "")])
def test_token_command(arguments, text):
    """Mistakes with a secret at hand."""
    code, output = run(*arguments, input=text.encode())
    assert code == 2 and output
    if PASSWORD not in arguments:  # a word like any other
        assert_clean("output", output)


@pytest.mark.parametrize("key", ["private_key_file", "private_key_path"])
def test_a_key_in_place_of_its_file(tmp_path, key):
    """The error says what is wrong, and not the key."""
    config = tmp_path / "config.toml"
    text = toml(1883, auth='[broker.auth]\nmethod = "token"\n', source=f'{key} = "{PRIVATE}"\n')
    if key == "private_key_path":
        text = f"[PacketCapture]\nenabled = true\nprivate_key_path = {PRIVATE}\nmqtt1_enabled = true\n" \
               "mqtt1_server = localhost\nmqtt1_use_auth_token = true\niata = SEA\n"
    config.write_text(text, encoding="ascii")
    config.chmod(0o600)
    code, output = run("--config", config, "--check")
    assert code == 2 and b"looks like the key itself" in output, output
    assert_clean("output", output)


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


def regions(pid):
    """(whether a core file would have it, its bytes) of all memory of a process that can be read."""
    with open(f"/proc/{pid}/smaps", encoding="ascii") as rows, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        begin = end = 0
        for row in rows:
            if found := re.match("([0-9a-f]+)-([0-9a-f]+) r", row):
                begin, end = (int(number, 16) for number in found.groups())
            elif re.match("[0-9a-f]+-[0-9a-f]+ ", row):
                begin = end = 0
            elif row.startswith("VmFlags:") and end > begin:
                with contextlib.suppress(OSError, OverflowError, ValueError):  # [vsyscall] and its like
                    memory.seek(begin)
                    yield " dd" not in row, memory.read(end - begin)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into its memory, which is the point")
def test_the_private_key_in_memory(files):
    """It is in memory that is left out of core files and wiped, and in no copy elsewhere."""
    with Mosquitto() as mosquitto, SimulatedRadio(numbered(5), replies=roof(), wait=7) as radio, \
            Bridge(with_secrets(mosquitto.port, SOURCE.format(radio.tcp()), files), home=files) as bridge:
        wait_until(lambda: "connected to 127.0.0.1 port" in bridge.log() and radio.done.is_set(), what="a login")
        scalar = bytes.fromhex(PRIVATE)[:32]
        held = [dumped for dumped, data in regions(bridge.process.pid) if scalar in data]
        texts = [dumped for dumped, data in regions(bridge.process.pid)
                 if PRIVATE.encode() in data or PRIVATE.upper().encode() in data]
        assert any(bytes.fromhex(PUBLIC) in data for _, data in regions(bridge.process.pid)), "nothing is seen"
        assert not any(texts), "its hex digits are left in memory"
        assert not any(held), "a copy of it would be in a core file"
        assert bridge.stop() == 0


def ends_with(process):
    """How it ended, without taking its exit code away."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT).si_code


@pytest.mark.parametrize("crash", [signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT])
def test_no_core_file(files, crash):
    """A crash leaves no memory behind, and nobody but root may look into it."""
    with subprocess.Popen(["/bin/sh", "-c", f"cd {files} && ulimit -c unlimited && kill -{crash.value} $$"]) as other:
        can_dump = ends_with(other) == os.CLD_DUMPED  # so that this test means something; not everywhere
    print("other programs leave a core file here:", can_dump)
    for core in files.glob("core*"):
        core.unlink()
    with SimulatedRadio(numbered(5), replies=roof(), wait=7) as radio, \
            Bridge(with_secrets(free_port(), SOURCE.format(radio.tcp()), files), home=files,
                   prefix=["/bin/sh", "-c", f'cd {files} && ulimit -c unlimited && exec "$@"', "sh"]) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log(), what="a login")
        limits = pathlib.Path(f"/proc/{bridge.process.pid}/limits").read_text(encoding="ascii")
        core = next(row for row in limits.splitlines() if row.startswith("Max core file size")).split()
        assert core[4:6] == ["0", "0"], limits
        bridge.process.send_signal(crash)
        assert ends_with(bridge.process) == os.CLD_KILLED
        assert bridge.process.wait(60) == -crash
    assert not list(files.glob("core*"))

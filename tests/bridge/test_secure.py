# SPDX-License-Identifier: GPL-2.0-or-later
"""TLS and WebSocket to a real mosquitto: what must work works, what must be refused is refused, in words."""
import hashlib
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from bridging import KEY, Bridge, packets, statuses, toml
from support.broker import FakeBroker, Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio, log_rx_data

FRAME = bytes.fromhex("1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD")


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    """A CA of our own and what it signs."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def sign(self, name, alternative, *validity):
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-extfile", extensions, "-out", certificate, *(validity or ("-days", "30")))
        key.chmod(0o644)
        return certificate, key


@pytest.fixture(scope="module")
def pki():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-pki-", dir="/tmp"))
    folder.chmod(0o755)  # mosquitto gives up root
    authority, stranger = Authority(folder, "ours"), Authority(folder, "theirs")
    yield {
        "ca": authority.certificate, "other_ca": stranger.certificate,
        "good": authority.sign("good", "DNS:localhost,IP:127.0.0.1"),
        "other_host": authority.sign("other", "DNS:elsewhere.example"),
        "expired": authority.sign("expired", "DNS:localhost", "-days", "-1"),
        "client": authority.sign("client", "DNS:client"),
    }
    shutil.rmtree(folder)


def secure(pki, certificate, extra="", websockets=False):
    """mosquitto with a listener of TLS and a plain one; returns it and the plain port."""
    plain = free_port()
    cert, key = pki[certificate]
    lines = [f"cafile {pki['ca']}", f"certfile {cert}", f"keyfile {key}", extra,
             "protocol websockets" if websockets else "", f"listener {plain} 127.0.0.1"]
    return Mosquitto(listener="\n".join(line for line in lines if line)), plain


def config(port, radio, tls="", extra="", server="localhost"):
    source = f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}\n'
    return toml(port, extra=extra, auth=tls, source=source).replace('server = "127.0.0.1"', f'server = "{server}"')


def arrives(port, plain, tls, extra="", server="localhost"):
    with Subscriber(plain) as subscriber, SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio, \
            Bridge(config(port, radio, tls, extra, server)) as bridge:
        subscriber.wait_for(packets)
        assert bridge.stop() == 0
        subscriber.wait_for(lambda all_: b"offline" in statuses(all_)[-1].payload)
        assert b'"timestamp"' in statuses(subscriber.messages)[-1].payload  # said by us, not by the will
        return bridge.log()


def refused(port, tls, words, extra="", server="localhost"):
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio, \
            Bridge(config(port, radio, tls, extra, server)) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log(), what="the refusal")
        line = next(line for line in bridge.log().splitlines() if "cannot connect" in line)
        assert any(word in line for word in words), line
        assert bridge.stop() == 0


def test_own_ca(pki):
    mosquitto, plain = secure(pki, "good")
    with mosquitto:
        trusted = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"'
        arrives(mosquitto.port, plain, trusted)
        arrives(mosquitto.port, plain, trusted, server="127.0.0.1")
        refused(mosquitto.port, f'[broker.tls]\nenabled = true\nca_file = "{pki["other_ca"]}"',
                ["certificate is not accepted"])
        refused(mosquitto.port, "[broker.tls]\nenabled = true", ["certificate is not accepted"])
        log = arrives(mosquitto.port, plain, "[broker.tls]\nenabled = true\nverify = false")
        assert "its certificate is not checked" in log


@pytest.mark.parametrize("certificate,words", [("other_host", "hostname mismatch"),
                                               ("expired", "certificate has expired")])
def test_wrong_certificates(pki, certificate, words):
    mosquitto, _ = secure(pki, certificate)
    with mosquitto:
        refused(mosquitto.port, f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"', [words])


def test_name_that_is_not_the_server(pki):
    """server_name is what is asked for, and what the certificate must have."""
    mosquitto, plain = secure(pki, "other_host")
    with mosquitto:
        named = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"\nserver_name = "{{}}"'
        arrives(mosquitto.port, plain, named.format("elsewhere.example"))
        refused(mosquitto.port, named.format("nowhere.example"), ["hostname mismatch"])


def test_pinned_key(pki):
    public = subprocess.run(["openssl", "x509", "-in", pki["good"][0], "-pubkey", "-noout"], check=True,
                            capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True,
                         capture_output=True).stdout
    trusted = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"\npin = "{{}}"'
    mosquitto, plain = secure(pki, "good")
    with mosquitto:
        arrives(mosquitto.port, plain, trusted.format(hashlib.sha256(der).hexdigest()))
        refused(mosquitto.port, trusted.format("ab" * 32), ["public key is not the pinned one"])


def test_client_certificate(pki):
    mosquitto, plain = secure(pki, "good", "require_certificate true")
    with mosquitto:
        certificate, key = pki["client"]
        tls = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"\ncert_file = "{certificate}"\nkey_file = "{key}"'
        assert f"other users can read its key in {key}" in arrives(mosquitto.port, plain, tls)
        key.chmod(0o600)
        assert "other users can read" not in arrives(mosquitto.port, plain, tls)
        refused(mosquitto.port, f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"',
                ["certificate required", "hung up", "handshake failure"])


def test_websockets(pki):
    plain = free_port()
    with Mosquitto(listener=f"protocol websockets\nlistener {plain} 127.0.0.1") as mosquitto:
        arrives(mosquitto.port, plain, "", 'transport = "websockets"')
        arrives(mosquitto.port, plain, "", 'transport = "websockets"\nwebsocket_path = "/mqtt"\nqos = 1')
    mosquitto, plain = secure(pki, "good", websockets=True)
    with mosquitto:
        trusted = f'[broker.tls]\nenabled = true\nca_file = "{pki["ca"]}"'
        arrives(mosquitto.port, plain, trusted, 'transport = "websockets"')


def test_websocket_request_and_refusals():
    """Path, subprotocol and host as configured; an answer that is no WebSocket is told with its status."""
    requests = []
    headers = 'transport = "websockets"\nwebsocket_path = "/mqtt"\nwebsocket_headers = ["X-Key: s3cret-word, and more", "Origin: here"]'

    def answer(text):
        def handler(wire):
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += wire.read(1)
            requests.append(request.decode())
            wire.send(text)
        return handler

    with FakeBroker(answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) as fake:
        refused(fake.port, "", ["answers 404 to WebSocket path /mqtt; check websocket_path"],
                headers)
    request = requests[0].lower()
    assert request.startswith("get /mqtt http/1.1\r\n")
    assert "x-key: s3cret-word, and more\r\n" in request and "origin: here\r\n" in request
    assert "sec-websocket-protocol: mqtt\r\n" in request and f"host: localhost:{fake.port}\r\n" in request
    with FakeBroker(answer(b"no HTTP at all\r\n\r\n")) as fake:
        refused(fake.port, "", ["WebSocket handshake fails"], 'transport = "websockets"')
    with FakeBroker(lambda wire: None) as fake:
        refused(fake.port, "[broker.tls]\nenabled = true", ["TLS fails"])
    refused(free_port(), "[broker.tls]\nenabled = true", ["Connection refused"])


def test_files_that_cannot_be_used(tmp_path):
    for line, word in (('ca_file = "absent.pem"', "ca_file"), ('cert_file = "absent.pem"', "cert_file"),
                       ('pin = "12"', "pin")):
        text = toml(1, auth=f"[broker.tls]\nenabled = true\n{line}")
        with Bridge(text, arguments=["--check"]) as bridge:
            assert bridge.wait() == 2
            assert word in bridge.log() and "not used" in bridge.log()


def test_key_with_a_passphrase(pki, tmp_path):
    """Nobody is asked for it: that is told, and where nobody sits nothing waits."""
    certificate, key = pki["client"]
    locked = tmp_path / "locked.key"
    openssl("pkey", "-in", key, "-aes128", "-passout", "pass:s3cret-word", "-out", locked)
    locked.chmod(0o600)
    tls = f'[broker.tls]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{locked}"'
    with Bridge(toml(1, auth=tls), arguments=["--check"], prefix=["setsid", "--wait"]) as bridge:
        assert bridge.wait() == 2
        assert "locked.key: it is locked with a passphrase" in bridge.log()


def test_login_by_token(tmp_path):
    """User name and password are the key's; a new token for each CONNECT; no secret anywhere."""
    from support.broker import ACCEPTED, CONNECT, text
    private = ("18469d6140447f77de13cd8d761e605431f52269fbff43b0925752ed9e6745435dc6a86d2568af8b70d3365db3f88234760"
               "c8ecc645ce469829bc45b65f1d5d5")
    public = "4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E"
    key_file = tmp_path / "radio.key"
    key_file.write_text(private)
    key_file.chmod(0o600)
    logins = []

    def handler(wire):
        kind, _, body = wire.packet()
        assert kind == CONNECT
        at, fields = 10, []
        while at < len(body):
            field, at = text(body, at)
            fields.append(field.decode())
        logins.append(fields[-2:])
        wire.send(ACCEPTED)
        wire.packet()

    def file(origin_id):
        return toml(fake.port, auth='[broker.auth]\nmethod = "token"\naudience = "aud.example"\nowner = "aa"\n',
                    source=f'origin_id = "{origin_id}"\nprivate_key_file = "{key_file}"\n'
                           f'[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {radio.tcp()}\n')

    with FakeBroker(handler) as fake, SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio:
        with Bridge(file(public), arguments=["--log-level", "debug"]) as bridge:
            wait_until(lambda: len(logins) >= 2, what="two logins")
            bridge.stop()
            log = bridge.log()
        assert not fake.errors
    assert logins[0][0] == f"v1_{public}"
    token = logins[0][1]
    program = bridge.command[0]
    checked = subprocess.run([program, "token", "verify", "--audience", "aud.example"], input=token, text=True,
                             capture_output=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert token not in log and private not in log
    with FakeBroker(handler) as fake, SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio, \
            Bridge(file(KEY)) as bridge:
        wait_until(lambda: "the private key belongs to" in bridge.log(), what="the mismatch")
        bridge.stop()
    with Bridge(toml(1, auth='[broker.auth]\nmethod = "token"\n', source='[source]\nprotocol = "log"\n'),
                arguments=["--check"]) as bridge:
        assert bridge.wait() == 2
        assert "set private_key_file" in bridge.log()

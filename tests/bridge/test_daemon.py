# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd sees of the bridge: notifications, the watchdog, the journal, its unit."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import pytest
from bridging import CAPTURES, KEY, Bridge, packets, statuses, toml
from support.broker import Mosquitto, Subscriber, wait_until
from support.simulated_radio import SimulatedRadio, log_rx_data
from test_live import FRAME, NAME, TCP

BUILD = pathlib.Path(os.environ["MESHCORE_BUILD_DIR"])


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(60)
        self.got = []

    def wait_for(self, text):
        while not any(text in message for message in self.got):
            self.got.append(self.socket.recv(4096).decode())
        return self.got


@pytest.fixture
def broker():
    with Mosquitto() as mosquitto:
        yield mosquitto


@pytest.fixture
def systemd(tmp_path):
    return Systemd(tmp_path)


def test_notifications(broker, systemd):
    with SimulatedRadio([log_rx_data(FRAME, 1, -65)]) as radio, Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()))
        environment = {"NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "200000"}
        with Bridge(config, environment=environment) as bridge:
            systemd.wait_for("READY=1")
            subscriber.wait_for(packets)
            systemd.wait_for("STATUS=1 of 1 radios connected, 1 of 1 brokers, 0 messages waiting")
            fed = sum("WATCHDOG=1" in message for message in systemd.got)
            while sum("WATCHDOG=1" in message for message in systemd.got) < fed + 3:
                systemd.got.append(systemd.socket.recv(4096).decode())
            for text in ("[nonsense", config):  # a bad one is over, too
                systemd.got.clear()
                (bridge.home / "config0.toml").write_text(text)
                bridge.process.send_signal(signal.SIGHUP)
                got = systemd.wait_for("READY=1")
                reloading = next(message for message in got if "RELOADING=1" in message)
                assert re.search(r"^MONOTONIC_USEC=\d+$", reloading, re.M)
            broker.stop()
            systemd.wait_for("0 of 1 brokers")
            systemd.got.clear()
            assert bridge.stop() == 0
            systemd.wait_for("STOPPING=1")


def test_configuration_that_is_wrong_is_never_ready(systemd):
    with Bridge("[general]\n", environment={"NOTIFY_SOCKET": systemd.path}) as bridge:
        assert bridge.wait() == 2
    systemd.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.socket.recv(1)


def test_journal_gets_priorities(broker, tmp_path):
    """Where standard error is the journal's socket, systemd-journald takes time and level from us."""
    log = tmp_path / "log"
    log.touch()
    status = os.stat(log)
    with Bridge(toml(broker.port, source=TCP.format(1)), home=tmp_path,
                environment={"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}) as bridge:
        wait_until(lambda: "cannot connect" in bridge.log() or "refused" in bridge.log(), what="a warning")
        assert bridge.stop() == 0
    assert all(re.match("<[3467]>", line) for line in bridge.log().splitlines())
    assert "<4>radio: " in bridge.log()


def test_unit(tmp_path):
    unit = (BUILD / "bridge" / "meshcore-bridge.service").read_text()
    for line in ("Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "DynamicUser=yes", "ProtectSystem=strict",
                 "StateDirectory=meshcore-bridge", "SupplementaryGroups=dialout"):
        assert f"\n{line}\n" in unit
    if not shutil.which("systemd-analyze"):
        return
    program = re.search(r"ExecStart=(\S+)", unit)[1]
    here = tmp_path / "meshcore-bridge.service"
    here.write_text(re.sub("(?m)^Documentation=.*$", "", unit).replace(program, str(BUILD / "bin" / "meshcore-bridge")))
    done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "meshcore-bridge.service" not in done.stderr, done.stderr


def test_password_from_a_credential(tmp_path):
    (tmp_path / "password").write_text("secret of me\n")
    (tmp_path / "password").chmod(0o400)
    auth = '[broker.auth]\nusername = "me"\npassword_file = "$CREDENTIALS_DIRECTORY/password"\n'
    with Mosquitto(users={"me": "secret of me"}) as broker, SimulatedRadio([log_rx_data(FRAME, 1, -65)]) as radio, \
            Subscriber(broker.port, "me", "secret of me") as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp()), auth=auth)
        with Bridge(config, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}) as bridge:
            subscriber.wait_for(packets)
            assert bridge.stop() == 0


@pytest.mark.parametrize("mode, content, complaint", [
    (0o644, "secret", "other users can read or write it; chmod 600 it"),
    (0o600, "", "its first line is empty"), (None, "", "No such file"),
])
def test_password_file_that_cannot_be_used(tmp_path, mode, content, complaint):
    path = tmp_path / "password"
    if mode:
        path.write_text(content)
        path.chmod(mode)
    auth = f'[broker.auth]\nusername = "me"\npassword_file = "{path}"\n'
    with Bridge(toml(1883, auth=auth), arguments=["--check"]) as bridge:
        assert bridge.wait() == 2
        assert f"cannot use {path}: {complaint}" in bridge.log()


def test_capture_published_beside_a_daemon(broker):
    """The retained status is the daemon's, whatever is read meanwhile."""
    with SimulatedRadio([log_rx_data(FRAME, 1, -65)]) as radio, Subscriber(broker.port) as subscriber, \
            Bridge(toml(broker.port, source=TCP.format(radio.tcp()))) as daemon:
        subscriber.wait_for(packets)
        with Bridge(toml(broker.port), arguments=["--read", CAPTURES / "scope-captures-seattle.pcapng",
                                                  "--origin-id", KEY]) as reader:
            assert reader.wait() == 0
        subscriber.wait_for(lambda all_: len(packets(all_)) == 6)
        with Subscriber(broker.port) as late:
            retained = late.wait_for(statuses)[0]
            assert retained.retain and json.loads(retained.payload)["origin"] == NAME
            assert json.loads(retained.payload)["status"] == "online"
        assert not any(b"offline" in message.payload for message in statuses(subscriber.messages))
        assert daemon.stop() == 0


def test_no_core_file(broker):
    with Bridge(toml(broker.port, source=TCP.format(1))) as bridge:
        wait_until(lambda: "radio" in bridge.log(), what="a start")
        limits = pathlib.Path(f"/proc/{bridge.process.pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The extcap contract, with real tshark: what is wrong is told in one line, and nothing hangs."""
import fcntl
import os
import re
import socket
import subprocess
import termios

import pytest

from live import CAPTURES, DUMP, LiveDump, LiveTshark, run_dump
from support.simulated_kiss import SimulatedKiss
from support.simulated_radio import SimulatedRadio


@pytest.fixture
def free_port():
    """A TCP port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def ours(live):
    """The lines that meshcoredump wrote."""
    return [re.sub("^.*meshcoredump: ", "", line) for line in live.error_lines if "meshcoredump: " in line]


def refused(tshark, interface, expected, *arguments, **options):
    with LiveTshark(tshark, interface, *arguments, **options) as live:
        assert live.ended() != 0
        assert len(ours(live)) == 1 and re.search(expected, ours(live)[0]), live.error_lines
        assert live.items == []


def test_tshark_lists_the_interfaces_and_likes_all_sentences(tshark):
    listed = tshark.run("-D")
    for name in ("meshcore-serial", "meshcore-tcp", "meshcore-replay"):
        assert f" {name} (" in listed.stdout
    assert listed.stderr.strip() in ("", "Running as user \"root\" and group \"root\". This could be dangerous.")
    assert "USER11 (MeshCore)" in tshark.run("-i", "meshcore-tcp", "-L").stdout


def test_sentences():
    code, out, errors, _ = run_dump("--extcap-interfaces", "--extcap-version=4.0")
    assert (code, errors) == (0, [])
    assert re.match(r"extcap \{version=[0-9.]+\}\{display=MeshCore\}\n", out.decode())
    assert run_dump("--extcap-dlts", "--extcap-interface", "meshcore-tcp")[1] == \
        b"dlt {number=158}{name=USER11}{display=MeshCore}\n"
    for interface in ("meshcore-serial", "meshcore-tcp", "meshcore-replay", "meshcore-ttyUSB7"):
        lines = run_dump("--extcap-config", "--extcap-interface", interface)[1].decode().splitlines()
        arguments = [line for line in lines if line.startswith("arg ")]
        assert [re.match(r"arg \{number=(\d+)\}", line)[1] for line in arguments] == \
            [str(number) for number in range(len(arguments))]
        assert all(re.search(r"\{call=--[a-z-]+\}\{display=[^{}]+\}\{type=[a-z]+\}\{tooltip=[^{}]+\}\{group=[^{}]+\}", line)
                   for line in arguments)
    assert b"{reload=true}" in run_dump("--extcap-config", "--extcap-interface", "meshcore-serial")[1]
    ports = run_dump("--extcap-config", "--extcap-interface", "meshcore-serial", "--extcap-reload-option", "port",
                     "--port", "/dev/ttyUSB9", "--other-port", "")[1].decode().splitlines()
    assert ports and all(re.fullmatch(r"value \{arg=0\}\{value=[^{}]*\}\{display=[^{}]+\}\{default=(true|false)\}", line)
                         for line in ports)
    assert b"companion" in run_dump("--extcap-config", "--extcap-interface", "meshcore-tcp",
                                    "--extcap-reload-option", "protocol")[1]
    assert run_dump("--version")[1].startswith(b"meshcoredump ")


def test_listing_opens_no_port_and_touches_no_network(tmp_path):
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=open,openat,socket,connect", DUMP, "--extcap-interfaces"],
                   check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"), timeout=60)
    calls = trace.read_text()
    assert "/sys/class/tty" in calls
    assert not re.search(r'"/dev/tty|"/dev/pts|AF_INET|connect\(', calls), calls


def test_a_host_that_refuses(tshark, free_port):
    refused(tshark, "meshcore-tcp", rf"cannot connect to 127.0.0.1:{free_port}: Connection refused",
            host="127.0.0.1", tcp_port=free_port)


def test_a_host_that_is_not_there(tshark):
    refused(tshark, "meshcore-tcp", "cannot find the host 'no-such-radio.invalid'", host="no-such-radio.invalid")


def test_a_port_that_is_not_there(tshark):
    refused(tshark, "meshcore-serial", "no serial port /dev/ttyNONE; ", port="/dev/ttyNONE")
    refused(tshark, "meshcore-serial", "no serial port /dev/ttyNONE; ", port="ttyNONE")


@pytest.mark.parametrize("way", ["pty", "tcp"])
def test_another_protocol_than_named(tshark, way):
    with SimulatedRadio() as companion, SimulatedKiss() as kiss:
        for radio, named in ((companion, "kiss"), (kiss, "companion")):
            where = dict(port=radio.pty()) if way == "pty" else dict(host="127.0.0.1", tcp_port=radio.tcp())
            refused(tshark, "meshcore-serial" if way == "pty" else "meshcore-tcp",
                    f"runs {named} firmware|none of it was {named} protocol", protocol=named, **where)


def test_a_port_that_is_busy(tshark):
    with SimulatedRadio() as radio:
        path = radio.pty()
        with LiveTshark(tshark, "meshcore-serial", port=path) as first:
            first.wait_for_count(1)
            refused(tshark, "meshcore-serial", rf"{path} is in use by meshcoredump \(process \d+\); let it share", port=path)
            assert first.stop() == 0


def test_a_port_that_is_busy_and_shared(tshark, free_port):
    """Seen by an ordinary user, whoever the owner is: here root, or whoever runs the tests."""
    share = f"127.0.0.1:{free_port}"
    with SimulatedRadio() as radio:
        path = radio.pty()
        with LiveDump("--port", path, "--share", share) as owner:
            owner.wait_for(lambda _: owner.events)
            refused(tshark, "meshcore-serial",
                    rf"{path} is in use by meshcoredump \(process {owner.process.pid}\), which shares .*--attach {share}",
                    port=path)
            assert owner.stop() == 0


def test_a_radio_on_the_network_that_is_busy(tshark, free_port):
    """It would drop the first program for the second, and that one would come back, and so on."""
    share = f"127.0.0.1:{free_port}"
    with SimulatedRadio() as radio:
        port = radio.tcp()
        with LiveDump("--host", "127.0.0.1", "--tcp-port", port, "--share", share) as owner:
            owner.wait_for(lambda _: owner.events)
            refused(tshark, "meshcore-tcp",
                    rf"127.0.0.1:{port} is in use by meshcoredump \(process {owner.process.pid}\), which shares .*--attach {share}",
                    host="127.0.0.1", tcp_port=port)
            with LiveDump("--attach", share) as guest, LiveDump("--attach", share) as other:
                guest.wait_for(lambda _: guest.events)
                other.wait_for(lambda _: other.events)
                assert guest.stop() == 0 and other.stop() == 0
            assert owner.stop() == 0
        assert radio.connections == 1
        with LiveDump("--host", "127.0.0.1", "--tcp-port", port) as next_one:
            next_one.wait_for(lambda _: next_one.events)
            assert next_one.stop() == 0


@pytest.mark.parametrize("lock", [True, False])
def test_a_port_that_another_program_has(lock):
    with SimulatedRadio() as radio:
        path = radio.pty()
        other = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            if lock:
                fcntl.flock(other, fcntl.LOCK_EX)
            else:
                fcntl.ioctl(other, termios.TIOCEXCL)
            # Root may open what is exclusive, so that an ordinary user has to try.
            done = subprocess.run([*(["setpriv", "--reuid=65534"] if os.getuid() == 0 else []), DUMP, "--port", path, "--fifo", "-"],
                                  capture_output=True, timeout=60)
        finally:
            os.close(other)
        errors = done.stderr.decode().splitlines()
        assert done.returncode == 1 and done.stdout == b"" and len(errors) == 1
        assert f"{path} is in use by " in errors[0] and "close that one first" in errors[0]
        if lock:
            assert f"process {os.getpid()}" in errors[0]


def test_a_port_without_permission(tshark):
    with SimulatedRadio() as radio:
        path = radio.pty()
        os.chmod(path, 0)
        refused(tshark, "meshcore-serial", f"no permission to open {path}: join the group '", port=path)


def test_what_is_no_serial_port(tshark):
    refused(tshark, "meshcore-serial", "/dev/null is not a serial port", port="/dev/null")
    refused(tshark, "meshcore-serial", "/tmp is not a serial port", port="/tmp")


def test_captures_that_cannot_be_replayed(tshark):
    refused(tshark, "meshcore-replay", "cannot read .*missing.pcap: No such file", file="/tmp/missing.pcap")
    text = tshark.home / "text.pcap"
    text.write_text("no capture")
    text.chmod(0o644)
    refused(tshark, "meshcore-replay", "text.pcap holds no packet", file=text)
    ethernet = tshark.home / "ethernet.pcap"
    ethernet.write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
    ethernet.chmod(0o644)
    refused(tshark, "meshcore-replay", "ethernet.pcap is no capture of MeshCore.*EN10MB", file=ethernet)


@pytest.mark.parametrize("interface, options, expected", [
    ("meshcore-tcp", {}, "--host is missing"),
    ("meshcore-replay", {}, "--file is missing"),
    ("meshcore-tcp", {"host": "127.0.0.1", "tcp_port": "99999"}, "--tcp-port is 99999: it must be from 1 to 65535"),
    ("meshcore-tcp", {"host": "127.0.0.1", "tcp_port": "0"}, "--tcp-port is 0"),
    ("meshcore-serial", {"port": "/dev/null", "baud": "12"}, "--baud is 12"),
    ("meshcore-tcp", {"host": "127.0.0.1", "protocol": "morse"}, "--protocol is 'morse': it must be one of auto, companion"),
    ("meshcore-replay", {"file": "/dev/null", "speed": "-1"}, "--speed is -1"),
    ("meshcore-tcp", {"host": "127.0.0.1", "log_file": "/no/such/folder/log"}, "cannot write the log file"),
])
def test_options_are_checked_again(tshark, interface, options, expected):
    refused(tshark, interface, expected, **options)


@pytest.mark.parametrize("arguments, expected", [
    (["--port", "x", "--baud", "fast"], "--baud"),
    (["--port", "x", "--stats-interval", "-5"], "--stats-interval"),
    (["--port", "x", "--bogus"], "--bogus"),
    (["--extcap-interface", "meshcore-/etc/passwd"], "no interface"),
    (["--extcap-interface", "eth0"], "no interface 'eth0'"),
    (["--capture", "--extcap-interface", "meshcore-tcp"], "--host is missing"),
    ([], "no interface"),
])
def test_a_wrong_command_line(arguments, expected):
    code, out, errors, _ = run_dump(*arguments, "--fifo", "-")
    assert code == 1 and out == b""
    assert len(errors) == 1 and errors[0].startswith("meshcoredump: ") and expected in errors[0]


def test_a_fifo_that_cannot_be_written():
    code, _, errors, _ = run_dump("--port", "x", "--fifo", "/no/such/folder/fifo")
    assert code == 1 and len(errors) == 1 and "/no/such/folder/fifo" in errors[0]


def test_a_capture_filter(tshark):
    path = tshark.share(CAPTURES / "companion-pcap-seattle.pcapng")
    with LiveTshark(tshark, "meshcore-replay", "-f", "type = 'ack' and snr > 0", file=path, speed=0) as live:
        assert live.ended() == 0 and live.error_lines == []
        everything = run_dump("--file", path, "--speed", 0, "--fifo", "-")
        acks = run_dump("--file", path, "--speed", 0, "--fifo", "-", "--extcap-capture-filter", "type = 'ack'")
        assert 0 < len([row for row in live.items if row["meshcore.raw"]]) <= 4
        assert 24 < len(acks[1]) < len(everything[1])


def test_a_wrong_capture_filter(tshark):
    refused(tshark, "meshcore-tcp", "no such column: advert", "-f", "advert and snr>0", host="127.0.0.1")


def test_the_dialog_asks_whether_a_filter_is_good():
    def answer(expression):
        return run_dump("--extcap-interface", "meshcore-tcp", "--extcap-capture-filter", expression)
    assert answer("type = 'advert'")[:3] == (0, b"", [])
    assert answer("type = advert")[0] == 0 and b"no such column: advert" in answer("type = advert")[1]


def test_replay(tshark):
    path = tshark.share(CAPTURES / "companion-pcap-seattle.pcapng")
    with LiveTshark(tshark, "meshcore-replay", file=path, speed=0) as live:
        assert live.ended() == 0
        assert len([row for row in live.items if row["meshcore.raw"]]) == 8
        assert live.error_lines == []

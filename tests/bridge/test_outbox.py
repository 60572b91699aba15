# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing that was heard is lost while a broker is away, whatever happens to the bridge meanwhile."""
import contextlib
import json
import os
import signal
import sqlite3
import time

import pytest
from bridging import CAPTURES, Bridge, packets, toml
from support.broker import FakeBroker, Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio, log_rx_data
from test_troubles import SOURCE, numbered, numbers, takes_all


def unpaced(port, radio_port, extra=""):
    return toml(port, extra=extra, source=SOURCE.format(radio_port)) + "\n[spool]\nreplay_rate = 0\n"


def outbox_rows(home):
    """What waits on disk, read as another process would after the bridge has gone."""
    with contextlib.closing(sqlite3.connect(home / "local.outbox")) as database:
        return [json.loads(payload) for (payload,) in database.execute("SELECT payload FROM message ORDER BY id")]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_outage_across_a_restart(tmp_path, how):
    """Heard while the broker is away, delivered by the next process, with the time of then."""
    port = free_port()
    with SimulatedRadio(numbered(200), wait=7) as radio:
        with Bridge(unpaced(port, radio.tcp()), home=tmp_path) as bridge:
            assert radio.done.wait(60)
            wait_until(lambda: ", 200 waiting" in bridge.log(), what="all in the outbox")
            bridge.stop(how)
    assert (tmp_path / "local.outbox").stat().st_mode & 0o077 == 0
    heard = outbox_rows(tmp_path)
    assert len(heard) == 200
    with SimulatedRadio() as radio, Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
        with Bridge(unpaced(port, radio.tcp()), home=tmp_path) as bridge:
            wait_until(lambda: "200 messages wait from last time" in bridge.log(), what="a word about them")
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 200)
            assert bridge.stop() == 0
        assert packets(subscriber.messages) == heard
    assert outbox_rows(tmp_path) == []


def test_replay_is_paced(tmp_path):
    """What waited through an outage goes out slowly, what comes meanwhile at once."""
    port = free_port()
    config = toml(port, source=SOURCE) + "\n[spool]\nreplay_rate = 5\n"
    with SimulatedRadio(numbered(30), wait=7) as radio:
        with Bridge(config.format(radio.tcp()), home=tmp_path) as bridge:
            wait_until(lambda: ", 30 waiting" in bridge.log(), what="all in the outbox")
            bridge.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "local.outbox")) as database:  # an hour passes
        database.execute("UPDATE message SET queued = queued - 3600")
        database.commit()
    fresh = [log_rx_data(bytes.fromhex("0E00DEADBEEF"), 1, -60)]
    with SimulatedRadio(fresh, wait=7) as radio, Mosquitto(port=port) as mosquitto, \
            Subscriber(mosquitto.port) as subscriber:
        started = time.monotonic()
        with Bridge(config.format(radio.tcp()), home=tmp_path) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 31)
            assert time.monotonic() - started > 3  # 30 less a burst of 10, 5 a second
            assert bridge.stop() == 0
        raws = [packet["raw"] for packet in packets(subscriber.messages)]
        assert raws.index("0E00DEADBEEF") < 30  # not behind all the others


def test_disk_full(tmp_path):
    """Memory takes what the disk does not, and the log says so without repeating itself for each packet."""
    port = free_port()
    # No file may grow beyond 64 KiB, which is not enough for all.
    limit = ["/usr/bin/python3", "-c", "import os, resource, signal, sys; signal.signal(signal.SIGXFSZ, "
             "signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
             "os.execv(sys.argv[1], sys.argv[1:])"]
    with SimulatedRadio(numbered(300), wait=7) as radio:
        with Bridge(unpaced(port, radio.tcp()), home=tmp_path, prefix=limit) as bridge:
            wait_until(lambda: ", 300 waiting" in bridge.log(), what="all in the outbox")
            # Once, and again only if a smaller write went through meanwhile.
            assert 1 <= bridge.log().count("cannot write to its outbox") < 10
            with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
                subscriber.wait_for(lambda all_: len(packets(all_)) >= 300)
                assert bridge.stop() == 0
                assert sorted(numbers(subscriber.messages)) == list(range(300))


def test_outbox_that_cannot_be_used(tmp_path):
    """Read-only place, noise instead of a database, or a second process: in memory, with one line."""
    (tmp_path / "local.outbox").write_bytes(b"this is no database\n" * 500)
    with Mosquitto() as mosquitto, SimulatedRadio(numbered(1)) as radio, \
            Subscriber(mosquitto.port) as subscriber, \
            Bridge(unpaced(mosquitto.port, radio.tcp()), home=tmp_path) as bridge:
        subscriber.wait_for(packets)
        assert "its outbox is in memory only: cannot use" in bridge.log()
        assert bridge.stop() == 0


def test_bounds_in_bytes(tmp_path):
    port = free_port()
    config = toml(port, source=SOURCE) + "\n[spool]\nreplay_rate = 0\nmax_bytes = 65536\n"
    with SimulatedRadio(numbered(400), wait=7) as radio, \
            Bridge(config.format(radio.tcp()), home=tmp_path) as bridge:
        assert radio.done.wait(60)
        wait_until(lambda: "broker local: cannot connect" in bridge.log() and radio.done.is_set())
        with Mosquitto(port=port) as mosquitto, Subscriber(mosquitto.port) as subscriber:
            subscriber.wait_for(lambda all_: 399 in numbers(all_))
            assert bridge.stop() == 0
            got = numbers(subscriber.messages)
        assert got == list(range(400 - len(got), 400))
        assert 50 < len(got) < 200
        assert f"{400 - len(got)} messages dropped while it was away" in bridge.log()


def test_no_secret_in_the_outbox(tmp_path):
    """Tokens in topics are filled in at the last moment."""
    port = free_port()
    config = toml(port, extra='packet_types = [5]',
                  auth='[broker.auth]\nusername = "u"\npassword = "s3cret-pass"\ntopic_token = "s3cret-token"\n'
                       '[broker.topics]\npackets = "up/{{TOKEN}}/packets"\nstatus = "up/{{TOKEN}}/status"',
                  source=SOURCE)
    got = []
    with SimulatedRadio(numbered(20), wait=7) as radio:
        with Bridge(config.format(radio.tcp()), home=tmp_path, arguments=["--log-level", "debug"]) as bridge:
            wait_until(lambda: ", 20 waiting" in bridge.log(), what="all in the outbox")
            with open(f"/proc/{bridge.process.pid}/cmdline", "rb") as command:
                assert b"s3cret" not in command.read()
            stored = b"".join(path.read_bytes() for path in tmp_path.glob("local.outbox*"))
            assert b"up/{TOKEN}/packets" in stored and b"s3cret" not in stored
            with FakeBroker(takes_all(got.append), port=port):
                wait_until(lambda: len(got) >= 21, what="packets")
                assert bridge.stop() == 0
            assert "s3cret" not in bridge.log()
    assert {topic for topic, _, _ in got} == {"up/s3cret-token/packets", "up/s3cret-token/status"}


def test_captures_leave_the_outbox_alone(tmp_path):
    with Mosquitto() as mosquitto, Bridge(
            toml(mosquitto.port), home=tmp_path,
            arguments=["--read", CAPTURES / "companion-pcap-seattle.pcapng"]) as bridge:
        assert bridge.wait() == 0
    assert not list(tmp_path.glob("*.outbox*")) and os.listdir(tmp_path)

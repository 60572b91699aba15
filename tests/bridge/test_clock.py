# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that starts with its clock in the past."""
import pathlib
import subprocess

from bridging import Bridge, packets, statuses, toml
from support.broker import Mosquitto, Subscriber, wait_until
from support.simulated_radio import SimulatedRadio
from test_live import TCP
from test_troubles import numbered, numbers

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "support" / "fake_clock.c"


def test_brokers_wait_for_the_clock(tmp_path):
    """No login and no status, but every packet, and one line in the log."""
    library = tmp_path / "fake_clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    is_set = tmp_path / "set"
    with Mosquitto() as broker, Mosquitto() as other, SimulatedRadio(numbered(20), wait=7) as radio, \
            Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=TCP.format(radio.tcp())) + toml(other.port, name="b").split("\n", 3)[3]
        with Bridge(config, environment={"LD_PRELOAD": str(library), "CLOCK_IS_SET": str(is_set),
                                         "ASAN_OPTIONS": "verify_asan_link_order=0"}) as bridge:
            assert radio.done.wait(60)
            wait_until(lambda: "the clock says 2000-01-01" in bridge.log(), what="a word about the clock")
            assert "connected to 127.0.0.1 port" not in bridge.log() and not subscriber.messages
            is_set.touch()
            subscriber.wait_for(lambda all_: len(packets(all_)) == 20)
            assert bridge.stop() == 0
        assert bridge.log().count("the clock says") == 1
    assert numbers(subscriber.messages) == list(range(20))
    assert b"2000-01-01" not in statuses(subscriber.messages)[0].payload

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a broker gets of what is heard: filters, and one copy of a flood instead of all."""
import json
import signal
import time

from bridging import CAPTURES, Bridge, packets, toml
from support.broker import Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio, log_rx_data
from test_metrics import read as read_metrics

TEXT = bytes.fromhex("89D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD")
COPIES = [log_rx_data(b"\x15\x01" + bytes([hop]) + TEXT, snr, -80) for hop, snr in ((0xA1, 1), (0xB2, 7), (0xC3, 3))]
SOURCE = '[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {}\n'


def dry_run(extra, capture="firmware-1.17.1.pcapng"):
    with Bridge(toml(1, extra=extra, source='origin_id = "' + "ab" * 32 + '"'),
                arguments=["--read", CAPTURES / capture, "--dry-run"]) as bridge:
        lines = [json.loads(line) for line in bridge.process.stdout]
        assert bridge.wait() == 0
    return [line["payload"] for line in lines if line["topic"].endswith("/packets")]


def test_filters():
    everything = dry_run("")
    assert len({packet["packet_type"] for packet in everything}) > 5
    for filter_, wanted in (
            ("type = 'advert'", lambda packet: packet["packet_type"] == "4"),
            ("route in ('flood', 'transport_flood')", lambda packet: packet["route"] == "F"),
            ("snr > 5 and type <> 'ack'", lambda packet: float(packet["SNR"]) > 5 and packet["packet_type"] != "3"),
            ("len < 40", lambda packet: int(packet["len"]) < 40)):
        some = dry_run(f'filter = "{filter_}"')
        assert some == [packet for packet in everything if wanted(packet)], filter_
        assert 0 < len(some) < len(everything)
    by_channel = dry_run("filter = \"channel = 'Public'\"")
    assert by_channel and all(packet["packet_type"] in "56" for packet in by_channel)


def test_each_broker_its_own():
    """And none of them hears of the others' filters."""
    with Mosquitto() as one, Mosquitto() as two, SimulatedRadio(COPIES) as radio, \
            Subscriber(one.port) as first, Subscriber(two.port) as second:
        config = toml(one.port, "one", extra="filter = \"path_hop = 'c3'\"", source=SOURCE.format(radio.tcp()))
        config += f'[[broker]]\nname = "two"\nenabled = true\nserver = "127.0.0.1"\nport = {two.port}\n'
        with Bridge(config) as bridge:
            second.wait_for(lambda all_: len(packets(all_)) == 3)
            first.wait_for(lambda all_: len(packets(all_)) == 1)
            assert bridge.stop() == 0
        assert packets(first.messages)[0]["SNR"] == "3.0"


def test_wrong_filters_are_told_with_their_place():
    for filter_, word in (("snr >", 'near ")": syntax error'), ("nosuchfield = 1", "no such column: nosuchfield")):
        with Bridge(toml(1, extra=f'filter = "{filter_}"'), arguments=["--check"]) as bridge:
            assert bridge.wait() == 2
            line = next(line for line in bridge.log().splitlines() if word in line)
            assert line.startswith(f"{bridge.home}/config0.toml:10:1: error: filter: ") and filter_ in line


def test_best_copy():
    """The one of the best SNR, once, after the window, with the time at which it was heard."""
    with Mosquitto() as mosquitto, SimulatedRadio(COPIES) as radio, Subscriber(mosquitto.port) as subscriber, \
            Bridge(toml(mosquitto.port, extra='copies = "best"\ncopies_window = 2',
                        source=SOURCE.format(radio.tcp()))) as bridge:
        subscriber.wait_for(packets)
        arrived = time.time()
        assert bridge.stop() == 0
        got = packets(subscriber.messages)
    assert [packet["SNR"] for packet in got] == ["7.0"]
    heard = time.mktime(time.strptime(got[0]["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert arrived - heard > 1


def test_held_copies_are_not_lost_at_the_end():
    with Mosquitto() as mosquitto, SimulatedRadio(COPIES) as radio, Subscriber(mosquitto.port) as subscriber:
        config = toml(mosquitto.port, extra='copies = "best"\ncopies_window = 600', source=SOURCE.format(radio.tcp()))
        config += f'[[broker]]\nname = "all"\nenabled = true\niata = "ALL"\nserver = "127.0.0.1"\nport = {mosquitto.port}\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 3)
            assert all("/ALL/" in message.topic for message in subscriber.messages if "/packets" in message.topic)
            wait_until(lambda: "broker local: connected to" in bridge.log(), what="the other broker")
            assert bridge.stop() == 0
        got = subscriber.wait_for(lambda all_: len(packets(all_)) == 4)
    assert packets(got)[3]["SNR"] == "7.0"


def test_held_copies_survive_a_crash():
    """With QoS 1 and an outbox on disk the best copy so far is there already, and goes out after the restart."""
    def held(messages):
        return [message for message in messages if "/SEA/" in message.topic]

    port = free_port()
    with Mosquitto() as mosquitto, SimulatedRadio(COPIES) as radio, Subscriber(mosquitto.port) as subscriber:
        where = SOURCE.format(radio.tcp())
        config = toml(mosquitto.port, extra='qos = 1\ncopies = "best"\ncopies_window = 600', source=where)
        config += f'[[broker]]\nname = "all"\nenabled = true\niata = "ALL"\nserver = "127.0.0.1"\nport = {mosquitto.port}\n'
        config += f'[metrics]\nlisten = "127.0.0.1:{port}"\n'
        with Bridge(config) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) == 3)
            wait_until(lambda: read_metrics(port)['waiting{broker="local"}'] == 1, what="the copy in the outbox")
            bridge.stop(signal.SIGKILL)
        assert not packets(held(subscriber.messages))
        with SimulatedRadio([]) as silent, \
                Bridge(config.replace(where, SOURCE.format(silent.tcp())), home=bridge.home) as bridge:
            # What the other broker acknowledged shortly before the crash may come to it once more.
            subscriber.wait_for(lambda all_: packets(held(all_)))
            assert bridge.stop() == 0
    assert [packet["SNR"] for packet in packets(held(subscriber.messages))] == ["7.0"]


def test_copies_of_a_capture():
    """Its own times say which copies belong together."""
    everything = dry_run("", "serial-observer-seattle.pcapng")
    hashes = [packet["hash"] for packet in everything]
    assert len(set(hashes)) < len(hashes)
    for choice in ("first", "best"):
        some = dry_run(f'copies = "{choice}"', "serial-observer-seattle.pcapng")
        assert {packet["hash"] for packet in some} == set(hashes)
        assert len(some) < len(everything)
        assert all(packet in everything for packet in some)

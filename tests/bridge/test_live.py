# SPDX-License-Identifier: GPL-2.0-or-later
"""From a radio to mosquitto: the real session and the firmware's own stream, message by message."""
import datetime
import json
import signal
import subprocess

import pytest
from bridging import (CAPTURES, COMPANION, KEY, Bridge, check_times, golden, packets, statuses, toml,
                      without_times)
from support.broker import Mosquitto, Subscriber, bridge_program, wait_until
from support.captures import source_rows
from support.simulated_radio import SimulatedRadio, log_rx_data, messages

NAME = "Howl @ 🏡"
FRAME = bytes.fromhex("1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD")
TCP = '[source]\ntype = "tcp"\nhost = "127.0.0.1"\ntcp_port = {}\n'
SERIAL = '[source]\ntype = "serial"\nport = "{}"\n'


@pytest.fixture
def broker():
    with Mosquitto() as mosquitto:
        yield mosquitto


def listen(radio, how):
    return TCP.format(radio.tcp()) if how == "tcp" else SERIAL.format(radio.pty())


def firmware_expectations():
    return {row["raw"].lower(): row["expect"] for row in source_rows("firmware-1.17.1") if "raw" in row}


def firmware_goldens():
    """The messages that the firmware's own stream must become: what it accepts and tells its host of."""
    expectations = firmware_expectations()
    with open(COMPANION / "firmware-1.17.1.jsonl", encoding="utf-8") as lines:
        heard = [json.loads(line) for line in lines]
    told = [row for row in heard if len(row["raw"]) // 2 <= 173]
    result = []
    for row in told:
        expect = expectations[row["raw"].lower()]
        if not expect.get("firmware_accepts", True):
            continue
        if "malformed" in expect:  # the envelope is all that is stated of these
            expect = dict(expect, route_type=["TRANSPORT_FLOOD", "FLOOD", "DIRECT", "TRANSPORT_DIRECT"]
                          .index(expect["route"]))
            count = expect["path_len_byte"] & 63
            assert expect["path_len_byte"] < 64
            expect["hops"] = [row["raw"][4 + 2 * i:6 + 2 * i] for i in range(count)]
        result.append(golden(row["raw"], int(row["snr"] * 4) / 4, row["rssi"], expect, NAME, KEY))
    return result


@pytest.mark.parametrize("how", ["tcp", "pty"])
def test_firmware_stream(broker, how):
    since = datetime.datetime.now(datetime.timezone.utc)
    # Without the answers in it, which are another radio's: this one has its own.
    stream = [m for m in messages((COMPANION / "firmware-1.17.1.bin").read_bytes()) if m[3] & 0x80]
    expected = firmware_goldens()
    assert len(expected) > 780
    with SimulatedRadio(stream) as radio, Subscriber(broker.port) as subscriber:
        with Bridge(toml(broker.port, source=listen(radio, how))) as bridge:
            subscriber.wait_for(lambda all_: len(packets(all_)) >= len(expected), 120)
            assert bridge.stop() == 0
            subscriber.wait_for(lambda all_: b"offline" in statuses(all_)[-1].payload)
        got = packets(subscriber.messages)
    assert [without_times(packet) for packet in got] == expected
    for packet in got:
        check_times(packet, since)
    topics = {message.topic for message in subscriber.messages}
    assert topics == {f"meshcore/SEA/{KEY}/packets", f"meshcore/SEA/{KEY}/status"}
    assert {message.qos for message in subscriber.messages} == {0}


@pytest.mark.parametrize("how", ["tcp", "pty"])
def test_real_session(broker, how):
    """The packets of a Heltec V3 on a Seattle hill, among contacts, channels and messages."""
    stream = messages((COMPANION / "seattle-tcp.bin").read_bytes())
    heard = [m for m in stream if m[3] == 0x88]
    assert len(heard) == 9
    with SimulatedRadio(stream) as radio, Subscriber(broker.port) as subscriber:
        with Bridge(toml(broker.port, source=listen(radio, how))):
            subscriber.wait_for(lambda all_: len(packets(all_)) >= 9)
        got = packets(subscriber.messages)
    assert [packet["raw"] for packet in got] == [m[6:].hex().upper() for m in heard]
    for packet, m in zip(got, heard):
        snr, rssi = int.from_bytes(m[4:5], "little", signed=True), int.from_bytes(m[5:6], "little", signed=True)
        assert (packet["SNR"], packet["RSSI"]) == (repr(snr / 4), str(rssi))
        assert all(isinstance(value, str) for value in packet.values())


def test_status(broker):
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)], wait=7) as radio, \
            Bridge(toml(broker.port, source=listen(radio, "tcp"))) as bridge:
        with Subscriber(broker.port) as subscriber:
            subscriber.wait_for(lambda all_: packets(all_))
        with Subscriber(broker.port) as late:  # a retained one reaches whoever comes later
            online = late.wait_for(statuses)[0]
            assert online.retain
            status = json.loads(online.payload)
            stats = status.pop("stats")
            check_times({**status, "time": status["timestamp"][11:19],
                         "date": "/".join(reversed(status["timestamp"][:10].split("-")))},
                        datetime.datetime.min.replace(tzinfo=datetime.timezone.utc, year=2000))
            assert list(status) == ["status", "timestamp", "origin", "origin_id", "model", "firmware_version",
                                    "radio", "client_version"]
            assert status["status"] == "online" and status["origin_id"] == KEY and status["origin"] == NAME
            assert status["model"] == "Heltec V3" and status["firmware_version"].startswith("v1.11.0 (Build: ")
            megahertz, kilohertz, sf, cr = status["radio"].split(",")
            assert (float(megahertz), float(kilohertz), int(sf), int(cr)) == (910.525, 62.5, 7, 7)
            assert stats["battery_mv"] == 4244 and stats["uptime_secs"] == 86400
            assert stats["errors"] == stats["debug_flags"] == 0 and stats["queue_len"] == 1
            assert stats["noise_floor"] == -117 and stats["last_rssi"] == -88 and stats["last_snr"] == 7.25
            assert stats["tx_air_secs"] == 321 and stats["rx_air_secs"] == 1234
            assert stats["packets_recv"] == stats["packets_received"] == stats["recv"]
            assert stats["packets_sent"] == stats["sent"] == 20 and stats["recv_errors"] == 3
            assert all(isinstance(v, int) for k, v in stats.items() if k != "last_snr")
        assert bridge.stop() == 0
        with Subscriber(broker.port) as later:
            offline = later.wait_for(statuses)[0]
            assert offline.retain
            status = json.loads(offline.payload)
            assert status["status"] == "offline" and "timestamp" in status and "stats" not in status


def test_will_after_a_crash(broker):
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio, Subscriber(broker.port) as subscriber, \
            Bridge(toml(broker.port, source=listen(radio, "tcp"))) as bridge:
        subscriber.wait_for(lambda all_: packets(all_))
        bridge.stop(signal.SIGKILL)
        subscriber.wait_for(lambda all_: b"offline" in statuses(all_)[-1].payload)
    with Subscriber(broker.port) as later:
        will = later.wait_for(statuses)[0]
        assert will.retain
        # Brokers that compare timestamps would drop a will that has the time of its connection.
        assert json.loads(will.payload) == {"status": "offline", "origin": NAME, "origin_id": KEY}


def test_radio_that_comes_back(broker):
    from support.simulated_radio import Disconnect
    script = [log_rx_data(FRAME, 1, -65), Disconnect(), log_rx_data(FRAME[:-1] + b"\x00", 2, -65)]
    with SimulatedRadio(script) as radio, Subscriber(broker.port) as subscriber, \
            Bridge(toml(broker.port, source=listen(radio, "tcp"))) as bridge:
        subscriber.wait_for(lambda all_: len(packets(all_)) == 2)
        assert bridge.stop() == 0
    assert [packet["SNR"] for packet in packets(subscriber.messages)] == ["1.0", "2.0"]


def test_receives_only(broker):
    """All that is written to the radio is a handful of questions. Only a login by token adds to that: test_signing."""
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)], wait=7) as radio, Subscriber(broker.port) as subscriber, \
            Bridge(toml(broker.port, source=listen(radio, "tcp"))) as bridge:
        subscriber.wait_for(lambda all_: packets(all_))
        assert bridge.stop() == 0
        questions = {0x01, 0x16, 0x38, 0x14, 0x05}  # APP_START, DEVICE_QUERY, GET_STATS, GET_BATT_..., GET_DEVICE_TIME
        assert radio.queries and {query[0] for query in radio.queries} <= questions
        assert bridge.log().count("12648430") == 0  # the PIN of DEVICE_INFO


def test_silent_radio_and_early_frames(broker):
    """A radio that never says who it is: its packets wait for a name, and get the configured one."""
    source = "\n[source]\ntype = \"tcp\"\nhost = \"127.0.0.1\"\ntcp_port = {}\n"
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)], replies=None, wait=0) as radio, \
            Subscriber(broker.port) as subscriber:
        config = toml(broker.port, source=source.format(radio.tcp()))
        named = config.replace("[general]", f'[general]\norigin = "Roof"\norigin_id = "{"ab" * 32}"')
        with Bridge(named) as bridge:
            subscriber.wait_for(lambda all_: packets(all_))
            assert bridge.stop() == 0
    packet = packets(subscriber.messages)[0]
    assert (packet["origin"], packet["origin_id"]) == ("Roof", "AB" * 32)


def test_broken_frames(broker):
    """Left out by default; with the switch they are told as what cannot be parsed."""
    broken = bytes.fromhex("09C70102030405")
    config = toml(broker.port).replace("[general]", "[general]\nskip_unparseable = false")
    with SimulatedRadio([log_rx_data(broken, -3.25, -120)]) as radio, Subscriber(broker.port) as subscriber:
        with Bridge(config, listen(radio, "tcp")) as bridge:
            subscriber.wait_for(lambda all_: packets(all_))
            assert bridge.stop() == 0
    assert without_times(packets(subscriber.messages)[0]) == {
        "origin": NAME, "origin_id": KEY, "type": "PACKET", "direction": "rx", "len": "7", "packet_type": "0",
        "route": "U", "raw": broken.hex().upper(), "SNR": "-3.25", "RSSI": "-120", "hash": "0" * 16}


def test_meshcore_bot_configuration(broker):
    """A config.ini as meshcore-bot has it, with its own topics and a raw topic beside."""
    with SimulatedRadio([log_rx_data(FRAME, 12.5, -65)]) as radio, Subscriber(broker.port) as subscriber:
        config = f"""
[Bot]
bot_name = My Bot
[Connection]
connection_type = tcp
hostname = 127.0.0.1
tcp_port = {radio.tcp()}
[PacketCapture]
enabled = true
iata = sea
mqtt1_server = 127.0.0.1
mqtt1_port = {broker.port}
mqtt1_topic_packets = mesh/{{iata}}/{{public_key}}/packets
mqtt1_topic_status = mesh/{{IATA}}/status
mqtt1_topic_raw = mesh/{{IATA}}/raw
[OtherThings]
are = ignored
"""
        with Bridge(config, suffix=".ini") as bridge:
            subscriber.wait_for(lambda all_: len(all_) >= 3)
            assert bridge.stop() == 0
    by_topic = {message.topic: json.loads(message.payload) for message in subscriber.messages}
    assert set(by_topic) == {f"mesh/sea/{KEY.lower()}/packets", "mesh/SEA/status", "mesh/SEA/raw"}
    raw = by_topic["mesh/SEA/raw"]
    assert list(raw) == ["origin", "origin_id", "timestamp", "type", "data"]
    assert raw["type"] == "RAW" and raw["data"] == FRAME.hex().upper()
    wait_until(lambda: "as MyBot-" in broker.log.read_text(), what="the client id")


def test_a_capture_equals_the_live_messages(broker, tmp_path):
    """What meshcoredump recorded of the same radio becomes the same messages, from a file and from a pipe."""
    stream = messages((COMPANION / "seattle-tcp.bin").read_bytes())
    with SimulatedRadio(stream, wait=7) as radio, Subscriber(broker.port) as subscriber, \
            Bridge(toml(broker.port, source=listen(radio, "tcp"))):
        live = packets(subscriber.wait_for(lambda all_: len(packets(all_)) >= 9))
    capture = tmp_path / "capture.pcap"
    with SimulatedRadio(stream, wait=7) as radio:
        dump = subprocess.Popen([bridge_program().with_name("meshcoredump"), "--capture", "--extcap-interface",
                                 "meshcore-tcp", "--host", "127.0.0.1", "--tcp-port", str(radio.tcp()),
                                 "--fifo", "-"], stdout=open(capture, "wb"), stderr=subprocess.DEVNULL)
        decode = [bridge_program().with_name("meshcore-decode"), "--format", "json", capture]
        wait_until(lambda: subprocess.run(decode, capture_output=True, check=False).stdout
                   .count(b'"meshcore.raw"') >= 9, what="the capture")
        dump.terminate()
        dump.wait(30)
    for path in (capture, "-"):
        with Subscriber(broker.port) as subscriber:
            with Bridge(toml(broker.port), arguments=["--read", path], stdin=open(capture, "rb")) as bridge:
                assert bridge.wait() == 0
            got = packets(subscriber.wait_for(lambda all_: len(packets(all_)) >= 9))
            assert [without_times(packet) for packet in got] == [without_times(packet) for packet in live]


def test_dry_run():
    capture = CAPTURES / "companion-pcap-seattle.pcapng"
    with Bridge(toml(1), arguments=["--read", capture, "--dry-run"]) as bridge:
        lines = [json.loads(line) for line in bridge.process.stdout]
        assert bridge.wait() == 0
    assert all(list(line) == ["broker", "topic", "payload"] for line in lines)
    assert {line["broker"] for line in lines} == {"local"}
    kinds = [line["payload"].get("status") or line["payload"]["type"] for line in lines]
    assert kinds == ["online"] + 8 * ["PACKET"] + ["offline"]
    assert lines[1]["topic"] == f"meshcore/SEA/{KEY}/packets"
    assert lines[1]["payload"]["timestamp"] == "2026-01-10T00:44:35.000000+00:00"


def test_who_observed_a_capture(broker):
    """Without a device report in it, the command line says who, else the configuration, else it is an error."""
    capture = CAPTURES / "serial-observer-seattle.pcapng"
    command_line = ["--origin", "Roof", "--origin-id", "ab" * 32]
    configured = toml(1).replace("[general]", f'[general]\norigin = "Hut"\norigin_id = "{"cd" * 32}"')
    for config, arguments, who in ((toml(1), command_line, ("Roof", "AB" * 32)),
                                   (configured, command_line, ("Roof", "AB" * 32)),
                                   (configured, [], ("Hut", "CD" * 32))):
        with Bridge(config, arguments=["--read", capture, "--dry-run", *arguments]) as bridge:
            payloads = [json.loads(line)["payload"] for line in bridge.process.stdout]
            assert bridge.wait() == 0
        assert {(payload["origin"], payload["origin_id"]) for payload in payloads} == {who}
    with Bridge(toml(1), arguments=["--read", capture, "--dry-run"]) as bridge:
        assert bridge.wait() == 2
        assert "--origin-id" in bridge.log()

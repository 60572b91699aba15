# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin is there, and shows the fields of known frames."""
from records import record, write_pcap

# Emitted by firmware 1.17.1: a companion's advert with name and position, and a channel text.
ADVERT = bytes.fromhex(
    "1200820b4eab73bb04e898640c06d8e5fa2f84299c20c42b39f0e9e4fa6f9dc1926e940e8069baf8b9c61ec9578b69ce"
    "314236b48f5d261822f9ffbf8e79ee32ea5cc1c9ed79896d7f1d5a1a45394ca0c9321627a4d9b1e20dd87fad757c4617"
    "33e93e18510b91f885770263182100416e61204dc3b376696c")
GROUP_TEXT = bytes.fromhex(
    "15014511c651bc98e73d68ef1a616751680481e6d5ddbb1927dfdb64f4b8cd665b8a7c6323b5e87a5fa5c34e698bcb11ca"
    "7c4244b46f")


def fields(tshark, path, *names, options=()):
    arguments = [argument for name in names for argument in ("-e", name)]
    out = tshark.run("-r", path, "-T", "fields", *options, *arguments).stdout
    return [line.split("\t") for line in out.splitlines()]


def test_plugin_is_listed(tshark):
    assert "meshcore.so" in tshark.run("-G", "plugins").stdout


def test_radio_and_frame(tshark):
    path = write_pcap(tshark.home / "two.pcap", [
        record(ADVERT, snr=-7.25, rssi=-110.3, frequency=869_618_000, bandwidth=62_500, sf=8, cr=8),
        record(GROUP_TEXT, sent=True, snr=11.5)])
    rows = fields(tshark, path, "meshcore_radio.snr", "meshcore_radio.rssi", "meshcore_radio.direction",
                  "meshcore_radio.frequency", "meshcore_radio.airtime", "meshcore.payload_type",
                  "meshcore.advert.name", "meshcore.path.hop", "meshcore.sender", "meshcore.text",
                  "meshcore.raw")
    assert rows[0] == ["-7.25", "-110.3", "0", "869618000", "1197.056", "4", "Ana Móvil", "", "", "",
                       ADVERT.hex()]
    assert rows[1] == ["11.5", "", "1", "", "", "5", "", "45", "Ana Móvil",
                       "Hola, ¿me recibes? m1/unscoped", GROUP_TEXT.hex()]

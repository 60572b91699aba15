# SPDX-License-Identifier: GPL-2.0-or-later
"""A repeater's serial console that isn't there: it echoes and answers commands, and logs packets."""
import re

from support.simulated_radio import SimulatedRadio

PUBLIC_KEY = "38362A63C99B6952CEF4C060085342F24E676BFCF4F9A0413822F7CC5B4A6D73"
REPLIES = {
    b"ver": "v1.17.1 (Build: 14 Aug 2026)", b"get name": "> Cafe 7", b"get public.key": f"> {PUBLIC_KEY}",
    b"get radio": "> 869.6179809,62.5,8,5", b"board": "Heltec V3",
    b"stats-core": '{"battery_mv":4244,"uptime_secs":86400,"errors":0,"queue_len":2}',
    b"stats-radio": '{"noise_floor":-117,"last_rssi":-88,"last_snr":7.25,"tx_air_secs":321,"rx_air_secs":1234}',
    b"stats-packets": '{"recv":1000,"sent":200,"flood_tx":150,"direct_tx":50,"flood_rx":800,"direct_rx":200,'
                      '"recv_errors":5}',
}


def lines(stream):
    """A recorded console, line by line."""
    return stream.splitlines(keepends=True)


class SimulatedLog(SimulatedRadio):
    def _commands(self, pending):
        while match := re.match(b"([^\r]*)\r", pending):
            command = bytes(match[1])
            del pending[:match.end()]
            yield command

    def _reply(self, body):
        if self.replies is None:
            return b""
        return body + b"\r\n  -> " + REPLIES.get(body, "Unknown command").encode() + b"\r\n"

// SPDX-License-Identifier: GPL-2.0-or-later
// The numbers of a published status: "stats" of the JSON that MeshCore's MQTT publishers send. Written
// by the bridge, read from MQTT in Wireshark and from imported JSON lines.
#pragma once

#include <array>

#include "dissector/core/catalogue.h"

namespace meshcore {

struct StatusStat {
    const char* key;
    FieldId field;
    bool whole = true;  ///< an integer: Beacon drops a status with a fraction there
};

/// Some numbers go out under several names, since readers disagree on them; whoever reads takes the
/// first one that is there.
inline constexpr auto status_stats = std::to_array<StatusStat>({
    {"battery_mv", "meshcore_radio.device.battery"_f},
    {"uptime_secs", "meshcore_radio.device.uptime"_f},
    {"errors", "meshcore_radio.device.error_flags"_f},
    {"debug_flags", "meshcore_radio.device.error_flags"_f},
    {"queue_len", "meshcore_radio.device.queue_length"_f},
    {"noise_floor", "meshcore_radio.noise_floor"_f},
    {"last_rssi", "meshcore_radio.device.last_rssi"_f},
    {"last_snr", "meshcore_radio.device.last_snr"_f, false},
    {"tx_air_secs", "meshcore_radio.device.tx_airtime"_f},
    {"rx_air_secs", "meshcore_radio.device.rx_airtime"_f},
    {"recv", "meshcore_radio.device.packets_received"_f},
    {"sent", "meshcore_radio.device.packets_sent"_f},
    {"flood_tx", "meshcore_radio.device.sent_flood"_f},
    {"direct_tx", "meshcore_radio.device.sent_direct"_f},
    {"flood_rx", "meshcore_radio.device.received_flood"_f},
    {"direct_rx", "meshcore_radio.device.received_direct"_f},
    {"packets_recv", "meshcore_radio.device.packets_received"_f},
    {"packets_received", "meshcore_radio.device.packets_received"_f},
    {"packets_sent", "meshcore_radio.device.packets_sent"_f},
    {"recv_errors", "meshcore_radio.device.receive_errors"_f},
});

}  // namespace meshcore

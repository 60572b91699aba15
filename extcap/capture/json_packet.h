// SPDX-License-Identifier: GPL-2.0-or-later
// Packets and states of observers as publishers write them in JSON: meshcoretomqtt,
// meshcore-packet-capture, meshcore-bot and their kin.
//   packet: raw (hex), SNR, RSSI, score, duration (ms), hash, direction, timestamp, origin, origin_id
//   state:  status, origin, origin_id, model, firmware_version, radio ("910.525,62.5,7,5"), stats {...}
// Numbers come as numbers or as texts.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "extcap/radio/device.h"

namespace meshcore::capture {

class JsonPackets {
public:
    /// A record of an object, alone or inside what mosquitto_sub wraps around it; nothing if it holds
    /// no packet or state. `before` is what stands before it on the line, where a time may be. Without
    /// any time it is `now`. A state is remembered: it says how this observer's packets were received.
    std::optional<Record> packet(std::string_view before, std::string_view json, Record::Time now);

private:
    std::optional<Record> packet_of(const nlohmann::json& object, Record::Time time);
    std::optional<Record> state_of(const nlohmann::json& object, Record::Time time);

    std::map<std::string, radio::Device> observers_;  // by origin_id
};

}  // namespace meshcore::capture

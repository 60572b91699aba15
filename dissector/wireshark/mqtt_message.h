// SPDX-License-Identifier: GPL-2.0-or-later
// What a MeshCore publisher says in an MQTT message, and whether it is so. Knows no epan.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dissector/core/tape.h"

namespace meshcore::plugin {

/// What a message can say wrongly.
enum class Claim : std::uint8_t { len, packet_type, route, payload_len, hash, origin_id, count };

struct Contradiction {
    Claim claim;
    std::string said, found;
};

struct MqttMessage {
    std::string kind;                 ///< last level of the topic: "packets", "raw", "status"
    std::string status;               ///< "online" or "offline", as it says; may be empty
    bool is_json = false;             ///< a JSON object that Wireshark's dissector can be given
    bool raw_unreadable = false;      ///< there is one, and it is no hex
    std::vector<std::uint8_t> frame;  ///< may be empty
    std::vector<Contradiction> contradictions;
};

/// Nothing if topic and body are not those of a MeshCore publisher: the last level is packets, packet,
/// raw or status, and the first is "meshcore" or the body speaks for itself. What the body says of the
/// radio goes onto `radio` as generated nodes of "meshcore_radio": observer, SNR, battery, …
/// May throw; total otherwise.
std::optional<MqttMessage> read_mqtt_message(std::string_view topic, Bytes body, Tape& radio);

}  // namespace meshcore::plugin

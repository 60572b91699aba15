// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/reason.h"

#include <fmt/format.h>
#include <mosquitto.h>

#include <algorithm>
#include <array>

namespace meshcore::bridge {
namespace {

struct Refusal {
    int v311, v5;  ///< MQTT 3.1.1, table 3.1; MQTT 5, 3.2.2.2. 0: has no such code
    const char* text;
    bool login = false;
};

constexpr auto refusals = std::to_array<Refusal>({
    {1, 0x84, "the broker does not speak this version of MQTT; set mqtt_version"},
    {2, 0x85, "the broker does not accept the client id; set client_id"},
    {3, 0x88, "the broker is not available at the moment"},
    {4, 0x86, "the broker refuses the login: wrong user name or password", true},
    {5, 0x87, "the broker refuses the login: not authorized; check user name and password", true},
    {0, 0x8A, "the broker has banned this client", true},
    {0, 0x8C, "the broker refuses the login: it wants another method", true},
    {0, 0x89, "the broker is busy"},
    {0, 0x97, "the broker refuses: a quota is exceeded"},
    {0, 0x9A, "the broker does not take retained messages; set retain = false"},
    {0, 0x9B, "the broker does not take messages of this QoS; set a lower qos"},
    {0, 0x9F, "the broker refuses: too many connections in a short time"},
});

const Refusal* find(MqttVersion version, int code) {
    const auto found = std::find_if(refusals.begin(), refusals.end(), [&](const Refusal& row) {
        return (version == MqttVersion::v5 ? row.v5 : row.v311) == code;
    });
    return found == refusals.end() ? nullptr : &*found;
}

/// In the library's words, which are the specification's.
std::string code_text(int reason) {
    std::string text = mosquitto_reason_string(reason);
    if (!text.empty() && text.back() == '.') text.pop_back();
    return fmt::format("{} (0x{:02X})", text, reason);
}

}  // namespace

std::string refusal_text(MqttVersion version, int code) {
    if (const Refusal* row = find(version, code)) return row->text;
    if (version == MqttVersion::v5)
        return fmt::format("the broker refuses the connection: {}", code_text(code));
    return fmt::format("the broker refuses the connection with code {}", code);
}

bool is_login_refusal(MqttVersion version, int code) {
    const Refusal* row = find(version, code);
    return row && row->login;
}

std::string disconnect_text(int reason) {
    return fmt::format("the broker hung up: {}", code_text(reason));
}

std::string publish_text(int reason) {
    return fmt::format("the broker does not take a message: {}", code_text(reason));
}

}  // namespace meshcore::bridge

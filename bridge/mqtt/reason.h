// SPDX-License-Identifier: GPL-2.0-or-later
// What MQTT's codes mean, in words that say what to do.
#pragma once

#include <string>

#include "bridge/config/config.h"

namespace meshcore::bridge {

/// Of the CONNACK: return codes of MQTT 3.1.1, reason codes of MQTT 5.
std::string refusal_text(MqttVersion version, int code);
/// A refused login: to try again soon earns a ban at some brokers.
bool is_login_refusal(MqttVersion version, int code);

/// MQTT 5: why a broker hangs up.
std::string disconnect_text(int reason);
/// MQTT 5: why a broker does not take a message.
std::string publish_text(int reason);

}  // namespace meshcore::bridge

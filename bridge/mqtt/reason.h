// SPDX-License-Identifier: GPL-2.0-or-later
// What MQTT's codes mean, in words that say what to do.
#pragma once

#include <string>

namespace meshcore::bridge {

/// Of the CONNACK return code of MQTT 3.1.1.
std::string refusal_text(int code);
/// Codes 4 and 5: to try again soon earns a ban at some brokers.
bool is_login_refusal(int code);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// What a broker sends, looked through before libmosquitto sees it: the library takes memory for
// whatever length a packet claims, and up to 2.0.20 it ends the program (an assertion) at a property of
// MQTT 5 that it does not know. Source: mqtt-v5.0, sections 2.1, 2.2.2 and 3.2 to 3.15.
#pragma once

#include <string>
#include <string_view>

#include "bridge/config/config.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

class PacketGuard {
public:
    explicit PacketGuard(MqttVersion version) : version_{version} {}

    /// Takes bytes as they come and returns the packets that are whole by now, good until the next
    /// call; an error is the end of the connection.
    Result<std::string_view> take(std::string_view bytes);

private:
    MqttVersion version_;
    std::string good_, rest_;
};

}  // namespace meshcore::bridge

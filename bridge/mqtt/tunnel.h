// SPDX-License-Identifier: GPL-2.0-or-later
// TLS, WebSocket and proxies for libmosquitto, which before 2.1 speaks no WebSocket and verifies names
// only when it looks them up itself, blocking; and MQTT 5, which it trusts too much (packet_guard.h): a
// connection of ours, and a private Unix socket that the library connects to as if it were the broker.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/config/config.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

/// "Name: value" as a header of HTTP; nothing if it cannot be one.
std::optional<std::pair<std::string, std::string>> parse_header(std::string_view text);

class Tunnel {
public:
    /// Begins to connect to the first of the addresses that answers. `wake` is an eventfd that is
    /// written to when ready() or error() change; it must outlive the tunnel.
    Tunnel(const BrokerConfig& config, std::vector<std::string> addresses, int wake);
    ~Tunnel();

    static bool needed(const BrokerConfig& config) {
        return config.tls.enabled || config.transport == Transport::websockets ||
               !config.proxy.empty() || config.mqtt_version == MqttVersion::v5;
    }

    /// Path of the Unix socket, once the broker has been reached.
    std::optional<std::string> ready() const;
    /// error() if the broker closed the connection and nothing else is known.
    static constexpr const char* hung_up = "the broker hung up";

    /// Why it cannot be reached, or why the connection ended.
    std::optional<std::string> error() const;

private:
    class Connection;
    std::unique_ptr<Connection> connection_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// What is counted of a broker, by name: the metrics and the status that the broker gets are loops over
// this one table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meshcore::bridge {

/// Since the bridge was started, or the broker last changed in its configuration.
struct BrokerCounters {
    std::uint64_t delivered = 0;       ///< acknowledged, or with QoS 0 sent
    std::uint64_t waiting = 0;         ///< messages that are not delivered
    std::uint64_t replayed = 0;        ///< sent after they had waited through an outage
    std::uint64_t dropped = 0;         ///< by the outbox's bounds
    std::uint64_t rejected = 0;        ///< that cannot be sent, or that the broker refused
    std::uint64_t connections = 0;     ///< that the broker has welcomed
    std::uint64_t login_failures = 0;  ///< refused, or no token could be made
};

struct CounterRow {
    std::string_view name;  ///< behind "meshcore_bridge_" in metrics, behind "bridge_" in a status
    std::string_view type;  ///< Prometheus': counter, gauge
    std::string_view help;
    std::uint64_t BrokerCounters::*value;
};

std::span<const CounterRow> broker_counters();

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/counters.h"

#include <array>

namespace meshcore::bridge {
namespace {

using C = BrokerCounters;

constexpr auto rows = std::to_array<CounterRow>({
    {"delivered_total", "counter", "Messages that the broker has acknowledged, or with QoS 0 got.",
     &C::delivered},
    {"waiting", "gauge", "Messages that are not delivered yet.", &C::waiting},
    {"replayed_total", "counter", "Messages sent after they had waited through an outage.",
     &C::replayed},
    {"dropped_total", "counter", "Messages dropped by the outbox's bounds.", &C::dropped},
    {"rejected_total", "counter", "Messages that could not be sent, or that the broker refused.",
     &C::rejected},
    {"connections_total", "counter", "Times that the broker has welcomed us.", &C::connections},
    {"login_failures_total", "counter", "Logins that were refused, or for which there was no token.",
     &C::login_failures},
});

}  // namespace

std::span<const CounterRow> broker_counters() {
    return rows;
}

}  // namespace meshcore::bridge

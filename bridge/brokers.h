// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "bridge/mqtt/broker.h"

namespace meshcore::bridge {

/// The brokers of a configuration that are used, and what they have in common: a beginning and an end.
class Brokers {
public:
    /// `on_change`: see Broker; called from the brokers' threads. The configuration must outlive them.
    Brokers(const Config& config, bool beside_daemon, const std::function<void()>& on_change);

    std::vector<Destination*> destinations() const;
    const std::vector<std::unique_ptr<Broker>>& all() const { return brokers_; }

    /// Sends what waits, says "offline", both for five seconds at most. Returns how many messages are
    /// left; each broker that has some is named in the log.
    std::size_t stop();

private:
    std::vector<std::unique_ptr<Broker>> brokers_;
};

}  // namespace meshcore::bridge

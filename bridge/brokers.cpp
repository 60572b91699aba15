// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/brokers.h"

#include <spdlog/spdlog.h>

#include "bridge/mqtt/client_id.h"
#include "bridge/spool/place.h"

namespace meshcore::bridge {
namespace {

constexpr std::chrono::seconds time_to_leave{5};

}  // namespace

Brokers::Brokers(const Config& config, bool beside_daemon, const std::function<void()>& on_change) {
    for (std::size_t i = 0; i < config.brokers.size(); ++i) {
        const BrokerConfig& broker = config.brokers[i];
        if (!broker.enabled || broker.refused) continue;
        Broker::Options options;
        options.config = &broker;
        options.format = find_format(broker.format)->make(config, broker);
        // A capture is often published while the daemon runs: it must not take the daemon's id.
        options.client_id = [&config, &broker, number = i + 1,
                             beside_daemon](const Observer& observer) {
            return make_client_id(config, broker, number, observer.key) + (beside_daemon ? "r" : "");
        };
        options.outbox = beside_daemon ? make_unpaced_outbox(config) : make_outbox(config, broker);
        options.signing_key = config.signing_key;
        options.on_change = on_change;
        brokers_.push_back(std::make_unique<Broker>(std::move(options)));
    }
}

std::vector<Destination*> Brokers::destinations() const {
    std::vector<Destination*> destinations;
    for (const auto& broker : brokers_) destinations.push_back(broker.get());
    return destinations;
}

std::size_t Brokers::stop() {
    const SteadyTime deadline = std::chrono::steady_clock::now() + time_to_leave;
    for (const auto& broker : brokers_) broker->stop(deadline);
    std::size_t left = 0;
    for (const auto& broker : brokers_) {
        broker->join();
        const BrokerReport report = broker->report();
        left += report.waiting;
        const std::string& name = broker->config().name;
        if (report.waiting > 0 && report.durable)
            spdlog::info("broker {}: {} messages wait for the next start", name, report.waiting);
        else if (report.waiting > 0)
            spdlog::warn("broker {}: {} messages not delivered", name, report.waiting);
        if (report.dropped + report.rejected > 0)
            spdlog::warn("broker {}: {} messages dropped while it was away, {} unsendable", name,
                         report.dropped, report.rejected);
    }
    return left;
}

}  // namespace meshcore::bridge

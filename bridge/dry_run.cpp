// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/dry_run.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace meshcore::bridge {

using Json = nlohmann::ordered_json;

DryRun::~DryRun() {
    if (observer_) status(Presence::offline);
}

void DryRun::observe(std::shared_ptr<const Observer> observer) {
    // Counters that change are no news.
    const bool news =
        !observer_ || observer_->key != observer->key || observer_->name != observer->name;
    observer_ = std::move(observer);
    if (news) status(Presence::online);
}

void DryRun::status(Presence presence) {
    const Time now = std::chrono::system_clock::now();
    if (auto message = format_->status(*observer_, presence, now, nullptr))
        publish(std::move(*message));
}

void DryRun::publish(Message message) {
    Json payload = Json::parse(message.payload, nullptr, false);
    if (payload.is_discarded())
        payload = to_hex(
            {reinterpret_cast<const std::uint8_t*>(message.payload.data()), message.payload.size()});
    const std::string line =
        Json{{"broker", config_.name}, {"topic", message.topic}, {"payload", payload}}.dump() + '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/outlet.h"

#include <algorithm>

namespace meshcore::bridge {

Outlet::Outlet(Destination& destination)
    : destination_{destination},
      copies_{destination.config().copies, destination.config().copies_window} {
    // What does not compile was refused with the rest of the configuration.
    if (const std::string& expression = destination.config().filter; !expression.empty())
        if (auto compiled = filter::PacketFilter::compile(expression)) filter_ = std::move(*compiled);
}

bool Outlet::wants(const Heard& heard) {
    const std::vector<int>& types = destination_.config().packet_types;
    const auto type = static_cast<int>(heard.packet.header.type);
    if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end()) return false;
    return !filter_ || filter_->matches(heard.radio, heard.packet);
}

void Outlet::take(const Heard& heard, SteadyTime now) {
    release(now);
    if (!wants(heard) || !copies_.wants(heard, now)) return;
    messages_.clear();
    destination_.format().packet(heard, messages_);
    copies_.take(heard, now, messages_, destination_);
    for (Message& message : messages_) destination_.publish(std::move(message));
}

void Outlet::observe(std::shared_ptr<const Observer> observer) {
    destination_.observe(std::move(observer));
}

void Outlet::release(SteadyTime now) {
    if (now < due()) return;
    for (Message& message : copies_.release(now)) destination_.publish(std::move(message));
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "bridge/copies.h"
#include "bridge/mqtt/destination.h"
#include "extcap/filter/packet_filter.h"

namespace meshcore::bridge {

/// The way to one destination: what it wants of what is heard, made into its messages.
class Outlet {
public:
    /// The destination must outlive it.
    explicit Outlet(Destination& destination);

    /// `now`: see Copies.
    void take(const Heard& heard, SteadyTime now);
    void observe(std::shared_ptr<const Observer> observer);

    /// Copies that were held back and whose time has come; at SteadyTime::max() all.
    void release(SteadyTime now);
    SteadyTime due() const { return copies_.due(); }

private:
    bool wants(const Heard& heard);

    Destination& destination_;
    std::optional<filter::PacketFilter> filter_;
    Copies copies_;
    std::vector<Message> messages_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// The events of meshcore-hub's native mode: PREFIX/KEY/event/NAME, as far as somebody who only listens
// can know them. docs/formats/hub.md
#pragma once

#include "bridge/formats/format.h"

namespace meshcore::bridge {

class Hub : public Format {
public:
    Hub(const Config& config, const BrokerConfig& broker);

    void packet(const Heard& heard, std::vector<Message>& out) const override;
    /// The event "battery" of the observer itself; this format knows neither offline nor a will.
    std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                  const BrokerCounters* own) const override;

private:
    std::string topic(const Observer& observer, const char* event) const;

    std::string prefix_;
    std::string iata_, token_;
    int qos_;
    bool decode_public_;
};

}  // namespace meshcore::bridge

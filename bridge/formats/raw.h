// SPDX-License-Identifier: GPL-2.0-or-later
// One message a frame: its bytes as they were on air, nothing else. docs/formats/raw.md
#pragma once

#include "bridge/formats/format.h"

namespace meshcore::bridge {

class Raw : public Format {
public:
    Raw(const Config& config, const BrokerConfig& broker);

    void packet(const Heard& heard, std::vector<Message>& out) const override;
    /// That of letsmesh, if there is a template for it.
    std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                  const BrokerCounters* own) const override;

private:
    std::string packets_, status_;  ///< topic templates
    std::string iata_, token_;
    int qos_;
    bool retain_status_;
    bool stats_;
};

}  // namespace meshcore::bridge

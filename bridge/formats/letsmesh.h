// SPDX-License-Identifier: GPL-2.0-or-later
// The messages of meshcoretomqtt, meshcore-packet-capture and meshcore-bot, which CoreScope, Beacon,
// meshcore-hub and MeshExplorer read. docs/formats/letsmesh.md is its specification. Every number of a
// packet is a JSON string, since Beacon drops packets that have a JSON number there; what is not known
// is left out.
#pragma once

#include "bridge/formats/format.h"

namespace meshcore::bridge {

class LetsMesh : public Format {
public:
    LetsMesh(const Config& config, const BrokerConfig& broker);

    void packet(const Heard& heard, std::vector<Message>& out) const override;
    std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                  const BrokerCounters* own) const override;

private:
    std::string topic(const std::string& pattern, const Observer& observer, const char* type) const;

    std::string packets_, status_, raw_;  ///< topic templates; empty: not published
    std::string iata_;
    int qos_;
    bool retain_status_;
    bool stats_;
    bool decode_public_;
    bool decoded_;
};

/// The status object; `with_stats` adds the radio's counters, and the broker's own, to an online one.
std::string letsmesh_status(const Observer& observer, Presence presence, Time now, bool with_stats,
                            const BrokerCounters* own);

}  // namespace meshcore::bridge

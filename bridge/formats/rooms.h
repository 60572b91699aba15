// SPDX-License-Identifier: GPL-2.0-or-later
// Topics for people: PREFIX/messages/ROOM, PREFIX/nodes/KEY, PREFIX/status. docs/formats/rooms.md
#pragma once

#include "bridge/formats/format.h"

namespace meshcore::bridge {

class Rooms : public Format {
public:
    Rooms(const Config& config, const BrokerConfig& broker);

    /// A text of a channel whose key is known, an advert whose signature is good, or a node's decrypted
    /// status.
    void packet(const Heard& heard, std::vector<Message>& out) const override;
    std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                  const BrokerCounters* own) const override;

private:
    std::string topic(const std::string& pattern, const Observer& observer) const;

    std::string prefix_, status_;  ///< topic templates
    std::string iata_, token_;
    int qos_;
    bool retain_status_, retain_nodes_;
    bool stats_, decode_public_;
};

}  // namespace meshcore::bridge

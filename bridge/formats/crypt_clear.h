// SPDX-License-Identifier: GPL-2.0-or-later
// Channel packets twice: PREFIX/crypt/HASH/!OBSERVER/TYPE as heard, and
// PREFIX/clear/CHANNEL/!OBSERVER/TYPE decrypted, for channels that opted in.
// docs/formats/crypt-clear.md
#pragma once

#include "bridge/formats/format.h"

namespace meshcore::bridge {

class CryptClear : public Format {
public:
    CryptClear(const Config& config, const BrokerConfig& broker);

    void packet(const Heard& heard, std::vector<Message>& out) const override;
    /// None.
    std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                  const BrokerCounters* own) const override;

private:
    bool opted_in(const std::string& channel) const;

    std::string prefix_;
    std::vector<std::string> clear_channels_;
    std::string iata_, token_;
    int qos_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/mqtt/destination.h"

namespace meshcore::bridge {

/// Prints what a broker would get, one JSON object a line: broker, topic, payload. A payload that is no
/// JSON is shown in hex.
class DryRun : public Destination {
public:
    DryRun(const BrokerConfig& config, std::unique_ptr<Format> format)
        : config_{config}, format_{std::move(format)} {}
    ~DryRun() override;

    const BrokerConfig& config() const override { return config_; }
    const Format& format() const override { return *format_; }
    void observe(std::shared_ptr<const Observer> observer) override;
    void publish(Message message) override;

private:
    void status(Presence presence);

    const BrokerConfig& config_;
    std::unique_ptr<Format> format_;
    std::shared_ptr<const Observer> observer_;
};

}  // namespace meshcore::bridge

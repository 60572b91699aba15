// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <spdlog/sinks/sink.h>

#include "bridge/mqtt/destination.h"

namespace meshcore::bridge {

/// The packets as JSON lines in a file, as the peers write them: those of the format letsmesh.
class OutputFile : public Destination {
public:
    explicit OutputFile(const Config& config);

    const BrokerConfig& config() const override { return as_broker_; }
    const Format& format() const override { return *format_; }
    void observe(std::shared_ptr<const Observer>) override {}
    /// A file that cannot be written to is told once, until it works again.
    void publish(Message message) override;

private:
    void open();

    const OutputConfig output_;
    const BrokerConfig as_broker_;
    std::unique_ptr<Format> format_;
    std::unique_ptr<spdlog::sinks::sink> file_;  ///< null: not open yet, or not to be had
    bool failing_ = false;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>

#include "bridge/formats/format.h"

namespace meshcore::bridge {

/// Where messages go: a broker, or the screen of a dry run. Not to be called from several threads at
/// once.
class Destination {
public:
    virtual ~Destination() = default;
    virtual const BrokerConfig& config() const = 0;
    virtual const Format& format() const = 0;
    /// What is known of the observer now; its key is known. Comes before the first message.
    virtual void observe(std::shared_ptr<const Observer> observer) = 0;
    virtual void publish(Message message) = 0;

    /// A message that waits for a better copy: publish() follows, or drop() if that one came. Whoever
    /// survives a crash takes it now, under the number that it has, and publishes it after the crash.
    virtual void hold(const Message&) {}
    virtual void drop(const Message&) {}
};

}  // namespace meshcore::bridge

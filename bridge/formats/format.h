// SPDX-License-Identifier: GPL-2.0-or-later
// What a broker's messages look like. Formats are public contracts of others: each is written by hand
// in its own file and has one row in the table of format.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/counters.h"
#include "bridge/observer.h"
#include "dissector/core/memory.h"
#include "extcap/radio/record.h"

namespace meshcore::bridge {

using Time = Record::Time;

/// A text has arrived: the acknowledgement was heard, or sent, after it.
struct Confirmation {
    PublicKey receiver;
    std::chrono::nanoseconds after;
};

/// A frame with everything that is known of it. Borrows all.
struct Heard {
    Time time;  ///< by the host's clock
    Bytes frame;
    const Tape& radio;  ///< the capture header
    const Dissection& packet;
    const Observer& observer;
    const Memory* memory = nullptr;  ///< what the earlier frames told; null: nothing
    /// If this frame acknowledges a text that was heard, too.
    std::optional<Confirmation> confirmation = std::nullopt;
};

struct Message {
    std::string topic;
    std::string payload;  ///< any bytes
    int qos = 0;
    bool retain = false;
    std::uint64_t hold = 0;  ///< its number, if it was held back: see Destination
};

enum class Presence {
    online,
    offline,  ///< a clean stop
    lost      ///< the will, which the broker publishes when the connection breaks
};

/// Has no state: used from several threads at once.
class Format {
public:
    virtual ~Format() = default;
    /// Appends what a frame becomes: nothing, one message, or several.
    virtual void packet(const Heard& heard, std::vector<Message>& out) const = 0;
    /// Nothing if the format, or its configuration, knows no status. `own` counts what became of this
    /// broker's messages; null: not told.
    virtual std::optional<Message> status(const Observer& observer, Presence presence, Time now,
                                          const BrokerCounters* own) const = 0;
};

struct FormatRow {
    std::string_view name;
    std::string_view help;
    std::unique_ptr<Format> (*make)(const Config&, const BrokerConfig&);
    /// Default topic templates, behind the prefix. Empty: not published unless a template is given.
    std::string_view status = {}, packets = {};
    bool fixed_topics = false;  ///< topics follow from the prefix, not from a template
};

std::span<const FormatRow> formats();
/// Null if there is none of this name.
const FormatRow* find_format(std::string_view name);

}  // namespace meshcore::bridge

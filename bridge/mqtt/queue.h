// SPDX-License-Identifier: GPL-2.0-or-later
// Messages that wait for one broker, in their order, in memory. Bounded: beyond the bound the oldest
// that is not under way is dropped and counted. An outbox on disk takes this place behind the same
// methods.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "bridge/formats/format.h"

namespace meshcore::bridge {

/// Producers call push(), one consumer everything else; any thread.
class Queue {
public:
    explicit Queue(std::size_t bound) : bound_{bound} {}

    using Id = std::uint64_t;
    struct Item {
        Id id;
        Message message;
    };

    /// True if the queue was empty or had nothing left to send: the consumer should be woken.
    bool push(Message message);

    /// The oldest message that is not under way; it is under way now. Nothing if there is none.
    std::optional<Item> take();
    /// Delivered: it leaves the queue.
    void done(Id id);
    /// The connection broke: what was under way is sent again.
    void rewind();

    /// Messages that are not delivered yet.
    std::size_t size() const;
    std::uint64_t dropped() const;

private:
    struct Slot {
        Id id;
        Message message;
        bool delivered = false;
    };

    mutable std::mutex mutex_;
    std::deque<Slot> slots_;
    std::size_t under_way_ = 0;  ///< at the front of slots_
    std::size_t delivered_ = 0;  ///< of these, done out of order
    std::size_t bound_;
    Id next_id_ = 1;
    std::uint64_t dropped_ = 0;
};

}  // namespace meshcore::bridge

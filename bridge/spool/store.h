// SPDX-License-Identifier: GPL-2.0-or-later
// Where messages wait that cannot go out at once: in memory, or on disk. Bounded; beyond a bound the
// oldest is dropped and counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "bridge/formats/format.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

using MessageId = std::uint64_t;
using WallTime = std::chrono::sys_seconds;

struct Stored {
    MessageId id = 0;  ///< ascending, in the order of arrival
    Message message;
};

/// Used by one thread.
class Store {
public:
    virtual ~Store() = default;
    /// Takes `messages`, and forgets what was `delivered`, which makes room first. All or nothing.
    virtual Result<void> insert(const std::vector<Stored>& messages,
                                std::span<const MessageId> delivered, WallTime now) = 0;
    /// The oldest ones from `from` on and below `below`.
    virtual std::vector<Stored> read(MessageId from, MessageId below, std::size_t limit) = 0;
    /// Delivered. Ids that are not there are no error.
    virtual void remove(std::span<const MessageId> ids) = 0;
    /// Id of the first message that came after `time`; the highest possible one if there is none.
    virtual MessageId first_after(WallTime time) = 0;
    virtual MessageId last_id() = 0;
    /// Other bounds from now on.
    virtual void set_bounds(const SpoolConfig& bounds, WallTime now) = 0;
    virtual std::size_t size() const = 0;
    virtual std::uint64_t dropped() const = 0;
    /// Who is told the id of each message that a bound drops.
    virtual void on_drop(std::function<void(MessageId)> told) { told_ = std::move(told); }

protected:
    void tell_dropped(MessageId id) const {
        if (told_) told_(id);
    }

private:
    std::function<void(MessageId)> told_;
};

inline constexpr MessageId no_message = std::uint64_t{1} << 62;

class MemoryStore : public Store {
public:
    explicit MemoryStore(std::size_t bound) : bound_{bound} {}

    Result<void> insert(const std::vector<Stored>& messages, std::span<const MessageId> delivered,
                        WallTime now) override;
    std::vector<Stored> read(MessageId from, MessageId below, std::size_t limit) override;
    void remove(std::span<const MessageId> ids) override;
    MessageId first_after(WallTime time) override;
    MessageId last_id() override { return rows_.empty() ? 0 : rows_.back().stored.id; }
    void set_bounds(const SpoolConfig& bounds, WallTime now) override;
    std::size_t size() const override { return rows_.size(); }
    std::uint64_t dropped() const override { return dropped_; }

private:
    struct Row {
        Stored stored;
        WallTime queued;
    };
    std::deque<Row>::iterator find(MessageId from);
    void drop_beyond_bound();

    std::deque<Row> rows_;
    std::size_t bound_;
    std::uint64_t dropped_ = 0;
};

}  // namespace meshcore::bridge

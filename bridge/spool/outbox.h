// SPDX-License-Identifier: GPL-2.0-or-later
// The messages of one broker on their way. What can go out at once never touches the store, unless QoS
// asks for certainty and the store is on disk. Three lanes lead out:
//   fresh    came while the broker was there
//   recent   came shortly before it was there, or faster than it takes them; goes out at once, too
//   backlog  waited through an outage; goes out paced, beside what is fresh
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "bridge/spool/pace.h"
#include "bridge/spool/store.h"

namespace meshcore::bridge {

/// push(), hold(), drop(), set_bounds(), size(), dropped(), replayed(), room() and has_room() may be
/// called from any thread, everything else from one.
class Outbox {
public:
    struct Options {
        std::unique_ptr<Store> store;
        bool durable = false;           ///< the store survives the end of the process
        std::size_t room = 10000;       ///< messages in memory
        double replay_rate = 3;         ///< of the backlog, a second; 0: as fast as they go
        WallTime::duration recent{10};  ///< what waited no longer is not paced
    };
    explicit Outbox(Options options);

    /// These three return true if the consumer should be woken.
    bool push(Message message);
    /// A message that is not to go out yet, but after a crash: push() of the same number lets it go.
    /// Without effect if the store would not survive, or the message need not arrive for certain.
    bool hold(const Message& message);
    /// What was held is not to go out at all.
    bool drop(const Message& message);
    /// For producers that can wait; others push, and the oldest is dropped.
    bool has_room() const { return size() < room(); }
    /// Other bounds, and another pace. The consumer, who should be woken, makes them good with its next
    /// absorb().
    void set_bounds(const SpoolConfig& bounds);

    /// Takes over what was pushed. To be called when woken.
    void absorb(WallTime now);
    /// The broker is there.
    void online(WallTime now);
    /// The broker is gone: what was under way goes out again, after the next online().
    void offline(WallTime now);

    /// What may go out now; it is under way then. Nothing if there is nothing, or for the pace.
    std::optional<Stored> next(SteadyTime now);
    /// When there is something to do without being woken: the pace allows the next one, or deliveries
    /// are to be made known to the disk, which happens in batches.
    SteadyTime due() const;
    /// Delivered.
    void done(MessageId id, SteadyTime now);
    /// Does what is due.
    void tick(SteadyTime now);

    std::size_t size() const { return pushed_count_ + waiting_; }
    std::uint64_t dropped() const { return dropped_; }
    /// Of the backlog, given out by next().
    std::uint64_t replayed() const { return replayed_; }
    bool durable() const { return options_.durable; }
    std::size_t room() const { return room_; }

private:
    /// A part of the store, read ahead a little.
    struct Lane {
        MessageId from = 0, below = 0;
        std::deque<Stored> ahead = {};
        std::uint64_t dropped = 0;  ///< by the store's bounds, when `ahead` was read
    };

    enum class Order { send, hold, drop };
    struct Pushed {
        Order order;
        Message message;
    };

    bool push(Pushed pushed);
    bool is_certain(const Message& message) const { return options_.durable && message.qos > 0; }
    void send(Message message, std::vector<Stored>& kept);
    void resume(MessageId id, Message message);
    bool is_out(MessageId id) const;
    void keep(const std::vector<Stored>& messages, WallTime now);
    void forget(MessageId dropped);
    void take_bounds(const SpoolConfig& bounds, WallTime now);
    void flush();
    bool fill(Lane& lane);
    Stored take(Lane& lane);
    void count();

    Options options_;

    std::mutex mutex_;
    std::deque<Pushed> pushed_;
    std::uint64_t pushed_dropped_ = 0;
    std::optional<SpoolConfig> new_bounds_;
    std::atomic<std::size_t> room_;

    bool online_ = false;
    MessageId next_id_;
    std::unordered_map<std::uint64_t, MessageId> held_;  ///< by number; in the store, and not to go out
    std::deque<Stored> fresh_;
    Lane recent_, backlog_;
    Pace pace_;
    bool paced_ = false;  ///< the last next() was stopped by the pace
    /// With the message if it is in no store.
    std::unordered_map<MessageId, std::optional<Message>> under_way_;
    std::size_t loose_ = 0;             ///< of these, those in no store
    std::vector<MessageId> delivered_;  ///< and still in the store
    /// Sent, and dropped from the store before the broker acknowledged it: lost only if it never does.
    std::unordered_set<MessageId> doubtful_;
    std::uint64_t saved_ = 0;  ///< dropped from the store, and not lost
    SteadyTime flush_due_ = SteadyTime::max();

    std::atomic<std::size_t> pushed_count_ = 0, waiting_ = 0;
    std::atomic<std::uint64_t> dropped_ = 0, replayed_ = 0;
};

}  // namespace meshcore::bridge

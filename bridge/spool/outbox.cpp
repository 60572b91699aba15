// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/outbox.h"

#include <algorithm>
#include <utility>

namespace meshcore::bridge {
namespace {

/// Messages read from the store at once, and deliveries made known to it at once.
constexpr std::size_t batch = 64;
/// Fresh messages in memory; a broker that takes them no faster gets the rest through the store.
constexpr std::size_t most_fresh = 1000;
/// Deliveries wait so long for others, to be written together.
constexpr std::chrono::seconds flush_interval{2};

}  // namespace

Outbox::Outbox(Options options)
    : options_{std::move(options)},
      room_{options_.room},
      next_id_{options_.store->last_id() + 1},
      pace_{options_.replay_rate} {
    options_.store->on_drop([this](MessageId id) { forget(id); });
    count();
}

bool Outbox::push(Message message) {
    return push(Pushed{Order::send, std::move(message)});
}

bool Outbox::hold(const Message& message) {
    return is_certain(message) && push(Pushed{Order::hold, message});
}

bool Outbox::drop(const Message& message) {
    return is_certain(message) && push(Pushed{Order::drop, message});
}

bool Outbox::push(Pushed pushed) {
    const std::lock_guard lock{mutex_};
    const bool first = pushed_.empty();
    pushed_.push_back(std::move(pushed));
    for (; pushed_.size() > room_; pushed_.pop_front())
        pushed_dropped_ += pushed_.front().order == Order::send;
    pushed_count_ = pushed_.size();
    return first;
}

void Outbox::set_bounds(const SpoolConfig& bounds) {
    const std::lock_guard lock{mutex_};
    new_bounds_ = bounds;
    room_ = bounds.memory_messages;
}

void Outbox::absorb(WallTime now) {
    std::deque<Pushed> pushed;
    std::optional<SpoolConfig> bounds;
    {
        const std::lock_guard lock{mutex_};
        bounds.swap(new_bounds_);
        pushed.swap(pushed_);
        waiting_ += pushed.size();  // so that nobody sees fewer than there are
        pushed_count_ = 0;
    }
    if (bounds) take_bounds(*bounds, now);
    std::vector<Stored> kept;
    for (auto& [order, message] : pushed) {
        const auto held = held_.find(message.hold);
        if (order == Order::send && held == held_.end()) {
            send(std::move(message), kept);
        } else if (order == Order::send) {
            resume(held->second, std::move(message));
            held_.erase(held);
        } else if (order == Order::hold) {
            held_.emplace(message.hold, next_id_);
            kept.push_back({next_id_++, std::move(message)});
        } else if (held != held_.end()) {
            const MessageId id = held->second;
            if (std::erase_if(kept, [id](const Stored& stored) { return stored.id == id; }) == 0)
                delivered_.push_back(id);
            held_.erase(held);
        }
    }
    if (!kept.empty()) keep(kept, now);
    count();
}

void Outbox::send(Message message, std::vector<Stored>& kept) {
    const MessageId id = next_id_++;
    const bool in_order = recent_.ahead.empty() && recent_.from >= recent_.below;
    const bool at_once = online_ && in_order && fresh_.size() < most_fresh;
    const bool certain = is_certain(message);
    if (!at_once && online_) recent_.below = id + 1;
    if (!at_once || certain) kept.push_back({id, message});
    if (!at_once) return;
    if (!certain) ++loose_;
    under_way_.emplace(id, certain ? std::nullopt : std::optional{message});
    fresh_.push_back({id, std::move(message)});
}

/// What was held, and is in the store: the lanes find it, unless they are past it.
void Outbox::resume(MessageId id, Message message) {
    const auto finds = [id](const Lane& lane) { return id >= lane.from && id < lane.below; };
    if (!online_ || finds(recent_) || finds(backlog_)) return;
    under_way_.emplace(id, std::nullopt);
    fresh_.push_back({id, std::move(message)});
}

void Outbox::take_bounds(const SpoolConfig& bounds, WallTime now) {
    flush();  // else a bound could drop, and count, what is delivered
    pace_.set_rate(bounds.replay_rate);
    options_.store->set_bounds(bounds, now);
}

void Outbox::keep(const std::vector<Stored>& messages, WallTime now) {
    // With what was delivered out of the way first: else a bound could drop, and count, that.
    // A store that cannot take them says so itself; they are counted as dropped there.
    static_cast<void>(options_.store->insert(messages, std::exchange(delivered_, {}), now));
    flush_due_ = SteadyTime::max();
}

void Outbox::forget(MessageId dropped) {
    // What is held is in hand still, and comes as any other when its time has come.
    saved_ += std::erase_if(held_, [&](const auto& held) { return held.second == dropped; });
    const auto found = under_way_.find(dropped);
    if (found == under_way_.end()) return;
    const auto fresh = std::find_if(fresh_.begin(), fresh_.end(),
                                    [&](const Stored& stored) { return stored.id == dropped; });
    if (fresh == fresh_.end()) {
        doubtful_.insert(dropped);
    } else {
        fresh_.erase(fresh);
        under_way_.erase(found);
    }
}

void Outbox::online(WallTime now) {
    online_ = true;
    const MessageId limit = std::min(options_.store->first_after(now - options_.recent), next_id_);
    backlog_ = {0, limit};
    recent_ = {limit, next_id_};
}

void Outbox::offline(WallTime now) {
    online_ = false;
    paced_ = false;
    std::vector<Stored> back;
    for (auto& [id, message] : under_way_)
        if (message) back.push_back({id, std::move(*message)});
    std::sort(back.begin(), back.end(), [](const Stored& a, const Stored& b) { return a.id < b.id; });
    keep(back, now);
    under_way_.clear();
    doubtful_.clear();
    loose_ = 0;
    fresh_.clear();
    recent_ = backlog_ = {};
    count();
}

/// In the store, and not to be taken from there.
bool Outbox::is_out(MessageId id) const {
    return under_way_.contains(id) ||
           std::find(delivered_.begin(), delivered_.end(), id) != delivered_.end() ||
           std::any_of(held_.begin(), held_.end(),
                       [id](const auto& held) { return held.second == id; });
}

bool Outbox::fill(Lane& lane) {
    // What was read ahead may be among what a bound dropped since.
    if (!lane.ahead.empty() && lane.dropped != options_.store->dropped()) {
        lane.from = lane.ahead.front().id;
        lane.ahead.clear();
    }
    while (lane.ahead.empty() && lane.from < lane.below) {
        lane.dropped = options_.store->dropped();
        std::vector<Stored> found = options_.store->read(lane.from, lane.below, batch);
        lane.from = found.empty() ? lane.below : found.back().id + 1;
        for (Stored& stored : found)
            if (!is_out(stored.id)) lane.ahead.push_back(std::move(stored));
    }
    return !lane.ahead.empty();
}

Stored Outbox::take(Lane& lane) {
    Stored stored = std::move(lane.ahead.front());
    lane.ahead.pop_front();
    under_way_.emplace(stored.id, std::nullopt);
    return stored;
}

std::optional<Stored> Outbox::next(SteadyTime now) {
    paced_ = false;
    if (!online_) return std::nullopt;
    if (!fresh_.empty()) {
        Stored stored = std::move(fresh_.front());
        fresh_.pop_front();
        return stored;
    }
    if (fill(recent_)) return take(recent_);
    if (!fill(backlog_)) return std::nullopt;
    if (!pace_.take(now)) {
        paced_ = true;
        return std::nullopt;
    }
    ++replayed_;
    return take(backlog_);
}

SteadyTime Outbox::due() const {
    return std::min(paced_ ? pace_.due() : SteadyTime::max(), flush_due_);
}

void Outbox::done(MessageId id, SteadyTime now) {
    const auto found = under_way_.find(id);
    if (found == under_way_.end()) return;
    if (found->second) {
        --loose_;
    } else if (doubtful_.erase(id) > 0) {
        ++saved_;
    } else {
        delivered_.push_back(id);
        if (flush_due_ == SteadyTime::max()) flush_due_ = now + flush_interval;
    }
    under_way_.erase(found);
    if (delivered_.size() >= batch) flush();
    count();
}

void Outbox::tick(SteadyTime now) {
    if (now >= flush_due_) flush();
}

void Outbox::flush() {
    options_.store->remove(std::exchange(delivered_, {}));
    flush_due_ = SteadyTime::max();
}

void Outbox::count() {
    waiting_ = loose_ + options_.store->size() - std::min(delivered_.size(), options_.store->size());
    const std::lock_guard lock{mutex_};
    dropped_ = pushed_dropped_ + options_.store->dropped() - doubtful_.size() - saved_;
}

}  // namespace meshcore::bridge

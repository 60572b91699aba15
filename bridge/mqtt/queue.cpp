// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/queue.h"

#include <algorithm>

namespace meshcore::bridge {

bool Queue::push(Message message) {
    const std::lock_guard lock{mutex_};
    const bool wake = under_way_ == slots_.size();
    slots_.push_back({next_id_++, std::move(message)});
    if (slots_.size() - delivered_ > bound_ && under_way_ < slots_.size()) {
        slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(under_way_));
        ++dropped_;
    }
    return wake;
}

std::optional<Queue::Item> Queue::take() {
    const std::lock_guard lock{mutex_};
    if (under_way_ == slots_.size()) return std::nullopt;
    Slot& slot = slots_[under_way_++];
    // A copy: what is under way may have to be sent again.
    return Item{slot.id, slot.message};
}

void Queue::done(Id id) {
    const std::lock_guard lock{mutex_};
    const auto end = slots_.begin() + static_cast<std::ptrdiff_t>(under_way_);
    const auto slot = std::lower_bound(slots_.begin(), end, id,
                                       [](const Slot& left, Id right) { return left.id < right; });
    if (slot == end || slot->id != id || slot->delivered) return;
    slot->delivered = true;
    ++delivered_;
    while (!slots_.empty() && slots_.front().delivered) {
        slots_.pop_front();
        --under_way_;
        --delivered_;
    }
}

void Queue::rewind() {
    const std::lock_guard lock{mutex_};
    slots_.erase(
        std::remove_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.delivered; }),
        slots_.end());
    under_way_ = delivered_ = 0;
}

std::size_t Queue::size() const {
    const std::lock_guard lock{mutex_};
    return slots_.size() - delivered_;
}

std::uint64_t Queue::dropped() const {
    const std::lock_guard lock{mutex_};
    return dropped_;
}

}  // namespace meshcore::bridge

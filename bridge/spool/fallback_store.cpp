// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/fallback_store.h"

#include <algorithm>
#include <iterator>

namespace meshcore::bridge {

Result<void> FallbackStore::insert(const std::vector<Stored>& messages,
                                   std::span<const MessageId> delivered, WallTime now) {
    memory_.remove(delivered);
    const auto on_disk = disk_->insert(messages, delivered, now);
    if (!on_disk && !failing_) on_error_(on_disk.error().message);
    failing_ = !on_disk;
    return on_disk ? Result<void>{} : memory_.insert(messages, {}, now);
}

std::vector<Stored> FallbackStore::read(MessageId from, MessageId below, std::size_t limit) {
    std::vector<Stored> disk = disk_->read(from, below, limit);
    if (memory_.size() == 0) return disk;
    std::vector<Stored> memory = memory_.read(from, below, limit);
    std::vector<Stored> both;
    std::merge(std::make_move_iterator(disk.begin()), std::make_move_iterator(disk.end()),
               std::make_move_iterator(memory.begin()), std::make_move_iterator(memory.end()),
               std::back_inserter(both), [](const Stored& a, const Stored& b) { return a.id < b.id; });
    both.resize(std::min(both.size(), limit));
    return both;
}

void FallbackStore::remove(std::span<const MessageId> ids) {
    disk_->remove(ids);
    memory_.remove(ids);
}

MessageId FallbackStore::first_after(WallTime time) {
    return std::min(disk_->first_after(time), memory_.first_after(time));
}

}  // namespace meshcore::bridge

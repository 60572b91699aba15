// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "bridge/spool/store.h"

namespace meshcore::bridge {

std::deque<MemoryStore::Row>::iterator MemoryStore::find(MessageId from) {
    return std::lower_bound(rows_.begin(), rows_.end(), from,
                            [](const Row& row, MessageId id) { return row.stored.id < id; });
}

Result<void> MemoryStore::insert(const std::vector<Stored>& messages,
                                 std::span<const MessageId> delivered, WallTime now) {
    remove(delivered);
    for (const Stored& stored : messages) {
        // What was under way comes back behind what is here already.
        rows_.insert(find(stored.id), {stored, now});
        drop_beyond_bound();
    }
    return {};
}

void MemoryStore::drop_beyond_bound() {
    for (; rows_.size() > bound_; ++dropped_) {
        tell_dropped(rows_.front().stored.id);
        rows_.pop_front();
    }
}

void MemoryStore::set_bounds(const SpoolConfig& bounds, WallTime) {
    bound_ = bounds.memory_messages;
    drop_beyond_bound();
}

std::vector<Stored> MemoryStore::read(MessageId from, MessageId below, std::size_t limit) {
    std::vector<Stored> messages;
    for (auto row = find(from); row != rows_.end() && row->stored.id < below && messages.size() < limit;
         ++row)
        messages.push_back(row->stored);
    return messages;
}

void MemoryStore::remove(std::span<const MessageId> ids) {
    for (const MessageId id : ids)
        if (const auto row = find(id); row != rows_.end() && row->stored.id == id) rows_.erase(row);
}

MessageId MemoryStore::first_after(WallTime time) {
    for (const Row& row : rows_)
        if (row.queued > time) return row.stored.id;
    return no_message;
}

}  // namespace meshcore::bridge

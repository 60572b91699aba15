// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "bridge/spool/disk_store.h"

namespace meshcore::bridge {

/// A disk that may be full or broken one day: then memory takes what the disk does not, and whoever has
/// to know is told, once until it works again.
class FallbackStore : public Store {
public:
    FallbackStore(std::unique_ptr<Store> disk, std::size_t memory_bound,
                  std::function<void(const std::string&)> on_error)
        : disk_{std::move(disk)}, memory_{memory_bound}, on_error_{std::move(on_error)} {}

    Result<void> insert(const std::vector<Stored>& messages, std::span<const MessageId> delivered,
                        WallTime now) override;
    std::vector<Stored> read(MessageId from, MessageId below, std::size_t limit) override;
    void remove(std::span<const MessageId> ids) override;
    MessageId first_after(WallTime time) override;
    MessageId last_id() override { return std::max(disk_->last_id(), memory_.last_id()); }
    void set_bounds(const SpoolConfig& bounds, WallTime now) override {
        disk_->set_bounds(bounds, now);
        memory_.set_bounds(bounds, now);
    }
    std::size_t size() const override { return disk_->size() + memory_.size(); }
    std::uint64_t dropped() const override { return disk_->dropped() + memory_.dropped(); }
    void on_drop(std::function<void(MessageId)> told) override {
        disk_->on_drop(told);
        memory_.on_drop(std::move(told));
    }

private:
    std::unique_ptr<Store> disk_;
    MemoryStore memory_;
    std::function<void(const std::string&)> on_error_;
    bool failing_ = false;
};

}  // namespace meshcore::bridge

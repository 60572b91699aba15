// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/spool/database.h"
#include "bridge/spool/store.h"

namespace meshcore::bridge {

struct DiskBounds {
    std::uint64_t max_bytes = 64ULL << 20;  ///< of topics and payloads
    std::chrono::seconds max_age = std::chrono::hours{24 * 30};
};

/// An SQLite file, which survives the end of the process at any moment. Commits reach the disk when the
/// system writes it back; after a power cut the last half minute may be missing, never the file.
class DiskStore : public Store {
public:
    static Result<std::unique_ptr<DiskStore>> open(const std::string& path, const DiskBounds& bounds,
                                                   WallTime now);

    Result<void> insert(const std::vector<Stored>& messages, std::span<const MessageId> delivered,
                        WallTime now) override;
    std::vector<Stored> read(MessageId from, MessageId below, std::size_t limit) override;
    void remove(std::span<const MessageId> ids) override;
    MessageId first_after(WallTime time) override;
    MessageId last_id() override { return last_id_; }
    void set_bounds(const SpoolConfig& bounds, WallTime now) override;
    std::size_t size() const override { return rows_ - owed_.size(); }
    std::uint64_t dropped() const override { return dropped_; }

private:
    DiskStore(Database database, const DiskBounds& bounds)
        : database_{std::move(database)}, bounds_{bounds} {}

    Result<void> prepare();
    void count();
    /// What a transaction changes of the sums; they change when it is committed.
    struct Change {
        std::size_t rows_in = 0, rows_out = 0;
        std::uint64_t bytes_in = 0, bytes_out = 0;
    };
    template <typename Work>
    Result<void> transact(std::span<const MessageId> delivered, Work work);
    Result<void> insert_all(const std::vector<Stored>& messages, WallTime now, Change& change);
    Result<void> remove_all(std::span<const MessageId> ids, Change& change);
    bool is_owed(MessageId id) const;
    void owe(std::span<const MessageId> ids);
    void drop_beyond_bounds(WallTime now);

    Database database_;
    DiskBounds bounds_;
    /// Delivered, but in the file until it takes the deletion again. Not read any more.
    std::vector<MessageId> owed_;
    Statement insert_, read_, remove_, first_after_, oldest_;
    std::size_t rows_ = 0;
    std::uint64_t bytes_ = 0;
    MessageId last_id_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace meshcore::bridge

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

    Result<void> insert(const std::vector<Stored>& messages, WallTime now) override;
    std::vector<Stored> read(MessageId from, MessageId below, std::size_t limit) override;
    void remove(std::span<const MessageId> ids) override;
    MessageId first_after(WallTime time) override;
    MessageId last_id() override { return last_id_; }
    std::size_t size() const override { return rows_; }
    std::uint64_t dropped() const override { return dropped_; }

private:
    DiskStore(Database database, const DiskBounds& bounds)
        : database_{std::move(database)}, bounds_{bounds} {}

    Result<void> prepare();
    void count();
    Result<void> insert_all(const std::vector<Stored>& messages, WallTime now);
    void drop_beyond_bounds(WallTime now);

    Database database_;
    DiskBounds bounds_;
    Statement insert_, read_, remove_, first_after_, oldest_;
    std::size_t rows_ = 0;
    std::uint64_t bytes_ = 0;
    MessageId last_id_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace meshcore::bridge

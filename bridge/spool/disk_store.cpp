// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/disk_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshcore::bridge {
namespace {

/// Raised with each change of the table; a file of another version is not touched.
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS message("
    "id INTEGER PRIMARY KEY, queued INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,"
    "qos INTEGER NOT NULL, retain INTEGER NOT NULL) STRICT;"
    "PRAGMA user_version=1;";
constexpr std::int64_t schema_version = 1;

std::uint64_t weight(const Message& message) {
    return message.topic.size() + message.payload.size();
}

std::int64_t number(MessageId id) {
    return static_cast<std::int64_t>(id);
}

}  // namespace

Result<std::unique_ptr<DiskStore>> DiskStore::open(const std::string& path, const DiskBounds& bounds,
                                                   WallTime now) {
    auto database = Database::open(path);
    if (!database) return fail(fmt::format("cannot use {}: {}", path, database.error().message));
    std::unique_ptr<DiskStore> store{new DiskStore{std::move(*database), bounds}};
    if (const auto ready = store->prepare(); !ready)
        return fail(fmt::format("cannot use {}: {}", path, ready.error().message));
    store->count();
    store->drop_beyond_bounds(now);
    return store;
}

Result<void> DiskStore::prepare() {
    auto version = database_.prepare("PRAGMA user_version");
    if (!version) return tl::unexpected<Error>(version.error());
    const std::int64_t found = version->step() ? version->integer(0) : 0;
    if (found > schema_version) return fail("it was made by a newer meshcore-bridge");
    version->reset();
    if (auto made = database_.run(schema); !made) return made;
    const std::pair<Statement*, const char*> statements[] = {
        {&insert_, "INSERT OR REPLACE INTO message VALUES(?,?,?,?,?,?)"},
        {&read_,
         "SELECT id, topic, payload, qos, retain FROM message WHERE id>=? AND id<? ORDER BY id"},
        {&remove_,
         "DELETE FROM message WHERE id=? RETURNING length(CAST(topic AS BLOB))+length(payload)"},
        {&first_after_, "SELECT min(id) FROM message WHERE queued>?"},
        {&oldest_, "SELECT id, queued FROM message ORDER BY id LIMIT 1"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = database_.prepare(sql);
        if (!prepared) return tl::unexpected<Error>(prepared.error());
        *statement = std::move(*prepared);
    }
    return {};
}

void DiskStore::count() {
    auto statement = database_.prepare(
        "SELECT count(*), coalesce(sum(length(CAST(topic AS BLOB))+length(payload)),0),"
        "coalesce(max(id),0) FROM message");
    if (!statement || !statement->step()) return;
    rows_ = static_cast<std::size_t>(statement->integer(0));
    bytes_ = static_cast<std::uint64_t>(statement->integer(1));
    last_id_ = static_cast<MessageId>(statement->integer(2));
}

template <typename Work>
Result<void> DiskStore::transact(std::span<const MessageId> delivered, Work work) {
    Change change;
    auto done = database_.run("BEGIN");
    if (done) {
        done = remove_all(delivered, change);
        if (done) done = remove_all(owed_, change);
        if (done) done = work(change);
        if (done) done = database_.run("COMMIT");
        if (!done) static_cast<void>(database_.run("ROLLBACK"));
    }
    if (!done) {
        owe(delivered);
        return done;
    }
    owed_.clear();
    rows_ += change.rows_in - change.rows_out;
    bytes_ += change.bytes_in - change.bytes_out;
    return {};
}

bool DiskStore::is_owed(MessageId id) const {
    return std::find(owed_.begin(), owed_.end(), id) != owed_.end();
}

void DiskStore::owe(std::span<const MessageId> ids) {
    for (const MessageId id : ids)
        if (!read(id, id + 1, 1).empty()) owed_.push_back(id);
}

Result<void> DiskStore::insert(const std::vector<Stored>& messages,
                               std::span<const MessageId> delivered, WallTime now) {
    if (messages.empty()) {
        remove(delivered);
        return {};
    }
    auto done = transact(delivered, [&](Change& change) { return insert_all(messages, now, change); });
    if (!done) return done;
    for (const Stored& stored : messages) last_id_ = std::max(last_id_, stored.id);
    drop_beyond_bounds(now);
    return {};
}

void DiskStore::remove(std::span<const MessageId> ids) {
    if (ids.empty() && owed_.empty()) return;
    static_cast<void>(transact(ids, [](Change&) { return Result<void>{}; }));
}

Result<void> DiskStore::insert_all(const std::vector<Stored>& messages, WallTime now, Change& change) {
    for (const Stored& stored : messages) {
        insert_.bind(1, number(stored.id));
        insert_.bind(2, now.time_since_epoch().count());
        insert_.bind_text(3, stored.message.topic);
        insert_.bind_blob(4, stored.message.payload);
        insert_.bind(5, stored.message.qos);
        insert_.bind(6, stored.message.retain);
        insert_.step();
        const bool failed = insert_.failed();
        const std::string error = failed ? database_.error() : std::string{};
        insert_.reset();
        if (failed) return fail(error);
        ++change.rows_in;
        change.bytes_in += weight(stored.message);
    }
    return {};
}

Result<void> DiskStore::remove_all(std::span<const MessageId> ids, Change& change) {
    for (const MessageId id : ids) {
        remove_.bind(1, number(id));
        if (remove_.step()) {
            ++change.rows_out;
            change.bytes_out += static_cast<std::uint64_t>(remove_.integer(0));
        }
        const bool failed = remove_.failed();
        const std::string error = failed ? database_.error() : std::string{};
        remove_.reset();
        if (failed) return fail(error);
    }
    return {};
}

std::vector<Stored> DiskStore::read(MessageId from, MessageId below, std::size_t limit) {
    std::vector<Stored> messages;
    read_.bind(1, number(from));
    read_.bind(2, number(below));
    while (messages.size() < limit && read_.step()) {
        const auto id = static_cast<MessageId>(read_.integer(0));
        if (is_owed(id)) continue;
        messages.push_back({id,
                            {read_.bytes(1), read_.bytes(2), static_cast<int>(read_.integer(3)),
                             read_.integer(4) != 0}});
    }
    read_.reset();
    return messages;
}

MessageId DiskStore::first_after(WallTime time) {
    first_after_.bind(1, time.time_since_epoch().count());
    MessageId id = no_message;
    if (first_after_.step() && first_after_.integer(0) > 0)
        id = static_cast<MessageId>(first_after_.integer(0));
    first_after_.reset();
    return id;
}

void DiskStore::set_bounds(const SpoolConfig& bounds, WallTime now) {
    bounds_ = {bounds.max_bytes, bounds.max_age};
    drop_beyond_bounds(now);
}

void DiskStore::drop_beyond_bounds(WallTime now) {
    for (;;) {
        if (!oldest_.step()) break;
        const auto id = static_cast<MessageId>(oldest_.integer(0));
        const WallTime queued{std::chrono::seconds{oldest_.integer(1)}};
        oldest_.reset();
        if (bytes_ <= bounds_.max_bytes && queued >= now - bounds_.max_age) break;
        const std::size_t before = rows_;
        if (!is_owed(id)) {
            ++dropped_;
            tell_dropped(id);
        }
        remove(std::span{&id, 1});
        if (rows_ == before) break;  // the disk does not take the deletion
    }
    oldest_.reset();
}

}  // namespace meshcore::bridge

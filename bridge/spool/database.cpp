// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/database.h"

#include <sys/stat.h>

#include <cstdint>

namespace meshcore::bridge {

void Statement::bind_text(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_blob(int index, std::string_view bytes) {
    sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

std::string Statement::bytes(int column) {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return size == 0 ? std::string{}
                     : std::string{static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    const mode_t others = ::umask(0077);  // messages are nobody else's business
    const int result = sqlite3_open(path.c_str(), &handle);
    Database database{handle};
    Result<void> ready;
    // The pragmas touch the file: from here on it is known whether it can be used.
    if (result == SQLITE_OK)
        ready = database.run(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-256;");
    ::umask(others);
    if (result != SQLITE_OK) return fail(database.error());
    if (!ready) return tl::unexpected<Error>(ready.error());
    return database;
}

Result<void> Database::run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(error());
    return {};
}

Result<Statement> Database::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
        SQLITE_OK)
        return fail(error());
    return Statement{statement};
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// As much of SQLite as the outbox needs, with owners for its handles.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "dissector/core/result.h"

namespace meshcore::bridge {

/// A prepared statement. Texts and blobs are borrowed until the next reset().
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}

    void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_.get(), index, value); }
    void bind_text(int index, std::string_view text);
    void bind_blob(int index, std::string_view bytes);
    /// True if there is a row; false at the end and on an error, which Database::error() tells.
    bool step() { return (result_ = sqlite3_step(statement_.get())) == SQLITE_ROW; }
    bool failed() const {
        return result_ != SQLITE_ROW && result_ != SQLITE_DONE && result_ != SQLITE_OK;
    }
    /// Ready for the next use.
    void reset();

    std::int64_t integer(int column) { return sqlite3_column_int64(statement_.get(), column); }
    std::string bytes(int column);

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int result_ = SQLITE_OK;
};

class Database {
public:
    /// Creates the file if it isn't there. It belongs to this process alone.
    static Result<Database> open(const std::string& path);

    Result<void> run(const char* sql);
    Result<Statement> prepare(const char* sql);
    std::string error() const { return sqlite3_errmsg(database_.get()); }
    int changes() const { return sqlite3_changes(database_.get()); }

private:
    explicit Database(sqlite3* database) : database_{database} {}

    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close(database); }
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace meshcore::bridge

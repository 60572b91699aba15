// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/filter/packet_filter.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>

#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"
#include "dissector/core/text.h"
#include "extcap/filter/columns.h"

namespace meshcore::filter {
namespace {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// The packet that the table has as its only row.
struct Packet {
    const Tape* header = nullptr;
    const Dissection* frame = nullptr;
};

// A virtual table: only the columns that an expression names are looked up.
struct Table : sqlite3_vtab {
    const Packet* packet;
};
struct Cursor : sqlite3_vtab_cursor {
    bool ended;
};

std::string table_definition() {
    std::string sql = "CREATE TABLE packet(";
    for (const TableColumn& column : table_columns())
        sql += fmt::format("{}\"{}\" COLLATE NOCASE", sql.ends_with('(') ? "" : ",", column.name);
    return sql + ")";
}

int connect(sqlite3* database, void* packet, int, const char* const*, sqlite3_vtab** made, char**) {
    if (const int result = sqlite3_declare_vtab(database, table_definition().c_str());
        result != SQLITE_OK)
        return result;
    auto* table = new Table{};
    table->packet = static_cast<const Packet*>(packet);
    *made = table;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    info->estimatedRows = 1;
    return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new Cursor{};
    return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
}

int first(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    static_cast<Cursor*>(cursor)->ended = false;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
    static_cast<Cursor*>(cursor)->ended = true;
    return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) {
    return static_cast<Cursor*>(cursor)->ended;
}

int row_number(sqlite3_vtab_cursor*, sqlite3_int64* number) {
    *number = 1;
    return SQLITE_OK;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
    const Packet& packet = *static_cast<Table*>(cursor->pVtab)->packet;
    const Value value =
        value_of(table_columns()[static_cast<std::size_t>(index)], *packet.header, *packet.frame);
    if (const auto* text = std::get_if<std::string>(&value))
        sqlite3_result_text64(context, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
        sqlite3_result_int64(context, *number);
    else if (const auto* real = std::get_if<double>(&value))
        sqlite3_result_double(context, *real);
    return SQLITE_OK;
}

const sqlite3_module& packet_module() {
    static const sqlite3_module module = [] {
        sqlite3_module made{};
        made.xConnect = connect;  // and no xCreate: the table is there by itself
        made.xBestIndex = best_index;
        made.xDisconnect = disconnect;
        made.xOpen = open;
        made.xClose = close;
        made.xFilter = first;
        made.xNext = next;
        made.xEof = at_end;
        made.xColumn = column;
        made.xRowid = row_number;
        return made;
    }();
    return module;
}

/// An expression looks at the packet and computes; nothing else is its business.
int authorize(void*, int action, const char* first_name, const char* second_name, const char*,
              const char*) {
    if (action == SQLITE_SELECT) return SQLITE_OK;
    if (action == SQLITE_READ) return std::strcmp(first_name, "packet") == 0 ? SQLITE_OK : SQLITE_DENY;
    if (action != SQLITE_FUNCTION) return SQLITE_DENY;
    constexpr const char* refused[] = {"load_extension", "randomblob", "zeroblob", "random"};
    return std::none_of(std::begin(refused), std::end(refused),
                        [&](const char* name) { return sqlite3_stricmp(name, second_name) == 0; })
               ? SQLITE_OK
               : SQLITE_DENY;
}

void limit(sqlite3* database) {
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 1 << 20);
    sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, 1 << 16);
    sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 200);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    // A packet's expression is over in some hundred steps.
    sqlite3_progress_handler(
        database, 1'000'000, [](void*) { return 1; }, nullptr);
}

/// In SQL, || joins texts. Who comes from display filters means "or", and would get something else.
bool joins_texts(const std::string& expression) {
    char quote = 0;
    for (std::size_t i = 0; i + 1 < expression.size(); ++i) {
        const char c = expression[i];
        if (quote == 0 && c == '|' && expression[i + 1] == '|') return true;
        if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = 0;
    }
    return false;
}

}  // namespace

struct PacketFilter::State {
    Packet packet;  // before the database, which points to it
    std::unique_ptr<sqlite3, CloseDatabase> database;
    std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement;
    Keyring keys;
    Tape header;
    Dissection frame;
};

PacketFilter::PacketFilter(std::unique_ptr<State> state) : state_(std::move(state)) {}
PacketFilter::~PacketFilter() = default;
PacketFilter::PacketFilter(PacketFilter&&) noexcept = default;
PacketFilter& PacketFilter::operator=(PacketFilter&&) noexcept = default;

Result<PacketFilter> PacketFilter::compile(const std::string& expression) {
    const auto wrong = [&expression](std::string_view why) {
        std::string line = fmt::format(
            "the filter \"{}\" is wrong: {}; an example of a good one: type = 'advert' and snr > -10",
            clean_text(expression), why);
        std::replace(line.begin(), line.end(), '\n', ' ');
        return fail(std::move(line));
    };
    if (expression.find('\0') != std::string::npos) return wrong("it holds a NUL");
    if (joins_texts(expression)) return wrong("|| joins texts, write 'or'");

    auto state = std::make_unique<State>();
    sqlite3* opened = nullptr;
    const int result =
        sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    state->database.reset(opened);
    if (result != SQLITE_OK ||
        sqlite3_create_module(opened, "packet", &packet_module(), &state->packet) != SQLITE_OK)
        return fail(fmt::format("no filters: {}", sqlite3_errmsg(opened)));
    limit(opened);
    // The table defines itself when it is first used, which is more than expressions may do.
    sqlite3_exec(opened, "SELECT 1 FROM packet LIMIT 0", nullptr, nullptr, nullptr);
    sqlite3_set_authorizer(opened, authorize, nullptr);

    // The line's end closes a comment in the expression.
    const std::string sql = fmt::format("SELECT ({}\n) FROM packet", expression);
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int ready = sqlite3_prepare_v3(opened, sql.c_str(), static_cast<int>(sql.size()) + 1,
                                         SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    state->statement.reset(prepared);
    if (ready != SQLITE_OK) return wrong(sqlite3_errmsg(opened));
    if (!prepared || *rest != '\0' || sqlite3_column_count(prepared) != 1 ||
        sqlite3_bind_parameter_count(prepared) > 0)
        return wrong("it is not one expression");
    return PacketFilter{std::move(state)};
}

bool PacketFilter::matches(const Tape& header, const Dissection& frame) {
    state_->packet = {&header, &frame};
    sqlite3_stmt* statement = state_->statement.get();
    const int result = sqlite3_step(statement);
    // What an expression stumbles over is better seen than lost.
    const bool matched = result == SQLITE_ROW ? sqlite3_column_type(statement, 0) != SQLITE_NULL &&
                                                    sqlite3_column_double(statement, 0) != 0
                                              : result != SQLITE_DONE;
    sqlite3_reset(statement);
    return matched;
}

bool PacketFilter::matches(Bytes record) {
    const std::size_t length = dissect_capture_header(record, state_->header);
    if (length == record.size()) return true;
    dissect(record.subspan(length), state_->keys, state_->frame);
    return matches(state_->header, state_->frame);
}

}  // namespace meshcore::filter

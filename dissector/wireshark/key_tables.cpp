// SPDX-License-Identifier: GPL-2.0-or-later
// A refused row may stay in the table, and the rows before it are there though the file as a whole was
// refused: the rows are looked at again, whatever Wireshark has said of them.
#include "dissector/wireshark/key_tables.h"

#include <sys/stat.h>

#include <array>
#include <string>
#include <type_traits>
#include <vector>

// Needs packet.h before it.
#include <epan/uat.h>
#include <wsutil/filesystem.h>

namespace meshcore::plugin {
namespace {

/// Of all tables; Wireshark's setters for text allocate with GLib.
struct Row {
    char* name;
    char* key;  ///< hex or base64; none of a region
};
UAT_CSTRING_CB_DEF(row, name, Row)
UAT_CSTRING_CB_DEF(row, key, Row)

struct Entry {
    std::string name, key;
    bool operator==(const Entry&) const = default;
};

Result<void> add_channel(Keyring& keys, const Entry& entry, Bytes key) {
    return entry.key.empty() ? keys.add_hashtag_channel(entry.name) : keys.add_channel(entry.name, key);
}
Result<void> add_identity(Keyring& keys, const Entry& entry, Bytes key) {
    return keys.add_identity(entry.name, key);
}
Result<void> add_node(Keyring& keys, const Entry& entry, Bytes key) {
    if (entry.name.empty()) return fail("a node has a name");
    return keys.add_node(entry.name, key);
}
Result<void> add_region(Keyring& keys, const Entry& entry, Bytes) {
    return keys.add_region(entry.name);
}

enum Kind : std::size_t { channel, identity, node, region, kind_count };

struct Table {
    const char* name;
    const char* file;
    const char* preference;
    const char* title;
    const char* help;
    bool secret;
    Result<void> (*add)(Keyring&, const Entry&, Bytes key);
    std::array<uat_field_t, 3> fields;
    Row* rows = nullptr;
    unsigned count = 0;
    std::vector<Entry> entries{};  ///< the rows when last looked at
};

Table& table(Kind kind) {
    static std::array<Table, kind_count> tables = {{
        {"MeshCore channels",
         "meshcore_channels",
         "channels",
         "Channels",
         "Channels whose messages you can read, beside those of the key file",
         true,
         add_channel,
         {{UAT_FLD_CSTRING(row, name, "Name", "A name that begins with # needs no secret"),
           UAT_FLD_CSTRING(row, key, "Secret", "16 or 32 bytes, in hex or base64"), UAT_END_FIELDS}}},
        {"MeshCore identities",
         "meshcore_identities",
         "identities",
         "Identities",
         "Nodes whose private key you have, beside those of the key file",
         true,
         add_identity,
         {{UAT_FLD_CSTRING(row, name, "Name", "Shown for this node"),
           UAT_FLD_CSTRING(row, key, "Private key",
                           "64 bytes as 'get prv.key' prints them, or a seed of 32, in hex or base64"),
           UAT_END_FIELDS}}},
        {"MeshCore nodes",
         "meshcore_nodes",
         "nodes",
         "Nodes",
         "Names of nodes, beside those of the key file and of the adverts in the capture",
         false,
         add_node,
         {{UAT_FLD_CSTRING(row, name, "Name", "Shown for this node"),
           UAT_FLD_CSTRING(row, key, "Public key", "32 bytes, in hex or base64"), UAT_END_FIELDS}}},
        {"MeshCore regions",
         "meshcore_regions",
         "regions",
         "Regions",
         "Scopes to recognise by their transport codes, beside those of the key file",
         false,
         add_region,
         {{UAT_FLD_CSTRING(row, name, "Name", "With or without #"), UAT_END_FIELDS}}},
    }};
    return tables[kind];
}

std::string text_of(const char* text) {
    return text ? text : "";
}

/// What is wrong is said without a word of the row: somebody may have put the key into the name.
Result<void> add(Kind kind, const Entry& entry, Keyring& keys) {
    const auto key = from_hex_or_base64(entry.key);
    if (!key) return fail("the key is neither hex nor base64");
    return table(kind).add(keys, entry, *key);
}

Result<void> check(Kind kind, const Entry& entry) {
    Keyring scratch;
    return add(kind, entry, scratch);
}

/// Wireshark writes its tables for everybody to read.
void keep_private(const Table& table) {
    char* path = get_persconffile_path(table.file, TRUE);
    struct stat status {};
    if (stat(path, &status) == 0 && (status.st_mode & 077) != 0) static_cast<void>(chmod(path, 0600));
    g_free(path);
}

// The callbacks know no table, so there is one of each for each table.

void* copy_row(void* to, const void* from, std::size_t) {
    const auto* source = static_cast<const Row*>(from);
    *static_cast<Row*>(to) = {g_strdup(source->name), g_strdup(source->key)};
    return to;
}

void free_row(void* record) {
    auto* row = static_cast<Row*>(record);
    g_free(row->name);
    g_free(row->key);
}

using UatBool = std::invoke_result_t<uat_update_cb_t, void*, char**>;

template <Kind kind>
UatBool check_row(void* record, char** error) {
    const auto* row = static_cast<const Row*>(record);
    try {
        const Result<void> result = check(kind, {text_of(row->name), text_of(row->key)});
        *error = result ? nullptr : g_strdup(result.error().message.c_str());
        return static_cast<UatBool>(result.has_value());
    } catch (...) {
        *error = g_strdup("out of memory");
        return static_cast<UatBool>(false);
    }
}

template <Kind kind>
void after_update() {
    if (table(kind).secret) keep_private(table(kind));
}

template <Kind kind>
void register_table(module_t* module) {
    Table& own = table(kind);
    uat_t* uat = uat_new(own.name, sizeof(Row), own.file, true, &own.rows, &own.count,
                         UAT_AFFECTS_DISSECTION, nullptr, copy_row, check_row<kind>, free_row,
                         after_update<kind>, nullptr, own.fields.data());
    prefs_register_uat_preference(module, own.preference, own.title, own.help, uat);
}

}  // namespace

void register_key_tables(module_t* module) {
    register_table<channel>(module);
    register_table<identity>(module);
    register_table<node>(module);
    register_table<region>(module);
}

bool refresh_key_tables() {
    bool changed = false;
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        Table& own = table(static_cast<Kind>(kind));
        std::vector<Entry> entries;
        for (unsigned i = 0; i < own.count; ++i)
            entries.push_back({text_of(own.rows[i].name), text_of(own.rows[i].key)});
        if (entries == own.entries) continue;
        own.entries = std::move(entries);
        if (own.secret) keep_private(own);
        changed = true;
    }
    return changed;
}

void add_table_keys(Keyring& keys) {
    for (std::size_t kind = 0; kind < kind_count; ++kind)
        for (const Entry& entry : table(static_cast<Kind>(kind)).entries)
            static_cast<void>(add(static_cast<Kind>(kind), entry, keys));
}

}  // namespace meshcore::plugin

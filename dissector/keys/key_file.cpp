// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/keys/key_file.h"

#include <sys/stat.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>

namespace meshcore {
namespace {

std::string place(const std::string& path, const toml::source_region& source) {
    return path + ":" + std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column) +
           ": ";
}

/// One [[table]] of the file: its entries' keys, and what turns an entry into keyring content.
class Entry {
public:
    Entry(const toml::table& table, const std::string& path, std::vector<std::string>& warnings)
        : table_(table), path_(path), warnings_(warnings) {}

    /// Text of a key; nothing, with a warning, if it has another type.
    std::optional<std::string> text(std::string_view key) {
        const toml::node* node = table_.get(key);
        if (!node) return std::nullopt;
        if (auto value = node->value<std::string>()) return value;
        warn(node->source(), "'" + std::string(key) + "' is a text in quotes");
        return std::nullopt;
    }
    std::string name() { return text("name").value_or(""); }

    /// Bytes of a key given in hex or base64, checked by `add`.
    void key(std::string_view word, const std::function<Result<void>(Bytes)>& add) {
        const toml::node* node = table_.get(word);
        if (!node) return warn(table_.source(), "this entry needs '" + std::string(word) + "'");
        const auto value = text(word);
        if (!value) return;
        const auto bytes = from_hex_or_base64(*value);
        if (!bytes)
            return warn(node->source(),
                        "'" + std::string(word) + "' is neither hex nor base64; left out");
        check(node->source(), add(*bytes));
    }
    void check(const toml::source_region& source, const Result<void>& result) {
        if (!result) warn(source, result.error().message + "; left out");
    }
    void allow(std::initializer_list<std::string_view> keys) {
        for (const auto& [key, node] : table_)
            if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
                warn(node.source(), "unknown key '" + std::string(key.str()) + "'");
    }
    void warn(const toml::source_region& source, const std::string& what) {
        warnings_.push_back(place(path_, source) + what);
    }
    const toml::table& table() const { return table_; }

private:
    const toml::table& table_;
    const std::string& path_;
    std::vector<std::string>& warnings_;
};

void read_channel(Entry& entry, Keyring& keys) {
    entry.allow({"name", "secret"});
    const std::string name = entry.name();
    if (entry.table().contains("secret") || !name.starts_with('#'))
        entry.key("secret", [&](Bytes key) { return keys.add_channel(name, key); });
    else
        entry.check(entry.table().source(), keys.add_hashtag_channel(name));
}

void read_identity(Entry& entry, Keyring& keys) {
    entry.allow({"name", "private_key"});
    entry.key("private_key", [&](Bytes key) { return keys.add_identity(entry.name(), key); });
}

void read_node(Entry& entry, Keyring& keys) {
    entry.allow({"name", "public_key"});
    entry.key("public_key", [&](Bytes key) { return keys.add_node(entry.name(), key); });
}

void read_region(Entry& entry, Keyring& keys) {
    entry.allow({"name"});
    entry.check(entry.table().source(), keys.add_region(entry.name()));
}

struct Kind {
    std::string_view name;
    void (*read)(Entry&, Keyring&);
};
constexpr Kind kinds[] = {{"channel", read_channel},
                          {"identity", read_identity},
                          {"node", read_node},
                          {"region", read_region}};

const Kind* kind_of(std::string_view name) {
    for (const Kind& kind : kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

}  // namespace

Result<KeyFile> parse_key_file(std::string_view text, const std::string& path) {
    KeyFile file;
    toml::table root;
    try {
        root = toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        // The description quotes the text, and the text has secrets: say where, and only that.
        return fail(place(path, error.source()) + "no valid TOML here");
    }
    for (const auto& [key, node] : root) {
        const Kind* kind = kind_of(key.str());
        const toml::array* entries = node.as_array();
        if (!kind || !entries) {
            file.warnings.push_back(place(path, node.source()) + "unknown entry '" +
                                    std::string(key.str()) +
                                    "'; known are [[channel]], [[identity]], [[node]], [[region]]");
            continue;
        }
        for (const toml::node& item : *entries) {
            if (const toml::table* table = item.as_table()) {
                file.has_secrets |= table->contains("private_key") || table->contains("secret");
                Entry entry{*table, path, file.warnings};
                kind->read(entry, file.keys);
            } else {
                file.warnings.push_back(place(path, item.source()) + "[[" + std::string(kind->name) +
                                        "]] is a table");
            }
        }
    }
    return file;
}

Result<KeyFile> load_key_file(const std::string& path) {
    std::ifstream stream{path, std::ios::binary};
    if (!stream) return fail("cannot read the key file " + path + ": " + std::strerror(errno));
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    if (stream.bad()) return fail("cannot read the key file " + path + ": " + std::strerror(errno));
    auto file = parse_key_file(text, path);
    struct stat status {};
    if (file && file->has_secrets && stat(path.c_str(), &status) == 0 &&
        (status.st_mode & S_IROTH) != 0)
        file->warnings.push_back(path +
                                 ": anybody on this machine can read these keys; chmod 600 helps");
    return file;
}

}  // namespace meshcore

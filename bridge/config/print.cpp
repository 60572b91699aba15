// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/print.h"

#include <fmt/format.h>

#include <toml++/toml.h>

#include <map>
#include <sstream>

#include "bridge/config/key.h"

namespace meshcore::bridge {
namespace {

toml::array array_of(const std::vector<std::string>& texts) {
    toml::array list;
    for (const std::string& text : texts) list.push_back(text);
    return list;
}

/// "auth.audience" below `table`.
template <typename T>
void put(toml::table& table, std::string_view key, T&& value) {
    const auto dot = key.find('.');
    if (dot == std::string_view::npos) {
        table.insert_or_assign(key, std::forward<T>(value));
        return;
    }
    const std::string_view name = key.substr(0, dot);
    if (!table[name].is_table()) table.insert_or_assign(name, toml::table{});
    put(*table[name].as_table(), key.substr(dot + 1), std::forward<T>(value));
}

void put_value(toml::table& table, std::string_view key, Kind kind, const Value& value) {
    switch (kind) {
        case Kind::flag: return put(table, key, value.flag);
        case Kind::bytes:
        case Kind::integer: return put(table, key, value.number);
        case Kind::real: return put(table, key, value.real);
        case Kind::list:
        case Kind::headers:
        case Kind::secret_list: return put(table, key, array_of(value.list));
        case Kind::types: {
            toml::array list;
            for (const int type : value.types) list.push_back(type);
            return put(table, key, std::move(list));
        }
        default: return put(table, key, value.text);
    }
}

class Printer {
public:
    explicit Printer(bool show_secrets) : show_secrets_{show_secrets} {}

    template <typename Row>
    void entry(toml::table& table, const Row* row, const Entry& entry, const Document& document,
               const std::string& broker) {
        if (!row || !row->set || row->toml.empty()) return;
        const auto value = parse_value(row->kind, row->values, entry, document.folder);
        if (!value) return;
        if (is_secret(row->kind) && !show_secrets_ && !entry.value.empty()) {
            const std::string place = entry.where.text();
            hidden_ += fmt::format("# {}{} is not shown: it stands in {}\n",
                                   broker.empty() ? "" : fmt::format("broker \"{}\": ", broker),
                                   row->toml, place.empty() ? "the environment" : place);
            return;
        }
        put_value(table, row->toml, row->kind, *value);
    }

    const std::string& hidden() const { return hidden_; }

private:
    bool show_secrets_;
    std::string hidden_;
};

/// What does not stand in any entry of this name: defaults in which the dialects differ, and keys that
/// only another dialect has.
void put_resolved(toml::table& table, const BrokerConfig& broker) {
    put(table, "name", broker.name);
    put(table, "enabled", broker.enabled);
    if (broker.auth.method) {
        constexpr const char* methods[] = {"none", "password", "token"};
        put(table, "auth.method", methods[static_cast<std::size_t>(*broker.auth.method)]);
    }
    if (!broker.enabled) return;
    if (broker.transport == Transport::websockets) put(table, "websocket_path", broker.websocket_path);
    if (broker.keepalive) put(table, "keepalive", broker.keepalive->count());
    const auto topic = [&](const char* key, const std::optional<std::string>& pattern) {
        if (pattern) put(table, key, *pattern);
    };
    topic("topics.status", broker.topics.status);
    topic("topics.packets", broker.topics.packets);
    topic("topics.raw", broker.topics.raw);
}

}  // namespace

std::string print_config(const std::vector<Document>& documents, const Config& merged,
                         bool show_secrets) {
    Printer printer{show_secrets};
    toml::table root;
    std::map<std::string, toml::table> radios;
    std::vector<toml::table> blocks(merged.brokers.size());
    for (const Document& document : documents) {
        for (const Entry& entry : document.entries)
            printer.entry(root, find_global_key(document.dialect, entry.key), entry, document, "");
        for (const Block& block : document.radios) {
            toml::table& table = radios[block.name];
            for (const Entry& entry : block.entries)
                printer.entry(table, find_radio_key(document.dialect, entry.key), entry, document, "");
        }
        for (const Block& block : document.brokers) {
            const auto broker = std::find_if(
                merged.brokers.begin(), merged.brokers.end(), [&](const BrokerConfig& known) {
                    return block.name.empty() ? known.where.text() == block.where.text()
                                              : known.name == block.name;
                });
            if (broker == merged.brokers.end()) continue;
            toml::table& table = blocks[static_cast<std::size_t>(broker - merged.brokers.begin())];
            for (const Entry& entry : block.entries)
                printer.entry(table, find_broker_key(document.dialect, entry.key), entry, document,
                              broker->name);
        }
    }
    put(root, "general.log_level", merged.log_level);
    if (merged.token_signing != TokenSigning::automatic) {
        constexpr const char* signers[] = {"auto", "key", "device", "device-only"};
        put(root, "general.token_signing", signers[static_cast<std::size_t>(merged.token_signing)]);
    }
    if (!merged.client_name.empty()) put(root, "general.client_name", merged.client_name);
    std::ostringstream text;
    text << printer.hidden() << root << "\n";
    for (auto& [name, radio] : radios) {
        toml::table one;
        one.insert("radio", toml::array{std::move(radio)});
        text << "\n" << one << "\n";
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        put_resolved(blocks[i], merged.brokers[i]);
        toml::table one;
        one.insert("broker", toml::array{std::move(blocks[i])});
        text << "\n" << one << "\n";
    }
    return text.str();
}

}  // namespace meshcore::bridge

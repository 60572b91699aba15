// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "bridge/config/key.h"

namespace meshcore::bridge {
namespace {

/// The global keys that a radio can have of its own, beside all of [source].
constexpr auto own = std::to_array<std::string_view>({"general.origin", "general.origin_id",
                                                      "general.iata", "general.private_key_file",
                                                      "general.token_signing", "share.listen"});

std::string_view behind_dot(std::string_view name) {
    return name.substr(name.find('.') + 1);
}

std::vector<GlobalKey> make_rows() {
    std::vector<GlobalKey> rows{
        {"name", "", "", Kind::text, "", "", "", [](Config& c, const Value& v) { c.radio = v.text; }},
        {"brokers", "", "", Kind::list, "", "", "",
         [](Config& c, const Value& v) { c.broker_names = v.list; }}};
    for (GlobalKey row : global_keys()) {
        if (!row.toml.starts_with("source.") &&
            std::find(own.begin(), own.end(), row.toml) == own.end())
            continue;
        if (!row.toml.starts_with("share.")) row.toml = behind_dot(row.toml);
        rows.push_back(row);
    }
    return rows;
}

}  // namespace

std::span<const GlobalKey> radio_keys() {
    static const std::vector<GlobalKey> rows = make_rows();
    return rows;
}

const GlobalKey* find_radio_key(Dialect, std::string_view key) {
    const auto rows = radio_keys();
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [key](const GlobalKey& known) { return known.toml == key; });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace meshcore::bridge

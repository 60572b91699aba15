// SPDX-License-Identifier: GPL-2.0-or-later
// The one table of configuration keys. Parsing, the check for unknown keys and docs/config.md are loops
// over it. A further key is one row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/config/document.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

enum class Kind {
    flag,     ///< 1 yes true on, 0 no false off
    integer,  ///< within `values`: "1..65535"
    real,     ///< the same, with a fraction
    bytes,    ///< the same, also as 50MB, 64KiB
    text,
    path,     ///< relative ones begin at the file's folder
    choice,   ///< one of `values`: "tcp|websockets"; number is its place
    list,     ///< separated by commas
    filter,   ///< an expression of the filter language
    types,    ///< payload types, 0 to 15, separated by commas
    headers,  ///< a secret list of "Name: value", with commas or line ends between; values may have
              ///< commas
    secret,   ///< text that is never shown
    secret_list
};

struct Value {
    std::string text;
    bool flag = false;
    std::int64_t number = 0;
    double real = 0;
    std::vector<std::string> list;
    std::vector<int> types;
};

inline bool is_secret(Kind kind) {
    return kind == Kind::headers || kind == Kind::secret || kind == Kind::secret_list;
}

/// Names are as in Entry::key; empty where a dialect does not have the key. A global key of the
/// environment is also one of TOML's [capture], in lower case.
template <typename Target>
struct KeyRow {
    std::string_view toml, ini, environment;
    Kind kind;
    std::string_view values;
    std::string_view fallback;
    std::string_view help;
    /// Null: accepted without effect; `help` says why.
    void (*set)(Target&, const Value&);
};

using GlobalKey = KeyRow<Config>;
using BrokerKey = KeyRow<BrokerConfig>;

std::span<const GlobalKey> global_keys();
std::span<const BrokerKey> broker_keys();
/// Those of a [[radio]] block: [source]'s, and what else can differ from radio to radio.
std::span<const GlobalKey> radio_keys();

/// The key of this name in a dialect; null if there is none.
const GlobalKey* find_radio_key(Dialect dialect, std::string_view name);
const GlobalKey* find_global_key(Dialect dialect, std::string_view name);
const BrokerKey* find_broker_key(Dialect dialect, std::string_view name);

/// The name of a key in a dialect, as in Entry::key.
template <typename Row>
std::string_view name_in(const Row& row, Dialect dialect) {
    if (dialect == Dialect::ini) return row.ini;
    return dialect == Dialect::environment ? row.environment : row.toml;
}

/// The value as its kind says; an error tells what was expected.
Result<Value> parse_value(Kind kind, std::string_view values, const Entry& entry,
                          const std::string& folder);

/// Its name in a dialect as users write it: "mqttN_server", "PACKETCAPTURE_MQTTn_SERVER",
/// "[broker.tls] verify"; empty if the dialect does not have it.
std::string shown_name(const GlobalKey& key, Dialect dialect);
std::string shown_name(const BrokerKey& key, Dialect dialect);

/// docs/config.md
std::string config_reference();

}  // namespace meshcore::bridge

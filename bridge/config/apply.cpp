// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "bridge/config/key.h"
#include "bridge/config/load.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

/// A key as the user writes it: "mqtt1_server", "tls.verify", "PACKETCAPTURE_MQTT1_SERVER". `broker` is
/// empty for a global key.
std::string as_written(std::string_view key, const Document& document, std::string_view broker) {
    const bool global = broker.empty();
    switch (document.dialect) {
        case Dialect::ini:
            return global ? std::string{key.substr(key.find('.') + 1)}
                          : fmt::format("{}_{}", broker, key);
        case Dialect::environment:
            return global ? fmt::format("{}{}", document.prefix, key)
                          : fmt::format("{}{}_{}", document.prefix, upper_case(broker), key);
        case Dialect::toml: break;
    }
    return std::string{key};
}

template <typename Row>
std::string suggestion(std::span<const Row> rows, const Document& document, const std::string& key,
                       std::string_view broker) {
    std::vector<std::string> names;
    for (const Row& row : rows)
        if (const auto name = name_in(row, document.dialect); !name.empty()) names.emplace_back(name);
    const std::string best = closest(key, names);
    return best.empty() ? ""
                        : fmt::format("; did you mean \"{}\"?", as_written(best, document, broker));
}

/// Applies the entries of one scope: the globals, or one broker.
template <typename Target>
class Application {
public:
    using Find = const KeyRow<Target>* (*)(Dialect, std::string_view);

    Application(const Document& document, std::span<const KeyRow<Target>> rows, Find find_key,
                Findings& findings)
        : document_{document}, rows_{rows}, find_key_{find_key}, findings_{findings} {}

    /// False if a value cannot be used. `broker` is its name, empty for global keys.
    bool apply(const std::vector<Entry>& entries, Target& target, const std::string& broker) {
        broker_ = broker;
        bool good = true;
        for (const Entry& entry : entries) good = apply(entry, target) && good;
        return good;
    }

private:
    bool apply(const Entry& entry, Target& target) {
        const auto* row = find_key_(document_.dialect, entry.key);
        if (!row) {
            if (entry.key.rfind("Bot.", 0) == 0) return true;  // meshcore-bot's own affair
            findings_.add(Severity::unknown, entry.where,
                          fmt::format("unknown key \"{}\"{}", as_written(entry.key, document_, broker_),
                                      suggestion(rows_, document_, entry.key, broker_)));
            return true;
        }
        if (!row->set) {
            const bool later = row->help.rfind("not supported", 0) == 0;
            findings_.add(later ? Severity::warning : Severity::note, entry.where,
                          fmt::format("{}: {}", as_written(entry.key, document_, broker_), row->help));
            return true;
        }
        const auto value = parse_value(row->kind, row->values, entry, document_.folder);
        if (!value) {
            const std::string name = as_written(entry.key, document_, broker_);
            const std::string& why = value.error().message;
            // What is wrong with a filter is said in a line of its own.
            findings_.add(Severity::error, entry.where,
                          row->kind == Kind::filter
                              ? fmt::format("{}: {}", name, why)
                              : fmt::format("{} is \"{}\": {}", name,
                                            is_secret(row->kind) ? "..." : entry.value, why));
            return false;
        }
        row->set(target, *value);
        return true;
    }

    const Document& document_;
    std::span<const KeyRow<Target>> rows_;
    Find find_key_;
    std::string broker_;
    Findings& findings_;
};

/// Where the dialects' defaults differ.
BrokerConfig new_broker(const Document& document, const Block& block) {
    BrokerConfig broker;
    broker.name = block.name;
    broker.where = block.where;
    if (document.dialect == Dialect::ini) {
        broker.enabled = true;
        broker.websocket_path = "/mqtt";
        broker.bot_topics = true;
    }
    const bool capture =
        document.dialect == Dialect::environment ||
        std::any_of(document.entries.begin(), document.entries.end(),
                    [](const Entry& entry) { return entry.key.rfind("capture.", 0) == 0; });
    broker.classic_topics = capture;
    return broker;
}

}  // namespace

void apply(const Document& document, Config& config, Findings& findings) {
    if (document.dialect == Dialect::ini) config.enabled = false;
    Application<Config> globals{document, global_keys(), find_global_key, findings};
    if (!globals.apply(document.entries, config, "")) config.unusable = true;
    Application<BrokerConfig> brokers{document, broker_keys(), find_broker_key, findings};
    for (const Block& block : document.brokers) {
        auto broker = std::find_if(
            config.brokers.begin(), config.brokers.end(),
            [&](const BrokerConfig& known) { return !block.name.empty() && known.name == block.name; });
        if (broker == config.brokers.end()) {
            broker = config.brokers.insert(broker, new_broker(document, block));
            if (block.name.empty()) broker->name = fmt::format("broker{}", config.brokers.size());
        }
        const bool had_keepalive = broker->keepalive.has_value();
        if (!brokers.apply(block.entries, *broker, block.name.empty() ? broker->name : block.name))
            broker->refused = true;
        if (!had_keepalive && !broker->keepalive && document.dialect == Dialect::environment &&
            broker->transport == Transport::websockets)
            broker->keepalive = std::chrono::seconds{120};
    }
}

void apply_radio(const Document& document, const Block& block, Config& config, Findings& findings) {
    Application<Config> radio{document, radio_keys(), find_radio_key, findings};
    if (!radio.apply(block.entries, config, config.radio)) config.unusable = true;
}

std::string closest(std::string_view name, const std::vector<std::string>& names) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
    for (const std::string& candidate : names) {
        // Levenshtein, one row at a time.
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
        for (std::size_t i = 0; i < name.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i + 1;
            for (std::size_t j = 0; j < candidate.size(); ++j) {
                const std::size_t replaced = diagonal + (name[i] == candidate[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

}  // namespace meshcore::bridge

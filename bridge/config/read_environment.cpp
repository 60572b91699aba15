// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "bridge/config/broker_number.h"
#include "bridge/config/document.h"

namespace meshcore::bridge {
namespace {

/// meshcore-packet-capture's, and that of meshcoretomqtt before it had TOML.
constexpr std::array<std::string_view, 2> prefixes{"PACKETCAPTURE_", "MCTOMQTT_"};
/// What meshcore-packet-capture reads without its prefix.
constexpr std::array<std::string_view, 2> bare{"AUTH_TOKEN_METHOD", "AUTH_TOKEN_DEVICE_ONLY"};

/// The name without prefix; empty if it is not one of ours.
std::string_view without_prefix(std::string_view name) {
    for (const std::string_view prefix : prefixes)
        if (name.substr(0, prefix.size()) == prefix) return name.substr(prefix.size());
    return std::find(bare.begin(), bare.end(), name) == bare.end() ? std::string_view{} : name;
}

struct Variable {
    std::string name;  ///< with its prefix
    std::string value;
    Position where;
};

Document document_of(std::vector<Variable> variables) {
    Document document;
    document.dialect = Dialect::environment;
    std::map<unsigned, Block> brokers;
    std::map<unsigned, bool> counted;
    for (Variable& variable : variables) {
        const std::string name{without_prefix(variable.name)};
        if (name.empty()) continue;
        if (variable.name.rfind(prefixes[1], 0) == 0) document.prefix = prefixes[1];
        std::string option;
        const unsigned number = broker_number("MQTT", name, option);
        if (number == 0) {
            document.entries.push_back({name, std::move(variable.value), variable.where});
            continue;
        }
        if (option == "ENABLED") counted[number] = true;
        Block& block = brokers[number];
        if (block.entries.empty()) block.where = variable.where;
        block.name = fmt::format("mqtt{}", number);
        block.entries.push_back({std::move(option), std::move(variable.value), variable.where});
    }
    // meshcore-packet-capture counts from 1 and stops at the first number without ENABLED.
    for (unsigned number = 1; counted[number]; ++number)
        document.brokers.push_back(std::move(brokers[number]));
    return document;
}

std::string_view strip(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view unquote(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.front() == value.back())
        return value.substr(1, value.size() - 2);
    return value;
}

}  // namespace

Result<Document> read_env_file(std::string_view text, const std::string& path, Findings& findings) {
    std::vector<Variable> variables;
    for (unsigned number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        std::string_view line = strip(text.substr(0, end).substr(0, text.substr(0, end).find('#')));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty()) continue;
        if (line.rfind("export ", 0) == 0) line = strip(line.substr(7));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            findings.add(Severity::warning, {path, number, 1}, "expected NAME=value");
            continue;
        }
        variables.push_back({std::string{strip(line.substr(0, equals))},
                             std::string{unquote(strip(line.substr(equals + 1)))},
                             {path, number, 1}});
    }
    return document_of(std::move(variables));
}

Document read_environment(const char* const* environment) {
    std::vector<Variable> variables;
    for (; environment && *environment; ++environment) {
        const std::string_view line{*environment};
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string name{line.substr(0, equals)};
        variables.push_back({name, std::string{line.substr(equals + 1)}, {name}});
    }
    return document_of(std::move(variables));
}

}  // namespace meshcore::bridge

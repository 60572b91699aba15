// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "bridge/mqtt/tunnel.h"
#include "dissector/core/text.h"
#include "extcap/filter/packet_filter.h"

namespace meshcore::bridge {
namespace {

std::string_view strip(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        if (const auto part = strip(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

std::vector<std::string> parts_of(const Entry& entry) {
    if (entry.list.empty()) return split(entry.value, ',');
    std::vector<std::string> parts;
    for (const std::string& element : entry.list)
        if (const auto part = strip(element); !part.empty()) parts.emplace_back(part);
    return parts;
}

/// What follows a comma and is no header itself belongs to the value before it.
std::vector<std::string> headers_of(const Entry& entry) {
    if (!entry.list.empty()) return parts_of(entry);
    std::vector<std::string> headers;
    for (const std::string& line : split(entry.value, '\n')) {
        bool begun = false;
        for (std::string& part : split(line, ',')) {
            if (begun && !parse_header(part))
                headers.back() += ", " + part;
            else
                headers.push_back(std::move(part));
            begun = true;
        }
    }
    return headers;
}

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{}) return std::nullopt;
    // "300.0" is how Python writes a number of seconds.
    const std::string_view fraction{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
    const bool whole =
        fraction.empty() || (fraction.front() == '.' && fraction.size() > 1 &&
                             fraction.find_first_not_of('0', 1) == std::string_view::npos);
    return whole ? std::optional{number} : std::nullopt;
}

std::optional<double> real(std::string_view text) {
    double number = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = problem == std::errc{} && rest == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional{number} : std::nullopt;
}

/// "50MB" is 50,000,000, "64MiB" and "64M" are 67,108,864.
std::optional<std::int64_t> bytes(std::string_view text) {
    const std::string word = lower_case(text);
    const auto end = std::min(word.find_first_not_of("0123456789.-"), word.size());
    const auto number = integer(std::string_view{word}.substr(0, end));
    const std::string_view unit = strip(std::string_view{word}.substr(end));
    if (unit.empty() || unit == "b" || !number)
        return unit.empty() || unit == "b" ? number : std::nullopt;
    const auto power = std::string_view{"kmgt"}.find(unit.front());
    const bool decimal = unit.size() == 2 && unit[1] == 'b';
    if (power == std::string_view::npos || (!decimal && unit.size() > 1 && unit.substr(1) != "ib"))
        return std::nullopt;
    double factor = 1;
    for (std::size_t i = 0; i <= power; ++i) factor *= decimal ? 1000 : 1024;
    const double product = static_cast<double>(*number) * factor;
    return product < 9e18 ? std::optional{static_cast<std::int64_t>(product)} : std::nullopt;
}

std::optional<bool> flag(std::string_view text) {
    const std::string word = lower_case(text);
    for (const char* yes : {"1", "yes", "true", "on"})
        if (word == yes) return true;
    for (const char* no : {"0", "no", "false", "off"})
        if (word == no) return false;
    return std::nullopt;
}

template <typename Row>
const Row* find_row(std::span<const Row> rows, Dialect dialect, std::string_view key) {
    constexpr std::string_view capture = "capture.";
    if (dialect == Dialect::toml && key.rfind(capture, 0) == 0)
        return find_row(rows, Dialect::environment, upper_case(key.substr(capture.size())));
    for (const Row& row : rows)
        if (const auto name = name_in(row, dialect); !name.empty() && name == key) return &row;
    return nullptr;
}

/// systemd hands over secrets in a folder whose name only the environment tells.
std::string from_credentials(const std::string& path) {
    constexpr std::string_view variable = "$CREDENTIALS_DIRECTORY/";
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (!folder || !path.starts_with(variable)) return path;
    return std::string{folder} + path.substr(variable.size() - 1);
}

}  // namespace

const GlobalKey* find_global_key(Dialect dialect, std::string_view name) {
    return find_row(global_keys(), dialect, name);
}

const BrokerKey* find_broker_key(Dialect dialect, std::string_view name) {
    return find_row(broker_keys(), dialect, name);
}

Result<Value> parse_value(Kind kind, std::string_view values, const Entry& entry,
                          const std::string& folder) {
    Value value;
    value.text = strip(entry.value);
    switch (kind) {
        case Kind::flag: {
            const auto parsed = flag(value.text);
            if (!parsed) return fail("expected true or false");
            value.flag = *parsed;
            break;
        }
        case Kind::bytes:
        case Kind::integer: {
            const auto number = kind == Kind::bytes ? bytes(value.text) : integer(value.text);
            const auto dots = values.find("..");
            const auto low = integer(values.substr(0, dots)), high = integer(values.substr(dots + 2));
            if (!number || *number < *low || *number > *high)
                return fail(fmt::format("expected a number from {} to {}", *low, *high));
            value.number = *number;
            break;
        }
        case Kind::real: {
            const auto dots = values.find("..");
            const auto low = real(values.substr(0, dots)), high = real(values.substr(dots + 2));
            const auto number = real(value.text);
            if (!number || *number < *low || *number > *high)
                return fail(fmt::format("expected a number from {} to {}", *low, *high));
            value.real = *number;
            break;
        }
        case Kind::choice: {
            const auto choices = split(values, '|');
            value.text = lower_case(value.text);
            const auto found = std::find(choices.begin(), choices.end(), value.text);
            if (found == choices.end())
                return fail(fmt::format("expected one of {}", fmt::join(choices, ", ")));
            value.number = found - choices.begin();
            break;
        }
        case Kind::types:
            for (const std::string& part : split(value.text, ',')) {
                const auto type = integer(part);
                if (!type || *type < 0 || *type > 15)
                    return fail("expected payload types from 0 to 15 with commas between");
                value.types.push_back(static_cast<int>(*type));
            }
            break;
        case Kind::secret_list:
        case Kind::list: value.list = parts_of(entry); break;
        case Kind::headers: value.list = headers_of(entry); break;
        case Kind::path:
            value.text = from_credentials(value.text);
            if (!value.text.empty() && !folder.empty() && value.text.front() != '/' &&
                value.text != "-")
                value.text = (std::filesystem::path{folder} / value.text).string();
            break;
        case Kind::filter:
            if (value.text.empty()) break;
            if (const auto good = filter::PacketFilter::compile(value.text); !good)
                return tl::unexpected<Error>(good.error());
            break;
        case Kind::secret: value.text = entry.value; break;
        case Kind::text: break;
    }
    return value;
}

std::string shown_name(const GlobalKey& key, Dialect dialect) {
    const auto section = [](std::string_view name) {
        const auto dot = name.find('.');
        return fmt::format("[{}] {}", name.substr(0, dot), name.substr(dot + 1));
    };
    switch (dialect) {
        case Dialect::ini: return key.ini.empty() ? "" : section(key.ini);
        case Dialect::environment:
            return key.environment.empty() ? "" : fmt::format("PACKETCAPTURE_{}", key.environment);
        case Dialect::toml: break;
    }
    if (!key.toml.empty()) return section(key.toml);
    return key.environment.empty() ? "" : fmt::format("[capture] {}", lower_case(key.environment));
}

std::string shown_name(const BrokerKey& key, Dialect dialect) {
    switch (dialect) {
        case Dialect::ini: return key.ini.empty() ? "" : fmt::format("mqttN_{}", key.ini);
        case Dialect::environment:
            return key.environment.empty() ? ""
                                           : fmt::format("PACKETCAPTURE_MQTTn_{}", key.environment);
        case Dialect::toml: break;
    }
    const auto dot = key.toml.find('.');
    if (dot == std::string_view::npos)
        return key.toml.empty() ? "" : fmt::format("[[broker]] {}", key.toml);
    return fmt::format("[broker.{}] {}", key.toml.substr(0, dot), key.toml.substr(dot + 1));
}

}  // namespace meshcore::bridge

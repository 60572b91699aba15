// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/topic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

using Letters = std::string (*)(std::string_view);
std::string as_is(std::string_view text) {
    return std::string{text};
}

struct Placeholder {
    std::string_view name;
    std::string_view TopicValues::*value;
    Letters letters;
};

constexpr auto placeholders = std::to_array<Placeholder>({
    {"IATA", &TopicValues::iata, upper_case},
    {"iata", &TopicValues::iata, lower_case},
    {"IATA_lower", &TopicValues::iata, lower_case},
    {"PUBLIC_KEY", &TopicValues::key, upper_case},
    {"public_key", &TopicValues::key, lower_case},
    {"device", &TopicValues::key, upper_case},
    {"TOKEN", &TopicValues::token, as_is},
    {"token", &TopicValues::token, as_is},
    {"type", &TopicValues::type, as_is},
});

/// Calls `literal` for texts and `filled` for what stands in braces.
template <typename Literal, typename Filled>
void scan(std::string_view pattern, Literal literal, Filled filled) {
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        const auto close = open == std::string_view::npos ? open : pattern.find('}', open);
        literal(pattern.substr(0, close == std::string_view::npos ? close : open));
        if (close == std::string_view::npos) return;
        filled(pattern.substr(open + 1, close - open - 1));
        pattern.remove_prefix(close + 1);
    }
}

const Placeholder* find(std::string_view name) {
    const auto found = std::find_if(placeholders.begin(), placeholders.end(),
                                    [&](const Placeholder& row) { return row.name == name; });
    return found == placeholders.end() ? nullptr : &*found;
}

bool uses(std::string_view pattern, std::string_view TopicValues::*value) {
    bool used = false;
    scan(
        pattern, [](std::string_view) {},
        [&](std::string_view name) {
            const Placeholder* row = find(name);
            used = used || (row && row->value == value);
        });
    return used;
}

/// Bytes of the UTF-8 sequence that begins so.
std::size_t sequence_length(unsigned char first) {
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// One letter in valid UTF-8. Brokers hang up on control characters and noncharacters
/// (MQTT 3.1.1, 1.5.3).
bool fits_topic(std::string_view letter) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(letter[i]); };
    if (letter.size() == 1)
        return byte(0) >= 0x20 && byte(0) != 0x7F &&
               std::string_view{"/+#"}.find(letter[0]) == std::string_view::npos;
    if (letter.size() == 2) return byte(0) != 0xC2 || byte(1) >= 0xA0;  // U+0080 to U+009F
    if (letter.size() == 3) {
        const unsigned code = (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
        return code < 0xFFFE && (code < 0xFDD0 || code > 0xFDEF);
    }
    return (byte(1) & 0x0F) != 0x0F || byte(2) != 0xBF || byte(3) < 0xBE;  // U+nFFFE, U+nFFFF
}

}  // namespace

std::string expand_topic(std::string_view pattern, const TopicValues& values) {
    std::string topic;
    scan(
        pattern, [&](std::string_view text) { topic += text; },
        [&](std::string_view name) {
            if (const Placeholder* row = find(name))
                topic += row->letters(values.*row->value);
            else
                topic += fmt::format("{{{}}}", name);
        });
    return topic;
}

Result<void> check_topic(std::string_view pattern) {
    std::string unknown;
    scan(
        pattern, [](std::string_view) {},
        [&](std::string_view name) {
            if (!find(name) && unknown.empty()) unknown = name;
        });
    if (!unknown.empty()) {
        std::string known;
        for (const Placeholder& row : placeholders) known += fmt::format(" {{{}}}", row.name);
        return fail(fmt::format("topic \"{}\" has the unknown placeholder {{{}}}; known are{}", pattern,
                                unknown, known));
    }
    if (pattern.find_first_of(std::string_view{"+#\0", 3}) != std::string_view::npos)
        return fail(
            fmt::format("topic \"{}\" has a wildcard; nothing can be published there", pattern));
    return {};
}

bool needs_iata(std::string_view pattern) {
    return uses(pattern, &TopicValues::iata);
}

bool needs_token(std::string_view pattern) {
    return uses(pattern, &TopicValues::token);
}

bool iata_is_missing(std::string_view iata) {
    const std::string code = upper_case(iata);
    return code.empty() || code == "XXX" || code == "LOC" || code == "XYZ";
}

bool iata_is_plausible(std::string_view iata) {
    return std::all_of(iata.begin(), iata.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::string topic_level(std::string_view name) {
    constexpr std::size_t longest = 64;
    const std::string clean = clean_text(name);
    std::string level;
    for (std::size_t at = 0; at < clean.size();) {
        const std::size_t length = sequence_length(static_cast<unsigned char>(clean[at]));
        const std::string_view letter = std::string_view{clean}.substr(at, length);
        at += length;
        if (!fits_topic(letter)) continue;
        if (level.size() + length > longest) break;
        level += letter;
    }
    return level.empty() ? "_" : level;
}

}  // namespace meshcore::bridge

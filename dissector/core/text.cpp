// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/text.h"

#include <cstdint>

namespace meshcore {
namespace {

/// Bytes of the well-formed sequence at the start of `text`, 0 if there is none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
    const std::uint8_t first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && at(1) < 0xA0;
        const bool surrogate = first == 0xED && at(1) > 0x9F;
        return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && at(1) < 0x90;
        const bool too_high = first == 0xF4 && at(1) > 0x8F;
        return follows(1) && follows(2) && follows(3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

/// Bytes at the start of `text` that are well-formed.
std::size_t well_formed(std::string_view text) {
    std::size_t good = 0;
    while (good < text.size()) {
        const std::size_t length = sequence_length(text.substr(good));
        if (length == 0) break;
        good += length;
    }
    return good;
}

}  // namespace

bool is_utf8(std::string_view text) {
    return well_formed(text) == text.size();
}

std::string clean_text(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (;;) {
        const std::size_t good = well_formed(text);
        clean.append(text, 0, good);
        if (good == text.size()) return clean;
        clean += "\xEF\xBF\xBD";
        text.remove_prefix(good + 1);
    }
}

std::string one_line(std::string_view text) {
    std::string line = clean_text(text);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return line;
}

std::string upper_case(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

std::string lower_case(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

}  // namespace meshcore

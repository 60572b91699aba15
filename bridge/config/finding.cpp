// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/finding.h"

#include <fmt/format.h>

#include "dissector/core/text.h"

namespace meshcore::bridge {

std::string Position::text() const {
    if (line == 0) return file;
    return column == 0 ? fmt::format("{}:{}", file, line) : fmt::format("{}:{}:{}", file, line, column);
}

std::string Finding::line() const {
    constexpr const char* words[] = {"note", "warning", "warning", "error"};
    const char* word = words[static_cast<int>(severity)];
    const std::string place = where.text();
    const std::string said = one_line(text);  // a key can be any bytes
    return place.empty() ? fmt::format("{}: {}", word, said)
                         : fmt::format("{}: {}: {}", place, word, said);
}

}  // namespace meshcore::bridge

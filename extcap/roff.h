// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace meshcore {

/// A text for a manual page: backslashes, and dots and quotes that begin a line, mean something to
/// roff.
inline std::string roff(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\') result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

}  // namespace meshcore

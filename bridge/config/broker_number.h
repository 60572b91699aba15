// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace meshcore::bridge {

/// With the prefix "mqtt", "mqtt12_server" is option "server" of broker 12; 0 if the name is no
/// broker's.
inline unsigned broker_number(std::string_view prefix, std::string_view name, std::string& option) {
    if (name.substr(0, prefix.size()) != prefix) return 0;
    const char* end = name.data() + name.size();
    unsigned number = 0;
    const auto [rest, problem] = std::from_chars(name.data() + prefix.size(), end, number);
    if (problem != std::errc{} || rest == end || *rest != '_') return 0;
    option.assign(rest + 1, end);
    return number;
}

}  // namespace meshcore::bridge

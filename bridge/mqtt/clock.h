// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>

namespace meshcore::bridge {

/// A machine without a battery starts in the past: brokers refuse tokens of then, and drop a status
/// that is older than the last one.
inline bool clock_is_right(std::chrono::system_clock::time_point now) {
    constexpr std::chrono::sys_seconds oldest{std::chrono::seconds{1'767'225'600}};  // 2026
    return now >= oldest;
}

}  // namespace meshcore::bridge

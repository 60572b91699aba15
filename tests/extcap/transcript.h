// SPDX-License-Identifier: GPL-2.0-or-later
// What radios wrote, from test-captures/companion.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "dissector/core/bytes.h"

namespace meshcore {

inline std::vector<std::uint8_t> transcript(const std::string& name) {
    std::ifstream file{TEST_CAPTURES "/" + name, std::ios::binary};
    std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>{file}, {}};
    if (bytes.empty()) throw std::runtime_error("no transcript " + name);
    return bytes;
}

}  // namespace meshcore

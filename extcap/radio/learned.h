// SPDX-License-Identifier: GPL-2.0-or-later
// What a companion knows of others, if it is asked: names and keys to decode with. Channel keys are
// secrets.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace meshcore::radio {

struct Learned {
    struct Entry {
        std::string name;               ///< may be any bytes
        std::vector<std::uint8_t> key;  ///< of a channel 16 bytes, of a node 32
    };
    std::vector<Entry> channels;
    std::vector<Entry> nodes;  ///< the companion itself, then its contacts
    bool complete = false;     ///< the list of contacts came to its end
};

using OnLearned = std::function<void(const Learned&)>;

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/packet_hash.h"

#include <algorithm>

namespace meshcore {

Digest packet_digest(PayloadType type, std::uint8_t path_length, Bytes payload) {
    const std::array<std::uint8_t, 3> prefix{static_cast<std::uint8_t>(type), path_length, 0};
    const std::size_t used = type == PayloadType::trace ? 3 : 1;
    return sha256({Bytes{prefix}.first(used), payload});
}

PacketHash packet_hash(const Digest& digest) {
    PacketHash hash;
    std::copy_n(digest.begin(), hash.size(), hash.begin());
    return hash;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// A frame's parts without a tape: for code that judges or compares frames and shows nothing of them.
#pragma once

#include <optional>

#include "dissector/core/packet_hash.h"

namespace meshcore {

/// Borrows the frame.
struct Outline {
    RouteType route = RouteType::transport_flood;
    PayloadType type = PayloadType::req;
    std::uint16_t code1 = 0, code2 = 0;  ///< 0 where the route has none
    std::uint8_t path_length = 0;        ///< the raw byte
    std::uint8_t hash_count = 0;         ///< hops, or SNR values of a TRACE
    Bytes path;
    Bytes payload;  ///< may be empty

    PacketHash hash() const;
};

/// Nothing if the firmware's parser drops the frame. The same as Dissection's header, where that is
/// parsed. Source: src/Dispatcher.cpp, tryParsePacket.
std::optional<Outline> outline(Bytes frame);

}  // namespace meshcore

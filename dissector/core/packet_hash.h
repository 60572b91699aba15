// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>

#include "dissector/core/bytes.h"
#include "dissector/core/enums.h"

namespace meshcore {

using PacketHash = std::array<std::uint8_t, 8>;

/// Hash by which the firmware recognises copies: first 8 bytes of SHA-256 over the payload type as one
/// byte, for TRACE also the path length byte as u16 LE, and the payload. Path and transport codes do
/// not enter. Source: src/Packet.cpp, calculatePacketHash.
PacketHash packet_hash(PayloadType type, std::uint8_t path_length, Bytes payload);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>

#include "dissector/core/bytes.h"
#include "dissector/core/crypto.h"
#include "dissector/core/enums.h"

namespace meshcore {

using PacketHash = std::array<std::uint8_t, 8>;

/// SHA-256 over the payload type as one byte, for TRACE also the path length byte as u16 LE, and the
/// payload. Path and transport codes do not enter, so all copies of a flood have the same.
/// Source: src/Packet.cpp, calculatePacketHash.
Digest packet_digest(PayloadType type, std::uint8_t path_length, Bytes payload);

/// The hash by which the firmware recognises copies: the digest's first 8 bytes.
PacketHash packet_hash(const Digest& digest);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// Is this MeshCore at all? For links that others share, as a LoRa receiver of any "private" network.
#pragma once

#include "dissector/core/bytes.h"

namespace meshcore {

/// Whether the bytes can be a frame of the firmware: a legal header and path, and a payload of a length
/// and shape that its type has. MeshCore has no magic number, so this is a matter of odds: no frame
/// that the firmware sends is refused, and few others are taken, most of them as RAW_CUSTOM and
/// CONTROL, which have next to no shape. Nothing is decrypted, no signature is checked. Source:
/// src/Mesh.cpp, onRecvPacket and the create functions.
bool plausible(Bytes frame);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dissector/core/dissection.h"
#include "dissector/core/keyring.h"
#include "dissector/core/memory.h"

namespace meshcore {

/// Decodes one on-air frame, header byte first. Total: any bytes give a dissection. `out` is
/// overwritten and borrows `frame`.
///
/// With a memory, what the earlier frames told is used (see there): the same frames in the same order
/// give the same dissections. With the `resolution` of an earlier look at this frame, nothing is looked
/// up again, and the same comes out as then.
void dissect(Bytes frame, const Keyring& keys, Memory& memory, Dissection& out,
             const Resolution* resolution = nullptr);

/// The frame by itself. Pure: the same bytes and keys give the same dissection. Packets between two
/// nodes stay encrypted.
void dissect(Bytes frame, const Keyring& keys, Dissection& out);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dissector/core/dissection.h"
#include "dissector/core/keyring.h"

namespace meshcore {

/// Decodes one on-air frame, header byte first. Total and pure: any bytes give a dissection, the same
/// bytes and keys give the same one. `out` is overwritten and borrows `frame`.
void dissect(Bytes frame, const Keyring& keys, Dissection& out);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// What the capture told so far, and what it told of each packet when that was first seen.
//
// Learned on the first pass only and in order; later looks (the second pass of -2, a click, a filter)
// repeat what the first one found, in any order. Lives from the opening of a capture to the next one.
#pragma once

#include "dissector/core/dissect.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Starts anew with the current keys; runs before a capture is read, after refresh_keys().
void start_learning();

/// Decodes a frame with what was learned, and learns from it on the first pass. May throw C++
/// exceptions, when memory runs out.
void dissect_learned(Bytes frame, packet_info* pinfo, Dissection& out);

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
// The header that captures for the Lua dissector of the same purpose have before each frame, on
// LINKTYPE_USER0. Read only.
//
//   offset size
//   0      1    version, 0
//   1      1    padding, 0
//   2      2    header length, u16 LE, all bytes before the frame
//   4      2    SNR, i16 LE, 1/100 dB; only if the header has 6 bytes or more
//
// Source: what such captures hold; the format has no specification.
#pragma once

#include "dissector/core/tape.h"

namespace meshcore {

/// Decodes the header of a record into `out` and returns where the frame starts. Total: what is no such
/// header before at least one byte of a frame gets a note, and the whole record is the frame.
std::size_t dissect_lua_header(Bytes record, Tape& out);

}  // namespace meshcore

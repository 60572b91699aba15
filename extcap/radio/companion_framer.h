// SPDX-License-Identifier: GPL-2.0-or-later
// Cuts the companion's byte stream into messages. Over USB, TCP and Ethernet a message is
//
//   0  1  '>' (radio to host)
//   1  2  length n of the body, u16 LE, 1 to 176
//   3  n  body, its first byte is the code of a response (0 to 28) or a push (0x80 to 0x90)
//
// There is no checksum and no escape, and boot messages can share the stream. What fits no header is
// junk, and the search goes on one byte later.
// Source: firmware src/helpers/ArduinoSerialInterface.cpp, BaseSerialInterface.h (MAX_FRAME_SIZE).
#pragma once

#include <cstdint>
#include <vector>

#include "dissector/core/bytes.h"

namespace meshcore::radio {

/// What a companion takes: '<' (host to radio), then length and body in the same way. The firmware
/// takes bodies of up to 172 bytes, since 1.16 of 176.
std::vector<std::uint8_t> to_companion(Bytes body);

class CompanionFramer {
public:
    /// Keeps what was read; take messages with next() until there is none.
    void push(Bytes bytes);
    /// The next whole body, valid until the next push(); empty if there is none yet.
    Bytes next();

    bool incomplete() const { return position_ < bytes_.size(); }
    /// The message that has begun will not end: searches on one byte later.
    void give_up_incomplete();
    void clear();

    /// Bytes that belong to no message.
    std::uint64_t junk() const { return junk_; }

private:
    void skip(std::size_t count);

    std::vector<std::uint8_t> bytes_;
    std::size_t position_ = 0;  // what is before it has been handed out or skipped
    std::uint64_t junk_ = 0;
};

}  // namespace meshcore::radio

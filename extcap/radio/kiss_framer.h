// SPDX-License-Identifier: GPL-2.0-or-later
// Cuts a KISS modem's byte stream into frames: C0 (FEND), a type byte and what it carries, C0. In it
// DB DC stands for C0, and DB DD for DB. There is no checksum. The modem writes both FENDs of each
// frame, so what stands between an end and the next beginning is junk: boot messages, say.
// Source: firmware examples/kiss_modem/KissModem.cpp (encodeFrame).
#pragma once

#include <cstdint>
#include <vector>

#include "dissector/core/bytes.h"

namespace meshcore::radio {

class KissFramer {
public:
    /// True if this byte ended a frame; content() is it until the next push().
    bool push(std::uint8_t byte);
    /// The type byte and what follows it, at least one byte.
    Bytes content() const { return content_; }
    /// What was content() is no frame after all: its end may have been the beginning of one.
    void reject();

    bool incomplete() const { return !ended_ && length_ > 0; }
    /// A frame that has begun will not end: waits for the next beginning.
    void give_up_incomplete();

    /// Bytes that belong to no frame.
    std::uint64_t junk() const { return junk_; }

private:
    enum class State { outside, inside, escaped };
    bool end();

    /// Type byte and 511 more.
    static constexpr std::size_t longest_content = 512;

    std::vector<std::uint8_t> content_;
    State state_ = State::outside;
    bool damaged_ = false;
    bool ended_ = false;      // content_ has been handed out
    std::size_t length_ = 0;  // bytes read since the frame began
    std::uint64_t junk_ = 0;
};

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/kiss_framer.h"

namespace meshcore::radio {
namespace {

constexpr std::uint8_t fend = 0xC0, fesc = 0xDB, tfend = 0xDC, tfesc = 0xDD;

}  // namespace

bool KissFramer::push(std::uint8_t byte) {
    if (ended_) {
        ended_ = false;
        content_.clear();
        length_ = 0;
    }
    if (byte == fend) return end();
    if (state_ == State::outside) {
        ++junk_;
        return false;
    }
    ++length_;
    if (state_ == State::inside && byte == fesc) {
        state_ = State::escaped;
        return false;
    }
    if (state_ == State::escaped) {
        state_ = State::inside;
        if (byte != tfend && byte != tfesc) damaged_ = true;
        byte = byte == tfend ? fend : fesc;
    }
    if (content_.size() == longest_content)
        damaged_ = true;
    else
        content_.push_back(byte);
    return false;
}

bool KissFramer::end() {
    const bool begun = length_ > 0;
    const bool whole = begun && state_ == State::inside && !damaged_;
    // An end closes; anything else may be a beginning.
    state_ = whole ? State::outside : State::inside;
    if (begun && !whole) junk_ += length_;
    damaged_ = false;
    ended_ = true;
    return whole;
}

void KissFramer::reject() {
    junk_ += length_;
    state_ = State::inside;
}

void KissFramer::give_up_incomplete() {
    if (!incomplete()) return;
    junk_ += length_;
    content_.clear();
    length_ = 0;
    damaged_ = false;
    state_ = State::outside;
}

}  // namespace meshcore::radio

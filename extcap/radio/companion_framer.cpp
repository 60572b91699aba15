// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/companion_framer.h"

#include <algorithm>

namespace meshcore::radio {
namespace {

constexpr std::uint8_t marker = '>';
constexpr std::size_t header_length = 3;
constexpr std::size_t longest_body = 176;

constexpr bool is_code(std::uint8_t code) {
    return code <= 28 || (code >= 0x80 && code <= 0x90);
}

/// False as soon as the bytes, however few, cannot begin a message.
bool can_begin_message(Bytes bytes) {
    if (bytes[0] != marker) return false;
    if (bytes.size() < header_length) return true;
    const std::size_t length = load_u16(bytes.subspan(1));
    if (length < 1 || length > longest_body) return false;
    return bytes.size() == header_length || is_code(bytes[header_length]);
}

}  // namespace

std::vector<std::uint8_t> to_companion(Bytes body) {
    std::vector<std::uint8_t> bytes(header_length + body.size());
    bytes[0] = '<';
    bytes[1] = static_cast<std::uint8_t>(body.size() & 0xFF);
    bytes[2] = static_cast<std::uint8_t>(body.size() >> 8);
    std::copy(body.begin(), body.end(), bytes.begin() + header_length);
    return bytes;
}

void CompanionFramer::push(Bytes bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(position_));
    position_ = 0;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Bytes CompanionFramer::next() {
    while (position_ < bytes_.size()) {
        const Bytes rest = Bytes{bytes_}.subspan(position_);
        if (!can_begin_message(rest)) {
            const auto found = std::find(rest.begin() + 1, rest.end(), marker);
            skip(static_cast<std::size_t>(found - rest.begin()));
            continue;
        }
        if (rest.size() < header_length) break;
        const std::size_t length = load_u16(rest.subspan(1));
        if (rest.size() < header_length + length) break;
        position_ += header_length + length;
        return rest.subspan(header_length, length);
    }
    return {};
}

void CompanionFramer::give_up_incomplete() {
    if (incomplete()) skip(1);
}

void CompanionFramer::clear() {
    skip(bytes_.size() - position_);
}

void CompanionFramer::skip(std::size_t count) {
    position_ += count;
    junk_ += count;
}

}  // namespace meshcore::radio

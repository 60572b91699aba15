// SPDX-License-Identifier: GPL-2.0-or-later
// What a row of the catalogue says of a field.
#pragma once

#include <cstdint>
#include <string_view>

#include "dissector/core/enums.h"

namespace meshcore {

/// Kind of the value. Integers are little-endian on the wire unless the field is big_endian.
enum class Wire : std::uint8_t {
    group,  ///< no value of its own: a branch of the tree
    u8,
    u16,
    u32,
    i8,
    i16,
    i32,
    real,     ///< a computed or variably wide number, shown as a real one
    boolean,  ///< a bit of a byte, or a generated yes/no
    bytes,
    text,     ///< UTF-8; the value ends at the first NUL
    time,     ///< u32, seconds since 1970 UTC by the sender's own clock
    address,  ///< a whole public key, or as many of its first bytes as were sent
    frame     ///< number of another frame of the capture; Wireshark only
};

enum class Display : std::uint8_t { dec, hex };

struct Field {
    std::string_view name;   ///< Wireshark filter and JSON key
    std::string_view label;  ///< words in the tree
    Wire wire = Wire::group;
    std::string_view help{};  ///< one sentence for the docs and Wireshark's status line
    double divisor = 1;       ///< value = wire number / divisor
    std::string_view unit{};  ///< of the value after the divisor
    Display display = Display::dec;
    std::uint32_t mask = 0;  ///< bits of the integer read before it
    EnumId values = EnumId::none;
    bool repeated = false;   ///< may occur several times in a frame: an array in JSON
    bool generated = false;  ///< computed, not on the wire
    bool big_endian = false;
};

constexpr bool is_integer(Wire wire) {
    return wire >= Wire::u8 && wire <= Wire::i32;
}
constexpr bool is_signed(Wire wire) {
    return wire >= Wire::i8 && wire <= Wire::i32;
}
/// Shown and filtered as a real number.
constexpr bool is_real(const Field& field) {
    return field.divisor != 1 || field.wire == Wire::real;
}
/// Bytes on the wire of an integer or time; 0 for what has no fixed width.
constexpr unsigned wire_width(Wire wire) {
    switch (wire) {
        case Wire::u8:
        case Wire::i8: return 1;
        case Wire::u16:
        case Wire::i16: return 2;
        case Wire::u32:
        case Wire::i32:
        case Wire::time: return 4;
        default: return 0;
    }
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// Byte views and their hex form. Nothing here owns memory unless it returns a string or a vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshcore {

using Bytes = std::span<const std::uint8_t>;

/// Little-endian u16 from the first two bytes; the caller has checked the length.
inline std::uint16_t load_u16(Bytes b) {
    return static_cast<std::uint16_t>(b[0] | (b[1] << 8));
}

enum class HexCase { lower, upper };

/// Two digits a byte, no separator.
std::string to_hex(Bytes bytes, HexCase letters = HexCase::lower);

/// Bytes of a text of hex digits; nothing if a character is no digit or one is left over.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

/// Bytes of a hex or standard base64 text (with or without padding); hex wins where both fit.
std::optional<std::vector<std::uint8_t>> from_hex_or_base64(std::string_view text);

}  // namespace meshcore

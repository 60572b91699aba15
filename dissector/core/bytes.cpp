// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/bytes.h"

#include <sodium.h>

namespace meshcore {

std::string to_hex(Bytes bytes, HexCase letters) {
    const char* digits = letters == HexCase::upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::uint8_t byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text) {
    if (text.empty()) return std::vector<std::uint8_t>{};  // libsodium wants no null pointers
    std::vector<std::uint8_t> bytes(text.size() / 2);
    std::size_t length = 0;
    const char* end = nullptr;
    if (text.size() % 2 != 0 || sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(),
                                               nullptr, &length, &end) != 0)
        return std::nullopt;
    if (end != text.data() + text.size()) return std::nullopt;
    return bytes;
}

std::optional<std::vector<std::uint8_t>> from_hex_or_base64(std::string_view text) {
    if (auto bytes = from_hex(text)) return bytes;
    while (text.ends_with('=')) text.remove_suffix(1);
    std::vector<std::uint8_t> bytes(text.size() * 3 / 4 + 1);
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
        return std::nullopt;
    if (end != text.data() + text.size()) return std::nullopt;
    bytes.resize(length);
    return bytes;
}

}  // namespace meshcore

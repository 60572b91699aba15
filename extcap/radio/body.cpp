// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/body.h"

namespace meshcore::radio {

std::uint32_t Body::number(std::size_t offset, unsigned width) const {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < width; ++i)
        value |= static_cast<std::uint32_t>(bytes_[offset + i]) << (8 * i);
    return value;
}

std::string_view Body::text(std::size_t offset, std::size_t length) const {
    const std::string_view all{reinterpret_cast<const char*>(bytes_.data()) + offset, length};
    return all.substr(0, all.find('\0'));
}

void take_items(Device& device, const Body& body, std::initializer_list<BodyItem> items) {
    for (const BodyItem& item : items) {
        if (!body.has(item.offset, item.width)) continue;
        const std::uint32_t raw = body.number(item.offset, item.width);
        double value = raw;
        if (item.is_signed)
            value = item.width == 1 ? static_cast<std::int8_t>(raw) : static_cast<std::int16_t>(raw);
        device.set(item.field, value * item.factor);
    }
}

void take_text(Device& device, const Body& body, FieldId field, std::size_t offset,
               std::size_t length) {
    if (!body.has(offset, length)) return;
    const std::string_view text = body.text(offset, length);
    if (!text.empty()) device.set(field, text);
}

double unwrapped_rssi(std::uint8_t byte) {
    const auto value = static_cast<std::int8_t>(byte);
    return value > 20 ? value - 256 : value;
}

}  // namespace meshcore::radio

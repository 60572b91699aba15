// SPDX-License-Identifier: GPL-2.0-or-later
// The binary answers of radios: little-endian structures that only ever grew at the end, so that what
// is absent is not told.
#pragma once

#include <initializer_list>

#include "extcap/radio/device.h"

namespace meshcore::radio {

class Body {
public:
    explicit Body(Bytes bytes) : bytes_(bytes) {}

    bool has(std::size_t offset, std::size_t length) const { return bytes_.size() >= offset + length; }
    /// Of `width` 1 to 4 bytes, which has() has shown to be there; the same holds for text().
    std::uint32_t number(std::size_t offset, unsigned width) const;
    /// Up to the first zero byte.
    std::string_view text(std::size_t offset, std::size_t length) const;

private:
    Bytes bytes_;
};

struct BodyItem {
    FieldId field;
    std::uint8_t offset;
    std::uint8_t width;
    double factor = 1;  ///< to the catalogue's unit
    bool is_signed = false;
};

/// Tells the device what the body holds of the items.
void take_items(Device& device, const Body& body, std::initializer_list<BodyItem> items);
/// An empty text tells nothing.
void take_text(Device& device, const Body& body, FieldId field, std::size_t offset, std::size_t length);

/// The firmware squeezes dBm into a signed byte, so that -129, which an SX127x can tell, arrives as
/// 127. No receiver hears more than some dBm.
double unwrapped_rssi(std::uint8_t byte);

}  // namespace meshcore::radio

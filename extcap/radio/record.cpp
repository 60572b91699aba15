// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/record.h"

namespace meshcore {

std::size_t Record::header_length() const {
    if (bytes.size() < 6 || bytes[0] != 0x4D || bytes[1] != 0x43) return 0;
    const std::size_t length = load_u16(Bytes{bytes}.subspan(4));
    return length < 6 || length > bytes.size() ? 0 : length;
}

Bytes Record::frame() const {
    return Bytes{bytes}.subspan(header_length());
}

}  // namespace meshcore

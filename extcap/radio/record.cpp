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

Record make_record(Record::Time time, const CaptureHeader& header, Bytes frame) {
    const Bytes before = header.bytes();
    Record record{time, {}};
    record.bytes.reserve(before.size() + frame.size());
    record.bytes.assign(before.begin(), before.end());
    record.bytes.insert(record.bytes.end(), frame.begin(), frame.end());
    return record;
}

}  // namespace meshcore

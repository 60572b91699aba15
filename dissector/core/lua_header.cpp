// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/lua_header.h"

#include "dissector/core/reader.h"

namespace meshcore {
namespace {

constexpr std::size_t fixed_length = 4, with_snr = 6;

/// 0 if it is none.
std::size_t header_length(Bytes record) {
    if (record.size() < fixed_length || record[0] != 0 || record[1] != 0) return 0;
    const std::size_t length = load_u16(record.subspan(2));
    const bool legal = length == fixed_length || length >= with_snr;
    return legal && length < record.size() ? length : 0;
}

}  // namespace

std::size_t dissect_lua_header(Bytes record, Tape& out) {
    out.clear(record);
    const std::size_t length = header_length(record);
    if (length == 0) {
        out.note(Note::bad_capture_header, {input_buffer, 0, 0});
        return 0;
    }
    Reader reader{out, {input_buffer, 0, static_cast<std::uint16_t>(length)}};
    reader.u8("meshcore_radio.version"_f);
    reader.skip(1);
    reader.u16("meshcore_radio.header_length"_f);
    if (reader) reader.i16("meshcore_radio.snr"_f);
    reader.rest("meshcore_radio.item"_f);
    return length;
}

}  // namespace meshcore

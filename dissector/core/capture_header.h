// SPDX-License-Identifier: GPL-2.0-or-later
// The header before each frame in our captures (LINKTYPE_USER11). docs/capture-format.md is its
// specification; the numbers of the items are in capture_header.cpp and never change.
//
//   offset size
//   0      2    magic 4D 43 ("MC")
//   2      1    version, 1
//   3      1    flags: bit 0 sent by the radio, bit 1 cut or repaired by the source
//   4      2    header length, u16 LE, all bytes before the frame
//   6      ...  items: type u8, length u8, value LE
//
// A record with an empty frame is a device report.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dissector/core/dissection.h"

namespace meshcore {

/// 147 + 11: the user-defined link type that captures of ours have.
inline constexpr int linktype_meshcore = 158;

struct HeaderItem {
    std::uint8_t type;
    FieldId id;
};

/// Every item that this version knows, numbers ascending.
std::span<const HeaderItem> capture_header_items();

/// Builds a header item by item. What the source did not tell is left out, never guessed.
class CaptureHeader {
public:
    CaptureHeader();

    void set_sent() { bytes_[3] |= 0x01; }
    void set_repaired() { bytes_[3] |= 0x02; }

    /// An integer, time or scaled field in the catalogue's unit: put("meshcore_radio.snr"_f, -7.25)
    /// stores -725. Values outside the wire's range are clamped to it.
    void put(FieldId id, double value);
    /// A text or bytes field; what exceeds 255 bytes is cut.
    void put(FieldId id, std::string_view text);
    void put(FieldId id, Bytes bytes);

    /// The header with its length filled in; append the frame to get the record.
    Bytes bytes() const { return bytes_; }

private:
    void item(FieldId id, Bytes value);
    std::vector<std::uint8_t> bytes_;
};

/// Decodes the header of a record into `out` (nodes of "meshcore_radio") and returns where the frame
/// starts. Total: what is no header of ours gets a note, and its whole content is the frame.
/// An airtime that the source did not tell is computed from the radio parameters, if they are there.
std::size_t dissect_capture_header(Bytes record, Tape& out);

/// LoRa time on air in microseconds as RadioLib computes it: explicit header, CRC on.
/// `bandwidth` in Hz, `cr` 5 to 8. 0 for parameters that no radio has.
/// Source: RadioLib, SX126x.cpp, calculateTimeOnAir.
std::uint32_t time_on_air(std::size_t length, unsigned sf, std::uint32_t bandwidth, unsigned cr,
                          unsigned preamble);
/// Preamble of firmware 1.16 and later: 32 symbols up to SF 8, 16 above.
unsigned default_preamble(unsigned sf);

}  // namespace meshcore

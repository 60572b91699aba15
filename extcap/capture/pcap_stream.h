// SPDX-License-Identifier: GPL-2.0-or-later
// A pcap stream in pieces, as it comes over a network: libpcap reads whole files and blocks.
// Format: magic, version, time zone, accuracy, snapshot length, link type; then for each record its
// seconds, micro- or nanoseconds (by the magic), captured length, original length, and its bytes. All
// numbers are u32, in the byte order of the writer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dissector/core/result.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

/// Nanoseconds, little-endian, LINKTYPE_USER11: what PcapWriter writes.
std::vector<std::uint8_t> pcap_stream_header();
std::vector<std::uint8_t> pcap_stream_record(const Record& record);

class PcapStreamParser {
public:
    void push(Bytes bytes);
    /// The next whole record, nothing if there is none yet, an error if this is no capture of ours:
    /// then nothing more can come of it.
    Result<std::optional<Record>> next();
    void clear();

    bool incomplete() const { return position_ < bytes_.size(); }

private:
    Result<void> take_stream_header();
    std::uint32_t number(std::size_t offset) const;

    std::vector<std::uint8_t> bytes_;
    std::size_t position_ = 0;
    bool header_taken_ = false;
    bool big_endian_ = false;
    bool nanoseconds_ = false;
};

}  // namespace meshcore::capture

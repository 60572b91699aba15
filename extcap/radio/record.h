// SPDX-License-Identifier: GPL-2.0-or-later
// What flows from a radio to everybody: a capture header (dissector/core/capture_header.h) and behind
// it the frame as it was on air. The same bytes are a record of our pcap files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dissector/core/capture_header.h"

namespace meshcore {

struct Record {
    using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

    Time time{};                      ///< host clock when the frame's last byte was read
    std::vector<std::uint8_t> bytes;  ///< header and frame

    /// Bytes before the frame; 0 if there is no header of ours, so that all bytes are the frame.
    std::size_t header_length() const;
    /// The frame as it was on air, 0 to 255 bytes, borrowed.
    Bytes frame() const;
    /// A device report: a header without a frame.
    bool is_report() const { return frame().empty(); }
};

/// An empty `frame` makes a device report.
Record make_record(Record::Time time, const CaptureHeader& header, Bytes frame);

using OnRecord = std::function<void(const Record&)>;

}  // namespace meshcore

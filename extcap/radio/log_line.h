// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of the packet log that repeaters and room servers print, if they were built with
// MESH_PACKET_LOGGING:
//
//   12:34:56 - 1/2/2026 U RAW: <hex of the frame>                             CR LF
//   12:34:56 - 1/2/2026 U: RX, len=39 (type=5, route=F, payload_len=35) SNR=9 RSSI=-87 score=1000
//       time=180 hash=<16 hex digits>[ [<source> -> <destination>]]           LF
//   12:34:56 - 1/2/2026 U: TX, len=39 (type=5, route=F, payload_len=35)[ [..]]  LF
//
// Other writers share the port, so that a line may begin behind what they wrote. RX had no time before
// 1.8 and has no hash in the log that the node stores. Companions and sensors print RX and TX only, and
// leave out the time of day.
// Source: firmware src/Dispatcher.cpp (checkRecv, checkSend), examples/simple_repeater/MyMesh.cpp
// (getLogDateTime, logRxRaw, logRx).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "dissector/core/packet_hash.h"

namespace meshcore::radio {

/// The node's own clock, UTC; it may be wrong.
using NodeTime = std::optional<std::chrono::sys_seconds>;

struct RawLine {
    NodeTime clock;
    std::string_view text;  ///< what follows "RAW: "
};

struct RxLine {
    NodeTime clock;
    unsigned length = 0;  ///< of the frame
    unsigned type = 0;
    bool direct = false;
    unsigned payload_length = 0;
    double snr = 0;   ///< dB, truncated to an integer
    double rssi = 0;  ///< dBm
    std::optional<double> score;
    std::optional<double> airtime;  ///< ms
    std::optional<PacketHash> hash;
};

struct TxLine {
    NodeTime clock;
    std::string_view text;  ///< from "TX" on
};

/// Anything else is std::monostate. Borrows `line`, which has no line end.
using LogLine = std::variant<std::monostate, RawLine, RxLine, TxLine>;
LogLine parse_log_line(std::string_view line);

/// The hex digits, as the log has them, that `text` begins with.
std::string_view leading_hex(std::string_view text);

/// Of the hex digits at the beginning of `text`, how many at their end belong to what cut in: the first
/// letters of a word ("DEBUG"), the hour of a time of day. A guess.
std::size_t overhang(std::string_view text);

/// The RX line was printed for this frame: it has the same hash, or in lines without one, all else that
/// is told of it. Neither holds the path's bytes.
bool proves(const RxLine& rx, Bytes frame);
/// Length, type, route and length of the payload are those of the frame.
bool fits(const RxLine& rx, Bytes frame);
/// The firmware can read it up to the payload.
bool is_frame(Bytes bytes);

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture tells from frame to frame. Learned on the first pass, when frames come in order;
// looked up on all later ones, in whatever order packets are clicked. Lives as long as the open file.
#pragma once

#include "dissector/core/dissect.h"
#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/story.h"

namespace meshcore::plugin {

/// What the capture header tells about the frame after it. In the packet's memory.
struct RadioContext {
    bool has_snr = false;
    double snr = 0;      ///< dB
    double airtime = 0;  ///< ms; 0 is unknown
    bool sent = false;   ///< by the observer's own radio
};

/// Called once, from the protocols' registration.
void register_learning();

/// From the fields of "meshcore_radio".
RadioContext radio_context_of(const Tape& tape);
void set_radio_context(packet_info* pinfo, const RadioContext& context);
/// Null for a frame without a capture header.
const RadioContext* radio_context(packet_info* pinfo);

/// Dissects a frame of the capture with what the frames before it told. Returns what the capture tells
/// of it, or null. May throw; calls nothing of epan that can.
const Story* dissect_in_capture(Bytes frame, packet_info* pinfo, Dissection& out);

/// Number of the channel whose message the packet holds; null if none was read.
const std::uint32_t* channel_stream(packet_info* pinfo);

std::uint32_t channel_stream_count();

/// What the capture has told so far; null while no file is open.
const Memory* capture_memory();

}  // namespace meshcore::plugin

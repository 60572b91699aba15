// SPDX-License-Identifier: GPL-2.0-or-later
// Rows that only Wireshark fills, since they tell of other frames of the capture: names, copies of a
// flood, acknowledgements, answers.
#pragma once

#include <array>

#include "dissector/core/field.h"

namespace meshcore::rows {

namespace detail {

consteval Field told(std::string_view name, std::string_view label, Wire wire, std::string_view help,
                     bool repeated = false, std::string_view unit = {}) {
    return {.name = name,
            .label = label,
            .wire = wire,
            .help = help,
            .unit = unit,
            .repeated = repeated,
            .generated = true};
}

}  // namespace detail

inline constexpr auto story = std::to_array<Field>({
    // names
    detail::told("meshcore.src", "Source", Wire::text,
                 "Who sent it, as far as the frame tells: key, hash, or the name in a channel text"),
    detail::told("meshcore.src_name", "Source name", Wire::text,
                 "Name of the source; all candidates if its hash fits several nodes", true),
    detail::told("meshcore.dst", "Destination", Wire::text, "Key, hash, channel or flood"),
    detail::told("meshcore.dst_name", "Destination name", Wire::text,
                 "Name of the destination; all candidates if its hash fits several nodes", true),
    detail::told("meshcore.path.hop_name", "Hop name", Wire::text,
                 "Name of a node that the hop's hash fits", true),

    detail::told("meshcore.channel_stream", "Channel stream", Wire::u32,
                 "Number of the channel in this capture, to follow it"),

    // copies of one packet
    detail::told("meshcore.copy_number", "Copy number", Wire::u32,
                 "1 for the first time that the packet was heard, then 2, 3, …"),
    detail::told("meshcore.copy_of", "Copy of", Wire::frame, "Frame of the first copy"),
    detail::told("meshcore.copy_time", "Time since the first copy", Wire::real, "", false, "s"),
    detail::told("meshcore.copied_in", "Copied in", Wire::frame, "Frame of a later copy", true),
    detail::told("meshcore.copied_in.hops", "Hops", Wire::u8, "Hops of that copy", true),
    detail::told("meshcore.copied_in.snr", "SNR", Wire::real, "SNR of that copy", true, "dB"),
    detail::told("meshcore.copied_in.time", "Time since this one", Wire::real, "", true, "s"),

    // who belongs to whom
    detail::told("meshcore.ack_of", "ACK of", Wire::frame,
                 "Frame of the message that this acknowledges"),
    detail::told("meshcore.acked_in", "ACKed in", Wire::frame, "Frame of the first ACK"),
    detail::told("meshcore.ack_time", "Round-trip time", Wire::real,
                 "From the message's first copy to the ACK", false, "s"),
    detail::told("meshcore.response_to", "Response to", Wire::frame, "Frame of the request"),
    detail::told("meshcore.response_in", "Response in", Wire::frame, "Frame of the first answer"),
    detail::told("meshcore.response_time", "Response time", Wire::real,
                 "From the request's first copy to the answer", false, "s"),
    detail::told("meshcore.returned_path.of", "Returns the path of", Wire::frame,
                 "Frame of the flood whose path this tells its sender"),
    detail::told("meshcore.trace.start", "Trace started in", Wire::frame,
                 "Frame in which this trace was heard first"),
    detail::told("meshcore.trace.end", "Trace ended in", Wire::frame,
                 "Frame in which this trace was complete"),
});

}  // namespace meshcore::rows

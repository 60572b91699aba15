// SPDX-License-Identifier: GPL-2.0-or-later
// TRACE: tag (4), auth code (4), flags (1), hashes of the whole route. The SNR values that the hops
// measured are in the packet's path. Source: src/Mesh.cpp, onRecvPacket and createTrace.
#include "dissector/core/decoder.h"

namespace meshcore {

void decode_trace(Decoder& d) {
    Reader& reader = d.reader;
    Trace trace;
    trace.tag = reader.u32("meshcore.trace.tag"_f);
    trace.auth = reader.u32("meshcore.trace.auth"_f);
    const std::uint8_t flags = reader.u8("meshcore.trace.flags"_f);
    if (!reader.ok()) return;
    trace.hash_size = static_cast<std::uint8_t>(1U << (flags & 3));
    reader.derived_number("meshcore.trace.hash_size"_f, trace.hash_size);
    if ((flags & 0xFC) != 0) reader.note(Note::reserved_bits);
    trace.hops = reader.rest_slice();
    trace.complete =
        static_cast<std::size_t>(d.out.header.hash_count) * trace.hash_size >= trace.hops.length;
    while (reader.remaining() >= trace.hash_size) reader.bytes("meshcore.trace.hop"_f, trace.hash_size);
    if (is_flood(d.out.header.route)) reader.note(Note::wrong_route, d.out.header.payload);
    d.out.payload = trace;
}

}  // namespace meshcore

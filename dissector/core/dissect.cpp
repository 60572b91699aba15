// SPDX-License-Identifier: GPL-2.0-or-later
// The frame around the payload. Source: firmware 1.17.1, src/Packet.cpp, src/Dispatcher.cpp.
#include "dissector/core/dissect.h"

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

constexpr std::size_t max_path = 64;
constexpr std::size_t max_payload = 184;

/// Shows what cannot be read on and says why.
void give_up(Reader& reader, Note why) {
    reader.note(why);
    reader.rest("meshcore.undecoded"_f);
}

void read_hops(Reader path, const Header& header) {
    // In a TRACE the path holds what each hop heard (src/Mesh.cpp, onRecvPacket), not who it was.
    const bool trace = header.type == PayloadType::trace;
    for (unsigned i = 0; i < header.hash_count; ++i) {
        if (trace)
            path.i8("meshcore.trace.snr"_f);
        else
            path.bytes("meshcore.path.hop"_f, header.hash_size);
    }
}

/// Header byte to path; false if the payload's place is unknown.
bool read_header(Reader& reader, Header& header) {
    const std::uint8_t first = reader.u8("meshcore.header"_f);
    header.route = static_cast<RouteType>(reader.bits("meshcore.route_type"_f));
    header.type = static_cast<PayloadType>(reader.bits("meshcore.payload_type"_f));
    header.version = static_cast<std::uint8_t>(first >> 6);
    reader.bits("meshcore.payload_ver"_f);
    if (!reader.ok()) return false;
    if (header.version != 0) {
        give_up(reader, Note::unknown_version);
        return false;
    }

    header.has_codes = has_transport_codes(header.route);
    if (header.has_codes) {
        header.code1 = reader.u16("meshcore.transport_code1"_f);
        header.code2 = reader.u16("meshcore.transport_code2"_f);
    }

    header.path_length = reader.u8("meshcore.path_length"_f);
    if (!reader.ok()) return false;
    header.hash_count = static_cast<std::uint8_t>(reader.bits("meshcore.path_hash_count"_f));
    const unsigned size = (header.path_length >> 6) + 1U;
    if (size > 3) {
        give_up(reader, Note::reserved_path_size);
        return false;
    }
    header.hash_size = static_cast<std::uint8_t>(size);
    reader.derived_number("meshcore.path_hash_size"_f, size);
    const std::size_t length = size * header.hash_count;
    if (length > max_path) {
        give_up(reader, Note::path_too_long);
        return false;
    }
    if (length > 0) {
        Reader path = reader.inside("meshcore.path"_f, length);
        if (!reader.ok()) return false;
        header.path = path.rest_slice();
        read_hops(path, header);
    }
    return true;
}

void dissect_frame(Bytes frame, const Keyring& keys, Memory* memory, const Resolution* earlier,
                   Dissection& out) {
    out.clear(frame);
    out.header = {};
    out.payload = std::monostate{};
    out.resolution = {};
    Header& header = out.header;

    Reader reader{out, {input_buffer, 0, static_cast<std::uint16_t>(frame.size())}};
    if (!read_header(reader, header)) return;

    header.payload = reader.rest_slice();
    const Bytes payload = reader.rest_bytes();
    if (payload.size() > max_payload) {
        give_up(reader, Note::payload_too_long);
        return;
    }
    header.parsed = true;
    const Digest digest = packet_digest(header.type, header.path_length, payload);
    header.hash = packet_hash(digest);
    if (header.type != PayloadType::trace) reader.derived_number("meshcore.hops"_f, header.hash_count);
    reader.derived_bytes("meshcore.packet_hash"_f, header.hash);
    if (header.has_codes)
        if (const Region* region = keys.region_of(header.code1, header.type, payload))
            reader.derived_text("meshcore.region"_f, region->name);

    if (payload.empty()) {
        reader.note(Note::empty_payload);
        return;
    }
    Reader inside = reader.inside("meshcore.payload"_f, payload.size());
    Decoder decoder{inside, keys, out, memory, earlier, digest};
    if (const PayloadDecoder decode = payload_decoder(header.type))
        decode(decoder);
    else
        inside.note(Note::unknown_type);
    if (inside) {
        if (payload_decoder(header.type)) inside.note(Note::trailing);
        inside.rest("meshcore.undecoded"_f);
    }
}

}  // namespace

void dissect(Bytes frame, const Keyring& keys, Memory& memory, Dissection& out,
             const Resolution* resolution) {
    dissect_frame(frame, keys, &memory, resolution, out);
}

void dissect(Bytes frame, const Keyring& keys, Dissection& out) {
    dissect_frame(frame, keys, nullptr, nullptr, out);
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// CONTROL: the upper nibble of the first byte is the sub-type. Source:
// examples/simple_repeater/MyMesh.cpp, onControlDataRecv and sendNodeDiscoverReq.
#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

constexpr unsigned discover_req = 8, discover_resp = 9;

void read_discover_req(Reader& reader, Control& control) {
    reader.bits("meshcore.control.disc_req.prefix_only"_f);
    reader.u8("meshcore.control.disc_req.type_filter"_f);
    control.tag = reader.u32("meshcore.control.disc_req.tag"_f);
    if (reader) reader.u32("meshcore.control.disc_req.since"_f);
}

void read_discover_resp(Reader& reader, Control& control) {
    control.node_type =
        static_cast<std::uint8_t>(reader.bits("meshcore.control.disc_resp.node_type"_f));
    reader.i8("meshcore.control.disc_resp.snr"_f);
    control.tag = reader.u32("meshcore.control.disc_resp.tag"_f);
    if (reader)
        control.public_key = reader.bytes("meshcore.control.disc_resp.pubkey"_f,
                                          std::min<std::size_t>(reader.remaining(), 32));
}

}  // namespace

void decode_control(Decoder& d) {
    Reader& reader = d.reader;
    Control control;
    reader.u8("meshcore.control.flags"_f);
    control.sub_type = static_cast<std::uint8_t>(reader.bits("meshcore.control.sub_type"_f));
    if (control.sub_type == discover_req)
        read_discover_req(reader, control);
    else if (control.sub_type == discover_resp)
        read_discover_resp(reader, control);
    else
        reader.rest("meshcore.control.data"_f);
    // Sub-types from 8 on are taken over zero hops only; a route of others is anybody's.
    const Header& header = d.out.header;
    if (control.sub_type >= 8 && (is_flood(header.route) || header.hash_count > 0))
        reader.note(Note::wrong_route, header.payload);
    d.out.payload = control;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// ACK and MULTIPART.
#include "dissector/core/decoder.h"

namespace meshcore {

// code (4), then perhaps attempt or unsynced count (1) and a random byte (1).
// Source: src/Mesh.cpp, createAck; src/helpers/BaseChatMesh.cpp.
Ack read_ack(Reader& reader) {
    Ack ack;
    ack.checksum = reader.u32("meshcore.ack_checksum"_f);
    if (reader)
        ack.extra = reader.bytes("meshcore.ack_extra"_f, std::min<std::size_t>(reader.remaining(), 2));
    return ack;
}

void decode_ack(Decoder& d) {
    d.out.payload = read_ack(d.reader);
}

// remaining and type (1), then the inner payload. Source: src/Mesh.cpp, createMultiAck.
void decode_multipart(Decoder& d) {
    Multipart part;
    d.reader.u8("meshcore.multipart.header"_f);
    part.remaining = static_cast<std::uint8_t>(d.reader.bits("meshcore.multipart.remaining"_f));
    part.type = static_cast<PayloadType>(d.reader.bits("meshcore.multipart.type"_f));
    if (part.type == PayloadType::ack)
        part.ack = read_ack(d.reader);
    else
        d.reader.rest("meshcore.multipart.data"_f);
    d.out.payload = part;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/decoder.h"

namespace meshcore {

// code (4), then perhaps attempt or unsynced count (1) and a random byte (1).
// Source: src/Mesh.cpp, createAck; src/helpers/BaseChatMesh.cpp.
void decode_ack(Decoder& d) {
    Ack ack;
    ack.checksum = d.reader.u32("meshcore.ack_checksum"_f);
    ack.extra = d.reader.rest_slice();
    if (d.reader)
        d.reader.bytes("meshcore.ack_extra"_f, std::min<std::size_t>(d.reader.remaining(), 2));
    d.out.payload = ack;
}

}  // namespace meshcore

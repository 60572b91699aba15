// SPDX-License-Identifier: GPL-2.0-or-later
// REQ, RESPONSE, TXT_MSG, PATH: destination hash (1), source hash (1), MAC (2), ciphertext.
// Source: src/Mesh.cpp, createDatagram and createPathReturn.
#include "dissector/core/decoder.h"

namespace meshcore {

void decode_datagram(Decoder& d) {
    Datagram datagram;
    datagram.dest_hash = d.reader.u8("meshcore.dest_hash"_f);
    datagram.src_hash = d.reader.u8("meshcore.src_hash"_f);
    const Sealed sealed = read_sealed(d);
    datagram.mac = sealed.mac;
    if (d.reader.ok()) d.out.payload = datagram;
}

}  // namespace meshcore

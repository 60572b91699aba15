// SPDX-License-Identifier: GPL-2.0-or-later
// ANON_REQ: destination hash (1), sender's public key (32), MAC (2), ciphertext.
// Source: src/Mesh.cpp, createAnonDatagram.
#include <algorithm>

#include "dissector/core/decoder.h"

namespace meshcore {

void decode_anon_req(Decoder& d) {
    AnonRequest request;
    request.dest_hash = d.reader.u8("meshcore.dest_hash"_f);
    const Slice key = d.reader.bytes("meshcore.anon_req.pubkey"_f, request.sender.size());
    if (!d.reader.ok()) return;
    const Bytes bytes = d.out.bytes(key);
    std::copy(bytes.begin(), bytes.end(), request.sender.begin());
    const Sealed sealed = read_sealed(d);
    request.mac = sealed.mac;
    d.out.payload = request;
}

}  // namespace meshcore

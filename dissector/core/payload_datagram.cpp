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
    if (!d.reader.ok()) return;
    if (auto opened = open_between(d, sealed, datagram.src_hash, datagram.dest_hash)) {
        datagram.ends = opened->ends;
        Reader& content = opened->content;
        switch (d.out.header.type) {
            case PayloadType::req: datagram.content = read_request(*opened, content); break;
            case PayloadType::response: datagram.content = read_response(d, *opened, content); break;
            case PayloadType::txt_msg: datagram.content = read_text_message(*opened, content); break;
            default: datagram.content = read_returned_path(d, *opened, content);
        }
        read_padding(content);
    }
    d.out.payload = datagram;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// MULTIPART and RAW_CUSTOM.
#include "dissector/core/decoder.h"

namespace meshcore {

// remaining and type (1), then the inner payload. Source: src/Mesh.cpp, createMultiAck.
void decode_multipart(Decoder& d) {
    d.reader.rest("meshcore.undecoded"_f);
}

void decode_raw_custom(Decoder& d) {
    d.reader.rest("meshcore.raw_data"_f);
    if (is_flood(d.out.header.route)) d.reader.note(Note::wrong_route, d.out.header.payload);
}

}  // namespace meshcore

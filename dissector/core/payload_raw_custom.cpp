// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/decoder.h"

namespace meshcore {

// Opaque bytes of an application; the firmware takes them over direct routes only.
void decode_raw_custom(Decoder& d) {
    d.reader.rest("meshcore.raw_data"_f);
    if (is_flood(d.out.header.route)) d.reader.note(Note::wrong_route, d.out.header.payload);
}

}  // namespace meshcore

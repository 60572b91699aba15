// SPDX-License-Identifier: GPL-2.0-or-later
// What a payload decoder is given. Internal to core: one payload_<name>.cpp a type, one row in
// payload_table.cpp.
#pragma once

#include <optional>

#include "dissector/core/dissection.h"
#include "dissector/core/keyring.h"
#include "dissector/core/reader.h"

namespace meshcore {

struct Decoder {
    Reader& reader;  ///< stands at the first payload byte and ends with the payload
    const Keyring& keys;
    Dissection& out;
};

using PayloadDecoder = void (*)(Decoder&);

/// The decoder of a type, or null for the reserved ones.
PayloadDecoder payload_decoder(PayloadType type);

void decode_ack(Decoder& d);
void decode_advert(Decoder& d);
void decode_anon_req(Decoder& d);
void decode_control(Decoder& d);
void decode_datagram(Decoder& d);
void decode_grp_data(Decoder& d);
void decode_grp_txt(Decoder& d);
void decode_multipart(Decoder& d);
void decode_raw_custom(Decoder& d);
void decode_trace(Decoder& d);

/// Reads MAC and ciphertext up to the end of the payload, notes a length that no cipher has.
struct Sealed {
    std::uint16_t mac = 0;
    Slice ciphertext;
    bool whole_blocks = false;
};
Sealed read_sealed(Decoder& d);

/// Reads a text field up to its end, shows NUL padding apart, and notes text that is not UTF-8.
Slice read_text(Reader& reader, FieldId id, std::size_t length);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// What a payload decoder is given. Internal to core: one payload_<name>.cpp a type, one row in
// payload_table.cpp.
#pragma once

#include <optional>

#include "dissector/core/dissection.h"
#include "dissector/core/keyring.h"
#include "dissector/core/memory.h"
#include "dissector/core/reader.h"

namespace meshcore {

struct Decoder {
    Reader& reader;  ///< stands at the first payload byte and ends with the payload
    const Keyring& keys;
    Dissection& out;
    Memory* memory;             ///< null: the frame by itself
    const Resolution* earlier;  ///< null: the first look at this frame
    const Digest& digest;       ///< SHA-256 of type and payload
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

/// MAC and ciphertext up to the end of the payload.
struct Sealed {
    std::uint16_t mac = 0;
    Slice ciphertext;
    bool whole_blocks = false;  ///< else a note says so, and nothing is decrypted
};
Sealed read_sealed(Decoder& d);

/// What a fitting key gave. `content` reads the plaintext, which is shown as its container.
struct Opened {
    Ends ends;
    Slice plaintext;
    Reader content;
};
/// Decrypts what two nodes exchange; nothing if no known pair fits.
std::optional<Opened> open_between(Decoder& d, const Sealed& sealed, std::uint8_t source_hash,
                                   std::uint8_t dest_hash);
std::optional<Opened> open_between(Decoder& d, const Sealed& sealed, const PublicKey& source,
                                   std::uint8_t dest_hash);
/// Decrypts into a new buffer of the tape.
Slice decrypt(Decoder& d, const Secret& secret, Slice ciphertext);
/// Shows a plaintext as a container and returns the reader of its content.
Reader show_plaintext(Decoder& d, Slice plaintext);

/// A text of `length` bytes; notes text that is not UTF-8.
Slice read_text(Reader& reader, FieldId id, std::size_t length);
/// A text that ends at the first NUL or with the data.
Slice read_text_to_nul(Reader& reader, FieldId id);
/// The rest: padding if it is all zero, else undecoded bytes with a note.
void read_padding(Reader& reader);

/// Code of the ACK that answers `plaintext[0 .. length)`: first 4 bytes of SHA-256 over it and a key.
/// Source: src/helpers/BaseChatMesh.cpp, composeMsgPacket and onPeerDataRecv.
std::uint32_t ack_code(Bytes plaintext, const PublicKey& key);
/// The ACK's bytes up to the end of what is read, but at most two extra ones.
Ack read_ack(Reader& reader);

// What is inside REQ, RESPONSE, TXT_MSG, PATH once it is decrypted.
TextMessage read_text_message(const Opened& opened, Reader& content);
Request read_request(const Opened& opened, Reader& content);
Request read_anon_request(Decoder& d, const Opened& opened, Reader& content);
Response read_response(Decoder& d, const Opened& opened, Reader& content);
ReturnedPath read_returned_path(Decoder& d, const Opened& opened, Reader& content);
/// A path length byte and its hops, as in the header; false if it is none.
bool read_path(Reader& reader, FieldId length_id, FieldId hop_id, std::uint8_t& hash_size, Slice& hops);
/// CayenneLPP records up to channel 0 or the end.
void read_telemetry(Reader& content);

}  // namespace meshcore

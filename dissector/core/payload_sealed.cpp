// SPDX-License-Identifier: GPL-2.0-or-later
// What the encrypted payloads share: MAC, ciphertext, text with padding.
#include <algorithm>

#include "dissector/core/decoder.h"
#include "dissector/core/text.h"

namespace meshcore {

Sealed read_sealed(Decoder& d) {
    Sealed sealed;
    sealed.mac = d.reader.u16("meshcore.cipher_mac"_f);
    if (!d.reader.ok()) return sealed;
    sealed.ciphertext = d.reader.rest("meshcore.ciphertext"_f);
    sealed.whole_blocks = sealed.ciphertext.length > 0 && sealed.ciphertext.length % cipher_block == 0;
    if (!sealed.whole_blocks) d.reader.note(Note::bad_cipher_length, sealed.ciphertext);
    return sealed;
}

Slice read_text(Reader& reader, FieldId id, std::size_t length) {
    const Slice slice = reader.bytes(id, length);
    const std::string_view text = reader.tape().text(slice);
    const bool has_nul = text.size() < slice.length;
    if (reader.ok() && (has_nul || !is_utf8(text))) reader.note(Note::invalid_text, slice);
    return slice;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// What the encrypted payloads share: MAC, ciphertext, keys, text with padding.
// Source: firmware 1.17.1, src/Utils.cpp, MACThenDecrypt; src/Mesh.cpp, onRecvPacket.
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

Slice decrypt(Decoder& d, const Secret& secret, Slice ciphertext) {
    BufferId id = 0;
    const std::span<std::uint8_t> plaintext = d.out.open_plaintext(ciphertext.length, id);
    secret.decrypt(d.out.bytes(ciphertext), plaintext);
    return {id, 0, ciphertext.length};
}

Reader show_plaintext(Decoder& d, Slice plaintext) {
    return Reader{d.out, plaintext, d.reader.depth()}.inside("meshcore.plaintext"_f, plaintext.length);
}

namespace {

std::string name_of(const Memory& memory, const PublicKey& key) {
    const Peer* peer = memory.find_peer(key);
    return peer && !peer->name.empty() ? peer->name : to_hex(Bytes{key}.first(4));
}

Opened open_with(Decoder& d, Slice ciphertext, Memory::Candidate candidate) {
    const Memory::Pair& pair = d.memory->pair(candidate.pair);
    d.out.resolution.pair = candidate.pair;
    d.out.resolution.own_is_source = candidate.own_is_source;
    const Ends ends = candidate.own_is_source ? Ends{pair.own, pair.peer} : Ends{pair.peer, pair.own};
    d.reader.derived_number("meshcore.mac_ok"_f, 1);
    d.reader.derived_text("meshcore.key_name"_f, name_of(*d.memory, ends.source) + " → " +
                                                     name_of(*d.memory, ends.destination));
    const Slice plaintext = decrypt(d, *pair.secret, ciphertext);
    return {ends, plaintext, show_plaintext(d, plaintext)};
}

std::optional<Opened> none_fits(Decoder& d, Slice ciphertext) {
    d.out.resolution.tried = true;
    d.reader.derived_number("meshcore.mac_ok"_f, 0);
    d.reader.note(Note::bad_mac, ciphertext);
    return std::nullopt;
}

/// What an earlier look at this frame found.
std::optional<Opened> open_again(Decoder& d, Slice ciphertext) {
    if (d.earlier->pair != Resolution::no_pair)
        return open_with(d, ciphertext, {d.earlier->pair, d.earlier->own_is_source});
    return d.earlier->tried ? none_fits(d, ciphertext) : std::nullopt;
}

std::optional<Opened> open_first(Decoder& d, const Sealed& sealed,
                                 const std::vector<Memory::Candidate>& candidates) {
    const Bytes ciphertext = d.out.bytes(sealed.ciphertext);
    for (const Memory::Candidate candidate : candidates) {
        const auto& secret = d.memory->pair(candidate.pair).secret;
        if (secret && secret->mac_fits(ciphertext, sealed.mac))
            return open_with(d, sealed.ciphertext, candidate);
    }
    return candidates.empty() ? std::nullopt : none_fits(d, sealed.ciphertext);
}

}  // namespace

std::optional<Opened> open_between(Decoder& d, const Sealed& sealed, std::uint8_t source_hash,
                                   std::uint8_t dest_hash) {
    if (!d.memory || !sealed.whole_blocks) return std::nullopt;
    return d.earlier ? open_again(d, sealed.ciphertext)
                     : open_first(d, sealed, d.memory->candidates(source_hash, dest_hash));
}

std::optional<Opened> open_between(Decoder& d, const Sealed& sealed, const PublicKey& source,
                                   std::uint8_t dest_hash) {
    if (!d.memory || !sealed.whole_blocks) return std::nullopt;
    return d.earlier ? open_again(d, sealed.ciphertext)
                     : open_first(d, sealed, d.memory->candidates(source, dest_hash));
}

Slice read_text(Reader& reader, FieldId id, std::size_t length) {
    const Slice slice = reader.bytes(id, length);
    const std::string_view text = reader.tape().text(slice);
    const bool has_nul = text.size() < slice.length;
    if (reader.ok() && (has_nul || !is_utf8(text))) reader.note(Note::invalid_text, slice);
    return slice;
}

Slice read_text_to_nul(Reader& reader, FieldId id) {
    return read_text(reader, id, reader.tape().text(reader.rest_slice()).size());
}

void read_padding(Reader& reader) {
    const Bytes rest = reader.rest_bytes();
    if (std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; })) {
        reader.rest("meshcore.padding"_f);
    } else if (reader) {
        reader.note(Note::trailing);
        reader.rest("meshcore.undecoded"_f);
    }
}

std::uint32_t ack_code(Bytes plaintext, const PublicKey& key) {
    const Digest digest = sha256({plaintext, key});
    return static_cast<std::uint32_t>(digest[0] | digest[1] << 8 | digest[2] << 16) |
           static_cast<std::uint32_t>(digest[3]) << 24;
}

bool read_path(Reader& reader, FieldId length_id, FieldId hop_id, std::uint8_t& hash_size,
               Slice& hops) {
    const std::uint8_t length = reader.u8(length_id);
    if (!reader.ok()) return false;
    hash_size = static_cast<std::uint8_t>((length >> 6) + 1);
    if (hash_size > 3) {
        reader.note(Note::reserved_path_size);
        return false;
    }
    const unsigned count = length & 0x3FU;
    if (count * hash_size > 64) {
        reader.note(Note::path_too_long);
        return false;
    }
    hops = reader.rest_slice();
    hops.length = static_cast<std::uint16_t>(count * hash_size);
    for (unsigned i = 0; i < count; ++i) reader.bytes(hop_id, hash_size);
    return reader.ok();
}

}  // namespace meshcore

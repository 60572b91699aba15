// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

constexpr std::size_t max_app_data = 32;

template <typename Array>
void copy_to(Array& to, Bytes from) {
    std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

// flags (1) [latitude (4), longitude (4)] [feature 1 (2)] [feature 2 (2)] [name]
// Source: src/helpers/AdvertDataHelpers.cpp.
void read_app_data(Reader& reader, Advert& advert) {
    reader.u8("meshcore.advert.flags"_f);
    advert.node_type = static_cast<std::uint8_t>(reader.bits("meshcore.advert.node_type"_f));
    const bool position = reader.bits("meshcore.advert.has_position"_f) != 0;
    const bool feature1 = reader.bits("meshcore.advert.has_feature1"_f) != 0;
    const bool feature2 = reader.bits("meshcore.advert.has_feature2"_f) != 0;
    const bool name = reader.bits("meshcore.advert.has_name"_f) != 0;
    if (position) {
        const std::int32_t latitude = reader.i32("meshcore.advert.latitude"_f);
        const std::int32_t longitude = reader.i32("meshcore.advert.longitude"_f);
        if (reader.ok()) {
            advert.latitude = latitude / 1e6;
            advert.longitude = longitude / 1e6;
        }
    }
    if (feature1) {
        const std::uint16_t value = reader.u16("meshcore.advert.feature1"_f);
        if (reader.ok()) advert.feature1 = value;
    }
    if (feature2) {
        const std::uint16_t value = reader.u16("meshcore.advert.feature2"_f);
        if (reader.ok()) advert.feature2 = value;
    }
    if (!name || !reader.ok()) return;
    if (reader.remaining() == 0) reader.note(Note::invalid_text);
    advert.name = read_text_to_nul(reader, "meshcore.advert.name"_f);
}

bool check_signature(Decoder& d, const PublicKey& key, Bytes message, Bytes signature) {
    const bool ok = d.earlier && d.earlier->signature >= 0 ? d.earlier->signature == 1
                    : d.memory ? d.memory->signature_ok(d.digest, key, message, signature)
                               : verify_signature(key, message, signature);
    d.out.resolution.signature = ok ? 1 : 0;
    return ok;
}

}  // namespace

// public key (32), timestamp (4), signature (64), app data (0 to 32).
// Source: src/Mesh.cpp, createAdvert and onRecvPacket.
void decode_advert(Decoder& d) {
    Reader& reader = d.reader;
    Advert advert;
    const Slice key = reader.bytes("meshcore.advert.pubkey"_f, 32);
    if (!reader.ok()) return;
    copy_to(advert.public_key, d.out.bytes(key));
    const Bytes timestamp = reader.rest_bytes();
    advert.timestamp = reader.u32("meshcore.advert.timestamp"_f);
    const Slice signature = reader.bytes("meshcore.advert.signature"_f, 64);
    if (!reader.ok()) return;

    // The signature covers at most the first 32 bytes of app data, as the firmware cuts it.
    const Bytes app_data = reader.rest_bytes();
    std::array<std::uint8_t, 32 + 4 + max_app_data> message;
    const std::size_t signed_data = std::min(app_data.size(), max_app_data);
    auto next = std::copy_n(advert.public_key.begin(), 32, message.begin());
    next = std::copy_n(timestamp.begin(), 4, next);
    next = std::copy_n(app_data.begin(), signed_data, next);
    const std::size_t length = 36 + signed_data;
    advert.signature_ok =
        check_signature(d, advert.public_key, Bytes{message}.first(length), d.out.bytes(signature));
    reader.derived_number("meshcore.advert.signature_ok"_f, advert.signature_ok);
    if (!advert.signature_ok) reader.note(Note::bad_signature, signature);

    if (reader) {
        const Slice all = reader.rest_slice();
        Slice first = all;
        first.length = static_cast<std::uint16_t>(signed_data);
        Reader data{d.out, first, reader.depth()};
        read_app_data(data, advert);
        // A name ends the app data; what is left without one, or after a NUL in it, has no meaning.
        if (data) {
            data.note(Note::trailing);
            data.rest("meshcore.undecoded"_f);
        }
        reader.skip(signed_data);
        if (reader) {
            reader.note(Note::app_data_too_long);
            reader.rest("meshcore.undecoded"_f);
        }
    }
    d.out.payload = advert;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/plausible.h"

#include "dissector/core/outline.h"

namespace meshcore {
namespace {

/// Whole cipher blocks, at least one, after `before` bytes. Ends in the MAC, which is not in them.
bool sealed(Bytes payload, std::size_t before) {
    return payload.size() > before && (payload.size() - before) % cipher_block == 0;
}

/// No firmware makes a key that begins with 00 or FF.
bool is_node(std::uint8_t hash) {
    return hash != 0x00 && hash != 0xFF;
}

bool datagram(Bytes payload) {
    return sealed(payload, 4) && is_node(payload[0]) && is_node(payload[1]);
}

bool anon_request(Bytes payload) {
    return sealed(payload, 35) && is_node(payload[0]) && is_node(payload[1]);
}

bool ack(Bytes payload) {
    return payload.size() >= 4 && payload.size() <= 6;
}

/// What the flags of the app data announce has to fit. The firmware cuts app data after 32 bytes.
bool advert(Bytes payload) {
    constexpr std::size_t fixed = 100, max_app_data = 32;
    if (payload.size() < fixed || !is_node(payload[0])) return false;
    if (payload.size() == fixed) return true;
    const unsigned flags = payload[fixed];
    const bool position = (flags & 0x10) != 0, name = (flags & 0x80) != 0;
    const unsigned features = (flags >> 5 & 1) + (flags >> 6 & 1);
    const std::size_t announced = 1 + (position ? 8U : 0U) + 2U * features;
    const std::size_t there = payload.size() - fixed;
    return name || there > max_app_data ? there >= announced : there == announced;
}

/// The low bits of the flags are the size of a hash.
bool trace(const Outline& frame) {
    constexpr std::size_t fixed = 9;
    const Bytes payload = frame.payload;
    if (is_flood(frame.route) || frame.path_length > 0x3F || payload.size() < fixed) return false;
    const unsigned flags = payload[fixed - 1];
    const std::size_t hashes = payload.size() - fixed, size = std::size_t{1} << (flags & 3);
    return hashes % size == 0 && frame.hash_count <= hashes / size;
}

bool multipart(Bytes payload) {
    const bool of_ack = (payload[0] & 0x0F) == static_cast<unsigned>(PayloadType::ack);
    return of_ack ? ack(payload.subspan(1)) : payload.size() > 2;
}

bool control(Bytes payload) {
    const unsigned sub_type = payload[0] >> 4;
    if (sub_type == 8) return payload.size() == 6 || payload.size() == 10;
    if (sub_type == 9) return payload.size() > 6 && payload.size() <= 38;
    return true;
}

bool fits_type(const Outline& frame) {
    switch (frame.type) {
        case PayloadType::req:
        case PayloadType::response:
        case PayloadType::txt_msg:
        case PayloadType::path: return datagram(frame.payload);
        case PayloadType::grp_txt:
        case PayloadType::grp_data: return sealed(frame.payload, 3);
        case PayloadType::anon_req: return anon_request(frame.payload);
        case PayloadType::ack: return ack(frame.payload);
        case PayloadType::advert: return advert(frame.payload);
        case PayloadType::trace: return trace(frame);
        case PayloadType::multipart: return multipart(frame.payload);
        case PayloadType::control: return control(frame.payload);
        case PayloadType::raw_custom: return true;
        case PayloadType::reserved_12:
        case PayloadType::reserved_13:
        case PayloadType::reserved_14: break;
    }
    return false;
}

/// A scope's code is neither 0 nor FFFF, and the second one is 0 up to 1.17. Two zeros mark a contact
/// that is shared, which is sent direct. Source: src/helpers/TransportKeyStore.cpp, calcTransportCode.
bool legal_codes(const Outline& frame) {
    if (!has_transport_codes(frame.route)) return true;
    if (frame.code1 == 0 && is_flood(frame.route)) return false;
    return frame.code1 != 0xFFFF && frame.code2 == 0;
}

}  // namespace

bool plausible(Bytes bytes) {
    const auto frame = outline(bytes);
    return frame && !frame->payload.empty() && legal_codes(*frame) && fits_type(*frame);
}

}  // namespace meshcore

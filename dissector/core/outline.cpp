// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/outline.h"

namespace meshcore {
namespace {

constexpr std::size_t max_path = 64;
constexpr std::size_t max_payload = 184;
constexpr std::size_t codes_length = 4;

}  // namespace

PacketHash Outline::hash() const {
    return packet_hash(packet_digest(type, path_length, payload));
}

std::optional<Outline> outline(Bytes frame) {
    if (frame.size() < 2 || frame[0] >> 6 != 0) return std::nullopt;
    Outline out;
    out.route = static_cast<RouteType>(frame[0] & 0x03);
    out.type = static_cast<PayloadType>(frame[0] >> 2);
    Bytes rest = frame.subspan(1);
    if (has_transport_codes(out.route)) {
        if (rest.size() <= codes_length) return std::nullopt;
        out.code1 = load_u16(rest);
        out.code2 = load_u16(rest.subspan(2));
        rest = rest.subspan(codes_length);
    }
    out.path_length = rest[0];
    out.hash_count = out.path_length & 0x3F;
    const std::size_t size = (out.path_length >> 6) + 1U;
    const std::size_t length = size * out.hash_count;
    rest = rest.subspan(1);
    if (size > 3 || length > max_path || length > rest.size()) return std::nullopt;
    out.path = rest.first(length);
    out.payload = rest.subspan(length);
    if (out.payload.size() > max_payload) return std::nullopt;
    return out;
}

}  // namespace meshcore

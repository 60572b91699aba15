// SPDX-License-Identifier: GPL-2.0-or-later
// Names of numbers. One table a kind; a catalogue row points at the table that names its values.
// Source of all: firmware 1.17.1, src/Packet.h, src/helpers/AdvertDataHelpers.h, TxtDataHelpers.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meshcore {

enum class RouteType : std::uint8_t { transport_flood, flood, direct, transport_direct };

enum class PayloadType : std::uint8_t {
    req,
    response,
    txt_msg,
    ack,
    advert,
    grp_txt,
    grp_data,
    anon_req,
    path,
    trace,
    multipart,
    control,
    reserved_12,
    reserved_13,
    reserved_14,
    raw_custom
};

enum class NodeType : std::uint8_t { none, chat, repeater, room, sensor };

enum class TextType : std::uint8_t { plain, cli_data, signed_plain };

/// What a capture record says about the link that it came from.
enum class RadioProtocol : std::uint8_t { companion = 1, kiss = 2, text_log = 3 };

struct EnumRow {
    std::uint32_t value;
    std::string_view name;
};

/// Which table names a field's values.
enum class EnumId : std::uint8_t {
    none,
    direction,
    radio_protocol,
    route_type,
    payload_type,
    payload_ver,
    node_type,
    text_type,
    control_type,
    request_type,
    anon_type,
    answer_kind,
    neighbour_order,
    telemetry_type,
    data_type,
    count
};

std::span<const EnumRow> enum_rows(EnumId id);

/// Name of a value, or an empty view if the table has none.
std::string_view enum_name(EnumId id, std::uint64_t value);

inline std::string_view payload_type_name(PayloadType type) {
    return enum_name(EnumId::payload_type, static_cast<std::uint64_t>(type));
}

inline bool is_flood(RouteType route) {
    return route == RouteType::flood || route == RouteType::transport_flood;
}

inline bool has_transport_codes(RouteType route) {
    return route == RouteType::transport_flood || route == RouteType::transport_direct;
}

}  // namespace meshcore

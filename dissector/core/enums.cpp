// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/enums.h"

#include <array>

namespace meshcore {
namespace {

constexpr EnumRow direction[] = {{0, "rx"}, {1, "tx"}};
constexpr EnumRow radio_protocol[] = {{1, "companion"}, {2, "KISS modem"}, {3, "serial log"}};
constexpr EnumRow route_type[] = {
    {0, "TRANSPORT_FLOOD"}, {1, "FLOOD"}, {2, "DIRECT"}, {3, "TRANSPORT_DIRECT"}};
constexpr EnumRow payload_type[] = {
    {0, "REQ"},       {1, "RESPONSE"},  {2, "TXT_MSG"},    {3, "ACK"},
    {4, "ADVERT"},    {5, "GRP_TXT"},   {6, "GRP_DATA"},   {7, "ANON_REQ"},
    {8, "PATH"},      {9, "TRACE"},     {10, "MULTIPART"}, {11, "CONTROL"},
    {12, "reserved"}, {13, "reserved"}, {14, "reserved"},  {15, "RAW_CUSTOM"}};
constexpr EnumRow payload_ver[] = {{0, "1"}, {1, "2"}, {2, "3"}, {3, "4"}};
constexpr EnumRow path_hash_size[] = {{0, "1 byte"}, {1, "2 bytes"}, {2, "3 bytes"}, {3, "reserved"}};
constexpr EnumRow node_type[] = {
    {0, "none"}, {1, "companion"}, {2, "repeater"}, {3, "room server"}, {4, "sensor"}};
constexpr EnumRow text_type[] = {{0, "plain"}, {1, "CLI"}, {2, "signed plain"}};
constexpr EnumRow control_type[] = {{8, "DISCOVER_REQ"}, {9, "DISCOVER_RESP"}};

constexpr std::array<std::span<const EnumRow>, static_cast<std::size_t>(EnumId::count)> tables = {
    std::span<const EnumRow>{},
    direction,
    radio_protocol,
    route_type,
    payload_type,
    payload_ver,
    path_hash_size,
    node_type,
    text_type,
    control_type};

}  // namespace

std::span<const EnumRow> enum_rows(EnumId id) {
    return tables[static_cast<std::size_t>(id)];
}

std::string_view enum_name(EnumId id, std::uint64_t value) {
    for (const EnumRow& row : enum_rows(id))
        if (row.value == value) return row.name;
    return {};
}

}  // namespace meshcore

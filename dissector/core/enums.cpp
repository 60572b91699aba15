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
constexpr EnumRow node_type[] = {
    {0, "none"}, {1, "companion"}, {2, "repeater"}, {3, "room server"}, {4, "sensor"}};
constexpr EnumRow text_type[] = {{0, "plain"}, {1, "CLI"}, {2, "signed plain"}};
constexpr EnumRow control_type[] = {{8, "DISCOVER_REQ"}, {9, "DISCOVER_RESP"}};
constexpr EnumRow request_type[] = {
    {0, "LOGIN"},           {1, "GET_STATUS"},      {2, "KEEP_ALIVE"},     {3, "GET_TELEMETRY_DATA"},
    {4, "GET_AVG_MIN_MAX"}, {5, "GET_ACCESS_LIST"}, {6, "GET_NEIGHBOURS"}, {7, "GET_OWNER_INFO"}};
constexpr EnumRow anon_type[] = {{1, "REGIONS"}, {2, "OWNER"}, {3, "BASIC"}};
constexpr EnumRow answer_kind[] = {{0, "LOGIN"},           {1, "GET_STATUS"},
                                   {2, "KEEP_ALIVE"},      {3, "GET_TELEMETRY_DATA"},
                                   {4, "GET_AVG_MIN_MAX"}, {5, "GET_ACCESS_LIST"},
                                   {6, "GET_NEIGHBOURS"},  {7, "GET_OWNER_INFO"},
                                   {0x101, "REGIONS"},     {0x102, "OWNER"},
                                   {0x103, "BASIC"},       {0xFFFF, "a request that was not seen"}};
constexpr EnumRow neighbour_order[] = {
    {0, "newest first"}, {1, "oldest first"}, {2, "strongest first"}, {3, "weakest first"}};
// CayenneLPP, as src/helpers/sensors/LPPDataHelpers.h numbers it.
constexpr EnumRow telemetry_type[] = {{0, "digital input"},
                                      {1, "digital output"},
                                      {2, "analog input"},
                                      {3, "analog output"},
                                      {100, "generic sensor"},
                                      {101, "luminosity"},
                                      {102, "presence"},
                                      {103, "temperature"},
                                      {104, "relative humidity"},
                                      {113, "accelerometer"},
                                      {115, "barometric pressure"},
                                      {116, "voltage"},
                                      {117, "current"},
                                      {118, "frequency"},
                                      {120, "percentage"},
                                      {121, "altitude"},
                                      {125, "concentration"},
                                      {128, "power"},
                                      {130, "distance"},
                                      {131, "energy"},
                                      {132, "direction"},
                                      {133, "unix time"},
                                      {134, "gyrometer"},
                                      {135, "colour"},
                                      {136, "GPS"},
                                      {142, "switch"},
                                      {240, "polyline"}};

// docs/number_allocations.md of the firmware registers single numbers and ranges.
struct Range {
    std::uint64_t first, last;
    std::string_view name;
};
constexpr Range data_types[] = {{0x0000, 0x00FF, "internal"},     {0x0100, 0x0100, "MeshCore Open"},
                                {0x0110, 0x011F, "Ripple"},       {0x0120, 0x0120, "MCO Advanced"},
                                {0x0130, 0x013F, "StreamSensor"}, {0xFF00, 0xFFFF, "testing"}};

// In the order of EnumId.
constexpr std::array<std::span<const EnumRow>, static_cast<std::size_t>(EnumId::count)> tables = {
    std::span<const EnumRow>{},
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
    std::span<const EnumRow>{},  // data_type has ranges
};

}  // namespace

std::span<const EnumRow> enum_rows(EnumId id) {
    return tables[static_cast<std::size_t>(id)];
}

std::string_view enum_name(EnumId id, std::uint64_t value) {
    if (id == EnumId::data_type) {
        for (const Range& range : data_types)
            if (value >= range.first && value <= range.last) return range.name;
        return {};
    }
    for (const EnumRow& row : enum_rows(id))
        if (row.value == value) return row.name;
    return {};
}

}  // namespace meshcore

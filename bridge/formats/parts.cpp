// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/parts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>

#include "dissector/core/text.h"

namespace meshcore::bridge {

std::string text_of(const Dissection& packet, Slice slice) {
    return clean_text(packet.text(slice));
}

Json hop_array(Bytes hops, std::size_t hash_size) {
    Json list = Json::array();
    for (std::size_t at = 0; at + hash_size <= hops.size(); at += hash_size)
        list.push_back(to_hex(hops.subspan(at, hash_size)));
    return list;
}

std::string sender_time_text(std::uint32_t seconds) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

void add_reception(Json& json, const Heard& heard) {
    if (const auto snr = told_number(heard.radio, "meshcore_radio.snr"_f)) json["snr"] = *snr;
    if (const auto rssi = told_number(heard.radio, "meshcore_radio.rssi"_f))
        json["rssi"] = std::lround(*rssi);
    json["hops"] = heard.packet.header.hash_count;
    json["hash"] = to_hex(heard.packet.header.hash, HexCase::upper);
}

void add_observer(Json& json, const Observer& observer) {
    if (!observer.name.empty()) json["origin"] = observer.name;
    json["origin_id"] = observer.key;
}

std::string role_word(std::uint8_t node_type) {
    switch (static_cast<NodeType>(node_type)) {
        case NodeType::chat: return "companion";
        case NodeType::repeater: return "repeater";
        case NodeType::room: return "room";
        case NodeType::sensor: return "sensor";
        case NodeType::none: break;
    }
    return {};
}

const Ends* answer_ends(const Dissection& packet, AnswerKind kind) {
    const auto* datagram = std::get_if<Datagram>(&packet.payload);
    if (!datagram || !datagram->ends) return nullptr;
    const auto* response = std::get_if<Response>(&datagram->content);
    if (const auto* path = std::get_if<ReturnedPath>(&datagram->content); path && path->response)
        response = &*path->response;
    return response && response->kind == kind ? &*datagram->ends : nullptr;
}

bool shows_channel(bool decode_public, std::string_view channel) {
    return decode_public || channel != "Public";
}

}  // namespace meshcore::bridge

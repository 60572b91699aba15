// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/hub_events.h"

#include <algorithm>
#include <cmath>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

/// The hub's words for the types of nodes.
const char* type_word(std::uint8_t node_type) {
    switch (static_cast<NodeType>(node_type)) {
        case NodeType::chat: return "chat";
        case NodeType::repeater: return "repeater";
        case NodeType::room: return "room";
        case NodeType::sensor: return "sensor";
        case NodeType::none: break;
    }
    return "none";
}

void add_snr(Json& json, const Heard& heard) {
    if (const auto snr = told_number(heard.radio, "meshcore_radio.snr"_f)) json["SNR"] = *snr;
}

std::optional<HubEvent> advertisement(const Heard& heard, const Advert& advert) {
    const Node* flags = heard.packet.find("meshcore.advert.flags"_f);
    if (!advert.signature_ok || !flags) return std::nullopt;
    Json json;
    json["public_key"] = to_hex(advert.public_key);
    if (std::string name = text_of(heard.packet, advert.name); !name.empty())
        json["name"] = std::move(name);
    json["adv_type"] = type_word(advert.node_type);
    json["flags"] = flags->number;
    if (advert.latitude) json["lat"] = *advert.latitude;
    if (advert.longitude) json["lon"] = *advert.longitude;
    return HubEvent{"advertisement", std::move(json)};
}

std::optional<HubEvent> channel_message(const Heard& heard, const ChannelMessage& message,
                                        bool decode_public) {
    const Dissection& packet = heard.packet;
    const std::string channel = text_of(packet, message.channel);
    if (!message.decrypted || !shows_channel(decode_public, channel)) return std::nullopt;
    const std::string sender = text_of(packet, message.sender);
    Json json;
    json["channel_idx"] = message.channel_hash;
    json["channel_name"] = channel;
    json["path_len"] = packet.header.hash_count;
    json["txt_type"] = message.text_flags >> 2;
    json["text"] = (sender.empty() ? "" : sender + ": ") + text_of(packet, message.text);
    add_snr(json, heard);
    json["sender_timestamp"] = message.timestamp;
    return HubEvent{"channel_msg_recv", std::move(json)};
}

std::optional<HubEvent> contact_message(const Heard& heard, const Ends& ends,
                                        const TextMessage& message) {
    // A repeater's command line: there are passwords in it.
    if (message.type != TextType::plain && message.type != TextType::signed_plain) return std::nullopt;
    Json json;
    json["pubkey_prefix"] = to_hex(Bytes{ends.source}.first(6));
    json["path_len"] = heard.packet.header.hash_count;
    json["txt_type"] = static_cast<unsigned>(message.type);
    if (const Node* author = heard.packet.find("meshcore.text.sender_prefix"_f))
        json["signature"] = to_hex(heard.packet.bytes(*author));
    json["text"] = text_of(heard.packet, message.text);
    add_snr(json, heard);
    json["sender_timestamp"] = message.timestamp;
    return HubEvent{"contact_msg_recv", std::move(json)};
}

std::optional<HubEvent> trace_data(const Heard& heard, const Trace& trace) {
    const Dissection& packet = heard.packet;
    const Node* flags = packet.find("meshcore.trace.flags"_f);
    if (!flags) return std::nullopt;
    Json json;
    json["initiator_tag"] = trace.tag;
    json["path_len"] = trace.hops.length;
    json["flags"] = flags->number;
    json["auth"] = trace.auth;
    json["path_hashes"] = hop_array(packet.bytes(trace.hops), trace.hash_size);
    json["snr_values"] = Json::array();
    for (const Node& node : packet.nodes())
        if (node.field == "meshcore.trace.snr"_f) json["snr_values"].push_back(node.real);
    json["hop_count"] = json["path_hashes"].size();
    return HubEvent{"trace_data", std::move(json)};
}

constexpr std::string_view telemetry = "meshcore.telemetry.";

/// {"voltage": 4.1, "temperature": 21.5, "temperature_2": 19}: a quantity that comes again is told
/// apart by its channel.
Json quantities(const Dissection& packet) {
    Json json = Json::object();
    std::uint64_t channel = 0;
    for (const Node& node : packet.nodes()) {
        const Field& row = field(node.field);
        if (node.field == "meshcore.telemetry.channel"_f) channel = node.number;
        if (row.name.rfind(telemetry, 0) != 0 || node.field == "meshcore.telemetry.channel"_f ||
            node.field == "meshcore.telemetry.type"_f || row.wire == Wire::bytes)
            continue;
        std::string key{row.name.substr(telemetry.size())};
        std::replace(key.begin(), key.end(), '.', '_');
        if (json.contains(key)) key += "_" + std::to_string(channel);
        json[key] = is_real(row) ? Json(node.real) : Json(node.number);
    }
    return json;
}

/// The CayenneLPP bytes: from the first channel to the end of the last value.
std::string lpp_hex(const Dissection& packet) {
    Slice all;
    for (const Node& node : packet.nodes()) {
        if (field(node.field).name.rfind(telemetry, 0) != 0) continue;
        if (all.length == 0) all = node.slice();
        all.length = static_cast<std::uint16_t>(node.offset + node.length - all.offset);
    }
    return to_hex(packet.bytes(all));
}

HubEvent telemetry_response(const Heard& heard, const PublicKey& node) {
    Json json;
    json["node_public_key"] = to_hex(node);
    json["lpp_data"] = lpp_hex(heard.packet);
    json["parsed_data"] = quantities(heard.packet);
    return {"telemetry_response", std::move(json)};
}

HubEvent status_response(const Heard& heard, const PublicKey& node) {
    Json json;
    json["node_public_key"] = to_hex(node);
    const auto add = [&](const char* key, FieldId id) {
        if (const auto value = told_number(heard.packet, id)) json[key] = std::llround(*value);
    };
    add("uptime", "meshcore.resp.status.uptime"_f);
    add("message_count", "meshcore.resp.status.packets_received"_f);
    return {"status_response", std::move(json)};
}

HubEvent path_updated(const PublicKey& node, const ReturnedPath& path) {
    Json json;
    json["node_public_key"] = to_hex(node);
    json["hop_count"] = path.hops.length / path.hash_size;
    return {"path_updated", std::move(json)};
}

/// A node that answered a search with its whole key.
std::optional<HubEvent> contact(const Heard& heard, const Control& control) {
    PublicKey key{};
    const Bytes told = heard.packet.bytes(control.public_key);
    if (control.sub_type != 9 || told.size() != key.size()) return std::nullopt;
    std::copy(told.begin(), told.end(), key.begin());
    const Peer* peer = heard.memory ? heard.memory->find_peer(key) : nullptr;
    Json json;
    json["public_key"] = to_hex(key);
    if (peer && !peer->name.empty()) json["name"] = clean_text(peer->name);
    json["node_type"] = type_word(control.node_type);
    return HubEvent{"contact", std::move(json)};
}

std::optional<HubEvent> between_nodes(const Heard& heard, const Datagram& datagram) {
    if (!datagram.ends) return std::nullopt;
    if (const auto* message = std::get_if<TextMessage>(&datagram.content))
        return contact_message(heard, *datagram.ends, *message);
    if (const Ends* ends = answer_ends(heard.packet, AnswerKind::telemetry))
        return telemetry_response(heard, ends->source);
    if (const Ends* ends = answer_ends(heard.packet, AnswerKind::status))
        return status_response(heard, ends->source);
    return std::nullopt;
}

std::optional<HubEvent> main_event(const Heard& heard, bool decode_public) {
    const Payload& payload = heard.packet.payload;
    if (const auto* advert = std::get_if<Advert>(&payload)) return advertisement(heard, *advert);
    if (const auto* message = std::get_if<ChannelMessage>(&payload))
        return channel_message(heard, *message, decode_public);
    if (const auto* trace = std::get_if<Trace>(&payload)) return trace_data(heard, *trace);
    if (const auto* control = std::get_if<Control>(&payload)) return contact(heard, *control);
    if (const auto* datagram = std::get_if<Datagram>(&payload)) return between_nodes(heard, *datagram);
    return std::nullopt;
}

}  // namespace

std::vector<HubEvent> hub_events(const Heard& heard, bool decode_public) {
    std::vector<HubEvent> events;
    if (auto event = main_event(heard, decode_public)) events.push_back(std::move(*event));
    // A path may bring an answer along.
    const auto* datagram = std::get_if<Datagram>(&heard.packet.payload);
    if (datagram && datagram->ends)
        if (const auto* path = std::get_if<ReturnedPath>(&datagram->content))
            events.push_back(path_updated(datagram->ends->source, *path));
    return events;
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/letsmesh_decoded.h"

#include <fmt/format.h>

namespace meshcore::bridge {
namespace {

std::string mode_word(std::uint8_t node_type) {
    switch (static_cast<NodeType>(node_type)) {
        case NodeType::chat: return "Companion";
        case NodeType::repeater: return "Repeater";
        case NodeType::room: return "RoomServer";
        case NodeType::sensor: return "Sensor";
        case NodeType::none: break;
    }
    return fmt::format("Type{}", node_type);
}

/// A field's bytes as they were on air.
std::string wire_hex(const Dissection& packet, FieldId id) {
    const Node* node = packet.find(id);
    return node ? to_hex(packet.bytes(*node)) : std::string{};
}

void add_channel_text(Json& json, const Dissection& packet, bool decode_public) {
    const auto* message = std::get_if<ChannelMessage>(&packet.payload);
    const Node* ciphertext = packet.find("meshcore.ciphertext"_f);
    if (!message || !ciphertext) return;
    json["channel_hash"] = wire_hex(packet, "meshcore.channel_hash"_f);
    json["cipher_mac"] = wire_hex(packet, "meshcore.cipher_mac"_f);
    json["ciphertext_len"] = ciphertext->length;
    const std::string channel = text_of(packet, message->channel);
    json["decrypted"] = message->decrypted && shows_channel(decode_public, channel);
    if (!json["decrypted"].get<bool>()) return;
    json["channel"] = channel;
    json["sender"] = text_of(packet, message->sender);
    json["text"] = text_of(packet, message->text);
    json["flags"] = message->text_flags;
    json["msg_timestamp"] = sender_time_text(message->timestamp);
}

void add_advert(Json& json, const Dissection& packet) {
    const auto* advert = std::get_if<Advert>(&packet.payload);
    const bool good = advert && !packet.has(Note::truncated);
    json["advert_parse_ok"] = good;
    if (!good) return;
    json["public_key"] = to_hex(advert->public_key);
    json["advert_time"] = advert->timestamp;
    json["signature"] = wire_hex(packet, "meshcore.advert.signature"_f);
    json["signature_ok"] = advert->signature_ok;
    if (!packet.find("meshcore.advert.flags"_f)) return;
    json["mode"] = mode_word(advert->node_type);
    if (advert->latitude) json["lat"] = *advert->latitude;
    if (advert->longitude) json["lon"] = *advert->longitude;
    if (advert->feature1) json["feat1"] = *advert->feature1;
    if (advert->feature2) json["feat2"] = *advert->feature2;
    if (std::string name = text_of(packet, advert->name); !name.empty()) json["name"] = std::move(name);
}

}  // namespace

Json letsmesh_decoded(const Dissection& packet, bool decode_public, bool with_path) {
    const Header& header = packet.header;
    Json json;
    const std::string_view kind = payload_type_name(header.type);
    json["kind"] =
        kind.empty() ? fmt::format("TYPE_{}", static_cast<unsigned>(header.type)) : std::string{kind};
    switch (header.type) {
        case PayloadType::grp_txt: add_channel_text(json, packet, decode_public); break;
        case PayloadType::advert: add_advert(json, packet); break;
        case PayloadType::txt_msg:
            json["encrypted"] = true;
            json["note"] = "between two nodes";
            break;
        case PayloadType::ack:
            if (packet.find("meshcore.ack_checksum"_f))
                json["ack"] = wire_hex(packet, "meshcore.ack_checksum"_f);
            break;
        default: break;
    }
    // The path of a TRACE holds SNR values, not hops.
    if (with_path && header.type != PayloadType::trace)
        json["path"] = hop_array(packet.bytes(header.path), header.hash_size);
    return json;
}

}  // namespace meshcore::bridge

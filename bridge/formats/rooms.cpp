// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/rooms.h"

#include <cmath>

#include "bridge/formats/letsmesh.h"
#include "bridge/formats/parts.h"
#include "bridge/formats/topic.h"
#include "bridge/formats/wall_time.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

Json message_json(const Heard& heard, const ChannelMessage& message) {
    const Dissection& packet = heard.packet;
    Json json;
    json["room"] = text_of(packet, message.channel);
    json["sender"] = text_of(packet, message.sender);
    json["text"] = text_of(packet, message.text);
    json["timestamp"] = timestamp_text(heard.time);
    json["msg_timestamp"] = sender_time_text(message.timestamp);
    add_reception(json, heard);
    add_observer(json, heard.observer);
    return json;
}

/// What every message of a node has; `role` is empty if it is not known.
Json node_json(const Heard& heard, const PublicKey& key, const std::string& name,
               const std::string& role) {
    Json json;
    json["node_id"] = to_hex(key);
    if (!name.empty()) json["name"] = name;
    if (!role.empty()) json["role"] = role;
    json["last_heard"] = timestamp_text(heard.time);
    return json;
}

Json advert_json(const Heard& heard, const Advert& advert) {
    Json json = node_json(heard, advert.public_key, text_of(heard.packet, advert.name),
                          role_word(advert.node_type));
    if (advert.latitude) json["lat"] = *advert.latitude;
    if (advert.longitude) json["lon"] = *advert.longitude;
    json["advert_timestamp"] = advert.timestamp;
    add_reception(json, heard);
    add_observer(json, heard.observer);
    return json;
}

/// A node's answer to whoever asked it for its status.
Json health_json(const Heard& heard, const PublicKey& node) {
    const Peer* peer = heard.memory ? heard.memory->find_peer(node) : nullptr;
    Json json = node_json(heard, node, peer ? clean_text(peer->name) : "",
                          peer ? role_word(static_cast<std::uint8_t>(peer->role)) : "");
    const auto add = [&](const char* key, FieldId field) {
        if (const auto value = told_number(heard.packet, field)) json[key] = std::llround(*value);
    };
    add("battery_mv", "meshcore.resp.status.battery"_f);
    add("uptime_secs", "meshcore.resp.status.uptime"_f);
    add("noise_floor", "meshcore.resp.status.noise_floor"_f);
    add_reception(json, heard);
    add_observer(json, heard.observer);
    return json;
}

}  // namespace

Rooms::Rooms(const Config& config, const BrokerConfig& broker)
    : prefix_{broker.topic_prefix.value_or("meshcore")},
      status_{broker.topics.status.value_or("")},
      iata_{broker.iata},
      token_{broker.topic_token},
      qos_{broker.qos},
      retain_status_{broker.retain},
      retain_nodes_{broker.retain_nodes},
      stats_{config.stats_in_status},
      decode_public_{config.decode_public} {}

std::string Rooms::topic(const std::string& pattern, const Observer& observer) const {
    return expand_topic(pattern, {iata_, observer.key, token_, "status"});
}

void Rooms::packet(const Heard& heard, std::vector<Message>& out) const {
    const std::string prefix = topic(prefix_, heard.observer);
    const auto publish_node = [&](const PublicKey& key, const Json& json, bool retain) {
        out.push_back({prefix + "/nodes/" + to_hex(key), json.dump(), qos_, retain});
    };
    if (const auto* message = std::get_if<ChannelMessage>(&heard.packet.payload)) {
        const std::string room = text_of(heard.packet, message->channel);
        if (message->decrypted && shows_channel(decode_public_, room))
            out.push_back({prefix + "/messages/" + topic_level(room),
                           message_json(heard, *message).dump(), qos_, false});
    } else if (const auto* advert = std::get_if<Advert>(&heard.packet.payload)) {
        if (advert->signature_ok)
            publish_node(advert->public_key, advert_json(heard, *advert), retain_nodes_);
    } else if (const Ends* ends = answer_ends(heard.packet, AnswerKind::status)) {
        // Not retained: it would replace the advert, which knows more.
        publish_node(ends->source, health_json(heard, ends->source), false);
    }
}

std::optional<Message> Rooms::status(const Observer& observer, Presence presence, Time now,
                                     const BrokerCounters* own) const {
    if (status_.empty()) return std::nullopt;
    return Message{topic(status_, observer), letsmesh_status(observer, presence, now, stats_, own),
                   qos_, retain_status_};
}

}  // namespace meshcore::bridge

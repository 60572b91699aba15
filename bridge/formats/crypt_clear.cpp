// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/crypt_clear.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/formats/parts.h"
#include "bridge/formats/topic.h"
#include "bridge/formats/wall_time.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

/// What a text and data of a channel have in common.
struct OnChannel {
    std::uint8_t hash;
    bool decrypted;
    Slice channel;
};

std::optional<OnChannel> on_channel(const Payload& payload) {
    if (const auto* text = std::get_if<ChannelMessage>(&payload))
        return OnChannel{text->channel_hash, text->decrypted, text->channel};
    if (const auto* data = std::get_if<ChannelData>(&payload))
        return OnChannel{data->channel_hash, data->decrypted, data->channel};
    return std::nullopt;
}

Json clear_json(const Heard& heard, const std::string& channel) {
    const Dissection& packet = heard.packet;
    Json json;
    json["channel"] = channel;
    if (const auto* message = std::get_if<ChannelMessage>(&packet.payload)) {
        json["sender"] = text_of(packet, message->sender);
        json["text"] = text_of(packet, message->text);
        json["msg_timestamp"] = sender_time_text(message->timestamp);
    } else if (const auto* data = std::get_if<ChannelData>(&packet.payload)) {
        json["data_type"] = data->data_type;
        json["data"] = to_hex(packet.bytes(data->data));
    }
    json["timestamp"] = timestamp_text(heard.time);
    add_reception(json, heard);
    add_observer(json, heard.observer);
    return json;
}

/// "!4852b693"
std::string observer_level(const Observer& observer) {
    return "!" + lower_case(observer.key.substr(0, 8));
}

}  // namespace

CryptClear::CryptClear(const Config&, const BrokerConfig& broker)
    : prefix_{broker.topic_prefix.value_or("meshcore")},
      clear_channels_{broker.clear_channels},
      iata_{broker.iata},
      token_{broker.topic_token},
      qos_{broker.qos} {}

bool CryptClear::opted_in(const std::string& channel) const {
    return std::find(clear_channels_.begin(), clear_channels_.end(), channel) != clear_channels_.end();
}

void CryptClear::packet(const Heard& heard, std::vector<Message>& out) const {
    const auto found = on_channel(heard.packet.payload);
    // A frame that ends before the channel hash has none.
    if (!found || !heard.packet.find("meshcore.channel_hash"_f)) return;
    const std::string prefix = expand_topic(prefix_, {iata_, heard.observer.key, token_, "packets"});
    const std::string end = fmt::format("{}/{}", observer_level(heard.observer),
                                        static_cast<unsigned>(heard.packet.header.type));
    out.push_back({fmt::format("{}/crypt/{:02x}/{}", prefix, found->hash, end),
                   std::string{heard.frame.begin(), heard.frame.end()}, qos_, false});
    if (!found->decrypted) return;
    const std::string channel = text_of(heard.packet, found->channel);
    if (opted_in(channel))
        out.push_back({fmt::format("{}/clear/{}/{}", prefix, topic_level(channel), end),
                       clear_json(heard, channel).dump(), qos_, false});
}

std::optional<Message> CryptClear::status(const Observer&, Presence, Time,
                                          const BrokerCounters*) const {
    return std::nullopt;
}

}  // namespace meshcore::bridge

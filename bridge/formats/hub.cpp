// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/hub.h"

#include "bridge/formats/hub_events.h"
#include "bridge/formats/topic.h"

namespace meshcore::bridge {

Hub::Hub(const Config& config, const BrokerConfig& broker)
    : prefix_{broker.topic_prefix.value_or("meshcore")},
      iata_{broker.iata},
      token_{broker.topic_token},
      qos_{broker.qos},
      decode_public_{config.decode_public} {}

std::string Hub::topic(const Observer& observer, const char* event) const {
    return expand_topic(prefix_ + "/{public_key}/event/", {iata_, observer.key, token_, event}) + event;
}

void Hub::packet(const Heard& heard, std::vector<Message>& out) const {
    for (const HubEvent& event : hub_events(heard, decode_public_))
        out.push_back({topic(heard.observer, event.name), event.json.dump(), qos_, false});
    if (heard.confirmation) {
        using std::chrono::duration_cast, std::chrono::milliseconds;
        Json json;
        json["destination_public_key"] = to_hex(heard.confirmation->receiver);
        json["round_trip_ms"] = duration_cast<milliseconds>(heard.confirmation->after).count();
        out.push_back({topic(heard.observer, "send_confirmed"), json.dump(), qos_, false});
    }
}

std::optional<Message> Hub::status(const Observer& observer, Presence presence, Time,
                                   const BrokerCounters*) const {
    const auto battery = observer.figure("meshcore_radio.device.battery"_f);
    if (presence != Presence::online || !battery) return std::nullopt;
    Json json;
    json["battery_voltage"] = *battery / 1000;
    return Message{topic(observer, "battery"), json.dump(), qos_, false};
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/raw.h"

#include "bridge/formats/letsmesh.h"
#include "bridge/formats/topic.h"

namespace meshcore::bridge {

Raw::Raw(const Config& config, const BrokerConfig& broker)
    : packets_{broker.topics.packets.value_or("")},
      status_{broker.topics.status.value_or("")},
      iata_{broker.iata},
      token_{broker.topic_token},
      qos_{broker.qos},
      retain_status_{broker.retain},
      stats_{config.stats_in_status} {}

void Raw::packet(const Heard& heard, std::vector<Message>& out) const {
    if (packets_.empty()) return;
    out.push_back({expand_topic(packets_, {iata_, heard.observer.key, token_, "raw"}),
                   std::string{heard.frame.begin(), heard.frame.end()}, qos_, false});
}

std::optional<Message> Raw::status(const Observer& observer, Presence presence, Time now,
                                   const BrokerCounters* own) const {
    if (status_.empty()) return std::nullopt;
    return Message{expand_topic(status_, {iata_, observer.key, token_, "status"}),
                   letsmesh_status(observer, presence, now, stats_, own), qos_, retain_status_};
}

}  // namespace meshcore::bridge

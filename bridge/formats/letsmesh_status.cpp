// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "bridge/formats/letsmesh.h"
#include "bridge/formats/wall_time.h"
#include "dissector/core/status_stats.h"

namespace meshcore::bridge {
namespace {

using Json = nlohmann::ordered_json;

/// "v1.11.0 (Build: 30 Oct 2025)"
std::string firmware_text(const Observer& observer) {
    if (observer.build.empty()) return observer.firmware;
    return fmt::format("{} (Build: {})", observer.firmware, observer.build);
}

/// "910.525,62.5,7,5": MHz, kHz, SF, CR; empty unless all four are known.
std::string radio_text(const Observer& observer) {
    const auto frequency = observer.figure("meshcore_radio.frequency"_f);
    const auto bandwidth = observer.figure("meshcore_radio.bandwidth"_f);
    const auto sf = observer.figure("meshcore_radio.sf"_f), cr = observer.figure("meshcore_radio.cr"_f);
    if (!frequency || !bandwidth || !sf || !cr) return {};
    return fmt::format("{},{},{},{}", *frequency / 1e6, *bandwidth / 1e3, *sf, *cr);
}

/// Flat, as all others are: some readers take each one for a number.
Json stats_json(const Observer& observer, const BrokerCounters* own) {
    Json json = Json::object();
    for (const StatusStat& stat : status_stats)
        if (const auto value = observer.figure(stat.field)) {
            if (stat.whole)
                json[stat.key] = std::llround(*value);
            else
                json[stat.key] = *value;
        }
    if (own)
        for (const CounterRow& row : broker_counters())
            json[fmt::format("bridge_{}", row.name)] = own->*row.value;
    return json;
}

void add(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

}  // namespace

std::string letsmesh_status(const Observer& observer, Presence presence, Time now, bool with_stats,
                            const BrokerCounters* own) {
    Json json;
    json["status"] = presence == Presence::online ? "online" : "offline";
    // A will is written when the connection begins. Brokers drop a status that is older than the last
    // one, so that with a timestamp it would never arrive.
    if (presence != Presence::lost) json["timestamp"] = timestamp_text(now);
    add(json, "origin", observer.name);
    json["origin_id"] = observer.key;
    if (presence == Presence::lost) return json.dump();
    add(json, "model", observer.model);
    add(json, "firmware_version", firmware_text(observer));
    add(json, "radio", radio_text(observer));
    json["client_version"] = "meshcore-bridge/" MESHCORE_VERSION;
    if (with_stats && presence == Presence::online)
        if (Json figures = stats_json(observer, own); !figures.empty())
            json["stats"] = std::move(figures);
    return json.dump();
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/letsmesh.h"

#include <fmt/format.h>

#include <cmath>

#include "bridge/formats/letsmesh_decoded.h"
#include "bridge/formats/topic.h"
#include "bridge/formats/wall_time.h"

namespace meshcore::bridge {
namespace {

/// F, D, T as meshcore-packet-capture has them; the firmware's log writes D for both direct ones.
const char* route_letter(RouteType route) {
    switch (route) {
        case RouteType::transport_flood:
        case RouteType::flood: return "F";
        case RouteType::direct: return "D";
        case RouteType::transport_direct: return "T";
    }
    return "U";
}

/// As Python prints a float: "12.5", "8.0".
std::string float_text(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
}

std::string integer_text(double value) {
    return std::to_string(std::lround(value));
}

/// "a1b2,c3d4"
std::string hop_list(const Dissection& packet) {
    const Bytes path = packet.bytes(packet.header.path);
    const std::size_t size = packet.header.hash_size;
    std::string list;
    for (std::size_t at = 0; at + size <= path.size(); at += size) {
        if (at > 0) list += ',';
        list += to_hex(path.subspan(at, size));
    }
    return list;
}

bool parsed(const Header& header) {
    return header.parsed && header.version == 0;
}

/// json[key] = value, of a key that is not there yet: that one would look for it.
void append(Json& json, const char* key, Json value) {
    json.get_ref<Json::object_t&>().emplace_back(key, std::move(value));
}

void add_header(Json& json, const Heard& heard) {
    const Header& header = heard.packet.header;
    append(json, "len", std::to_string(heard.frame.size()));
    if (!parsed(header)) {
        append(json, "packet_type", "0");
        append(json, "route", "U");
        return;
    }
    append(json, "packet_type", std::to_string(static_cast<unsigned>(header.type)));
    append(json, "route", route_letter(header.route));
    append(json, "payload_len", std::to_string(header.payload.length));
}

void add_signal(Json& json, const Tape& radio) {
    if (const auto snr = told_number(radio, "meshcore_radio.snr"_f))
        append(json, "SNR", float_text(*snr));
    if (const auto rssi = told_number(radio, "meshcore_radio.rssi"_f))
        append(json, "RSSI", integer_text(*rssi));
    if (const auto score = told_number(radio, "meshcore_radio.score"_f))
        append(json, "score", integer_text(*score));
    if (const auto airtime = told_number(radio, "meshcore_radio.airtime"_f))
        append(json, "duration", integer_text(*airtime));
}

void add_hash_and_path(Json& json, const Dissection& packet) {
    const Header& header = packet.header;
    append(json, "hash", parsed(header) ? to_hex(header.hash, HexCase::upper) : std::string(16, '0'));
    // The path of a TRACE holds SNR values, not hops.
    if (parsed(header) && header.route == RouteType::direct && header.type != PayloadType::trace)
        append(json, "path", hop_list(packet));
}

Json packet_json(const Heard& heard) {
    const bool sent = told_number(heard.radio, "meshcore_radio.direction"_f).value_or(0) != 0;
    Json json = Json::object();
    json.get_ref<Json::object_t&>().reserve(20);
    add_observer(json, heard.observer);
    append(json, "timestamp", timestamp_text(heard.time));
    append(json, "type", "PACKET");
    append(json, "direction", sent ? "tx" : "rx");
    append(json, "time", time_text(heard.time));
    append(json, "date", date_text(heard.time));
    add_header(json, heard);
    append(json, "raw", to_hex(heard.frame, HexCase::upper));
    add_signal(json, heard.radio);
    add_hash_and_path(json, heard.packet);
    return json;
}

Json raw_json(const Heard& heard) {
    Json json;
    add_observer(json, heard.observer);
    json["timestamp"] = timestamp_text(heard.time);
    json["type"] = "RAW";
    json["data"] = to_hex(heard.frame, HexCase::upper);
    return json;
}

}  // namespace

LetsMesh::LetsMesh(const Config& config, const BrokerConfig& broker)
    : packets_{broker.topics.packets.value_or("")},
      status_{broker.topics.status.value_or("")},
      raw_{broker.topics.raw.value_or("")},
      iata_{broker.iata},
      qos_{broker.qos},
      retain_status_{broker.retain},
      stats_{config.stats_in_status},
      decode_public_{config.decode_public},
      decoded_{config.decode_payloads && broker.include_decoded.value_or(false)} {}

std::string LetsMesh::topic(const std::string& pattern, const Observer& observer,
                            const char* type) const {
    // The broker fills in the token, at the last moment.
    return expand_topic(pattern, {iata_, observer.key, "{TOKEN}", type});
}

void LetsMesh::packet(const Heard& heard, std::vector<Message>& out) const {
    if (!packets_.empty()) {
        Json json = packet_json(heard);
        if (decoded_ && parsed(heard.packet.header))
            json["decoded"] = letsmesh_decoded(heard.packet, decode_public_, !json.contains("path"));
        out.push_back({topic(packets_, heard.observer, "packets"), json.dump(), qos_, false});
    }
    if (!raw_.empty())
        out.push_back({topic(raw_, heard.observer, "raw"), raw_json(heard).dump(), qos_, false});
}

std::optional<Message> LetsMesh::status(const Observer& observer, Presence presence, Time now,
                                        const BrokerCounters* own) const {
    if (status_.empty()) return std::nullopt;
    return Message{topic(status_, observer, "status"),
                   letsmesh_status(observer, presence, now, stats_, own), qos_, retain_status_};
}

}  // namespace meshcore::bridge

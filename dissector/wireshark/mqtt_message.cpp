// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/mqtt_message.h"

#include <cmath>

#include "dissector/core/outline.h"
#include "dissector/core/plausible.h"
#include "dissector/core/text.h"
#include "dissector/wireshark/mqtt_json.h"

namespace meshcore::plugin {
namespace {

/// Wireshark's JSON dissector calls itself for each level.
constexpr int max_depth = 32;
constexpr std::string_view no_hash = "0000000000000000";

json parse(Bytes body, bool& too_deep) {
    const auto watch = [&too_deep](int depth, json::parse_event_t, json&) {
        too_deep |= depth > max_depth;
        return true;
    };
    return json::parse(body.begin(), body.end(), watch, false);
}

std::string plain(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15
               ? std::to_string(static_cast<std::int64_t>(value))
               : std::to_string(value);
}

/// The letters that publishers have for a route; for 3 there are two dialects.
std::string_view letters_of(RouteType route) {
    if (route == RouteType::transport_direct) return "DT";
    return is_flood(route) ? "F" : "D";
}

class Compare {
public:
    Compare(const json& body, MqttMessage& out) : body_(body), out_(out) {}

    void number_is(Claim claim, const char* key, std::size_t found) {
        if (const auto said = number(body_, key); said && *said != static_cast<double>(found))
            out_.contradictions.push_back({claim, plain(*said), std::to_string(found)});
    }
    void route_is(RouteType route) {
        const auto said = text(body_, "route");
        const std::string_view letters = letters_of(route);
        if (said && (said->size() != 1 || letters.find(upper_case(*said)) == letters.npos))
            out_.contradictions.push_back({Claim::route, *said, std::string{letters.front()}});
    }
    void hash_is(std::string_view found) {
        const auto said = text(body_, "hash");
        if (said && upper_case(*said) != found)
            out_.contradictions.push_back({Claim::hash, *said, std::string{found}});
    }

private:
    const json& body_;
    MqttMessage& out_;
};

void compare(const json& body, MqttMessage& out) {
    Compare compare{body, out};
    compare.number_is(Claim::len, "len", out.frame.size());
    const auto frame = outline(out.frame);
    // For what they can't parse, publishers say type 0, route U and an empty hash.
    if (!frame) return compare.hash_is(no_hash);
    compare.number_is(Claim::packet_type, "packet_type", static_cast<std::size_t>(frame->type));
    compare.route_is(frame->route);
    compare.number_is(Claim::payload_len, "payload_len", frame->payload.size());
    compare.hash_is(to_hex(frame->hash(), HexCase::upper));
}

void read_frame(const json& body, MqttMessage& out) {
    auto raw = text(body, out.kind == "raw" ? "data" : "raw");
    if (!raw && out.kind == "raw") raw = text(body, "raw");
    if (!raw) return;
    auto bytes = from_hex(*raw);
    out.raw_unreadable = !bytes;
    if (!bytes || bytes->empty()) return;
    out.frame = std::move(*bytes);
    compare(body, out);
}

/// For topics that don't begin with "meshcore".
bool speaks_for_itself(const json& body, const MqttMessage& message) {
    if (is_key(text(body, "origin_id").value_or(""))) return true;
    return message.kind != "status" && plausible(message.frame);
}

}  // namespace

std::optional<MqttMessage> read_mqtt_message(std::string_view topic, Bytes body, Tape& radio) {
    MqttMessage out{.kind = std::string{last_level(topic)}};
    if (out.kind == "packet") out.kind = "packets";
    if (out.kind != "packets" && out.kind != "raw" && out.kind != "status") return std::nullopt;
    const bool meshcore_topic = topic.starts_with("meshcore/");
    bool too_deep = false;
    const json object = parse(body, too_deep);
    if (!object.is_object() || too_deep) return meshcore_topic ? std::optional{out} : std::nullopt;

    out.is_json = true;
    out.status = text(object, "status").value_or("");
    read_frame(object, out);
    if (!meshcore_topic && !speaks_for_itself(object, out)) return std::nullopt;
    const auto origin_id = text(object, "origin_id");
    const std::string_view key = key_level(topic);
    if (origin_id && !key.empty() && upper_case(*origin_id) != upper_case(key))
        out.contradictions.push_back({Claim::origin_id, *origin_id, std::string{key}});
    radio.clear({});
    put_radio(topic, out.kind, object, radio);
    return out;
}

}  // namespace meshcore::plugin

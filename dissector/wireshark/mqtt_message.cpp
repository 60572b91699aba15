// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/mqtt_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dissector/core/outline.h"
#include "dissector/core/plausible.h"

namespace meshcore::plugin {
namespace {

using nlohmann::json;

/// Wireshark's JSON dissector calls itself for each level.
constexpr int max_depth = 32;
constexpr std::size_t key_digits = 64;
constexpr std::string_view no_hash = "0000000000000000";

std::string_view last_level(std::string_view topic) {
    return topic.substr(topic.rfind('/') + 1);
}

/// The level that has the observer's key, as it is written; else empty.
std::string_view key_level(std::string_view topic) {
    const std::size_t end = topic.rfind('/');
    if (end == topic.npos) return {};
    const std::string_view level = last_level(topic.substr(0, end));
    return level.size() == key_digits && from_hex(level) ? level : std::string_view{};
}

json parse(Bytes body, bool& too_deep) {
    const auto watch = [&too_deep](int depth, json::parse_event_t, json&) {
        too_deep |= depth > max_depth;
        return true;
    };
    return json::parse(body.begin(), body.end(), watch, false);
}

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& letter : out)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return out;
}

const json* member(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text(const json& object, const char* key) {
    const json* value = member(object, key);
    if (!value || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

/// Publishers write numbers as numbers or as strings; "Unknown" and null are none.
std::optional<double> number(const json& object, const char* key) {
    const json* value = member(object, key);
    if (!value) return std::nullopt;
    if (value->is_number()) return value->get<double>();
    if (!value->is_string()) return std::nullopt;
    const auto& digits = value->get_ref<const std::string&>();
    double result = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return result;
}

std::string plain(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15
               ? std::to_string(static_cast<std::int64_t>(value))
               : std::to_string(value);
}

// --- What it says of the radio.

/// A value that the field can't have is left out.
void put(Tape& out, FieldId id, double value) {
    const Field& row = field(id);
    const double range = std::ldexp(1.0, static_cast<int>(8 * wire_width(row.wire)));
    const double lowest = is_signed(row.wire) ? -range / 2 : 0;
    const double highest = is_signed(row.wire) ? range / 2 - 1 : range - 1;
    const double wire = std::round(value * row.divisor);
    if (out.find(id) || !(wire >= lowest && wire <= highest)) return;
    Node& node = out.append(id, 0, {derived_buffer, 0, 0});
    node.generated = 1;
    if (is_real(row))
        node.real = wire / row.divisor;
    else
        node.signed_number = static_cast<std::int64_t>(wire);
}

void put(Tape& out, FieldId id, Bytes bytes) {
    if (!bytes.empty() && bytes.size() <= 255) out.append(id, 0, out.derive(bytes)).generated = 1;
}

void put(Tape& out, FieldId id, const std::optional<std::string>& value) {
    if (value) put(out, id, Bytes{reinterpret_cast<const std::uint8_t*>(value->data()), value->size()});
}

struct Counter {
    const char* key;
    FieldId id;
};
// One field may have several names; the first one there counts.
constexpr Counter packet_values[] = {{"SNR", "meshcore_radio.snr"_f},
                                     {"RSSI", "meshcore_radio.rssi"_f},
                                     {"score", "meshcore_radio.score"_f},
                                     {"duration", "meshcore_radio.airtime"_f}};
constexpr Counter status_values[] = {
    {"battery_mv", "meshcore_radio.device.battery"_f},
    {"uptime_secs", "meshcore_radio.device.uptime"_f},
    {"errors", "meshcore_radio.device.error_flags"_f},
    {"debug_flags", "meshcore_radio.device.error_flags"_f},
    {"queue_len", "meshcore_radio.device.queue_length"_f},
    {"noise_floor", "meshcore_radio.noise_floor"_f},
    {"last_rssi", "meshcore_radio.device.last_rssi"_f},
    {"last_snr", "meshcore_radio.device.last_snr"_f},
    {"tx_air_secs", "meshcore_radio.device.tx_airtime"_f},
    {"rx_air_secs", "meshcore_radio.device.rx_airtime"_f},
    {"packets_received", "meshcore_radio.device.packets_received"_f},
    {"packets_recv", "meshcore_radio.device.packets_received"_f},
    {"recv", "meshcore_radio.device.packets_received"_f},
    {"packets_sent", "meshcore_radio.device.packets_sent"_f},
    {"sent", "meshcore_radio.device.packets_sent"_f},
    {"flood_tx", "meshcore_radio.device.sent_flood"_f},
    {"direct_tx", "meshcore_radio.device.sent_direct"_f},
    {"flood_rx", "meshcore_radio.device.received_flood"_f},
    {"direct_rx", "meshcore_radio.device.received_direct"_f},
    {"recv_errors", "meshcore_radio.device.receive_errors"_f},
};

template <std::size_t N>
void put_all(Tape& out, const json& object, const Counter (&values)[N]) {
    for (const Counter& row : values)
        if (const auto value = number(object, row.key)) put(out, row.id, *value);
}

/// "910.525,62.5,7,5": MHz, kHz, spreading factor, coding rate. All zero is unknown.
void put_parameters(Tape& out, const std::string& value) {
    constexpr struct {
        FieldId id;
        double scale;
    } parts[] = {{"meshcore_radio.frequency"_f, 1e6},
                 {"meshcore_radio.bandwidth"_f, 1e3},
                 {"meshcore_radio.sf"_f, 1},
                 {"meshcore_radio.cr"_f, 1}};
    const char* next = value.data();
    const char* end = value.data() + value.size();
    for (const auto& part : parts) {
        double given = 0;
        const auto [stop, error] = std::from_chars(next, end, given);
        if (error != std::errc{} || given <= 0) return;
        put(out, part.id, given * part.scale);
        if (stop == end || *stop != ',') return;
        next = stop + 1;
    }
}

void read_radio(std::string_view topic, const std::string& kind, const json& body, Tape& out) {
    const auto origin_id = text(body, "origin_id");
    const std::string_view key =
        origin_id && origin_id->size() == key_digits ? *origin_id : key_level(topic);
    if (const auto bytes = from_hex(key)) put(out, "meshcore_radio.observer"_f, *bytes);
    put(out, "meshcore_radio.device.name"_f, text(body, "origin"));
    if (const auto direction = text(body, "direction"); direction == "rx" || direction == "tx")
        put(out, "meshcore_radio.direction"_f, *direction == "tx" ? 1 : 0);
    if (kind != "status") return put_all(out, body, packet_values);
    put(out, "meshcore_radio.device.model"_f, text(body, "model"));
    put(out, "meshcore_radio.device.firmware"_f, text(body, "firmware_version"));
    if (const auto parameters = text(body, "radio")) put_parameters(out, *parameters);
    const json* stats = member(body, "stats");
    put_all(out, stats && stats->is_object() ? *stats : body, status_values);
}

// --- What it says of the frame.

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
        if (said && (said->size() != 1 || letters.find(upper(*said)) == letters.npos))
            out_.contradictions.push_back({Claim::route, *said, std::string{letters.front()}});
    }
    void hash_is(std::string_view found) {
        const auto said = text(body_, "hash");
        if (said && upper(*said) != found)
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
    const auto origin_id = text(body, "origin_id");
    if (origin_id && origin_id->size() == key_digits && from_hex(*origin_id)) return true;
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
    if (origin_id && !key.empty() && upper(*origin_id) != upper(key))
        out.contradictions.push_back({Claim::origin_id, *origin_id, std::string{key}});
    radio.clear({});
    read_radio(topic, out.kind, object, radio);
    return out;
}

}  // namespace meshcore::plugin

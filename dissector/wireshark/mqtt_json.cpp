// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/mqtt_json.h"

#include <charconv>
#include <cmath>

#include "dissector/core/status_stats.h"

namespace meshcore::plugin {
namespace {

constexpr std::size_t key_digits = 64;

const json* member(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

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

constexpr StatusStat packet_values[] = {{"SNR", "meshcore_radio.snr"_f},
                                        {"RSSI", "meshcore_radio.rssi"_f},
                                        {"score", "meshcore_radio.score"_f},
                                        {"duration", "meshcore_radio.airtime"_f}};

template <typename Values>
void put_all(Tape& out, const json& object, const Values& values) {
    for (const StatusStat& row : values)
        if (const auto value = number(object, row.key)) put(out, row.field, *value);
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

}  // namespace

std::optional<std::string> text(const json& object, const char* key) {
    const json* value = member(object, key);
    if (!value || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

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

std::string_view last_level(std::string_view topic) {
    return topic.substr(topic.rfind('/') + 1);
}

std::string_view key_level(std::string_view topic) {
    const std::size_t end = topic.rfind('/');
    if (end == topic.npos) return {};
    const std::string_view level = last_level(topic.substr(0, end));
    return is_key(level) ? level : std::string_view{};
}

bool is_key(std::string_view text) {
    return text.size() == key_digits && from_hex(text);
}

void put_radio(std::string_view topic, std::string_view kind, const json& body, Tape& out) {
    const std::string origin_id = text(body, "origin_id").value_or("");
    const std::string_view key = is_key(origin_id) ? origin_id : key_level(topic);
    if (const auto bytes = from_hex(key)) put(out, "meshcore_radio.observer"_f, *bytes);
    put(out, "meshcore_radio.device.name"_f, text(body, "origin"));
    if (const auto direction = text(body, "direction"); direction == "rx" || direction == "tx")
        put(out, "meshcore_radio.direction"_f, *direction == "tx" ? 1 : 0);
    if (kind != "status") return put_all(out, body, packet_values);
    put(out, "meshcore_radio.device.model"_f, text(body, "model"));
    put(out, "meshcore_radio.device.firmware"_f, text(body, "firmware_version"));
    if (const auto parameters = text(body, "radio")) put_parameters(out, *parameters);
    const json* stats = member(body, "stats");
    put_all(out, stats && stats->is_object() ? *stats : body, status_stats);
}

}  // namespace meshcore::plugin

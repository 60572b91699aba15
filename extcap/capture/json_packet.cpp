// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/json_packet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "dissector/core/dissect.h"
#include "dissector/core/status_stats.h"
#include "extcap/capture/iso_time.h"

namespace meshcore::capture {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional{number} : std::nullopt;
}

std::optional<double> number_of(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return std::nullopt;
    if (found->is_number()) return found->get<double>();
    return found->is_string() ? number_of(found->get<std::string>()) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// What mosquitto_sub -F '%j' and '%J' wrap around a message: the payload as text or as an object.
json unwrapped(json object) {
    const auto payload = object.find("payload");
    if (payload == object.end() || object.contains("raw")) return object;
    if (payload->is_object()) return json(*payload);
    if (payload->is_string()) return json::parse(payload->get<std::string>(), nullptr, false);
    return object;
}

std::optional<Record::Time> time_of(const json& object) {
    for (const char* key : {"timestamp", "tst", "time"})
        if (const auto time = parse_iso_time(text_of(object, key))) return time;
    return std::nullopt;
}

/// "2026-03-21T15:35:30+0000 topic" or "1774107330.123 topic".
std::optional<Record::Time> time_before(std::string_view before) {
    const std::string_view word = before.substr(0, before.find_first_of(" \t"));
    if (const auto time = parse_iso_time(word)) return time;
    const auto seconds = number_of(word);
    if (!seconds || *seconds < 1e9 || *seconds > 4e9) return std::nullopt;
    return Record::Time{std::chrono::nanoseconds{std::llround(*seconds * 1e9)}};
}

}  // namespace

std::optional<Record> JsonPackets::packet(std::string_view before, std::string_view text,
                                          Record::Time now) {
    const json line = json::parse(text, nullptr, false);
    if (!line.is_object()) return std::nullopt;
    const json object = unwrapped(line);
    if (!object.is_object()) return std::nullopt;
    Record::Time time = now;
    for (const auto& told : {time_of(object), time_of(line), time_before(before)})
        if (told) {
            time = *told;
            break;
        }
    return object.contains("raw") ? packet_of(object, time) : state_of(object, time);
}

std::optional<Record> JsonPackets::packet_of(const json& object, Record::Time time) {
    const auto frame = from_hex(text_of(object, "raw"));
    constexpr std::size_t longest_frame = 255;
    if (!frame || frame->empty() || frame->size() > longest_frame) return std::nullopt;
    const bool sent = text_of(object, "direction") == "tx";
    // A packet that was sent often comes with the bytes of one that was received. Its hash would tell.
    if (sent) {
        Dissection dissection;
        dissect(*frame, Keyring{}, dissection);
        const Node* hash = dissection.find("meshcore.packet_hash"_f);
        const auto told = from_hex(text_of(object, "hash"));
        if (!hash || !told || !std::ranges::equal(dissection.bytes(*hash), *told)) return std::nullopt;
    }

    const std::string id = text_of(object, "origin_id");
    const auto known = observers_.find(id);
    CaptureHeader header = known == observers_.end() ? CaptureHeader{} : known->second.frame_header();
    const auto key = from_hex(id);
    if (known == observers_.end() && key && key->size() == 32)
        header.put("meshcore_radio.observer"_f, *key);
    if (sent) header.set_sent();
    if (const auto snr = number_of(object, object.contains("SNR") ? "SNR" : "snr"))
        header.put("meshcore_radio.snr"_f, *snr);
    if (const auto rssi = number_of(object, object.contains("RSSI") ? "RSSI" : "rssi"))
        header.put("meshcore_radio.rssi"_f, *rssi);
    // Some publishers write constants where they know nothing: no packet takes no time.
    if (const auto airtime = number_of(object, "duration"); airtime && *airtime > 0) {
        header.put("meshcore_radio.airtime"_f, *airtime);
        if (const auto score = number_of(object, "score")) header.put("meshcore_radio.score"_f, *score);
    }
    Record record{time, {header.bytes().begin(), header.bytes().end()}};
    record.bytes.insert(record.bytes.end(), frame->begin(), frame->end());
    return record;
}

std::optional<Record> JsonPackets::state_of(const json& object, Record::Time time) {
    const auto key = from_hex(text_of(object, "origin_id"));
    const std::string status = text_of(object, "status");
    if (!key || key->size() != 32 || status.empty()) return std::nullopt;
    radio::Device& device = observers_[text_of(object, "origin_id")];
    device.set("meshcore_radio.device.public_key"_f, *key);
    const auto text = [&](FieldId field, const char* name) {
        if (const std::string value = text_of(object, name); !value.empty()) device.set(field, value);
    };
    text("meshcore_radio.device.name"_f, "origin");
    text("meshcore_radio.device.model"_f, "model");
    text("meshcore_radio.device.firmware"_f, "firmware_version");
    const std::string parameters = text_of(object, "radio");
    if (const auto parts = split(parameters, ','); parts.size() == 4) {
        const auto mhz = number_of(parts[0]);
        const auto khz = number_of(parts[1]);
        const auto sf = number_of(parts[2]);
        const auto cr = number_of(parts[3]);
        // Rounded to kHz: the firmware prints a float.
        if (mhz) device.set("meshcore_radio.frequency"_f, std::round(*mhz * 1e3) * 1e3);
        if (khz) device.set("meshcore_radio.bandwidth"_f, std::round(*khz * 1e3));
        if (sf) device.set("meshcore_radio.sf"_f, *sf);
        if (cr) device.set("meshcore_radio.cr"_f, *cr);
    }
    if (const auto found = object.find("stats"); found != object.end() && found->is_object())
        // The first of several names counts, and is the last to be set.
        for (auto stat = status_stats.rbegin(); stat != status_stats.rend(); ++stat)
            if (const auto value = number_of(*found, stat->key)) device.set(stat->field, *value);
    return device.report(time, status);
}

}  // namespace meshcore::capture

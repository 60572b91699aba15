// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/log_query.h"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "extcap/radio/log_line.h"

namespace meshcore::radio {
namespace {

using namespace std::string_view_literals;

/// False if the reply tells nothing of the kind.
using Take = bool (*)(Device&, std::string_view reply);

/// "v1.17.1 (Build: 14 Aug 2026)"
bool version(Device& device, std::string_view reply) {
    if (reply.empty() || reply.front() == '>') return false;
    const std::size_t at = reply.find(" (Build: ");
    device.set("meshcore_radio.device.firmware"_f, reply.substr(0, at));
    if (at == std::string_view::npos) return true;
    const std::string_view build = reply.substr(at + 9);
    device.set("meshcore_radio.device.build"_f, build.substr(0, build.find(')')));
    return true;
}

bool board(Device& device, std::string_view reply) {
    if (reply.empty()) return false;
    device.set("meshcore_radio.device.model"_f, reply);
    return true;
}

/// What `get` replies: "> value".
std::string_view value_of(std::string_view reply) {
    return reply.starts_with("> ") ? reply.substr(2) : std::string_view{};
}

bool name(Device& device, std::string_view reply) {
    const std::string_view value = value_of(reply);
    if (!value.empty()) device.set("meshcore_radio.device.name"_f, value);
    return !value.empty();
}

bool public_key(Device& device, std::string_view reply) {
    const auto key = from_hex(value_of(reply));
    if (!key || key->size() != 32) return false;
    device.set("meshcore_radio.device.public_key"_f, Bytes{*key});
    return true;
}

/// "> 869.6179809,62.5,8,5": MHz with the noise of a float, kHz, SF, CR.
bool radio(Device& device, std::string_view reply) {
    std::string_view rest = value_of(reply);
    std::array<double, 4> numbers{};
    for (double& number : numbers) {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc{} || !std::isfinite(number)) return false;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (rest.starts_with(',')) rest.remove_prefix(1);
    }
    if (!rest.empty()) return false;
    device.set("meshcore_radio.frequency"_f, std::round(numbers[0] * 1e3) * 1e3);
    device.set("meshcore_radio.bandwidth"_f, std::round(numbers[1] * 1e3));
    device.set("meshcore_radio.sf"_f, numbers[2]);
    device.set("meshcore_radio.cr"_f, numbers[3]);
    return true;
}

struct Stat {
    std::string_view key;
    FieldId field;
};

/// A JSON object of which at least one of the statistics is a member.
bool take_stats(Device& device, std::string_view reply, std::initializer_list<Stat> stats) {
    const auto json = nlohmann::json::parse(reply, nullptr, false);
    bool any = false;
    if (!json.is_object()) return false;
    for (const Stat& stat : stats) {
        const auto found = json.find(std::string{stat.key});
        if (found == json.end() || !found->is_number()) continue;
        device.set(stat.field, found->get<double>());
        any = true;
    }
    return any;
}

bool core(Device& device, std::string_view reply) {
    return take_stats(device, reply,
                      {{"battery_mv", "meshcore_radio.device.battery"_f},
                       {"uptime_secs", "meshcore_radio.device.uptime"_f},
                       {"errors", "meshcore_radio.device.error_flags"_f},
                       {"queue_len", "meshcore_radio.device.queue_length"_f}});
}
bool radio_stats(Device& device, std::string_view reply) {
    return take_stats(device, reply,
                      {{"noise_floor", "meshcore_radio.noise_floor"_f},
                       {"last_rssi", "meshcore_radio.device.last_rssi"_f},
                       {"last_snr", "meshcore_radio.device.last_snr"_f},
                       {"tx_air_secs", "meshcore_radio.device.tx_airtime"_f},
                       {"rx_air_secs", "meshcore_radio.device.rx_airtime"_f}});
}
bool packets(Device& device, std::string_view reply) {
    return take_stats(device, reply,
                      {{"recv", "meshcore_radio.device.packets_received"_f},
                       {"sent", "meshcore_radio.device.packets_sent"_f},
                       {"flood_tx", "meshcore_radio.device.sent_flood"_f},
                       {"direct_tx", "meshcore_radio.device.sent_direct"_f},
                       {"flood_rx", "meshcore_radio.device.received_flood"_f},
                       {"direct_rx", "meshcore_radio.device.received_direct"_f},
                       {"recv_errors", "meshcore_radio.device.receive_errors"_f}});
}

struct Row {
    std::string_view command;
    Take take;
    bool periodic = false;
};

/// All that a node is ever sent.
constexpr auto rows = std::to_array<Row>({
    {"ver", version},
    {"get name", name},
    {"get public.key", public_key},
    {"get radio", radio},
    {"board", board},
    {"stats-core", core, true},
    {"stats-radio", radio_stats, true},
    {"stats-packets", packets, true},
});

}  // namespace

const std::vector<Query>& log_queries() {
    static const std::vector<Query> queries = [] {
        std::vector<Query> made;
        for (const Row& row : rows) {
            std::vector<std::uint8_t> bytes{row.command.begin(), row.command.end()};
            bytes.push_back('\r');
            made.push_back({row.command, std::move(bytes), "", row.periodic});
        }
        return made;
    }();
    return queries;
}

bool take_reply(Device& device, std::size_t query, std::string_view reply) {
    // Older firmware does not know all commands.
    if (reply.starts_with("Unknown command") || reply.starts_with("??: ") || reply.starts_with("ERR"))
        return true;
    return rows[query].take(device, reply);
}

bool take_boot_line(Device& device, std::string_view line) {
    for (const std::string_view start : {"Repeater ID: "sv, "Room ID: "sv, "Sensor ID: "sv}) {
        if (!line.starts_with(start)) continue;
        const auto key = from_hex(line.substr(start.size()));
        if (!key || key->size() != 32) return false;
        device.set("meshcore_radio.device.public_key"_f, Bytes{*key});
        return true;
    }
    return false;
}

}  // namespace meshcore::radio

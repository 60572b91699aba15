// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/companion.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "extcap/radio/body.h"

namespace meshcore::radio {
namespace {

using namespace std::string_view_literals;

// RESP_CODE_* and PUSH_CODE_* of MyMesh.cpp.
enum Code : std::uint8_t {
    error_code = 1,
    contact_code = 3,
    end_of_contacts_code = 4,
    self_info_code = 5,
    current_time_code = 9,
    battery_and_storage_code = 12,
    device_info_code = 13,
    channel_info_code = 18,
    stats_code = 24,
    log_rx_data_code = 0x88
};

std::vector<std::uint8_t> to_radio(std::string_view body) {
    return to_companion({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
}

/// All that a companion is sent, unless it is to sign something. DEVICE_QUERY tells the newest message
/// format that we know; with 3 or more the radio adds SNR to messages. APP_START's name is for the
/// radio's own log only.
std::vector<Query> usual_queries() {
    return {
        {"DEVICE_QUERY", to_radio("\x16\x03"sv), "\x0d"sv},
        {"APP_START", to_radio("\x01\0\0\0\0\0\0\0meshcoredump"sv), "\x05"sv},
        {"GET_DEVICE_TIME", to_radio("\x05"sv), "\x09"sv, true},
        {"GET_BATT_AND_STORAGE", to_radio("\x14"sv), "\x0c"sv, true},
        {"GET_STATS core", to_radio("\x38\x00"sv), "\x18\x00"sv, true},
        {"GET_STATS radio", to_radio("\x38\x01"sv), "\x18\x01"sv, true},
        {"GET_STATS packets", to_radio("\x38\x02"sv), "\x18\x02"sv, true},
    };
}

}  // namespace

Companion::Companion(OnLearned on_learned)
    : Protocol(RadioProtocol::companion),
      queries_(usual_queries()),
      on_learned_(std::move(on_learned)) {
    // Some hundred contacts, 151 bytes each.
    if (on_learned_)
        queries_.push_back(
            {"GET_CONTACTS", to_radio("\x04"sv), "\x04"sv, false, std::chrono::seconds{30}});
}

void Companion::all_asked() {
    if (!on_learned_ || !identified()) return;
    const auto tell = std::exchange(on_learned_, {});
    queries_ = usual_queries();
    tell(std::exchange(learned_, {}));
}

void Companion::receive(Bytes bytes, Record::Time time, const OnRecord& on_record) {
    counters_.bytes += bytes.size();
    framer_.push(bytes);
    take_messages(time, on_record);
}

void Companion::give_up_incomplete(Record::Time time, const OnRecord& on_record) {
    while (framer_.incomplete()) {
        framer_.give_up_incomplete();
        take_messages(time, on_record);
    }
}

Result<Signing*> Companion::sign(const PublicKey& key, Bytes text) {
    if (!own_key_) return fail("the radio has not said which key it signs with");
    if (*own_key_ != key)
        return fail(fmt::format("the radio signs with the key {}, not with {}",
                                to_hex(*own_key_, HexCase::upper), to_hex(key, HexCase::upper)));
    return &signing_.emplace(key, text);
}

void Companion::reconnected() {
    framer_.clear();
    waiting_for_.reset();
    signing_.reset();
}

void Companion::take_messages(Record::Time time, const OnRecord& on_record) {
    for (Bytes body = framer_.next(); !body.empty(); body = framer_.next()) {
        ++counters_.messages;
        message(body, time, on_record);
    }
    counters_.junk = framer_.junk();
}

void Companion::message(Bytes body, Record::Time time, const OnRecord& on_record) {
    switch (body[0]) {
        case log_rx_data_code: log_rx_data(body, time, on_record); break;
        case self_info_code: self_info(body); break;
        case device_info_code: device_info(body); break;
        case current_time_code:
            take_items(device_, Body{body}, {{"meshcore_radio.clock"_f, 1, 4}});
            break;
        case battery_and_storage_code:
            take_items(device_, Body{body}, {{"meshcore_radio.device.battery"_f, 1, 2}});
            break;
        case stats_code: stats(body); break;
        case contact_code: contact(body); break;
        case channel_info_code: channel(body); break;
        case end_of_contacts_code: learned_.complete = true; break;
        default: break;
    }
    if (signing_) signing_->receive(body);
    if (!waiting_for_) return;
    const std::string_view answer = queries_[*waiting_for_].answer;
    const std::string_view text{reinterpret_cast<const char*>(body.data()), body.size()};
    // Older firmware answers what it does not know with an error.
    if (text.starts_with(answer) || body[0] == error_code) waiting_for_.reset();
}

void Companion::log_rx_data(Bytes body, Record::Time time, const OnRecord& on_record) {
    constexpr std::size_t frame_offset = 3;
    if (body.size() <= frame_offset) return;
    CaptureHeader header = device_.frame_header();
    header.put("meshcore_radio.snr"_f, static_cast<std::int8_t>(body[1]) / 4.0);
    header.put("meshcore_radio.rssi"_f, unwrapped_rssi(body[2]));
    ++counters_.frames;
    on_record(make_record(time, header, body.subspan(frame_offset)));
}

void Companion::self_info(Bytes bytes) {
    constexpr std::size_t name_offset = 58;
    const Body body{bytes};
    if (!body.has(0, name_offset)) return;
    const Bytes key = bytes.subspan(4, 32);
    std::copy(key.begin(), key.end(), own_key_.emplace().begin());
    device_.set("meshcore_radio.device.public_key"_f, key);
    take_items(device_, body,
               {{"meshcore_radio.frequency"_f, 48, 4, 1000},
                {"meshcore_radio.bandwidth"_f, 52, 4},
                {"meshcore_radio.sf"_f, 56, 1},
                {"meshcore_radio.cr"_f, 57, 1}});
    take_text(device_, body, "meshcore_radio.device.name"_f, name_offset, bytes.size() - name_offset);
    if (!on_learned_) return;
    learned_ = {};
    learned_.nodes.push_back({device_.text("meshcore_radio.device.name"_f), {key.begin(), key.end()}});
}

void Companion::device_info(Bytes bytes) {
    // Bytes 4 to 7 are the BLE PIN, which nobody may see.
    const Body body{bytes};
    take_text(device_, body, "meshcore_radio.device.build"_f, 8, 12);
    take_text(device_, body, "meshcore_radio.device.model"_f, 20, 40);
    take_text(device_, body, "meshcore_radio.device.firmware"_f, 60, 20);
    const std::size_t first_channel = usual_queries().size() + 1;
    if (!on_learned_ || queries_.size() > first_channel || !body.has(3, 1)) return;
    for (std::uint32_t i = 0; i < body.number(3, 1); ++i)
        queries_.push_back(
            {"GET_CHANNEL", to_radio(std::string{'\x1f', static_cast<char>(i)}), "\x12"sv});
}

void Companion::contact(Bytes bytes) {
    constexpr std::size_t name_offset = 100, name_length = 32;
    const Body body{bytes};
    if (!on_learned_ || !body.has(name_offset, name_length)) return;
    const Bytes key = bytes.subspan(1, 32);
    // Another client may have asked for the list as well.
    if (std::any_of(learned_.nodes.begin(), learned_.nodes.end(), [key](const Learned::Entry& node) {
            return std::equal(key.begin(), key.end(), node.key.begin(), node.key.end());
        }))
        return;
    learned_.nodes.push_back(
        {std::string{body.text(name_offset, name_length)}, {key.begin(), key.end()}});
}

void Companion::channel(Bytes bytes) {
    constexpr std::size_t name_length = 32, key_offset = 34, key_length = 16;
    const Body body{bytes};
    if (!on_learned_ || !body.has(key_offset, key_length)) return;
    const Bytes key = bytes.subspan(key_offset, key_length);
    // Slots that are not used have neither name nor key.
    if (std::all_of(key.begin(), key.end(), [](std::uint8_t byte) { return byte == 0; })) return;
    learned_.channels.push_back({std::string{body.text(2, name_length)}, {key.begin(), key.end()}});
}

void Companion::stats(Bytes bytes) {
    const Body body{bytes};
    if (!body.has(0, 2)) return;
    switch (bytes[1]) {
        case 0:
            take_items(device_, body,
                       {{"meshcore_radio.device.battery"_f, 2, 2},
                        {"meshcore_radio.device.uptime"_f, 4, 4},
                        {"meshcore_radio.device.error_flags"_f, 8, 2},
                        {"meshcore_radio.device.queue_length"_f, 10, 1}});
            break;
        case 1:
            take_items(device_, body,
                       {{"meshcore_radio.noise_floor"_f, 2, 2, 1, true},
                        {"meshcore_radio.device.last_rssi"_f, 4, 1, 1, true},
                        {"meshcore_radio.device.last_snr"_f, 5, 1, 0.25, true},
                        {"meshcore_radio.device.tx_airtime"_f, 6, 4},
                        {"meshcore_radio.device.rx_airtime"_f, 10, 4}});
            break;
        case 2:
            take_items(device_, body,
                       {{"meshcore_radio.device.packets_received"_f, 2, 4},
                        {"meshcore_radio.device.packets_sent"_f, 6, 4},
                        {"meshcore_radio.device.sent_flood"_f, 10, 4},
                        {"meshcore_radio.device.sent_direct"_f, 14, 4},
                        {"meshcore_radio.device.received_flood"_f, 18, 4},
                        {"meshcore_radio.device.received_direct"_f, 22, 4},
                        {"meshcore_radio.device.receive_errors"_f, 26, 4}});
            if (body.has(2, 4)) packets_received(body.number(2, 4));
            break;
        default: break;
    }
}

}  // namespace meshcore::radio

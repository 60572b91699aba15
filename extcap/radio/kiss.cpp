// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/kiss.h"

#include <fmt/format.h>

#include "extcap/radio/body.h"

namespace meshcore::radio {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t longest_frame = 255;

/// RxMeta follows its frame at once. Whatever else is being read, a frame does not wait longer.
constexpr std::chrono::seconds longest_wait{1};

// Type bytes of port 0, the only one there is.
enum Type : std::uint8_t { data_type = 0x00, set_hardware_type = 0x06 };

// Of SetHardware, from the modem.
enum Code : std::uint8_t {
    identity_code = 0x81,
    radio_code = 0x8B,
    noise_floor_code = 0x90,
    version_code = 0x91,
    stats_code = 0x92,
    battery_code = 0x93,
    device_name_code = 0x96,
    signal_report_code = 0x9A,
    ok_code = 0xF0,
    error_code = 0xF1,
    tx_done_code = 0xF8,
    rx_meta_code = 0xF9
};

/// The modem's output queue was full: what it had to say last is lost.
constexpr std::uint8_t busy_error = 7;

std::vector<std::uint8_t> to_modem(std::string_view command) {
    std::vector<std::uint8_t> bytes{0xC0, set_hardware_type};
    for (const char byte : command) {
        const auto value = static_cast<std::uint8_t>(byte);
        if (value == 0xC0)
            bytes.insert(bytes.end(), {0xDB, 0xDC});
        else if (value == 0xDB)
            bytes.insert(bytes.end(), {0xDB, 0xDD});
        else
            bytes.push_back(value);
    }
    bytes.push_back(0xC0);
    return bytes;
}

/// The only thing that is ever set, in the modem's memory, and only if the user said so.
Query set_radio(const Tuning& tuning) {
    std::string command{'\x09'};
    const auto add = [&command](std::uint32_t value, unsigned width) {
        for (unsigned i = 0; i < width; ++i) command += static_cast<char>(value >> (8 * i));
    };
    add(tuning.frequency, 4);
    add(tuning.bandwidth, 4);
    add(tuning.sf, 1);
    add(tuning.cr, 1);
    return {"SetRadio", to_modem(command), "\xF0"sv};
}

/// All else that a modem is ever sent.
const std::vector<Query>& read_only_queries() {
    static const std::vector<Query> queries{
        {"GetIdentity", to_modem("\x01"sv), "\x81"sv},
        {"GetDeviceName", to_modem("\x16"sv), "\x96"sv},
        {"GetVersion", to_modem("\x11"sv), "\x91"sv},
        {"GetSignalReport", to_modem("\x1A"sv), "\x9A"sv},
        {"GetRadio", to_modem("\x0B"sv), "\x8B"sv, true},
        {"GetNoiseFloor", to_modem("\x10"sv), "\x90"sv, true},
        {"GetStats", to_modem("\x12"sv), "\x92"sv, true},
        {"GetBattery", to_modem("\x13"sv), "\x93"sv, true},
    };
    return queries;
}

bool is_answer(std::uint8_t code) {
    return (code >= identity_code && code <= signal_report_code) || code == ok_code ||
           code == error_code || code == tx_done_code;
}

}  // namespace

Kiss::Kiss(const std::optional<Tuning>& tuning)
    : Protocol(RadioProtocol::kiss), tuning_(tuning), queries_(read_only_queries()) {
    // Before GetRadio, which confirms it, and not first: who does not answer is not tuned.
    if (tuning_) queries_.insert(queries_.begin() + 1, set_radio(*tuning_));
}

void Kiss::receive(Bytes bytes, Record::Time time, const OnRecord& on_record) {
    counters_.bytes += bytes.size();
    for (const std::uint8_t byte : bytes) {
        if (!framer_.push(byte)) continue;
        if (take(framer_.content(), time, on_record))
            ++counters_.messages;
        else
            framer_.reject();
    }
    counters_.junk = framer_.junk();
    if (held_ && time - held_->time > longest_wait) hand_out_held(on_record);
}

void Kiss::give_up_incomplete(Record::Time, const OnRecord& on_record) {
    hand_out_held(on_record);
    framer_.give_up_incomplete();
    counters_.junk = framer_.junk();
}

void Kiss::reconnected() {
    held_.reset();
    framer_ = KissFramer{};
    waiting_for_.reset();
    rx_meta_is_off_ = false;
}

bool Kiss::take(Bytes content, Record::Time time, const OnRecord& on_record) {
    const Bytes rest = content.subspan(1);
    if (rest.empty()) return false;
    switch (content[0]) {
        case data_type:
            if (rest.size() > longest_frame) return false;
            data(rest, time, on_record);
            return true;
        case set_hardware_type:
            if (rest[0] == rx_meta_code && rest.size() == 3)
                rx_meta(rest.subspan(1), on_record);
            else if (is_answer(rest[0]))
                answer(rest);
            else
                return false;
            spoke_ = true;
            // The modem writes RxMeta right behind the frame, or it has no room for it and says so.
            if (rest[0] == error_code && rest.size() == 2 && rest[1] == busy_error)
                hand_out_held(on_record);
            return true;
        default: return false;
    }
}

void Kiss::data(Bytes frame, Record::Time time, const OnRecord& on_record) {
    hand_out_held(on_record);
    held_ = Held{time, {frame.begin(), frame.end()}};
    if (rx_meta_is_off_) hand_out_held(on_record);
}

void Kiss::rx_meta(Bytes values, const OnRecord& on_record) {
    rx_meta_is_off_ = false;
    if (!held_) return;
    CaptureHeader header = device_.frame_header();
    header.put("meshcore_radio.snr"_f, static_cast<std::int8_t>(values[0]) / 4.0);
    header.put("meshcore_radio.rssi"_f, unwrapped_rssi(values[1]));
    hand_out(header, on_record);
}

void Kiss::hand_out(const CaptureHeader& header, const OnRecord& on_record) {
    ++counters_.frames;
    const Record record = make_record(held_->time, header, held_->frame);
    held_.reset();
    on_record(record);
}

void Kiss::hand_out_held(const OnRecord& on_record) {
    if (held_) hand_out(device_.frame_header(), on_record);
}

void Kiss::answer(Bytes content) {
    const Body body{content};
    switch (content[0]) {
        case identity_code:
            if (content.size() == 33)
                device_.set("meshcore_radio.device.public_key"_f, content.subspan(1));
            break;
        case device_name_code:
            // The board's, for it has no name of its own.
            take_text(device_, body, "meshcore_radio.device.model"_f, 1, content.size() - 1);
            break;
        case version_code:
            if (body.has(1, 1))
                device_.set("meshcore_radio.device.firmware"_f,
                            fmt::format("KISS modem {}", body.number(1, 1)));
            break;
        case signal_report_code:
            if (body.has(1, 1)) rx_meta_is_off_ = body.number(1, 1) == 0;
            break;
        case radio_code: radio_parameters(content); break;
        case noise_floor_code:
            take_items(device_, body, {{"meshcore_radio.noise_floor"_f, 1, 2, 1, true}});
            break;
        case stats_code:
            take_items(device_, body,
                       {{"meshcore_radio.device.packets_received"_f, 1, 4},
                        {"meshcore_radio.device.packets_sent"_f, 5, 4},
                        {"meshcore_radio.device.receive_errors"_f, 9, 4}});
            if (body.has(1, 4)) packets_received(body.number(1, 4));
            break;
        case battery_code:
            take_items(device_, body, {{"meshcore_radio.device.battery"_f, 1, 2}});
            break;
        default: break;
    }
    if (!waiting_for_) return;
    const bool refused = content[0] == error_code && !(content.size() == 2 && content[1] == busy_error);
    const std::string_view expected = queries_[*waiting_for_].answer;
    if (refused || content[0] == static_cast<std::uint8_t>(expected[0])) waiting_for_.reset();
}

void Kiss::radio_parameters(Bytes content) {
    const Body body{content};
    if (!body.has(1, 10)) return;
    const Tuning told{body.number(1, 4), body.number(5, 4), content[9], content[10]};
    if (told.frequency == 0) {
        // Nobody has set it since it started; what its build set cannot be asked.
        for (const FieldId id : {"meshcore_radio.frequency"_f, "meshcore_radio.bandwidth"_f,
                                 "meshcore_radio.sf"_f, "meshcore_radio.cr"_f})
            device_.forget(id);
    } else {
        take_items(device_, body,
                   {{"meshcore_radio.frequency"_f, 1, 4},
                    {"meshcore_radio.bandwidth"_f, 5, 4},
                    {"meshcore_radio.sf"_f, 9, 1},
                    {"meshcore_radio.cr"_f, 10, 1}});
    }
    // It restarted behind a link that stayed: it is tuned again with the next round.
    if (tuning_) queries_[1].periodic = told != *tuning_;
}

}  // namespace meshcore::radio

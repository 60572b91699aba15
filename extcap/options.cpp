// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/options.h"

#include <fmt/format.h>

#include <array>

#include "extcap/radio/protocol.h"
#include "extcap/radio/serial_ports.h"

namespace meshcore {
namespace {

constexpr auto port = static_cast<unsigned>(InterfaceKind::port);
constexpr auto serial = static_cast<unsigned>(InterfaceKind::serial);
constexpr auto tcp = static_cast<unsigned>(InterfaceKind::tcp);
constexpr auto replay = static_cast<unsigned>(InterfaceKind::replay);
constexpr auto attach = static_cast<unsigned>(InterfaceKind::attach);
constexpr auto radios = port | serial | tcp;
constexpr auto all = radios | replay | attach;

std::vector<Choice> port_choices() {
    std::vector<Choice> choices;
    for (const radio::SerialPort& found : radio::serial_ports())
        choices.push_back({found.path, found.description.empty()
                                           ? found.path
                                           : fmt::format("{}: {}", found.path, found.description)});
    if (choices.empty()) choices.push_back({"", "No serial port is there"});
    return choices;
}
std::vector<Choice> protocol_choices() {
    std::vector<Choice> choices;
    for (const std::string_view name : radio::protocol_names())
        choices.push_back({std::string{name}, std::string{name}});
    return choices;
}
std::vector<Choice> preset_choices() {
    std::vector<Choice> choices{{"none", "None"}};
    for (const radio::Preset& preset : radio::presets())
        choices.push_back({std::string{preset.name}, std::string{preset.display}});
    return choices;
}
std::vector<Choice> log_level_choices() {
    return {{"message", "Message"}, {"info", "Info"}, {"debug", "Debug"}, {"noisy", "Noisy"}};
}

const auto table = std::to_array<Option>({
    {"--port", "Serial port", "Path of the radio's serial port, as /dev/ttyUSB0", "Radio",
     Widget::selector, &Settings::port, serial, 0, 0, true, port_choices, true},
    {"--other-port", "Other port", "Path of a serial port that the list lacks; goes before --port",
     "Radio", Widget::text, &Settings::other_port, serial},
    {"--baud", "Baud rate", "Speed of the serial port; MeshCore's is 115200", "Radio", Widget::number,
     &Settings::baud, port | serial, 300, 4'000'000},
    {"--host", "Host", "Name or address of the radio", "Radio", Widget::text, &Settings::host, tcp, 0,
     0, true, nullptr, false, "^[^ /]+$"},
    {"--tcp-port", "TCP port", "Port of the companion protocol", "Radio", Widget::number,
     &Settings::tcp_port, tcp, 1, 65535},
    {"--protocol", "Protocol", "What the radio speaks; auto finds out", "Radio", Widget::selector,
     &Settings::protocol, radios, 0, 0, false, protocol_choices},
    {"--preset", "Preset", "Tunes a KISS modem, which forgets it when it restarts", "Tuning",
     Widget::selector, &Settings::preset, radios, 0, 0, false, preset_choices},
    {"--frequency", "Frequency (MHz)", "Tunes a KISS modem, in MHz; 0 leaves it to the preset",
     "Tuning", Widget::real, &Settings::frequency, radios, 0, 2500},
    {"--bandwidth", "Bandwidth (kHz)", "Tunes a KISS modem, in kHz; 0 leaves it to the preset",
     "Tuning", Widget::real, &Settings::bandwidth, radios, 0, 500},
    {"--sf", "Spreading factor", "Tunes a KISS modem, 5 to 12; 0 leaves it to the preset", "Tuning",
     Widget::number, &Settings::sf, radios, 0, 12},
    {"--cr", "Coding rate", "Tunes a KISS modem, 5 (which is 4/5) to 8; 0 leaves it to the preset",
     "Tuning", Widget::number, &Settings::cr, radios, 0, 8},
    {"--stats-interval", "Device reports every (seconds)",
     "Seconds between reports of the radio's battery, counters and noise floor; 0 for one at the start "
     "only",
     "Radio", Widget::number, &Settings::stats_interval, radios, 0, 86400},
    {"--attach", "Shared at", "HOST:PORT where another program shares its capture (--share)", "Capture",
     Widget::text, &Settings::attach, attach, 0, 0, true, nullptr, false, "^.+:[0-9]+$"},
    {"--share", "Share at",
     "HOST:PORT where others may look in, as 127.0.0.1:5555: Wireshark (-i TCP@127.0.0.1:5555), "
     "meshcore-attach, "
     "meshcore-bridge; empty for nobody",
     "Share", Widget::text, &Settings::share, radios | replay, 0, 0, false, nullptr, false,
     "^(.+:[0-9]+)?$"},
    {"--learn", "Key file to write",
     "Asks a companion for its contacts and channels, and writes their names and keys to this file, "
     "which "
     "is for your eyes only; give it to Wireshark as key file",
     "Keys", Widget::save_file, &Settings::learn, radios},
    {"--learn-replace", "Replace it", "Replaces a key file that is already there", "Keys", Widget::flag,
     &Settings::learn_replace, radios},
    {"--file", "Capture file", "A capture, a serial log, lines of JSON from MQTT, or lines of hex",
     "Replay", Widget::open_file, &Settings::file, replay, 0, 0, true},
    {"--speed", "Speed", "1 is the recorded pace, 10 ten times as fast, 0 at once", "Replay",
     Widget::real, &Settings::speed, replay, 0, 1e6},
    {"--log-level", "Log level", "How much is written to the log file", "Debug", Widget::selector,
     &Settings::log_level, all, 0, 0, false, log_level_choices},
    {"--log-file", "Log file", "Where to write what the program does", "Debug", Widget::save_file,
     &Settings::log_file, all},
});

}  // namespace

std::span<const Option> options() {
    return table;
}

radio::TuningWishes wishes(const Settings& settings) {
    const bool none = settings.preset == Settings{}.preset;
    return {none ? "" : std::string_view{settings.preset}, settings.frequency, settings.bandwidth,
            settings.sf, settings.cr};
}

bool applies(const Option& option, InterfaceKind kind) {
    return (option.interfaces & static_cast<unsigned>(kind)) != 0;
}

std::string default_value(const Option& option) {
    static const Settings defaults;
    if (option.reload) return option.choices().front().value;
    return std::visit(
        [](auto member) -> std::string {
            if constexpr (std::is_same_v<decltype(member), std::string Settings::*>)
                return defaults.*member;
            else
                return fmt::format("{}", defaults.*member);
        },
        option.member);
}

}  // namespace meshcore

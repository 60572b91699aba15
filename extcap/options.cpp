// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "extcap/capture/share.h"
#include "extcap/radio/protocol.h"

namespace meshcore {
namespace {

constexpr auto port = static_cast<unsigned>(InterfaceKind::port);
constexpr auto serial = static_cast<unsigned>(InterfaceKind::serial);
constexpr auto tcp = static_cast<unsigned>(InterfaceKind::tcp);
constexpr auto replay = static_cast<unsigned>(InterfaceKind::replay);
constexpr auto attach = static_cast<unsigned>(InterfaceKind::attach);
constexpr auto radios = port | serial | tcp;
constexpr auto all = radios | replay | attach;

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
    {"--port", "Serial port", "Path of the radio's serial port, as /dev/ttyUSB0", "Radio", Widget::text,
     &Settings::port, serial, 0, 0, true},
    {"--baud", "Baud rate", "Speed of the serial port; MeshCore's is 115200", "Radio", Widget::number,
     &Settings::baud, port | serial, 300, 4'000'000},
    {"--host", "Host", "Name or address of the radio", "Radio", Widget::text, &Settings::host, tcp, 0,
     0, true},
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
     Widget::text, &Settings::attach, attach, 0, 0, true},
    {"--share", "Share at",
     "HOST:PORT where others may look in, as 127.0.0.1:5555: Wireshark (-i TCP@127.0.0.1:5555), "
     "meshcore-attach, "
     "meshcore-bridge; empty for nobody",
     "Share", Widget::text, &Settings::share, radios | replay},
    {"--file", "Capture file", "A capture, a serial log, lines of JSON from MQTT, or lines of hex",
     "Replay", Widget::open_file, &Settings::file, replay, 0, 0, true},
    {"--speed", "Speed", "1 is the recorded pace, 10 ten times as fast, 0 at once", "Replay",
     Widget::real, &Settings::speed, replay, 0, 1e6},
    {"--log-level", "Log level", "How much is written to the log file", "Debug", Widget::selector,
     &Settings::log_level, all, 0, 0, false, log_level_choices},
    {"--log-file", "Log file", "Where to write what the program does", "Debug", Widget::save_file,
     &Settings::log_file, all},
});

template <typename... Handlers>
struct Overload : Handlers... {
    using Handlers::operator()...;
};

std::string shown(double value) {
    return fmt::format("{}", value);
}

void add_extcap_options(CLI::App& app, Settings& settings) {
    const std::string group = "Extcap";
    app.add_flag("--extcap-interfaces", settings.list_interfaces, "List the interfaces")->group(group);
    app.add_flag("--extcap-dlts", settings.list_dlts, "Show the link type of an interface")
        ->group(group);
    app.add_flag("--extcap-config", settings.show_config, "Show the options of an interface")
        ->group(group);
    app.add_option("--extcap-version", settings.wireshark_version, "Version of Wireshark that calls")
        ->expected(0, 1)
        ->group(group);
    app.add_option("--extcap-interface", settings.interface, "Interface to work on")->group(group);
    app.add_option("--extcap-reload-option", settings.reload_option, "Show the choices of an option")
        ->group(group);
    app.add_option("--extcap-capture-filter", settings.capture_filter,
                   "Which packets to capture, as in \"type = 'advert' and snr > -10\"")
        ->group(group);
    app.add_option("--extcap-control-in", settings.control_in, "Fifo for messages of the toolbar")
        ->group(group);
    app.add_option("--extcap-control-out", settings.control_out, "Fifo for messages to the toolbar")
        ->group(group);
    app.add_flag("--capture", settings.capture, "Capture")->group(group);
    app.add_option("--fifo", settings.fifo,
                   "Where to write the capture: a fifo, a file, or - for standard output")
        ->group(group);
    app.add_option("--read", settings.read,
                   "Convert: a capture, a serial log, lines of JSON from MQTT, or lines of "
                   "hex; - for standard input")
        ->group("Convert");
    app.add_option("--write", settings.write,
                   "The capture to make of it, pcapng if it is called so; - for standard output")
        ->group("Convert");
    app.add_option("--docs", settings.docs, "Print a page of the documentation: man or filters")
        ->check(CLI::IsMember({"man", "filters"}))
        ->group("");
    app.add_flag("--version", settings.show_version, "Show the version")->group(group);
}

void add_table_options(CLI::App& app, Settings& settings) {
    for (const Option& option : table) {
        CLI::Option* added = std::visit(
            [&](auto member) { return app.add_option(std::string{option.flag}, settings.*member); },
            option.member);
        added->description(std::string{option.help})->group(std::string{option.group});
        if (const std::string value = default_value(option); !value.empty()) added->default_str(value);
    }
}

/// Shell users need not name the interface when an option says it.
void guess_interface(Settings& settings) {
    if (!settings.interface.empty()) return;
    if (!settings.port.empty()) settings.interface = "meshcore-serial";
    if (!settings.host.empty()) settings.interface = "meshcore-tcp";
    if (!settings.file.empty()) settings.interface = "meshcore-replay";
    if (!settings.attach.empty()) settings.interface = "meshcore-attach";
}

Result<void> check_number(const Option& option, double value) {
    if (value >= option.lowest && value <= option.highest) return {};
    return fail(fmt::format("{} is {}: it must be from {} to {}", option.flag, shown(value),
                            shown(option.lowest), shown(option.highest)));
}

Result<void> check_text(const Option& option, const std::string& value) {
    if (option.required && value.empty())
        return fail(fmt::format("{} is missing: {}", option.flag, option.help));
    if (option.widget != Widget::selector) return {};
    std::vector<std::string> known;
    for (const Choice& choice : option.choices()) known.push_back(choice.value);
    if (std::find(known.begin(), known.end(), value) != known.end()) return {};
    return fail(
        fmt::format("{} is '{}': it must be one of {}", option.flag, value, fmt::join(known, ", ")));
}

Result<void> check(const Settings& settings) {
    const auto interface = find_interface(settings.interface);
    if (!interface) {
        if (settings.interface.empty())
            return fail(
                "no interface: use --extcap-interface with one that --extcap-interfaces lists, or one "
                "of "
                "--port, --host, --attach, --file");
        return fail(fmt::format("no interface '{}': --extcap-interfaces lists those there are",
                                settings.interface));
    }
    if (!settings.capture) return {};
    if (settings.fifo.empty())
        return fail("--fifo is missing: where to write the capture, - for standard output");
    for (const std::string& address : {settings.share, settings.attach})
        if (const auto parsed = capture::parse_host_and_port(address); !address.empty() && !parsed)
            return tl::unexpected<Error>(parsed.error());
    for (const Option& option : table) {
        if (!applies(option, interface->kind)) continue;
        const Result<void> result = std::visit(
            Overload{
                [&](std::string Settings::*member) { return check_text(option, settings.*member); },
                [&](auto member) { return check_number(option, settings.*member); }},
            option.member);
        if (!result) return result;
    }
    const auto tuning = radio::make_tuning(wishes(settings));
    if (!tuning) return tl::unexpected<Error>(tuning.error());
    if (*tuning && !radio::can_be_tuned(settings.protocol))
        return fail(
            fmt::format("a radio that speaks {} protocol cannot be tuned: leave out --preset, "
                        "--frequency, --bandwidth, --sf and --cr",
                        settings.protocol));
    return {};
}

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
    return std::visit(Overload{[](std::string Settings::*member) { return defaults.*member; },
                               [](auto member) { return shown(defaults.*member); }},
                      option.member);
}

Result<Settings> parse_command_line(int argc, const char* const* argv, std::string& help) {
    Settings settings;
    CLI::App app{
        "Captures MeshCore packets from a radio for Wireshark: as an extcap, or in a shell as in\n"
        "  meshcoredump --port /dev/ttyUSB0 --fifo - | tshark -i -",
        "meshcoredump"};
    add_extcap_options(app, settings);
    add_table_options(app, settings);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        help = app.help();
        return settings;
    } catch (const CLI::ParseError& error) {
        std::string line = error.what();
        std::replace(line.begin(), line.end(), '\n', ' ');
        return fail(fmt::format("{}; see --help", line));
    }
    if (settings.list_interfaces || settings.show_version || !settings.docs.empty()) return settings;
    if (settings.read.empty() != settings.write.empty())
        return fail("--read and --write belong together");
    if (!settings.read.empty()) return settings;
    guess_interface(settings);
    const bool only_asks =
        settings.list_dlts || settings.show_config || !settings.reload_option.empty();
    settings.capture = settings.capture || (!settings.fifo.empty() && !only_asks);
    const bool checks_filter = !settings.capture && !settings.capture_filter.empty();
    if (!settings.capture && !only_asks && !checks_filter) {
        help = app.help();
        return settings;
    }
    if (const Result<void> result = check(settings); !result)
        return tl::unexpected<Error>(result.error());
    return settings;
}

std::string fifo_argument(int argc, const char* const* argv) {
    constexpr std::string_view flag = "--fifo";
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == flag && i + 1 < argc) return argv[i + 1];
        if (argument.starts_with("--fifo=")) return std::string{argument.substr(flag.size() + 1)};
    }
    return {};
}

}  // namespace meshcore

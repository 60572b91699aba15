// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "extcap/capture/share.h"
#include "extcap/radio/protocol.h"
#include "extcap/radio/serial_ports.h"

namespace meshcore {
namespace {

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
    for (const Option& option : options()) {
        CLI::Option* added = std::visit(
            [&](auto member) {
                const std::string flag{option.flag};
                if constexpr (std::is_same_v<decltype(member), bool Settings::*>)
                    return app.add_flag(flag, settings.*member);
                else
                    return app.add_option(flag, settings.*member);
            },
            option.member);
        added->description(std::string{option.help})->group(std::string{option.group});
        if (option.reload || option.widget == Widget::flag) continue;
        if (const std::string value = default_value(option); !value.empty()) added->default_str(value);
    }
}

/// Shell users need not name the interface when an option says it.
void guess_interface(Settings& settings) {
    if (!settings.interface.empty()) return;
    if (!settings.port.empty() || !settings.other_port.empty()) settings.interface = "meshcore-serial";
    if (!settings.host.empty()) settings.interface = "meshcore-tcp";
    if (!settings.file.empty()) settings.interface = "meshcore-replay";
    if (!settings.attach.empty()) settings.interface = "meshcore-attach";
}

/// Wireshark does not pass on what a selector shows first.
void choose_port(Settings& settings) {
    if (!settings.other_port.empty()) settings.port = settings.other_port;
    if (settings.interface != "meshcore-serial" || !settings.port.empty()) return;
    const auto ports = radio::serial_ports();
    if (!ports.empty()) settings.port = ports.front().path;
}

Result<void> check_number(const Option& option, double value) {
    if (value >= option.lowest && value <= option.highest) return {};
    return fail(fmt::format("{} is {}: it must be from {} to {}", option.flag, value, option.lowest,
                            option.highest));
}

Result<void> check_text(const Option& option, const std::string& value) {
    if (option.required && value.empty())
        return fail(fmt::format("{} is missing: {}", option.flag, option.help));
    if (option.widget != Widget::selector || option.reload) return {};
    std::vector<std::string> known;
    for (const Choice& choice : option.choices()) known.push_back(choice.value);
    if (std::find(known.begin(), known.end(), value) != known.end()) return {};
    return fail(
        fmt::format("{} is '{}': it must be one of {}", option.flag, value, fmt::join(known, ", ")));
}

Result<void> check_radio(const Settings& settings) {
    const auto tuning = radio::make_tuning(wishes(settings));
    if (!tuning) return tl::unexpected<Error>(tuning.error());
    if (*tuning && !radio::can_be_tuned(settings.protocol))
        return fail(
            fmt::format("a radio that speaks {} protocol cannot be tuned: leave out --preset, "
                        "--frequency, --bandwidth, --sf and --cr",
                        settings.protocol));
    if (!settings.learn.empty() && !radio::can_be_learned_from(settings.protocol))
        return fail(fmt::format("a radio that speaks {} protocol has no contacts: leave out --learn",
                                settings.protocol));
    return {};
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
    for (const Option& option : options()) {
        if (!applies(option, interface->kind)) continue;
        const Result<void> result = std::visit(
            [&](auto member) -> Result<void> {
                using Member = decltype(member);
                if constexpr (std::is_same_v<Member, std::string Settings::*>)
                    return check_text(option, settings.*member);
                else if constexpr (std::is_same_v<Member, bool Settings::*>)
                    return {};
                else
                    return check_number(option, settings.*member);
            },
            option.member);
        if (!result) return result;
    }
    return check_radio(settings);
}

}  // namespace

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
    choose_port(settings);
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

std::string argument_of(std::string_view flag, int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == flag && i + 1 < argc) return argv[i + 1];
        if (argument.starts_with(flag) && argument.substr(flag.size()).starts_with('='))
            return std::string{argument.substr(flag.size() + 1)};
    }
    return {};
}

}  // namespace meshcore

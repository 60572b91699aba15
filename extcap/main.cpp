// SPDX-License-Identifier: GPL-2.0-or-later
// meshcoredump: MeshCore radios as capture interfaces of Wireshark, and in a shell.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "extcap/announce.h"
#include "extcap/capturing.h"
#include "extcap/command_line.h"
#include "extcap/convert.h"
#include "extcap/filter/packet_filter.h"
#include "extcap/manual.h"

namespace {

using namespace meshcore;

/// The one line that Wireshark shows.
int failed(const Error& error) {
    fmt::print(stderr, "meshcoredump: {}\n", error.message);
    return EXIT_FAILURE;
}

std::string answer(const Settings& settings) {
    if (settings.list_interfaces) return interface_sentences();
    if (settings.show_version) return fmt::format("meshcoredump {}\n", MESHCORE_VERSION);
    if (!settings.docs.empty()) return settings.docs == "man" ? man_page() : filter_table();
    if (settings.list_dlts) return dlt_sentence();
    const InterfaceKind kind = find_interface(settings.interface)->kind;
    if (!settings.reload_option.empty()) return reload_sentences(kind, settings.reload_option);
    if (settings.show_config) return config_sentences(kind);
    // Wireshark asks whether a filter is good: silence says yes, and all else is shown.
    const auto filter = filter::PacketFilter::compile(settings.capture_filter);
    return filter ? std::string{} : filter.error().message + '\n';
}

bool is_fifo(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

int capture(const Settings& settings, int fifo) {
    auto log = make_logger(settings);
    // The fifo stays open until the line is written: tshark does not wait for what comes later.
    if (!log) {
        await_toolbar(settings.control_in);
        return failed(log.error());
    }
    // Never destroyed: a look-up of a host's name may still hold a thread for seconds, and nobody can
    // interrupt it. All that was received is written when run() returns.
    auto* capturing = new Capturing{settings, fifo, *log};
    const Result<void> result = capturing->run();
    return result ? EXIT_SUCCESS : failed(result.error());
}

int run(int argc, const char* const* argv) {
    // Wireshark 4.0 waits for ever for a fifo that nobody opens: so that comes before anything that can
    // fail.
    const std::string path = argument_of("--fifo", argc, argv);
    Result<int> fifo = -1;
    if (is_fifo(path)) fifo = capture::open_output(path);
    if (!fifo) return failed(fifo.error());
    std::string help;
    const Result<Settings> settings = parse_command_line(argc, argv, help);
    if (!settings) {
        await_toolbar(argument_of("--extcap-control-in", argc, argv));
        return failed(settings.error());
    }
    if (!help.empty()) {
        fmt::print("{}", help);
        return EXIT_SUCCESS;
    }
    if (!settings->read.empty()) {
        const Result<void> converted = convert(settings->read, settings->write);
        return converted ? EXIT_SUCCESS : failed(converted.error());
    }
    if (settings->capture) {
        if (*fifo < 0) fifo = capture::open_output(settings->fifo);
        return fifo ? capture(*settings, *fifo) : failed(fifo.error());
    }
    fmt::print("{}", answer(*settings));
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const int code = run(argc, argv);
    std::fflush(stdout);
    std::_Exit(code);
}

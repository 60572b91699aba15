// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <boost/asio/signal_set.hpp>

#include <csignal>

#include "bridge/auth/token_command.h"
#include "bridge/check.h"
#include "bridge/config/key.h"
#include "bridge/config/print.h"
#include "bridge/keys.h"
#include "bridge/program.h"

namespace meshcore::bridge {
namespace {

void set_up_log(const std::string& level) {
    auto logger = spdlog::stderr_color_mt("bridge");
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(std::move(logger));
}

void log_findings(const Findings& findings) {
    for (const Finding& finding : findings) {
        const auto level = finding.severity == Severity::error  ? spdlog::level::err
                           : finding.severity == Severity::note ? spdlog::level::info
                                                                : spdlog::level::warn;
        const std::string place = finding.where.text();
        spdlog::log(level, "{}{}{}", place, place.empty() ? "" : ": ", finding.text);
    }
}

int check(const Loaded& loaded) {
    for (const Finding& finding : loaded.findings) fmt::print(stderr, "{}\n", finding.line());
    std::vector<std::string> warnings;
    load_keys(loaded.config, warnings);
    for (const std::string& warning : warnings) fmt::print(stderr, "warning: {}\n", warning);
    fmt::print("{}", check_report(loaded.config));
    return loaded.wrong() ? exit_bad_configuration : exit_good;
}

int run(const Options& options) {
    if (options.reference) {
        fmt::print("{}", config_reference());
        return exit_good;
    }
    Loaded loaded = load_config(options.config_files, environ);
    if (options.check) return check(loaded);
    if (options.print_config) {
        for (const Finding& finding : loaded.findings) fmt::print(stderr, "{}\n", finding.line());
        fmt::print("{}", print_config(loaded.documents, loaded.config, options.show_secrets));
        return loaded.wrong() ? exit_bad_configuration : exit_good;
    }
    set_up_log(options.log_level.empty() ? loaded.config.log_level : options.log_level);
    log_findings(loaded.findings);
    const bool no_radio = options.read.empty() && loaded.config.source.bluetooth;
    if (loaded.unusable() || no_radio) return exit_bad_configuration;
    Program program{options, loaded.config};
    return program.run();
}

}  // namespace
}  // namespace meshcore::bridge

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && std::string_view{argv[1]} == "token")
        return meshcore::bridge::token_command(argc - 1, argv + 1);
    const auto options = meshcore::bridge::parse_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    return meshcore::bridge::run(std::get<meshcore::bridge::Options>(options));
}

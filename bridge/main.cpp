// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "bridge/auth/token_command.h"
#include "bridge/check.h"
#include "bridge/config/key.h"
#include "bridge/config/print.h"
#include "bridge/daemon/log.h"
#include "bridge/exit_code.h"
#include "bridge/keys.h"
#include "bridge/program.h"

namespace meshcore::bridge {
namespace {

int check(const Loaded& loaded) {
    for (const Finding& finding : loaded.findings) fmt::print(stderr, "{}\n", finding.line());
    std::vector<std::string> warnings;
    for (const Config& config : loaded.observers) {
        warnings.clear();
        load_keys(config, warnings);
        for (const std::string& warning : warnings) fmt::print(stderr, "warning: {}\n", warning);
        fmt::print("{}", check_report(config));
    }
    return loaded.wrong() ? exit_bad_configuration : exit_good;
}

int run(const Options& options) {
    if (!options.manual.empty()) {
        fmt::print("{}", options.manual);
        return exit_good;
    }
    if (options.reference) {
        fmt::print("{}", config_reference());
        return exit_good;
    }
    if (!options.check && !options.print_config) Program::hold_reloads();
    Loaded loaded = load_config(options.config_files, environ);
    if (options.check) return check(loaded);
    if (options.print_config) {
        for (const Finding& finding : loaded.findings) fmt::print(stderr, "{}\n", finding.line());
        fmt::print("{}", print_config(loaded.documents, loaded.config, options.show_secrets));
        return loaded.wrong() ? exit_bad_configuration : exit_good;
    }
    set_up_log(options.log_level.empty() ? loaded.config.log_level : options.log_level);
    log_findings(loaded.findings);
    if (loaded.unusable()) return exit_bad_configuration;
    Program program{options, std::move(loaded)};
    return program.run();
}

/// Passwords and keys are in this process's memory: a crash leaves no core file of it, and only root
/// may look into it.
void keep_memory_private() {
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // which looks into its own process as a debugger would
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace
}  // namespace meshcore::bridge

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    meshcore::bridge::keep_memory_private();
    if (argc > 1 && std::string_view{argv[1]} == "token")
        return meshcore::bridge::token_command(argc - 1, argv + 1);
    const auto options = meshcore::bridge::parse_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    return meshcore::bridge::run(std::get<meshcore::bridge::Options>(options));
}

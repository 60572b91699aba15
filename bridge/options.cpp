// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/options.h"

#include <CLI/CLI.hpp>

#include "bridge/manual.h"
#include "dissector/core/bytes.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

std::string public_key_problem(const std::string& text) {
    return text.size() == 64 && from_hex(text) ? "" : "expected a public key, 64 hex digits";
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
    Options options;
    CLI::App app{"Publishes what a MeshCore radio hears to MQTT brokers. It never transmits.",
                 "meshcore-bridge"};
    app.footer(
        "meshcore-bridge token inspect|verify|mint: login tokens by hand; see token --help.\n"
        "Exit codes: 0 good, or stopped by SIGTERM or SIGINT; 2 the configuration or an option is "
        "wrong;\n"
        "3 a broker did not get all of a capture. SIGHUP reads the configuration again.");
    app.add_option("--config", options.config_files,
                   "configuration: config.ini of meshcore-bot, or TOML with [[broker]]; may be given "
                   "several times, later ones win")
        ->type_name("FILE")
        ->take_all()
        ->expected(1)
        ->trigger_on_parse(false);
    app.add_flag(
        "--check", options.check,
        "read the configuration, show what it means, and exit; touches neither radio nor network");
    CLI::Option* print =
        app.add_flag("--print-config", options.print_config,
                     "print the merged configuration as TOML, whatever it was written in, and exit");
    app.add_flag("--show-secrets", options.show_secrets,
                 "with --print-config: also passwords, keys and tokens")
        ->needs(print);
    app.add_flag("--dry-run", options.dry_run, "print messages instead of publishing them");
    app.add_option(
           "--read", options.read,
           "publish this capture instead of what a radio hears; \"-\" reads meshcoredump's stream "
           "from standard input")
        ->type_name("FILE");
    app.add_option("--origin", options.origin, "name of the observer")->type_name("NAME");
    app.add_option("--origin-id", options.origin_id, "public key of the observer, 64 hex digits")
        ->type_name("KEY")
        ->check(public_key_problem);
    int timeout = 60;
    app.add_option("--timeout", timeout,
                   "with --read: seconds after which a broker that cannot be reached is given up")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--log-level", options.log_level, "trace, debug, info, warning, error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error"}));
    app.add_flag("--docs", options.reference, "print the reference of all configuration keys")
        ->group("");
    bool manual = false;
    app.add_flag("--man", manual, "print the manual page")->group("");
    app.set_version_flag("--version", "meshcore-bridge " MESHCORE_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : 2;
    }
    if (manual) options.manual = man_page(app);
    options.timeout = std::chrono::seconds{timeout};
    options.origin_id = upper_case(options.origin_id);
    return options;
}

}  // namespace meshcore::bridge

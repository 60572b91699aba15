// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meshcore::bridge {

struct Options {
    std::vector<std::string> config_files;
    bool check = false;
    bool print_config = false;
    bool show_secrets = false;  ///< with print_config
    bool dry_run = false;
    bool reference = false;  ///< print docs/config.md
    std::string manual;      ///< print docs/meshcore-bridge.1, which is this
    std::string read;        ///< a capture, "-" for standard input; empty: the radio
    std::string origin, origin_id;
    std::chrono::seconds timeout{60};
    std::string log_level;
};

/// The options, or the exit code if there is nothing more to do (help was shown, an option is wrong).
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace meshcore::bridge

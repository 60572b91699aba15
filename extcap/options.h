// SPDX-License-Identifier: GPL-2.0-or-later
// One table of options: from it come the command line, its checks, the help, and the dialog that
// Wireshark shows. A further option is one member of Settings and one row of options.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dissector/core/result.h"
#include "extcap/interfaces.h"
#include "extcap/radio/tuning.h"

namespace meshcore {

struct Settings {
    // What Wireshark asks for.
    bool list_interfaces = false;
    bool list_dlts = false;
    bool show_config = false;
    bool show_version = false;
    bool capture = false;
    std::string reload_option;
    std::string interface;
    std::string fifo;
    std::string capture_filter;
    std::string wireshark_version;
    std::string control_in;   ///< fifo that Wireshark writes to
    std::string control_out;  ///< fifo that it reads
    std::string docs;         ///< page to print

    // Converts, captures nothing.
    std::string read;
    std::string write;

    // What the user chooses: the table's.
    std::string port;
    std::string other_port;
    unsigned baud = 115200;
    std::string host;
    unsigned tcp_port = 5000;
    std::string protocol = "auto";
    std::string preset = "none";
    double frequency = 0;
    double bandwidth = 0;
    unsigned sf = 0;
    unsigned cr = 0;
    std::string file;
    double speed = 1;
    unsigned stats_interval = 300;
    std::string share;
    std::string attach;
    std::string learn;
    bool learn_replace = false;
    std::string log_level = "message";
    std::string log_file;
};

/// How the dialog shows it.
enum class Widget { text, number, real, flag, selector, open_file, save_file };

struct Choice {
    std::string value;
    std::string display;
};

struct Option {
    std::string_view flag;   ///< --baud
    std::string_view label;  ///< in the dialog
    std::string_view help;
    std::string_view group;  ///< a tab of the dialog
    Widget widget;
    std::variant<std::string Settings::*, unsigned Settings::*, double Settings::*, bool Settings::*>
        member;
    unsigned interfaces;  ///< kinds that have it, or-ed
    double lowest = 0;    ///< of numbers
    double highest = 0;
    bool required = false;
    std::vector<Choice> (*choices)() = nullptr;
    bool reload = false;         ///< the choices are what is there now; there may be others
    std::string_view pattern{};  ///< regular expression of good values, without braces
};

std::span<const Option> options();
radio::TuningWishes wishes(const Settings& settings);
bool applies(const Option& option, InterfaceKind kind);
/// As text; of a selector that is not told otherwise, the first choice. Empty if there is none.
std::string default_value(const Option& option);

}  // namespace meshcore

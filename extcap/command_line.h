// SPDX-License-Identifier: GPL-2.0-or-later
// The command line: that of Wireshark and that of people.
#pragma once

#include "extcap/options.h"

namespace meshcore {

/// What a command line says, checked: Wireshark checks nothing. `help` is set if that was asked for,
/// to what is to be shown.
Result<Settings> parse_command_line(int argc, const char* const* argv, std::string& help);

/// What follows a flag in a command line that may be wrong in everything else: the fifos that Wireshark
/// waits for have to be opened all the same. Empty if it is not there.
std::string argument_of(std::string_view flag, int argc, const char* const* argv);

}  // namespace meshcore

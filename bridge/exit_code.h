// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace meshcore::bridge {

/// What the program says at its end. Documented in options.cpp, the man page and docs/bridge.md.
enum ExitCode { exit_good = 0, exit_bad_configuration = 2, exit_left = 3 };

}  // namespace meshcore::bridge

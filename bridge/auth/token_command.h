// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace meshcore::bridge {

/// meshcore-bridge token inspect|verify|mint: tokens looked at and made by hand. Takes the arguments
/// from "token" on. Returns the exit code: 0 good, 1 the token is not valid, 2 it cannot be read or
/// made.
int token_command(int argc, char** argv);

}  // namespace meshcore::bridge

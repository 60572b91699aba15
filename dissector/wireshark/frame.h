// SPDX-License-Identifier: GPL-2.0-or-later
// The dissectors: a record of our captures, one of the Lua dissector's, and a bare on-air frame.
#pragma once

#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Registers "meshcore_radio", "meshcore_radio_lua" and "meshcore" by name. Called once, from the
/// protocols' registration.
void register_dissectors();

dissector_handle_t radio_handle();
dissector_handle_t lua_handle();
dissector_handle_t frame_handle();

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
// Which user-defined link types (DLT) hold what: our captures are on USER11 unless the user moves it,
// and captures of others are on USER0 if the user says so.
#pragma once

#include <cstdint>

#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Adds `meshcore_radio.link_type` and `.user0_framing` to the preferences of "meshcore_radio".
void register_link_type_preferences(module_t* module);

/// Takes the link types of the preferences, and gives those taken before back to whoever had them: to
/// the user's own DLT_USER table. Runs at start and whenever preferences change.
void apply_link_types();

}  // namespace meshcore::plugin

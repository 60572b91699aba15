// SPDX-License-Identifier: GPL-2.0-or-later
// Which user-defined link type (DLT) holds our captures: USER11 unless the user moves it.
#pragma once

#include <cstdint>

#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Adds `meshcore_radio.link_type` to the preferences of "meshcore_radio".
void register_link_type_preference(module_t* module);

/// Takes the link type of the preference, and gives the one taken before back to whoever had it: to
/// the user's own DLT_USER table. Runs at start and whenever preferences change.
void apply_link_type();

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
// The keys that the user gave: in the key file of the preference, and in tables.
#pragma once

#include "dissector/core/keyring.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Adds `meshcore.key_file` and the tables to the preferences of "meshcore".
void register_key_preferences(module_t* module);

/// What was last loaded; the built-in public channel is always there.
const Keyring& keyring();

/// Reads the key file again if it is another one or has changed, and takes over changed tables. What is
/// wrong with the file is reported once, as Wireshark reports errors; the keys that can be used are.
/// Runs before a capture is read.
void refresh_keys();

}  // namespace meshcore::plugin

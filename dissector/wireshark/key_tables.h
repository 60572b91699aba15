// SPDX-License-Identifier: GPL-2.0-or-later
// The keys that the user gave in Wireshark's dialogs: tables (UATs) of channels, identities, nodes and
// regions, in files of the profile: meshcore_channels, meshcore_identities, meshcore_nodes and
// meshcore_regions.
#pragma once

#include "dissector/core/keyring.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Adds the four tables to the preferences of "meshcore".
void register_key_tables(module_t* module);

/// Takes over what the tables hold now, and says whether that is something new. Runs before a capture
/// is read; a changed table makes Wireshark read it again.
bool refresh_key_tables();

/// Adds the rows taken over that can be used; Wireshark has told the user of the others.
void add_table_keys(Keyring& keys);

}  // namespace meshcore::plugin

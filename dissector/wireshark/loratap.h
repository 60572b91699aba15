// SPDX-License-Identifier: GPL-2.0-or-later
// MeshCore in LoRaTap captures (LINKTYPE 270), whose header Wireshark reads by itself.
#pragma once

namespace meshcore::plugin {

/// Called once, from the protocols' registration.
void register_loratap();

/// Offers to read frames with MeshCore's sync word, which other "private" networks use too: what can't
/// be MeshCore is left to others. Called once, at hand-off.
void hand_off_loratap();

}  // namespace meshcore::plugin

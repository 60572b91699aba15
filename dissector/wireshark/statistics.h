// SPDX-License-Identifier: GPL-2.0-or-later
// Tables and trees over a capture: in Wireshark's Statistics menu, and as `tshark -z`:
// meshcore,tree (types, routes, hops, copies), meshcore,nodes, meshcore,channels, meshcore,airtime.
#pragma once

namespace meshcore::plugin {

/// Called once, when Wireshark registers its taps' listeners.
void register_statistics();

}  // namespace meshcore::plugin

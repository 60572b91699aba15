// SPDX-License-Identifier: GPL-2.0-or-later
// The Wireshark API that we use, and the only place that knows how it differs from 4.0 to 4.6.
#pragma once

#include <cstdint>

#include <ws_version.h>
// The order matters: ws_version.h first, packet.h before the rest.
#include <epan/packet.h>

#include <epan/addr_resolv.h>
#include <epan/address_types.h>
#include <epan/conversation_table.h>
#include <epan/expert.h>
#include <epan/follow.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <epan/unit_strings.h>
#include <epan/wmem_scopes.h>
#include <wiretap/wtap.h>
#include <wsutil/report_message.h>

#define MESHCORE_WIRESHARK (WIRESHARK_VERSION_MAJOR * 100 + WIRESHARK_VERSION_MINOR)

namespace meshcore::plugin {

// 4.4 took C99's bool where callbacks and preferences had GLib's, an int.
#if MESHCORE_WIRESHARK >= 404
using Bool = bool;
#else
using Bool = gboolean;
#endif

/// Registers what "Follow" does; 4.2 also wants to know how many streams there are.
template <typename Conversation, typename Index, typename Address, typename Port>
void register_follow(int protocol, const char* tap, Conversation conversation, Index index,
                     Address by_address, Port port, tap_packet_cb listener,
                     [[maybe_unused]] std::uint32_t (*count)()) {
#if MESHCORE_WIRESHARK >= 402
    register_follow_stream(protocol, tap, conversation, index, by_address, port, listener, count,
                           nullptr);
#else
    register_follow_stream(protocol, tap, conversation, index, by_address, port, listener);
#endif
}

}  // namespace meshcore::plugin

// In names of statistics: what makes a menu of what is before it.
#ifdef STATS_TREE_MENU_SEPARATOR
#define MESHCORE_MENU_SEPARATOR STATS_TREE_MENU_SEPARATOR
#else
#define MESHCORE_MENU_SEPARATOR "/"
#endif

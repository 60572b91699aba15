// SPDX-License-Identifier: GPL-2.0-or-later
// The Wireshark API that we use, and the only place that knows how it differs from 4.0 to 4.6.
#pragma once

#include <cstdint>

#include <ws_version.h>
// The order matters: ws_version.h first, packet.h before the rest.
#include <epan/packet.h>

#include <epan/addr_resolv.h>
#include <epan/address_types.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
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

}  // namespace meshcore::plugin

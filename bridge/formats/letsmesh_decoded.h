// SPDX-License-Identifier: GPL-2.0-or-later
// The `decoded` object of meshcore-packet-capture.
#pragma once

#include "bridge/formats/parts.h"

namespace meshcore::bridge {

/// What a parsed packet says. Texts between two nodes are not shown, whatever keys there are.
/// `with_path`: the message itself has no path. `decode_public`: false leaves the public channel's
/// texts out.
Json letsmesh_decoded(const Dissection& packet, bool decode_public, bool with_path);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics with a row for each node, channel, minute or payload type.
#pragma once

namespace meshcore::plugin {

void register_tables();

}  // namespace meshcore::plugin

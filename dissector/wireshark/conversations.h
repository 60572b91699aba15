// SPDX-License-Identifier: GPL-2.0-or-later
// Conversations, endpoints, and the chat of a channel to follow.
#pragma once

namespace meshcore::plugin {

/// Registers `-z conv,meshcore`, `-z endpoints,meshcore` and `-z follow,meshcore,…`. Called once, from
/// the protocols' registration.
void register_conversations();

}  // namespace meshcore::plugin

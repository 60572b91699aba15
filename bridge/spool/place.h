// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "bridge/config/config.h"
#include "bridge/spool/outbox.h"

namespace meshcore::bridge {

/// Where outboxes live when the configuration does not say: $STATE_DIRECTORY (systemd's), else
/// $XDG_STATE_HOME/meshcore-bridge, else ~/.local/state/meshcore-bridge. Empty if there is no such
/// place.
std::string default_spool_folder();

/// The one that counts for a configuration; empty: outboxes are in memory.
std::string spool_folder(const Config& config);

/// The broker's outbox: a file of its own in the folder, or memory if that is wanted, or all that there
/// is; the log says so then.
Outbox::Options make_outbox(const Config& config, const BrokerConfig& broker);
/// For captures, which keep their packets themselves: in memory, unpaced.
Outbox::Options make_unpaced_outbox(const Config& config);

}  // namespace meshcore::bridge

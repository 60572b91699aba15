// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/config/config.h"
#include "bridge/config/finding.h"

namespace meshcore::bridge {

/// Completes where packets come from, who observes, and who may read along. A configuration is unusable
/// if one of these cannot work.
void check_source(Config& config, Findings& findings);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "bridge/config/finding.h"

namespace meshcore::bridge {

/// The log goes to standard error: for the journal, if that is what is there (sd-daemon(3)), with a
/// priority instead of time and level.
void set_up_log(const std::string& level);
void set_log_level(const std::string& level);

void log_findings(const Findings& findings);

}  // namespace meshcore::bridge

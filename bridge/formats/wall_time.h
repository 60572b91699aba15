// SPDX-License-Identifier: GPL-2.0-or-later
// Times as texts, UTC.
#pragma once

#include <string>

#include "extcap/radio/record.h"

namespace meshcore::bridge {

/// "2026-09-13T04:29:52.407921+00:00": always six digits and the numeric zone, which is the one
/// spelling that every reader parses.
std::string timestamp_text(Record::Time time);
/// "04:29:52"
std::string time_text(Record::Time time);
/// "13/09/2026"
std::string date_text(Record::Time time);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "extcap/radio/record.h"

namespace meshcore::capture {

/// "2026-03-21T15:35:30.103404+01:00": fraction and zone may be missing, and T may be a blank. A time
/// without a zone is taken as UTC.
std::optional<Record::Time> parse_iso_time(std::string_view text);

}  // namespace meshcore::capture

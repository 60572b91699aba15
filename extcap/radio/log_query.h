// SPDX-License-Identifier: GPL-2.0-or-later
// What the command line of repeaters and room servers is asked, and what its replies tell.
// Source: firmware src/helpers/CommonCLI.cpp, StatsFormatHelper.h.
#pragma once

#include "extcap/radio/protocol.h"

namespace meshcore::radio {

/// A command each, ended by CR.
const std::vector<Query>& log_queries();

/// The text of a reply, behind "  -> ". False if it is no answer to this query.
bool take_reply(Device& device, std::size_t query, std::string_view reply);

/// The key that the node prints when it starts: "Repeater ID: <64 hex digits>". False for other lines.
bool take_boot_line(Device& device, std::string_view line);

}  // namespace meshcore::radio

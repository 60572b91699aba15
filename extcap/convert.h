// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "dissector/core/result.h"

namespace meshcore {

/// Makes a capture of whatever open_record_source() can read: pcapng if `to` ends so, else pcap. All
/// that is whole is written before an error.
Result<void> convert(const std::string& from, const std::string& to);

}  // namespace meshcore

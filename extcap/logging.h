// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <spdlog/logger.h>

#include <memory>

#include "dissector/core/result.h"
#include "extcap/options.h"

namespace meshcore {

/// Writes to the log file, if one is set, and to standard error if a person looks at it: Wireshark
/// shows each line that it gets there as an error.
Result<std::shared_ptr<spdlog::logger>> make_logger(const Settings& settings);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "dissector/core/result.h"

namespace meshcore::bridge {

/// The first line of a file. Refused if other users can read or write it.
Result<std::string> read_secret_file(const std::string& path);

/// Can users other than its owner and group read it?
bool others_can_read(const std::string& path);

}  // namespace meshcore::bridge

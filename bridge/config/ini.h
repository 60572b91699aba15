// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/finding.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

struct IniOption {
    std::string section;  ///< as written
    std::string name;     ///< lower case
    std::string value;
    Position where;
};

/// Options in their order, [DEFAULT] applied, values interpolated, as Python's configparser reads them.
/// A lone '%', which is an error there, is taken as it is, with a warning.
Result<std::vector<IniOption>> parse_ini(std::string_view text, const std::string& path,
                                         Findings& findings);

}  // namespace meshcore::bridge

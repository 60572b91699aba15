// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "bridge/config/load.h"

namespace meshcore::bridge {

/// What a configuration means: for each broker its topics, client id and one sample message, with what
/// is not known before the radio answers as its placeholder. Shows no secret.
std::string check_report(const Config& config);

}  // namespace meshcore::bridge

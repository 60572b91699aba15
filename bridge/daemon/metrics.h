// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge/station.h"

namespace meshcore::bridge {

/// All counters in the text format of Prometheus (version 0.0.4).
std::string metrics_text(const std::vector<std::unique_ptr<Station>>& stations);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "bridge/config/config.h"
#include "dissector/core/keyring.h"

namespace meshcore::bridge {

/// What there is to decrypt with: the key file and the channels of the configuration. What cannot be
/// used is left out, with a line for a person that holds no secret.
Keyring load_keys(const Config& config, std::vector<std::string>& warnings);

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/config/config.h"
#include "bridge/config/finding.h"

namespace meshcore::bridge {

/// Reads the private key if it may have to sign, and wipes its text in any case.
void load_signing_key(Config& config, Findings& findings);

/// Of a configuration that is complete: the radio is asked for signatures; if it gives none, and there
/// is a key, that signs.
bool radio_signs(const Config& config);

/// "signed by the radio, else with the private key"
const char* signer_text(const Config& config);

/// Why no token can be signed as configured; empty if one can.
std::string nobody_signs(const Config& config);

}  // namespace meshcore::bridge

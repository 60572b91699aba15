// SPDX-License-Identifier: GPL-2.0-or-later
// What is to be said of a radio when its capture has ended.
#pragma once

#include <string>

#include "dissector/core/result.h"
#include "extcap/radio/protocol.h"

namespace meshcore {

/// An error if nothing came, or nothing of the protocol that the user named. `where` is the radio,
/// `named` the protocol.
Result<void> understood(const radio::Protocol& protocol, std::string_view where,
                        std::string_view named);

/// How many packets the radio counted and did not tell of; empty if there are none.
std::string missed(const radio::Protocol& protocol);

}  // namespace meshcore

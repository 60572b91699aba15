// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "bridge/config/config.h"

namespace meshcore::bridge {

/// The configured id, or one made of prefix, key and the broker's number (from 1), so that no two
/// connections of ours share one. A broker throws out the older of two clients with the same id.
std::string make_client_id(const Config& config, const BrokerConfig& broker, std::size_t number,
                           std::string_view observer_key);

}  // namespace meshcore::bridge

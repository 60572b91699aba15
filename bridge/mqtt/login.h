// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/auth/signing_key.h"
#include "bridge/mqtt/client.h"
#include "bridge/observer.h"

namespace meshcore::bridge {

/// Fills in user name and password as the broker's configuration says; a token is made anew, since
/// brokers look at it at CONNECT only. `key` may be null where no token is wanted.
Result<void> log_in(const BrokerConfig& config, const SigningKey* key, const Observer& observer,
                    Client::Login& login);

}  // namespace meshcore::bridge

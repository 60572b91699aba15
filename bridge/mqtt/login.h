// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/auth/token.h"
#include "bridge/mqtt/client.h"
#include "bridge/observer.h"

namespace meshcore::bridge {

/// What a token says that is made now.
Claims fresh_claims(const BrokerConfig& config);

/// Fills in user name and password as the broker's configuration says. A token is made anew with `key`,
/// since brokers look at it at CONNECT only, unless there is one that the radio has signed. Both may be
/// null where no token is wanted.
Result<void> log_in(const BrokerConfig& config, const SigningKey* key, const std::string* radio_token,
                    const Observer& observer, Client::Login& login);

}  // namespace meshcore::bridge

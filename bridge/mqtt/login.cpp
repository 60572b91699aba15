// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/login.h"

#include <fmt/format.h>

#include "bridge/auth/token.h"

namespace meshcore::bridge {
namespace {

std::int64_t seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

Result<std::string> fresh_token(const BrokerConfig& config, const SigningKey& key) {
    const AuthConfig& auth = config.auth;
    Claims claims;
    claims.issued = seconds_since_1970();
    claims.expires = claims.issued + auth.token_ttl.value_or(std::chrono::hours{24}).count();
    claims.audience = auth.audience.empty() ? config.server : auth.audience;
    claims.owner = auth.owner;
    claims.email = auth.email;
    claims.client = "meshcore-bridge/" MESHCORE_VERSION;
    claims.verified_tls = config.tls.enabled && config.tls.verify;
    return mint(key, claims);
}

}  // namespace

Result<void> log_in(const BrokerConfig& config, const SigningKey* key, const Observer& observer,
                    Client::Login& login) {
    switch (config.auth.effective()) {
        case AuthMethod::none: return {};
        case AuthMethod::password:
            login.username = config.auth.username;
            login.password = config.auth.password;
            return {};
        case AuthMethod::token: break;
    }
    if (const std::string own = to_hex(key->public_key(), HexCase::upper); own != observer.key)
        return fail(
            fmt::format("the private key belongs to {}, the radio is {}; a token of the one does not "
                        "let the other in",
                        own, observer.key));
    auto token = fresh_token(config, *key);
    if (!token) return tl::unexpected<Error>(token.error());
    login.username = token_username(key->public_key());
    login.password = std::move(*token);
    return {};
}

}  // namespace meshcore::bridge

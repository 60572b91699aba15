// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/login.h"

#include <fmt/format.h>

namespace meshcore::bridge {
namespace {

std::int64_t seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

}  // namespace

Claims fresh_claims(const BrokerConfig& config) {
    const AuthConfig& auth = config.auth;
    Claims claims;
    claims.issued = seconds_since_1970();
    claims.expires = claims.issued + auth.token_ttl.value_or(std::chrono::hours{24}).count();
    claims.audience = auth.audience.empty() ? config.server : auth.audience;
    claims.owner = auth.owner;
    claims.email = auth.email;
    claims.client = "meshcore-bridge/" MESHCORE_VERSION;
    claims.verified_tls = config.tls.enabled && config.tls.verify;
    return claims;
}

Result<void> log_in(const BrokerConfig& config, const SigningKey* key, const std::string* radio_token,
                    const Observer& observer, Client::Login& login) {
    switch (config.auth.effective()) {
        case AuthMethod::none: return {};
        case AuthMethod::password:
            login.username = config.auth.username;
            login.password = config.auth.password;
            return {};
        case AuthMethod::token: break;
    }
    if (radio_token) {
        login.username = token_username(*observer.public_key());
        login.password = *radio_token;
        return {};
    }
    if (!key) return fail("no radio is here to sign the login token: set private_key_file");
    if (const std::string own = to_hex(key->public_key(), HexCase::upper); own != observer.key)
        return fail(
            fmt::format("the private key belongs to {}, the radio is {}; a token of the one does not "
                        "let the other in",
                        own, observer.key));
    auto token = mint(*key, fresh_claims(config));
    if (!token) return tl::unexpected<Error>(token.error());
    login.username = token_username(key->public_key());
    login.password = std::move(*token);
    return {};
}

}  // namespace meshcore::bridge

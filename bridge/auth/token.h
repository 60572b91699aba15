// SPDX-License-Identifier: GPL-2.0-or-later
// Login tokens of the community's brokers: BASE64URL(header).BASE64URL(claims).HEX(signature). No JWT
// library fits: the header says "Ed25519" instead of "EdDSA", and the signature is hex.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/auth/signing_key.h"

namespace meshcore::bridge {

struct Claims {
    std::int64_t issued = 0, expires = 0;  ///< seconds since 1970
    std::string audience;                  ///< empty: left out
    std::string owner;                     ///< a public key in hex
    std::string email;
    std::string client;
    /// Owner and e-mail are left out unless the token goes over TLS whose certificate is checked.
    bool verified_tls = false;
};

/// A claim's time for a person: "2023-11-14 22:13:20 UTC".
std::string claim_time(std::int64_t seconds);

/// "v1_" and the key in upper-case hex.
std::string token_username(const PublicKey& key);

/// What is to be signed: header and claims. For keys that never leave their radio.
std::string token_to_sign(const PublicKey& key, const Claims& claims);
/// The whole token, of what token_to_sign() gave and its signature; an error if it does not fit the
/// key.
Result<std::string> finish_token(const PublicKey& key, std::string to_sign, Bytes signature);

/// The password for one CONNECT. An error if the claims make no sense, above all if the clock cannot be
/// right.
Result<std::string> mint(const SigningKey& key, const Claims& claims);

/// A token taken apart. Everything in it is a stranger's until `signature_ok`.
struct Token {
    std::string header, claims;  ///< JSON texts as they are in the token
    PublicKey public_key{};      ///< the claim publicKey
    std::int64_t issued = 0, expires = 0;
    std::string audience;
    bool signature_ok = false;
};

/// An error if it has not the form of a token. Never shows the token itself.
Result<Token> read_token(std::string_view text);

/// What a broker checks: signature, expiry, and the audience unless it is empty.
Result<void> verify_token(const Token& token, std::chrono::system_clock::time_point now,
                          std::string_view audience);

}  // namespace meshcore::bridge

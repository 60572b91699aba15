// SPDX-License-Identifier: GPL-2.0-or-later
// The private key that login tokens are signed with: a MeshCore identity. No seed belongs to it, only
// its SHA-512 (firmware 1.17.1, src/Identity.cpp), so that signatures are made from scalars.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "dissector/core/crypto.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

/// Lies in guarded memory that is neither swapped nor part of a core file, and is wiped at the end.
class SigningKey {
public:
    /// `key`: the 64-byte expanded private key, or a 32-byte seed.
    static Result<SigningKey> from_bytes(Bytes key);
    /// 128 or 64 hex digits, with blanks around.
    static Result<SigningKey> from_text(std::string_view text);
    /// A file with such a text. Refused if others than owner and group can read or write it.
    static Result<SigningKey> load(const std::string& path);

    const PublicKey& public_key() const { return public_key_; }
    /// Plain Ed25519, the same bytes each time.
    Signature sign(Bytes message) const;

private:
    struct Release {
        void operator()(PrivateKey* key) const;
    };
    using Guarded = std::unique_ptr<PrivateKey, Release>;

    SigningKey(Guarded key, const PublicKey& public_key)
        : key_{std::move(key)}, public_key_{public_key} {}
    static Guarded guarded();

    Guarded key_;
    PublicKey public_key_;
};

}  // namespace meshcore::bridge

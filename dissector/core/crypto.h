// SPDX-License-Identifier: GPL-2.0-or-later
// The primitives that MeshCore uses, over OpenSSL (AES, HMAC, SHA-256) and libsodium (curves).
// Source: firmware 1.17.1, src/Utils.cpp (encryptThenMAC, MACThenDecrypt), src/Identity.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>

#include "dissector/core/bytes.h"

namespace meshcore {

using Digest = std::array<std::uint8_t, 32>;
using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
/// Expanded Ed25519 private key: clamped scalar (32), then the nonce prefix (32). No seed is kept.
using PrivateKey = std::array<std::uint8_t, 64>;
/// A channel's slot (a 16-byte key is followed by 16 zeros) or the X25519 result of two nodes.
using SecretBytes = std::array<std::uint8_t, 32>;

inline constexpr std::size_t cipher_block = 16;

/// SHA-256 over the parts, one after the other.
Digest sha256(std::initializer_list<Bytes> parts);
Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts);

/// Plain Ed25519.
bool verify_signature(const PublicKey& key, Bytes message, Bytes signature);

/// scalar x basepoint, as the firmware derives it.
PublicKey public_key_of(const PrivateKey& key);
/// Expanded form of a 32-byte seed.
PrivateKey expand_seed(Bytes seed);
/// X25519 of a private key and an Ed25519 public key; nothing if that is no usable point.
std::optional<SecretBytes> shared_secret(const PrivateKey& own, const PublicKey& peer);

/// A secret made ready for use: AES-128 under its first 16 bytes, HMAC under all 32. The key schedules
/// are set up on first use and kept. Copies share them; use one keyring per thread.
class Secret {
public:
    explicit Secret(const SecretBytes& bytes);

    /// Whether the two MAC bytes, read as u16 LE, belong to the ciphertext.
    bool mac_fits(Bytes ciphertext, std::uint16_t mac) const;
    /// Decrypts whole blocks; `plaintext` has the size of `ciphertext`, a multiple of 16.
    void decrypt(Bytes ciphertext, std::span<std::uint8_t> plaintext) const;

private:
    struct Prepared;
    std::shared_ptr<Prepared> prepared_;
};

}  // namespace meshcore

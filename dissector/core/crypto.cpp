// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/crypto.h"

// Every frame is hashed once: the plain SHA-256 calls take half the time of the EVP ones, which
// OpenSSL 3 prefers.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <stdexcept>

namespace meshcore {
namespace {

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>>;

// Only memory or a broken installation of OpenSSL can make these fail.
void require(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL refuses a basic operation");
}

// Looking an algorithm up costs more than a packet's worth of hashing, so it is done once.
EVP_MAC_CTX* new_hmac() {
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    return EVP_MAC_CTX_new(algorithm);
}

void start_hmac(EVP_MAC_CTX* context, Bytes key) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    require(EVP_MAC_init(context, key.data(), key.size(), parameters) == 1);
}

Digest finish_hmac(EVP_MAC_CTX* context) {
    Digest digest;
    std::size_t length = 0;
    require(EVP_MAC_final(context, digest.data(), &length, digest.size()) == 1);
    return digest;
}

}  // namespace

Digest sha256(std::initializer_list<Bytes> parts) {
    SHA256_CTX context;
    Digest digest;
    SHA256_Init(&context);
    for (Bytes part : parts) SHA256_Update(&context, part.data(), part.size());
    SHA256_Final(digest.data(), &context);
    return digest;
}

Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts) {
    const MacContext context{new_hmac()};
    start_hmac(context.get(), key);
    for (Bytes part : parts) EVP_MAC_update(context.get(), part.data(), part.size());
    return finish_hmac(context.get());
}

bool verify_signature(const PublicKey& key, Bytes message, Bytes signature) {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) ==
               0;
}

PublicKey public_key_of(const PrivateKey& key) {
    PublicKey result{};
    // Fails only for a zero scalar; the result then stays zero and matches no node.
    static_cast<void>(crypto_scalarmult_ed25519_base_noclamp(result.data(), key.data()));
    return result;
}

PrivateKey expand_seed(Bytes seed) {
    PrivateKey key;
    crypto_hash_sha512(key.data(), seed.data(), seed.size());
    key[0] &= 0xF8;
    key[31] = static_cast<std::uint8_t>((key[31] & 0x3F) | 0x40);
    return key;
}

std::optional<SecretBytes> shared_secret(const PrivateKey& own, const PublicKey& peer) {
    PublicKey montgomery;
    SecretBytes secret;
    if (crypto_sign_ed25519_pk_to_curve25519(montgomery.data(), peer.data()) != 0) return std::nullopt;
    if (crypto_scalarmult_curve25519(secret.data(), own.data(), montgomery.data()) != 0)
        return std::nullopt;
    return secret;
}

struct Secret::Prepared {
    SecretBytes bytes;
    MacContext mac;
    CipherContext cipher;

    ~Prepared() { sodium_memzero(bytes.data(), bytes.size()); }
};

Secret::Secret(const SecretBytes& bytes) : prepared_(std::make_shared<Prepared>()) {
    prepared_->bytes = bytes;
}

bool Secret::mac_fits(Bytes ciphertext, std::uint16_t mac) const {
    MacContext& context = prepared_->mac;
    if (!context) {
        context.reset(new_hmac());
        start_hmac(context.get(), prepared_->bytes);
    } else {
        require(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);
    }
    EVP_MAC_update(context.get(), ciphertext.data(), ciphertext.size());
    return load_u16(finish_hmac(context.get())) == mac;
}

void Secret::decrypt(Bytes ciphertext, std::span<std::uint8_t> plaintext) const {
    CipherContext& context = prepared_->cipher;
    if (!context) {
        context.reset(EVP_CIPHER_CTX_new());
        require(EVP_DecryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, prepared_->bytes.data(),
                                   nullptr) == 1);
        EVP_CIPHER_CTX_set_padding(context.get(), 0);
    }
    int written = 0;
    require(EVP_DecryptUpdate(context.get(), plaintext.data(), &written, ciphertext.data(),
                              static_cast<int>(ciphertext.size())) == 1);
}

}  // namespace meshcore

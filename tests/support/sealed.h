// SPDX-License-Identifier: GPL-2.0-or-later
// Frames of our own making: sealed as the firmware would, so that the MAC fits.
// Source: firmware 1.17.1, src/Utils.cpp, encryptThenMAC; src/Mesh.cpp, createDatagram.
#pragma once

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "dissector/core/dissect.h"

namespace meshcore::test {

using Buffer = std::vector<std::uint8_t>;

/// Two nodes that know each other, and the secrets of both kinds of traffic.
struct World {
    World() {
        const Buffer seed_a(32, 0x11), seed_b(32, 0x22);
        if (!keys.add_identity("a", seed_a) || !keys.add_identity("b", seed_b)) std::abort();
        pair = *shared_secret(keys.identities()[0].private_key, keys.identities()[1].public_key);
        const auto key = from_hex("8b3387e9c5cdea6ac9e5edbaa115cd72");
        std::copy(key->begin(), key->end(), channel.begin());
    }
    Keyring keys;
    SecretBytes pair{}, channel{};
};

inline Buffer seal(const SecretBytes& secret, Buffer plaintext) {
    plaintext.resize((plaintext.size() + cipher_block - 1) / cipher_block * cipher_block);
    Buffer ciphertext(plaintext.size());
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free};
    int length = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, secret.data(), nullptr);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    EVP_EncryptUpdate(context.get(), ciphertext.data(), &length, plaintext.data(),
                      static_cast<int>(plaintext.size()));
    const Digest mac = hmac_sha256(secret, {ciphertext});
    ciphertext.insert(ciphertext.begin(), mac.begin(), mac.begin() + 2);
    return ciphertext;
}

/// A direct frame of payload type `type` from the first node to the second, or `back`.
inline Buffer packet(const World& world, std::uint8_t type, bool back, const Buffer& plaintext) {
    const PublicKey& from = world.keys.identities()[back ? 1 : 0].public_key;
    const PublicKey& to = world.keys.identities()[back ? 0 : 1].public_key;
    Buffer frame{static_cast<std::uint8_t>(type << 2 | 2), 0};
    const bool to_channel = type == 5 || type == 6;
    if (to_channel) {
        frame.push_back(0x11);
    } else {
        frame.push_back(to[0]);
        if (type == 7)
            frame.insert(frame.end(), from.begin(), from.end());
        else
            frame.push_back(from[0]);
    }
    const Buffer sealed = seal(to_channel ? world.channel : world.pair, plaintext);
    frame.insert(frame.end(), sealed.begin(), sealed.end());
    return frame;
}

}  // namespace meshcore::test

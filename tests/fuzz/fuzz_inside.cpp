// SPDX-License-Identifier: GPL-2.0-or-later
// The decoders behind the encryption: the input is sealed as the firmware would, so that the MAC fits
// and every mutation arrives there. First byte: what is sealed; then the plaintext.
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "dissector/core/dissect.h"
#include "dissector/core/to_json.h"

namespace {

using namespace meshcore;
using Buffer = std::vector<std::uint8_t>;

void check(bool ok) {
    if (!ok) std::abort();
}

/// Two nodes that know each other, and the secrets of both kinds of traffic.
struct World {
    World() {
        const Buffer seed_a(32, 0x11), seed_b(32, 0x22);
        check(keys.add_identity("a", seed_a).has_value() && keys.add_identity("b", seed_b).has_value());
        pair = *shared_secret(keys.identities()[0].private_key, keys.identities()[1].public_key);
        const auto key = from_hex("8b3387e9c5cdea6ac9e5edbaa115cd72");
        std::copy(key->begin(), key->end(), channel.begin());
    }
    Keyring keys;
    SecretBytes pair{}, channel{};
};

Buffer seal(const SecretBytes& secret, Buffer plaintext) {
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
    Buffer sealed{mac[0], mac[1]};
    sealed.insert(sealed.end(), ciphertext.begin(), ciphertext.end());
    return sealed;
}

Buffer packet(const World& world, std::uint8_t type, bool back, const Buffer& plaintext) {
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (size < 2 || size > 140) return 0;
    static constexpr std::uint8_t types[] = {0, 1, 2, 5, 6, 7, 8};
    const std::uint8_t type = types[data[0] % 7];
    const std::uint8_t asked = (data[0] >> 3) % 8;  // for an answer: what it answers
    const Buffer plaintext{data + 1, data + size};

    Memory memory{world.keys};
    Dissection out;
    if (type == 1 || type == 8) {
        // The answer's layout depends on a request with the same tag.
        Buffer request(13);
        const std::size_t at = type == 8 ? 2 : 0;
        for (std::size_t i = 0; i < 4 && at + i < plaintext.size(); ++i) request[i] = plaintext[at + i];
        request[4] = asked;
        request[10] = data[0] >> 2;  // length of a neighbour's prefix
        const Buffer frame = packet(world, 0, true, request);
        dissect(frame, world.keys, memory, out);
        memory.learn(out);
    }
    const Buffer frame = packet(world, type, false, plaintext);
    dissect(frame, world.keys, memory, out);
    check(out.find("meshcore.plaintext"_f) != nullptr);
    for (const Node& node : out.nodes())
        check(node.offset + node.length <= static_cast<int>(out.buffer(node.buffer).size()));
    const std::string first = to_json(nullptr, &out);
    const Resolution resolution = out.resolution;
    memory.learn(out);
    dissect(frame, world.keys, memory, out, &resolution);
    check(to_json(nullptr, &out) == first);
    return 0;
}

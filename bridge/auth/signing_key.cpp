// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/auth/signing_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

constexpr std::size_t seed_size = 32, expanded_size = 64;

/// Bytes that are wiped when they go.
template <std::size_t Size>
struct Wiped : std::array<std::uint8_t, Size> {
    Wiped() : std::array<std::uint8_t, Size>{} {}
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { sodium_memzero(this->data(), Size); }
};

using Scalar = Wiped<crypto_core_ed25519_SCALARBYTES>;

/// SHA-512 over the parts, modulo the order of the group.
void hash_to_scalar(Scalar& scalar, std::initializer_list<Bytes> parts) {
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const Bytes part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
    Wiped<crypto_hash_sha512_BYTES> digest;
    crypto_hash_sha512_final(&state, digest.data());
    crypto_core_ed25519_scalar_reduce(scalar.data(), digest.data());
    sodium_memzero(&state, sizeof state);
}

/// As the firmware makes them (RFC 8032, 5.1.5).
bool is_clamped(Bytes scalar) {
    return (scalar[0] & 7) == 0 && (scalar[31] & 0xC0) == 0x40;
}

struct File {
    int descriptor;
    ~File() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

/// Whoever gave the key itself in place of its file is not shown it once more.
std::string shown(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const bool is_key = name.size() >= 2 * seed_size && from_hex(name).has_value();
    return is_key ? "(not shown, it looks like the key itself: write it into a file)" : path;
}

}  // namespace

void SigningKey::Release::operator()(PrivateKey* key) const {
    sodium_free(key);
}

SigningKey::Guarded SigningKey::guarded() {
    if (sodium_init() < 0) throw std::bad_alloc{};
    auto* memory = static_cast<PrivateKey*>(sodium_malloc(sizeof(PrivateKey)));
    if (!memory) throw std::bad_alloc{};
    return Guarded{memory};
}

Result<SigningKey> SigningKey::from_bytes(Bytes key) {
    if (key.size() != seed_size && key.size() != expanded_size)
        return fail("a private key has 64 bytes, or 32 as a seed");
    Guarded own = guarded();
    if (key.size() == seed_size) {
        crypto_hash_sha512(own->data(), key.data(), key.size());
        own->at(0) &= 0xF8;
        own->at(31) = static_cast<std::uint8_t>((own->at(31) & 0x3F) | 0x40);
    } else {
        std::memcpy(own->data(), key.data(), key.size());
        if (!is_clamped(*own))
            return fail(
                "these 64 bytes are no MeshCore private key (its first half is no clamped scalar); "
                "give what \"get prv.key\" prints, or a 32-byte seed");
    }
    PublicKey public_key{};
    if (crypto_scalarmult_ed25519_base_noclamp(public_key.data(), own->data()) != 0)
        return fail("the private key has no public key");
    return SigningKey{std::move(own), public_key};
}

Result<SigningKey> SigningKey::from_text(std::string_view text) {
    constexpr const char* blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return fail("it is empty; expected 128 or 64 hex digits");
    text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
    Wiped<expanded_size> bytes;
    std::size_t length = 0;
    const char* end = nullptr;
    const bool is_hex = sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                       &length, &end) == 0 &&
                        end == text.data() + text.size();
    if (!is_hex || (length != seed_size && length != expanded_size))
        return fail("expected 128 hex digits (a private key) or 64 (a seed)");
    return from_bytes({bytes.data(), length});
}

Result<SigningKey> SigningKey::load(const std::string& path) {
    const auto refuse = [&](std::string_view why) {
        return fail(fmt::format("cannot use private key file {}: {}", shown(path), why));
    };
    const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat status {};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &status) != 0)
        return refuse(std::strerror(errno));
    if (S_ISDIR(status.st_mode)) return refuse("it is a folder");
    if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return refuse("other users can read or write it; chmod 600 it");
    Wiped<1024> text;
    std::size_t length = 0;
    while (length < text.size()) {
        const ssize_t got = ::read(file.descriptor, text.data() + length, text.size() - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse(std::strerror(errno));
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    auto key = from_text({reinterpret_cast<const char*>(text.data()), length});
    if (!key) return refuse(key.error().message);
    return key;
}

// Source: RFC 8032, 5.1.6, begun where the seed has been expanded.
Signature SigningKey::sign(Bytes message) const {
    const Bytes scalar{key_->data(), 32}, prefix{key_->data() + 32, 32};
    Scalar nonce, challenge, product;
    hash_to_scalar(nonce, {prefix, message});
    Signature signature{};
    // Fails for a nonce of zero only, which no hash gives.
    if (crypto_scalarmult_ed25519_base_noclamp(signature.data(), nonce.data()) != 0)
        throw std::bad_alloc{};
    hash_to_scalar(challenge, {Bytes{signature}.first(32), public_key_, message});
    crypto_core_ed25519_scalar_mul(product.data(), challenge.data(), scalar.data());
    crypto_core_ed25519_scalar_add(signature.data() + 32, product.data(), nonce.data());
    return signature;
}

}  // namespace meshcore::bridge

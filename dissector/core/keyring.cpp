// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/keyring.h"

#include <algorithm>

namespace meshcore {
namespace {

// The channel that every companion has in slot 0 (firmware: docs/qr_codes.md).
constexpr std::array<std::uint8_t, 16> public_channel_key = {
    0x8b, 0x33, 0x87, 0xe9, 0xc5, 0xcd, 0xea, 0x6a, 0xc9, 0xe5, 0xed, 0xba, 0xa1, 0x15, 0xcd, 0x72};

Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool all_zero(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace

Keyring::Keyring() {
    static_cast<void>(add_channel("Public", public_channel_key));
}

Result<void> Keyring::add_channel(std::string_view name, Bytes key) {
    if (key.size() != 16 && key.size() != 32) return fail("a channel's secret has 16 or 32 bytes");
    if (all_zero(key)) return fail("a channel's secret is not all zero");
    SecretBytes slot{};
    std::copy(key.begin(), key.end(), slot.begin());
    if (std::find(channel_slots_.begin(), channel_slots_.end(), slot) != channel_slots_.end())
        return {};
    const std::size_t used = all_zero(Bytes{slot}.last(16)) ? 16 : 32;
    channels_.push_back({std::string(name), sha256({Bytes{slot}.first(used)})[0], Secret{slot}});
    channel_slots_.push_back(slot);
    return {};
}

Result<void> Keyring::add_hashtag_channel(std::string_view name) {
    if (name.size() < 2 || name[0] != '#')
        return fail("a channel without a secret has a name with '#'");
    return add_channel(name, Bytes{sha256({as_bytes(name)})}.first(16));
}

Result<void> Keyring::add_identity(std::string_view name, Bytes key) {
    PrivateKey expanded;
    if (key.size() == 32)
        expanded = expand_seed(key);
    else if (key.size() == 64)
        std::copy(key.begin(), key.end(), expanded.begin());
    else
        return fail("a private key has 64 bytes, or 32 as a seed");
    // Clamping is part of the stored form; a key without it was cut or mistyped.
    if ((expanded[0] & 7) != 0 || (expanded[31] & 0xC0) != 0x40)
        return fail("this is no expanded Ed25519 private key (not clamped)");
    identities_.push_back({std::string(name), public_key_of(expanded), expanded});
    return {};
}

Result<void> Keyring::add_node(std::string_view name, Bytes public_key) {
    if (public_key.size() != 32) return fail("a public key has 32 bytes");
    KnownNode node{std::string(name), {}};
    std::copy(public_key.begin(), public_key.end(), node.public_key.begin());
    nodes_.push_back(std::move(node));
    return {};
}

Result<void> Keyring::add_region(std::string_view name) {
    if (name.empty() || name == "#") return fail("a region has a name");
    Region region{name[0] == '#' ? std::string(name) : "#" + std::string(name), {}};
    const Digest digest = sha256({as_bytes(region.name)});
    std::copy_n(digest.begin(), region.key.size(), region.key.begin());
    regions_.push_back(std::move(region));
    return {};
}

const Region* Keyring::region_of(std::uint16_t code, PayloadType type, Bytes payload) const {
    const std::uint8_t type_byte = static_cast<std::uint8_t>(type);
    for (const Region& region : regions_) {
        std::uint16_t own = load_u16(hmac_sha256(region.key, {Bytes{&type_byte, 1}, payload}));
        if (own == 0x0000) own = 0x0001;  // both ends are reserved
        if (own == 0xFFFF) own = 0xFFFE;
        if (own == code) return &region;
    }
    return nullptr;
}

bool Keyring::operator==(const Keyring& other) const {
    const auto same_name = [](const Channel& a, const Channel& b) { return a.name == b.name; };
    return channel_slots_ == other.channel_slots_ &&
           std::equal(channels_.begin(), channels_.end(), other.channels_.begin(),
                      other.channels_.end(), same_name) &&
           identities_ == other.identities_ && nodes_ == other.nodes_ && regions_ == other.regions_;
}

}  // namespace meshcore

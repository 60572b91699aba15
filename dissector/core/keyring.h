// SPDX-License-Identifier: GPL-2.0-or-later
// The keys and names that the user has: channels, identities, nodes, regions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dissector/core/crypto.h"
#include "dissector/core/enums.h"
#include "dissector/core/result.h"

namespace meshcore {

struct Channel {
    std::string name;
    std::uint8_t hash;  ///< first byte of SHA-256 over the 16 or 32 bytes of the key
    Secret secret;
};

/// Somebody whose private key the user has.
struct Identity {
    std::string name;
    PublicKey public_key;
    PrivateKey private_key;

    bool operator==(const Identity&) const = default;
};

/// A node known by name.
struct KnownNode {
    std::string name;
    PublicKey public_key;

    bool operator==(const KnownNode&) const = default;
};

struct Region {
    std::string name;  ///< with its '#'
    std::array<std::uint8_t, 16> key;

    bool operator==(const Region&) const = default;
};

/// Holds the public channel from the start. Names may repeat, equal keys are kept once.
class Keyring {
public:
    Keyring();

    /// `key`: 16 or 32 bytes. A 32-byte key whose second half is zero is the 16-byte one.
    Result<void> add_channel(std::string_view name, Bytes key);
    /// A channel whose key is derived from its name, which begins with '#'.
    Result<void> add_hashtag_channel(std::string_view name);
    /// `key`: 64 bytes expanded, or a 32-byte seed.
    Result<void> add_identity(std::string_view name, Bytes key);
    Result<void> add_node(std::string_view name, Bytes public_key);
    /// A scope name, with or without '#'.
    Result<void> add_region(std::string_view name);

    const std::vector<Channel>& channels() const { return channels_; }
    const std::vector<Identity>& identities() const { return identities_; }
    const std::vector<KnownNode>& nodes() const { return nodes_; }
    const std::vector<Region>& regions() const { return regions_; }

    /// The region whose code over this payload is `code`, or nothing.
    /// Source: src/helpers/TransportKeyStore.cpp, calcTransportCode.
    const Region* region_of(std::uint16_t code, PayloadType type, Bytes payload) const;

    /// The same keys under the same names, in the same order.
    bool operator==(const Keyring& other) const;

private:
    std::vector<Channel> channels_;
    std::vector<SecretBytes> channel_slots_;  // beside channels_, to find equal ones
    std::vector<Identity> identities_;
    std::vector<KnownNode> nodes_;
    std::vector<Region> regions_;
};

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// What the earlier frames of one input told, and results worth keeping: public keys and roles seen in
// adverts and ANON_REQs, requests that await their answer, shared secrets, checked signatures.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dissector/core/dissection.h"
#include "dissector/core/keyring.h"

namespace meshcore {

/// A node whose public key is known: by the user, by an advert, by an ANON_REQ.
struct Peer {
    PublicKey public_key{};
    std::string name;                ///< the user's name for it, else the advert's; may be empty
    NodeType role = NodeType::none;  ///< none as long as no advert told
    bool named_by_user = false;
};

/// One instance serves one input from its first frame on: dissect each frame with it, in order, and
/// call learn() after each. Bounded: the oldest open requests are forgotten, and peers beyond a
/// maximum are not taken up, so that a daemon can keep one for months. Not for several threads.
class Memory {
public:
    /// Starts with the nodes and identities of the keyring, which is borrowed.
    explicit Memory(const Keyring& keys);

    /// Takes up what a frame dissected with this memory told.
    void learn(const Dissection& frame);

    const Peer* find_peer(const PublicKey& key) const;
    const std::vector<Peer>& peers() const { return peers_; }
    /// Indices into peers() of those whose key begins with this byte.
    const std::vector<std::uint32_t>& peers_with_hash(std::uint8_t hash) const {
        return peers_by_hash_[hash];
    }

    // For the decoders.
    struct Pair {
        PublicKey own{}, peer{};
        std::optional<Secret> secret;  ///< nothing if the peer's key is no point of the curve
    };
    const Pair& pair(std::uint32_t index) const { return pairs_[index]; }

    struct Candidate {
        std::uint32_t pair;
        bool own_is_source;
    };
    /// Pairs that can have exchanged a message between nodes with these hashes: an identity at one end,
    /// any known key at the other. Valid until the next call.
    const std::vector<Candidate>& candidates(std::uint8_t source_hash, std::uint8_t dest_hash);
    /// The same for a sender whose whole key is in the frame.
    const std::vector<Candidate>& candidates(const PublicKey& source, std::uint8_t dest_hash);

    /// What a RESPONSE with this tag answers, or the login that waits for one.
    std::optional<AwaitedAnswer> awaited(const Ends& response, std::uint32_t tag) const;

    /// Result of a signature check, done once for all copies of an advert.
    bool signature_ok(const Digest& payload_digest, const PublicKey& key, Bytes message,
                      Bytes signature);

private:
    /// A digest's bytes are as random as a hash wants to be.
    struct FirstBytes {
        std::size_t operator()(const Digest& digest) const {
            std::size_t first = 0;
            std::memcpy(&first, digest.data(), sizeof first);
            return first;
        }
    };
    struct Question {
        PublicKey client, server;
        std::uint32_t tag;
        auto operator<=>(const Question&) const = default;
    };

    std::uint32_t take_up(const PublicKey& key);
    std::uint32_t pair_index(std::uint32_t identity, const PublicKey& peer);
    void learn_request(const std::optional<Ends>& ends, const Request& request);

    const Keyring* keys_;
    std::vector<Peer> peers_;
    std::map<PublicKey, std::uint32_t> peer_index_;
    std::array<std::vector<std::uint32_t>, 256> peers_by_hash_;
    std::vector<Pair> pairs_;
    std::map<std::pair<std::uint32_t, PublicKey>, std::uint32_t> pair_index_;
    std::vector<Candidate> candidates_;
    std::map<Question, AwaitedAnswer> questions_;
    std::deque<Question> questions_by_age_;
    std::unordered_map<Digest, bool, FirstBytes> signatures_;
};

}  // namespace meshcore

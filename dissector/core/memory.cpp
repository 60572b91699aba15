// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/memory.h"

#include "dissector/core/text.h"

namespace meshcore {
namespace {

constexpr std::size_t max_peers = 65536;
constexpr std::size_t max_questions = 4096;
constexpr std::size_t max_signatures = 4096;
// A login's answer carries the server's clock, not the tag of the request: it is looked up by this.
constexpr std::uint32_t login_tag = 0;

}  // namespace

Memory::Memory(const Keyring& keys) : keys_(&keys) {
    const auto add = [this](const std::string& name, const PublicKey& key) {
        Peer& peer = peers_[take_up(key)];
        if (!name.empty()) {
            peer.name = name;
            peer.named_by_user = true;
        }
    };
    for (const KnownNode& node : keys.nodes()) add(node.name, node.public_key);
    for (const Identity& identity : keys.identities()) add(identity.name, identity.public_key);
}

std::uint32_t Memory::take_up(const PublicKey& key) {
    const auto [place, added] = peer_index_.try_emplace(key, static_cast<std::uint32_t>(peers_.size()));
    if (added) {
        peers_by_hash_[key[0]].push_back(place->second);
        peers_.emplace_back().public_key = key;
    }
    return place->second;
}

const Peer* Memory::find_peer(const PublicKey& key) const {
    const auto found = peer_index_.find(key);
    return found == peer_index_.end() ? nullptr : &peers_[found->second];
}

void Memory::learn_request(const std::optional<Ends>& ends, const Request& request) {
    if (!ends || request.answer.kind == AnswerKind::unknown) return;
    const bool login = request.answer.kind == AnswerKind::login;
    const Question question{ends->source, ends->destination, login ? login_tag : request.tag};
    if (questions_.insert_or_assign(question, request.answer).second)
        questions_by_age_.push_back(question);
    if (questions_by_age_.size() > max_questions) {
        questions_.erase(questions_by_age_.front());
        questions_by_age_.pop_front();
    }
}

void Memory::learn(const Dissection& frame) {
    if (const auto* advert = std::get_if<Advert>(&frame.payload)) {
        if (!advert->signature_ok || peers_.size() >= max_peers) return;
        Peer& peer = peers_[take_up(advert->public_key)];
        peer.role = static_cast<NodeType>(advert->node_type);
        if (!peer.named_by_user && advert->name.length > 0)
            peer.name = clean_text(frame.text(advert->name));
    } else if (const auto* anon = std::get_if<AnonRequest>(&frame.payload)) {
        if (peers_.size() < max_peers) take_up(anon->sender);
        learn_request(anon->ends, anon->content);
    } else if (const auto* datagram = std::get_if<Datagram>(&frame.payload)) {
        if (const auto* request = std::get_if<Request>(&datagram->content))
            learn_request(datagram->ends, *request);
    }
}

std::uint32_t Memory::pair_index(std::uint32_t identity, const PublicKey& peer) {
    const auto [place, added] =
        pair_index_.try_emplace({identity, peer}, static_cast<std::uint32_t>(pairs_.size()));
    if (added) {
        const Identity& own = keys_->identities()[identity];
        Pair& pair = pairs_.emplace_back(Pair{own.public_key, peer, std::nullopt});
        if (const auto secret = shared_secret(own.private_key, peer)) pair.secret.emplace(*secret);
    }
    return place->second;
}

const std::vector<Memory::Candidate>& Memory::candidates(std::uint8_t source_hash,
                                                         std::uint8_t dest_hash) {
    candidates_.clear();
    for (std::uint32_t i = 0; i < keys_->identities().size(); ++i) {
        const std::uint8_t own = keys_->identities()[i].public_key[0];
        if (own == dest_hash)
            for (const std::uint32_t peer : peers_by_hash_[source_hash])
                candidates_.push_back({pair_index(i, peers_[peer].public_key), false});
        if (own == source_hash)
            for (const std::uint32_t peer : peers_by_hash_[dest_hash])
                candidates_.push_back({pair_index(i, peers_[peer].public_key), true});
    }
    return candidates_;
}

const std::vector<Memory::Candidate>& Memory::candidates(const PublicKey& source,
                                                         std::uint8_t dest_hash) {
    candidates_.clear();
    for (std::uint32_t i = 0; i < keys_->identities().size(); ++i) {
        const PublicKey& own = keys_->identities()[i].public_key;
        if (own[0] == dest_hash) candidates_.push_back({pair_index(i, source), false});
        if (own == source)
            for (const std::uint32_t peer : peers_by_hash_[dest_hash])
                candidates_.push_back({pair_index(i, peers_[peer].public_key), true});
    }
    return candidates_;
}

std::optional<AwaitedAnswer> Memory::awaited(const Ends& response, std::uint32_t tag) const {
    for (const std::uint32_t key : {tag, login_tag}) {
        const auto found = questions_.find({response.destination, response.source, key});
        if (found != questions_.end()) return found->second;
    }
    return std::nullopt;
}

bool Memory::signature_ok(const Digest& payload_digest, const PublicKey& key, Bytes message,
                          Bytes signature) {
    const auto known = signatures_.find(payload_digest);
    if (known != signatures_.end()) return known->second;
    if (signatures_.size() >= max_signatures) signatures_.clear();
    return signatures_[payload_digest] = verify_signature(key, message, signature);
}

}  // namespace meshcore

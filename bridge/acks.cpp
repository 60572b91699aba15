// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/acks.h"

namespace meshcore::bridge {
namespace {

constexpr std::size_t most = 1000;
/// Codes are 32 bits of a hash: after that long, an equal one is another text's.
constexpr std::chrono::minutes patience{5};

const Ack* ack_in(const Payload& payload) {
    if (const auto* ack = std::get_if<Ack>(&payload)) return ack;
    if (const auto* part = std::get_if<Multipart>(&payload)) return part->ack ? &*part->ack : nullptr;
    const auto* datagram = std::get_if<Datagram>(&payload);
    const auto* path = datagram ? std::get_if<ReturnedPath>(&datagram->content) : nullptr;
    return path && path->ack ? &*path->ack : nullptr;
}

}  // namespace

std::optional<Confirmation> Acks::take(const Dissection& packet, Time time) {
    if (const Ack* ack = ack_in(packet.payload)) return confirm(ack->checksum, time);
    const auto* datagram = std::get_if<Datagram>(&packet.payload);
    const auto* text = datagram ? std::get_if<TextMessage>(&datagram->content) : nullptr;
    if (text && datagram->ends && text->expected_ack)
        expect(*text->expected_ack, datagram->ends->destination, time);
    return std::nullopt;
}

void Acks::expect(std::uint32_t code, const PublicKey& receiver, Time time) {
    if (!waiting_.try_emplace(code, Waiting{receiver, time}).second) return;
    by_age_.push_back(code);
    if (by_age_.size() <= most) return;
    waiting_.erase(by_age_.front());
    by_age_.pop_front();
}

std::optional<Confirmation> Acks::confirm(std::uint32_t code, Time time) {
    const auto found = waiting_.find(code);
    if (found == waiting_.end()) return std::nullopt;
    const auto after = time - found->second.since;
    if (after < std::chrono::nanoseconds::zero() || after > patience) return std::nullopt;
    const Confirmation confirmation{found->second.receiver, after};
    waiting_.erase(found);
    std::erase(by_age_, code);
    return confirmation;
}

}  // namespace meshcore::bridge

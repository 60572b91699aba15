// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/copies.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace meshcore::bridge {
namespace {

/// Stragglers are left out for so long after the window: the last copies of a flood take their time.
constexpr std::chrono::seconds memory{60};
/// Packets that are held, or remembered, at once. Beyond, the oldest goes out early, or is forgotten.
constexpr std::size_t most = 4096;

/// A copy of unknown SNR is worse than any other.
double snr_of(const Heard& heard) {
    return told_number(heard.radio, "meshcore_radio.snr"_f)
        .value_or(-std::numeric_limits<double>::infinity());
}

}  // namespace

bool Copies::one_of_many(const Heard& heard) const {
    constexpr std::uint64_t sent = 1;
    const Node* direction = heard.radio.find("meshcore_radio.direction"_f);
    const bool transmitted = direction && direction->number == sent;
    return choice_ != CopyChoice::all && heard.packet.header.parsed && !transmitted;
}

bool Copies::wants(const Heard& heard, SteadyTime now) {
    if (!one_of_many(heard)) return true;
    forget(now);
    const auto known = known_.find({heard.observer.key, heard.packet.header.hash});
    return known == known_.end() || (known->second.held && snr_of(heard) > known->second.snr);
}

void Copies::take(const Heard& heard, SteadyTime now, Messages& messages, Destination& destination) {
    if (!one_of_many(heard)) return;
    const bool is_held = choice_ == CopyChoice::best;
    Key key{heard.observer.key, heard.packet.header.hash};
    const auto [known, is_new] = known_.try_emplace(key);
    known->second.snr = snr_of(heard);
    known->second.held = is_held;
    if (is_held) hold(known->second.messages, std::exchange(messages, {}), destination);
    if (is_new) (is_held ? held_ : sent_).push_back({now, std::move(key)});
    if (held_.size() > most) release_oldest(messages);
}

void Copies::hold(Messages& held, Messages better, Destination& destination) {
    for (const Message& worse : held) destination.drop(worse);
    held = std::move(better);
    for (Message& message : held) {
        message.hold = ++last_hold_;
        destination.hold(message);
    }
}

Copies::Messages Copies::release(SteadyTime now) {
    Messages out;
    while (!held_.empty() && due() <= now) release_oldest(out);
    return out;
}

void Copies::release_oldest(Messages& out) {
    Best& best = known_.at(held_.front().key);
    std::move(best.messages.begin(), best.messages.end(), std::back_inserter(out));
    best.messages = {};
    best.held = false;
    sent_.push_back(std::move(held_.front()));
    held_.pop_front();
}

void Copies::forget(SteadyTime now) {
    while (!sent_.empty() && (sent_.size() > most || sent_.front().first + window_ + memory <= now)) {
        known_.erase(sent_.front().key);
        sent_.pop_front();
    }
}

}  // namespace meshcore::bridge

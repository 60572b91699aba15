// SPDX-License-Identifier: GPL-2.0-or-later
// The copies of one packet, which a flood brings over several ways, and of which a destination may want
// one only. Copies have the same packet hash.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge/mqtt/destination.h"
#include "bridge/spool/pace.h"

namespace meshcore::bridge {

/// Serves one destination. Each copy comes in two steps, so that only those become messages that may go
/// out. `now` is the clock by which windows end: the host's, or a capture's own.
class Copies {
public:
    using Messages = std::vector<Message>;

    /// Of `best`, the best one by SNR goes out `window` after the first.
    Copies(CopyChoice choice, std::chrono::seconds window) : choice_{choice}, window_{window} {}

    /// Whether this copy is the one, as far as is known now.
    bool wants(const Heard& heard, SteadyTime now);
    /// Its messages, after wants() said yes. What is left in `messages` goes out now; the destination
    /// is told what is held back.
    void take(const Heard& heard, SteadyTime now, Messages& messages, Destination& destination);

    /// Those whose window is over; all at SteadyTime::max().
    Messages release(SteadyTime now);
    /// When release() has something to do; SteadyTime::max() if nothing is held.
    SteadyTime due() const { return held_.empty() ? SteadyTime::max() : held_.front().first + window_; }

private:
    using Key = std::pair<std::string, PacketHash>;  ///< observer and packet
    struct Best {
        double snr;
        Messages messages;
        bool held;
    };
    struct Age {
        SteadyTime first;
        Key key;
    };

    bool one_of_many(const Heard& heard) const;
    void hold(Messages& held, Messages better, Destination& destination);
    void release_oldest(Messages& out);
    void forget(SteadyTime now);

    CopyChoice choice_;
    std::chrono::seconds window_;
    std::map<Key, Best> known_;
    std::uint64_t last_hold_ = 0;
    std::deque<Age> held_, sent_;  ///< what is in known_, by age
};

}  // namespace meshcore::bridge

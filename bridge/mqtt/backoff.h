// SPDX-License-Identifier: GPL-2.0-or-later
// Pauses between attempts: growing, bounded, and never the same for two clients, so that they don't all
// come back at once after an outage.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace meshcore::bridge {

class Backoff {
public:
    using Pause = std::chrono::milliseconds;

    Backoff(Pause first, Pause longest) : first_{first}, longest_{longest}, next_{first} {}

    /// Doubles from one call to the next; between 3/4 and 5/4 of the nominal pause.
    Pause next() {
        const Pause nominal = next_;
        next_ = std::min(2 * next_, longest_);
        std::uniform_int_distribution<Pause::rep> jitter{nominal.count() * 3 / 4,
                                                         nominal.count() * 5 / 4};
        return Pause{jitter(random_)};
    }
    void reset() { next_ = first_; }

private:
    Pause first_, longest_, next_;
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace meshcore::bridge

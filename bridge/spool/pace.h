// SPDX-License-Identifier: GPL-2.0-or-later
// So many a second, with a few at once after a rest.
#pragma once

#include <algorithm>
#include <chrono>

namespace meshcore::bridge {

using SteadyTime = std::chrono::steady_clock::time_point;

class Pace {
public:
    /// `rate` a second; 0 is no limit.
    explicit Pace(double rate) : rate_{rate} {}

    void set_rate(double rate) { rate_ = rate; }

    bool take(SteadyTime now) {
        if (rate_ <= 0) return true;
        const std::chrono::duration<double> rest = now - last_;
        tokens_ = std::min(burst, tokens_ + rest.count() * rate_);
        last_ = now;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }
    /// When the next one may be taken, if the last take() said no.
    SteadyTime due() const {
        const std::chrono::duration<double> rest{(1 - tokens_) / std::max(rate_, 1e-3)};
        return last_ + std::chrono::ceil<std::chrono::milliseconds>(rest);
    }

private:
    static constexpr double burst = 10;
    double rate_;
    double tokens_ = burst;
    SteadyTime last_{};
};

}  // namespace meshcore::bridge

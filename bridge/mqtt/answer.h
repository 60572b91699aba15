// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <mutex>
#include <optional>

#include "dissector/core/result.h"

namespace meshcore::bridge {

/// What another thread finds out for a broker, which goes on with other things meanwhile, and may have
/// forgotten the question when the answer comes.
template <typename T>
class Answer {
public:
    /// `wake` (a duplicate of the broker's eventfd, owned by the answer) is written to when it is
    /// there.
    explicit Answer(int wake) : wake_{wake} {}
    ~Answer() { ::close(wake_); }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    void give(Result<T> result) {
        {
            const std::lock_guard lock{mutex_};
            result_ = std::move(result);
        }
        ::eventfd_write(wake_, 1);
    }
    /// Once; nothing as long as it is not there.
    std::optional<Result<T>> take() {
        const std::lock_guard lock{mutex_};
        return std::exchange(result_, std::nullopt);
    }

private:
    const int wake_;
    std::mutex mutex_;
    std::optional<Result<T>> result_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// Name look-up that nobody has to wait for: getaddrinfo() cannot be interrupted.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dissector/core/result.h"

namespace meshcore::bridge {

class Resolver {
public:
    /// Looks up `host` in a thread of its own, which outlives this object if it must; `wake` (a
    /// duplicate of an eventfd) is written to when it is done.
    void start(const std::string& host, int wake);
    /// Addresses as literals in the order to try; nothing while the look-up is under way.
    std::optional<Result<std::vector<std::string>>> take();

private:
    struct Shared {
        std::mutex mutex;
        std::optional<Result<std::vector<std::string>>> answer;
    };
    std::shared_ptr<Shared> shared_;
};

}  // namespace meshcore::bridge

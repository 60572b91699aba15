// SPDX-License-Identifier: GPL-2.0-or-later
// Name look-up that nobody has to wait for: getaddrinfo() cannot be interrupted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge/mqtt/answer.h"

namespace meshcore::bridge {

class Resolver {
public:
    /// Looks up `host` in a thread of its own, which outlives this object if it must; `wake` (a
    /// duplicate of an eventfd) is written to when it is done.
    void start(const std::string& host, int wake);
    /// Addresses as literals in the order to try; nothing while the look-up is under way.
    std::optional<Result<std::vector<std::string>>> take();

private:
    std::shared_ptr<Answer<std::vector<std::string>>> answer_;
};

}  // namespace meshcore::bridge

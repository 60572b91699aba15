// SPDX-License-Identifier: GPL-2.0-or-later
// How the world's failures (open, connect, configuration) travel. Bad bytes are notes, not errors.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace meshcore {

/// One line for a person: what was tried, what happened, what to do. Never holds a secret.
struct Error {
    std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message) {
    return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace meshcore

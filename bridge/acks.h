// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <deque>
#include <map>

#include "bridge/formats/format.h"

namespace meshcore::bridge {

/// Texts that were heard and decrypted, until their acknowledgement is heard. One serves one source.
/// Bounded in number and age.
class Acks {
public:
    /// Takes up a text; says so if the frame acknowledges one. Each text is confirmed once, and counted
    /// from its first copy.
    std::optional<Confirmation> take(const Dissection& packet, Time time);

private:
    struct Waiting {
        PublicKey receiver;
        Time since;
    };

    void expect(std::uint32_t code, const PublicKey& receiver, Time time);
    std::optional<Confirmation> confirm(std::uint32_t code, Time time);

    std::map<std::uint32_t, Waiting> waiting_;
    std::deque<std::uint32_t> by_age_;
};

}  // namespace meshcore::bridge

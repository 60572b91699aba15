// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a radio writes: no crash, nothing kept that grows, and the same records however the bytes
// are chopped.
#pragma once

#include <cstdlib>

#include "extcap/radio/protocol.h"

namespace meshcore {

template <typename Protocol>
std::vector<Record> records_of(Bytes bytes, std::size_t piece) {
    std::vector<Record> records;
    Protocol protocol;
    const auto keep = [&records](const Record& record) { records.push_back(record); };
    if (protocol.queries().size() > 1) protocol.asked(1);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        protocol.receive(bytes.subspan(at, std::min(piece, bytes.size() - at)), {}, keep);
    protocol.give_up_incomplete({}, keep);
    records.push_back(protocol.report({}, "end"));
    if (protocol.incomplete() || protocol.holds_frame()) std::abort();
    if (protocol.counters().bytes != bytes.size() || protocol.counters().junk > bytes.size())
        std::abort();
    return records;
}

/// The first byte says how long the pieces are.
template <typename Protocol>
int fuzz_protocol(Bytes input) {
    if (input.empty()) return 0;
    const Bytes bytes = input.subspan(1);
    const auto whole = records_of<Protocol>(bytes, std::max<std::size_t>(bytes.size(), 1));
    const auto pieces = records_of<Protocol>(bytes, 1 + input[0] % 32);
    if (whole.size() != pieces.size()) std::abort();
    for (std::size_t i = 0; i < whole.size(); ++i)
        if (whole[i].bytes != pieces[i].bytes) std::abort();
    return 0;
}

}  // namespace meshcore

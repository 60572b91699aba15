// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a companion writes: no crash, nothing kept that grows, and the same records however the
// bytes are chopped.
#include <cstdlib>

#include "extcap/radio/companion.h"

namespace {

using namespace meshcore;

std::vector<Record> receive(Bytes bytes, std::size_t piece) {
    std::vector<Record> records;
    radio::Companion companion;
    const auto keep = [&records](const Record& record) { records.push_back(record); };
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        companion.receive(bytes.subspan(at, std::min(piece, bytes.size() - at)), {}, keep);
    companion.give_up_incomplete({}, keep);
    records.push_back(companion.report({}, "end"));
    if (companion.incomplete()) std::abort();
    return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const meshcore::Bytes bytes{data + 1, size - 1};
    const auto whole = receive(bytes, std::max<std::size_t>(bytes.size(), 1));
    const auto pieces = receive(bytes, 1 + data[0] % 32);
    if (whole.size() != pieces.size()) std::abort();
    for (std::size_t i = 0; i < whole.size(); ++i)
        if (whole[i].bytes != pieces[i].bytes) std::abort();
    return 0;
}

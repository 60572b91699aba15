// SPDX-License-Identifier: GPL-2.0-or-later
// The decoders behind the encryption: the input is sealed as the firmware would, so that the MAC fits
// and every mutation arrives there. First byte: what is sealed; then the plaintext.
#include <cstdlib>

#include "dissector/core/to_json.h"
#include "tests/support/sealed.h"

namespace {

using namespace meshcore;
using namespace meshcore::test;

void check(bool ok) {
    if (!ok) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (size < 2 || size > 140) return 0;
    static constexpr std::uint8_t types[] = {0, 1, 2, 5, 6, 7, 8};
    const std::uint8_t type = types[data[0] % 7];
    const std::uint8_t asked = (data[0] >> 3) % 8;  // for an answer: what it answers
    const Buffer plaintext{data + 1, data + size};

    Memory memory{world.keys};
    Dissection out;
    if (type == 1 || type == 8) {
        // The answer's layout depends on a request with the same tag.
        Buffer request(13);
        const std::size_t at = type == 8 ? 2 : 0;
        for (std::size_t i = 0; i < 4 && at + i < plaintext.size(); ++i) request[i] = plaintext[at + i];
        request[4] = asked;
        request[10] = data[0] >> 2;  // length of a neighbour's prefix
        const Buffer frame = packet(world, 0, true, request);
        dissect(frame, world.keys, memory, out);
        memory.learn(out);
    }
    const Buffer frame = packet(world, type, false, plaintext);
    dissect(frame, world.keys, memory, out);
    check(out.find("meshcore.plaintext"_f) != nullptr);
    for (const Node& node : out.nodes())
        check(node.offset + node.length <= static_cast<int>(out.buffer(node.buffer).size()));
    const std::string first = to_json(nullptr, &out);
    const Resolution resolution = out.resolution;
    memory.learn(out);
    dissect(frame, world.keys, memory, out, &resolution);
    check(to_json(nullptr, &out) == first);
    return 0;
}

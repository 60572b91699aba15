// SPDX-License-Identifier: GPL-2.0-or-later
// Any bytes give a dissection whose nodes lie in their buffers, and the same again.
#include <cstdlib>
#include <string>

#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"
#include "dissector/core/summary.h"
#include "dissector/core/to_json.h"
#include "dissector/core/to_text.h"
#include "dissector/keys/key_file.h"

namespace {

using namespace meshcore;

void check(bool ok) {
    if (!ok) std::abort();
}

void check_bounds(const Tape& tape) {
    for (const Node& node : tape.nodes()) {
        check(node.buffer == derived_buffer || node.buffer < tape.buffer_count());
        check(node.offset + node.length <= static_cast<int>(tape.buffer(node.buffer).size()));
    }
}

// The keys of the firmware vectors open the content of the seeds, so that it is fuzzed too.
const Keyring& keys() {
    static const Keyring all = [] {
        const char* path = std::getenv("MESHCORE_FUZZ_KEYS");
        auto file = path ? load_key_file(path) : Result<KeyFile>{KeyFile{}};
        check(file.has_value());
        return file->keys;
    }();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    static Memory memory{keys()};
    static Dissection out;
    const Bytes input{data, size};

    dissect(input, keys(), memory, out);
    check_bounds(out);
    const Resolution resolution = out.resolution;
    const std::string first = to_json(nullptr, &out) + to_text(nullptr, &out) + summarize(out).info;
    memory.learn(out);
    dissect(input, keys(), memory, out, &resolution);
    check(to_json(nullptr, &out) + to_text(nullptr, &out) + summarize(out).info == first);

    static const Keyring only_public;
    dissect(input, only_public, out);
    check_bounds(out);

    static Tape header;
    const std::size_t frame = dissect_capture_header(input, header);
    check(frame <= size);
    check_bounds(header);
    to_json(&header, nullptr);
    summarize_device(header);
    return 0;
}

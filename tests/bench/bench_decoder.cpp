// SPDX-License-Identifier: GPL-2.0-or-later
// Frames a second of one core. The peer of each is named in its label.
#include <benchmark/benchmark.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "dissector/core/dissect.h"
#include "dissector/keys/key_file.h"

namespace {

using namespace meshcore;
using Frames = std::vector<std::vector<std::uint8_t>>;

/// Frames of the firmware vectors whose payload type is asked for.
Frames frames_of(std::initializer_list<unsigned> types) {
    Frames frames;
    std::ifstream stream{TEST_CAPTURES "/sources/firmware-1.17.1.jsonl"};
    for (std::string line; std::getline(stream, line);) {
        const auto row = nlohmann::json::parse(line);
        if (!row.contains("raw") || row["expect"].contains("malformed")) continue;
        for (const unsigned type : types)
            if (row["expect"]["payload_type"] == type)
                frames.push_back(*from_hex(row["raw"].get<std::string>()));
    }
    return frames;
}

void count(benchmark::State& state) {
    state.counters["frames"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

template <typename Decode>
void run(benchmark::State& state, const Frames& frames, Decode decode) {
    std::size_t next = 0;
    for (auto _ : state) {
        decode(frames[next]);
        next = next + 1 == frames.size() ? 0 : next + 1;
    }
    count(state);
}

/// The peer: what any decoder must at least do, one packet hash.
void hash_only(benchmark::State& state) {
    run(state, frames_of({3, 9, 10, 11, 15}), [](Bytes frame) {
        benchmark::DoNotOptimize(packet_digest(PayloadType::ack, 0, frame.subspan(2)));
    });
}
BENCHMARK(hash_only);

void no_keys_needed(benchmark::State& state) {
    const Keyring keys;
    Dissection out;
    run(state, frames_of({3, 9, 10, 11, 15}), [&](Bytes frame) { dissect(frame, keys, out); });
}
BENCHMARK(no_keys_needed);

void channel_texts(benchmark::State& state) {
    const Keyring keys = load_key_file(TEST_CAPTURES "/firmware-1.17.1.keys.toml")->keys;
    Dissection out;
    run(state, frames_of({5}), [&](Bytes frame) { dissect(frame, keys, out); });
}
BENCHMARK(channel_texts);

void all_types_with_keys_repeated(benchmark::State& state) {
    const Keyring keys = load_key_file(TEST_CAPTURES "/firmware-1.17.1.keys.toml")->keys;
    Memory memory{keys};
    Dissection out;
    run(state, frames_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15}), [&](Bytes frame) {
        dissect(frame, keys, memory, out);
        memory.learn(out);
    });
}
BENCHMARK(all_types_with_keys_repeated);

}  // namespace

BENCHMARK_MAIN();

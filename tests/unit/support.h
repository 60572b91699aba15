// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dissector/core/dissect.h"
#include "dissector/core/text.h"
#include "dissector/keys/key_file.h"

namespace meshcore::test {

using Buffer = std::vector<std::uint8_t>;

inline Buffer hex(std::string_view text) {
    auto bytes = from_hex(text);
    if (!bytes) throw std::invalid_argument("no hex: " + std::string(text));
    return *bytes;
}

/// A dissection that owns its frame.
struct Decoded {
    explicit Decoded(Buffer bytes, const Keyring& keys = {}) : frame(std::move(bytes)) {
        dissect(frame, keys, dissection);
    }
    explicit Decoded(std::string_view text, const Keyring& keys = {}) : Decoded(hex(text), keys) {}

    std::uint64_t number(FieldId id) const { return dissection.find(id)->number; }
    double real(FieldId id) const { return dissection.find(id)->real; }
    std::string bytes(FieldId id) const { return to_hex(dissection.bytes(*dissection.find(id))); }
    std::string text(FieldId id) const {
        return clean_text(dissection.text(dissection.find(id)->slice()));
    }
    std::vector<Note> notes() const {
        std::vector<Note> all;
        for (const NoteEntry& entry : dissection.notes()) all.push_back(entry.note);
        return all;
    }
    template <typename T>
    const T& payload() const {
        return std::get<T>(dissection.payload);
    }

    Buffer frame;
    Dissection dissection;
};

/// Rows of a JSON lines file of test-captures/sources; a header row is left out.
inline std::vector<nlohmann::json> rows(const std::string& file) {
    std::ifstream stream{std::string(TEST_CAPTURES "/sources/") + file};
    std::vector<nlohmann::json> all;
    for (std::string line; std::getline(stream, line);)
        if (auto row = nlohmann::json::parse(line); row.contains("raw")) all.push_back(std::move(row));
    if (all.empty()) throw std::runtime_error("no rows in " + file);
    return all;
}

/// Every frame that the tests have: heard on air and made with the firmware.
inline std::vector<Buffer> all_frames() {
    std::vector<Buffer> frames;
    for (const char* file : {"firmware-1.17.1.jsonl", "serial-observer-seattle.jsonl",
                             "corescope-bayarea.jsonl", "mqtt-observer-seattle.jsonl",
                             "scope-captures-seattle.jsonl", "issues.jsonl", "vectors.jsonl"})
        for (const auto& row : rows(file)) frames.push_back(hex(row["raw"].get<std::string>()));
    return frames;
}

inline Keyring firmware_keys() {
    auto file = load_key_file(TEST_CAPTURES "/firmware-1.17.1.keys.toml");
    if (!file) throw std::runtime_error(file.error().message);
    return file->keys;
}

}  // namespace meshcore::test

// SPDX-License-Identifier: GPL-2.0-or-later
// Helpers of the protocols' tests: what records hold, and what the firmware was given to receive.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "extcap/radio/protocol.h"
#include "transcript.h"

namespace meshcore::radio {

inline const Record::Time time_read{std::chrono::nanoseconds{1'770'000'000'123'456'789}};

inline std::vector<Record> receive(Protocol& protocol, Bytes bytes, Record::Time time = time_read) {
    std::vector<Record> records;
    protocol.receive(bytes, time, [&records](const Record& record) { records.push_back(record); });
    return records;
}

inline std::vector<Record> give_up(Protocol& protocol, Record::Time time = time_read) {
    std::vector<Record> records;
    protocol.give_up_incomplete(time, [&records](const Record& record) { records.push_back(record); });
    return records;
}

/// NaN if the header does not have it.
inline double number(const Record& record, FieldId id) {
    Tape tape;
    dissect_capture_header(record.bytes, tape);
    const Node* node = tape.find(id);
    if (!node) return NAN;
    if (is_real(field(id))) return node->real;
    return is_signed(field(id).wire) ? static_cast<double>(node->signed_number)
                                     : static_cast<double>(node->number);
}

inline std::string text(const Record& record, FieldId id) {
    Tape tape;
    dissect_capture_header(record.bytes, tape);
    const Node* node = tape.find(id);
    return node ? std::string{tape.text(node->slice())} : std::string{};
}

inline bool repaired(const Record& record) {
    return (record.bytes[3] & 0x02) != 0;
}

inline std::vector<nlohmann::json> json_lines(const std::string& name) {
    std::ifstream file{TEST_CAPTURES "/" + name};
    std::vector<nlohmann::json> rows;
    for (std::string line; std::getline(file, line);) rows.push_back(nlohmann::json::parse(line));
    if (rows.empty()) throw std::runtime_error("no rows in " + name);
    return rows;
}

inline std::vector<std::string> frames_of(const std::vector<Record>& records) {
    std::vector<std::string> frames;
    for (const Record& record : records)
        if (!record.is_report()) frames.push_back(to_hex(record.frame()));
    return frames;
}

inline std::vector<std::uint8_t> from_text(std::string_view text) {
    return {text.begin(), text.end()};
}

/// Feeds `bytes` in pieces of random size, all at the same time.
inline std::vector<Record> receive_chopped(Protocol& protocol, Bytes bytes, std::mt19937& random,
                                           std::size_t longest) {
    std::vector<Record> records;
    std::uniform_int_distribution<std::size_t> any(1, longest);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t count = std::min(any(random), bytes.size() - at);
        for (Record& record : receive(protocol, bytes.subspan(at, count)))
            records.push_back(std::move(record));
        at += count;
    }
    return records;
}

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/detector.h"

#include <algorithm>
#include <array>
#include <utility>

namespace meshcore::radio {
namespace {

/// pcap with nanoseconds or microseconds, little-endian.
constexpr std::array<std::array<std::uint8_t, 4>, 2> pcap_magics{
    {{0x4D, 0x3C, 0xB2, 0xA1}, {0xD4, 0xC3, 0xB2, 0xA1}}};

struct Row {
    std::string_view name;
    std::string_view question;
    bool safe_over_tcp;
};

/// In the order to ask.
constexpr auto rows = std::to_array<Row>({
    {"log", "a repeater's console (ver)", false},
    {"companion", "a companion (DEVICE_QUERY)", true},
    {"kiss", "a KISS modem (GetIdentity)", false},
});

bool begins_capture(Bytes bytes) {
    return std::any_of(pcap_magics.begin(), pcap_magics.end(), [bytes](const auto& magic) {
        return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
    });
}

}  // namespace

Detector::Detector(const std::optional<Tuning>& tuning, OnLearned on_learned)
    : tuning_(tuning), on_learned_(std::move(on_learned)) {
    reconnected();
}

void Detector::reconnected() {
    found_ = nullptr;
    unusable_.clear();
    counters_ = {};
    candidates_.clear();
    queries_.clear();
    for (const Row& row : rows) {
        const auto& candidate =
            candidates_.emplace_back(Candidate{make_protocol(row.name, tuning_, on_learned_), {}});
        Query& query = queries_.emplace_back(candidate.protocol->queries().front());
        query.name = row.question;
        query.safe_over_tcp = row.safe_over_tcp;
    }
}

void Detector::receive(Bytes bytes, Record::Time time, const OnRecord&) {
    if (counters_.bytes == 0 && begins_capture(bytes))
        unusable_ = "it is a shared capture and no radio: attach to it (--attach)";
    counters_.bytes += bytes.size();
    for (Candidate& candidate : candidates_) {
        candidate.protocol->receive(
            bytes, time, [&candidate](const Record& record) { candidate.records.push_back(record); });
        if (!found_ && candidate.protocol->recognized()) found_ = &candidate;
    }
    if (!found_) return;
    const std::string_view name = rows[static_cast<std::size_t>(found_ - candidates_.data())].name;
    if (tuning_ && !can_be_tuned(name))
        unusable_ =
            "it is no KISS modem, so it cannot be tuned: leave out --preset, --frequency, "
            "--bandwidth, --sf and --cr";
    if (on_learned_ && !can_be_learned_from(name))
        unusable_ = "it is no companion, so nothing can be learned from it: leave out --learn";
}

std::unique_ptr<Protocol> Detector::settled(const OnRecord& on_record) {
    if (!found_) return nullptr;
    Candidate found = std::move(*std::exchange(found_, nullptr));
    for (const Record& record : found.records) on_record(record);
    return std::move(found.protocol);
}

}  // namespace meshcore::radio

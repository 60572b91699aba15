// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/protocol.h"

#include <algorithm>
#include <array>

#include "extcap/radio/companion.h"
#include "extcap/radio/detector.h"
#include "extcap/radio/kiss.h"
#include "extcap/radio/text_log.h"

namespace meshcore::radio {
namespace {

struct Row {
    std::string_view name;
    std::unique_ptr<Protocol> (*make)(const std::optional<Tuning>&, OnLearned);
    bool tunable = false;
    bool knows_others = false;
    bool signs = false;
};

constexpr auto protocols = std::to_array<Row>({
    {"auto",
     [](const auto& tuning, OnLearned on_learned) -> std::unique_ptr<Protocol> {
         return std::make_unique<Detector>(tuning, std::move(on_learned));
     },
     true, true, true},
    {"companion",
     [](const auto&, OnLearned on_learned) -> std::unique_ptr<Protocol> {
         return std::make_unique<Companion>(std::move(on_learned));
     },
     false, true, true},
    {"kiss",
     [](const auto& tuning, OnLearned) -> std::unique_ptr<Protocol> {
         return std::make_unique<Kiss>(tuning);
     },
     true},
    {"log",
     [](const auto&, OnLearned) -> std::unique_ptr<Protocol> { return std::make_unique<TextLog>(); }},
});

const Row* find_row(std::string_view name) {
    const auto row = std::find_if(protocols.begin(), protocols.end(),
                                  [name](const Row& known) { return known.name == name; });
    return row == protocols.end() ? nullptr : &*row;
}

}  // namespace

bool Protocol::identified() const {
    return device_.knows("meshcore_radio.device.name"_f) ||
           device_.knows("meshcore_radio.device.public_key"_f);
}

Result<Signing*> Protocol::sign(const PublicKey&, Bytes) {
    return fail("the radio cannot sign: of all radios only a companion does that");
}

void Protocol::packets_received(double count) {
    const auto captured = static_cast<double>(counters_.frames);
    const bool rebooted = first_received_ && count < last_received_;
    if (rebooted) missed_before_reboot_ += missed_;
    if (!first_received_ || rebooted) {
        first_received_ = count;
        first_captured_ = captured;
        missed_ = 0;
    }
    last_received_ = count;
    missed_ = std::max(0.0, (count - *first_received_) - (captured - first_captured_));
    device_.set("meshcore_radio.device.frames_missed"_f, missed_before_reboot_ + missed_);
}

Record Protocol::report(Record::Time time, std::string_view event) {
    device_.set("meshcore_radio.device.frames_captured"_f, static_cast<double>(counters_.frames));
    return device_.report(time, event);
}

std::vector<std::string_view> protocol_names() {
    std::vector<std::string_view> names;
    for (const Row& row : protocols) names.push_back(row.name);
    return names;
}

std::unique_ptr<Protocol> make_protocol(std::string_view name, const std::optional<Tuning>& tuning,
                                        OnLearned on_learned) {
    const Row* row = find_row(name);
    return row ? row->make(tuning, std::move(on_learned)) : nullptr;
}

bool can_be_tuned(std::string_view name) {
    const Row* row = find_row(name);
    return row && row->tunable;
}

bool can_be_learned_from(std::string_view name) {
    const Row* row = find_row(name);
    return row && row->knows_others;
}

bool can_sign(std::string_view name) {
    const Row* row = find_row(name);
    return row && row->signs;
}

}  // namespace meshcore::radio

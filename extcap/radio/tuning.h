// SPDX-License-Identifier: GPL-2.0-or-later
// What a receiver is to be tuned to, if the user says so. Only the KISS modem can be tuned, and it
// forgets it when it restarts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dissector/core/result.h"

namespace meshcore::radio {

struct Tuning {
    std::uint32_t frequency = 0;  ///< Hz
    std::uint32_t bandwidth = 0;  ///< Hz
    std::uint8_t sf = 0;
    std::uint8_t cr = 0;  ///< 5 is 4/5

    bool operator==(const Tuning&) const = default;
};

struct Preset {
    std::string_view name;
    std::string_view display;
    Tuning tuning;
};

/// What most networks use.
std::span<const Preset> presets();

/// As the user gives it: a preset's name or nothing, and what takes its place or completes it, 0 for
/// nothing. Nothing of all leaves the radio as it is. What a LoRa radio cannot do is an error.
struct TuningWishes {
    std::string_view preset;
    double frequency = 0;  ///< MHz
    double bandwidth = 0;  ///< kHz
    unsigned sf = 0;
    unsigned cr = 0;
};
Result<std::optional<Tuning>> make_tuning(const TuningWishes& wishes);

}  // namespace meshcore::radio

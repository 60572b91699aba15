// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/tuning.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace meshcore::radio {
namespace {

/// Source: firmware platformio.ini since 1.14 and before, docs/faq.md, the examples' fallback.
constexpr auto all_presets = std::to_array<Preset>({
    {"eu-narrow", "Europe: 869.618 MHz, 62.5 kHz, SF 8, CR 4/5", {869'618'000, 62'500, 8, 5}},
    {"eu-wide",
     "Europe, before 2026: 869.525 MHz, 250 kHz, SF 11, CR 4/5",
     {869'525'000, 250'000, 11, 5}},
    {"us-narrow", "USA and Canada: 910.525 MHz, 62.5 kHz, SF 7, CR 4/5", {910'525'000, 62'500, 7, 5}},
    {"us-wide", "915 MHz, 250 kHz, SF 10, CR 4/5", {915'000'000, 250'000, 10, 5}},
});

/// Hz. Source: the LoRa chips' data sheets.
constexpr auto bandwidths = std::to_array<std::uint32_t>(
    {7'800, 10'400, 15'600, 20'800, 31'250, 41'700, 62'500, 125'000, 250'000, 500'000});

std::optional<std::string> complaint(const TuningWishes& wishes, const Tuning& tuning) {
    if (!(wishes.frequency >= 0 && wishes.frequency <= 2500) || tuning.frequency < 150'000'000)
        return fmt::format("--frequency is {} MHz: it must be from 150 to 2500", wishes.frequency);
    if (std::find(bandwidths.begin(), bandwidths.end(), tuning.bandwidth) == bandwidths.end()) {
        std::vector<double> known;
        for (const std::uint32_t hertz : bandwidths) known.push_back(hertz / 1e3);
        return fmt::format("--bandwidth is {} kHz: it must be one of {}", wishes.bandwidth,
                           fmt::join(known, ", "));
    }
    if (tuning.sf < 5 || tuning.sf > 12)
        return fmt::format("--sf is {}: it must be from 5 to 12", wishes.sf);
    if (tuning.cr < 5 || tuning.cr > 8)
        return fmt::format("--cr is {}: it must be from 5 (which is 4/5) to 8", wishes.cr);
    return std::nullopt;
}

}  // namespace

std::span<const Preset> presets() {
    return all_presets;
}

Result<std::optional<Tuning>> make_tuning(const TuningWishes& wishes) {
    const auto preset = std::find_if(all_presets.begin(), all_presets.end(),
                                     [&](const Preset& known) { return known.name == wishes.preset; });
    Tuning tuning;
    if (preset != all_presets.end())
        tuning = preset->tuning;
    else if (!wishes.preset.empty())
        return fail(fmt::format("there is no preset '{}'", wishes.preset));
    // What is out of range for the integers is out of range for the radio, and told as it was given.
    const auto hertz = [](double value, double unit) {
        return value > 0 && value * unit < 4e9 ? static_cast<std::uint32_t>(std::lround(value * unit))
                                               : 0U;
    };
    if (wishes.frequency != 0) tuning.frequency = hertz(wishes.frequency, 1e6);
    if (wishes.bandwidth != 0) tuning.bandwidth = hertz(wishes.bandwidth, 1e3);
    if (wishes.sf != 0) tuning.sf = static_cast<std::uint8_t>(std::min(wishes.sf, 255U));
    if (wishes.cr != 0) tuning.cr = static_cast<std::uint8_t>(std::min(wishes.cr, 255U));
    if (tuning == Tuning{} && wishes.frequency == 0 && wishes.bandwidth == 0) return std::nullopt;
    const bool whole =
        (wishes.frequency != 0 && wishes.bandwidth != 0 && wishes.sf != 0 && wishes.cr != 0);
    if (preset == all_presets.end() && !whole)
        return fail(
            "--frequency, --bandwidth, --sf and --cr belong together: give all four, or --preset");
    if (const auto why = complaint(wishes, tuning)) return fail(*why);
    return tuning;
}

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/tuning.h"

#include <gmock/gmock.h>

namespace meshcore::radio {
namespace {

TEST(Tuning, NothingLeavesTheRadioAsItIs) {
    const auto tuning = make_tuning({});
    ASSERT_TRUE(tuning);
    EXPECT_FALSE(*tuning);
}

TEST(Tuning, MegahertzAndKilohertz) {
    EXPECT_EQ(make_tuning({"", 869.618, 62.5, 8, 5}), (Tuning{869'618'000, 62'500, 8, 5}));
    EXPECT_EQ(make_tuning({"", 433.6505, 31.25, 12, 8}), (Tuning{433'650'500, 31'250, 12, 8}));
}

TEST(Tuning, PresetsAreWhatTheySayAndCanBeChanged) {
    for (const Preset& preset : presets()) {
        EXPECT_EQ(make_tuning({preset.name}), preset.tuning);
        const auto again =
            make_tuning({"", preset.tuning.frequency / 1e6, preset.tuning.bandwidth / 1e3,
                         preset.tuning.sf, preset.tuning.cr});
        EXPECT_EQ(again, preset.tuning) << preset.name;
    }
    EXPECT_EQ(make_tuning({"eu-narrow", 869.525, 0, 0, 8}), (Tuning{869'525'000, 62'500, 8, 8}));
}

TEST(Tuning, WhatNoLoraRadioDoesIsRefused) {
    const auto why = [](const TuningWishes& wishes) {
        const auto tuning = make_tuning(wishes);
        return tuning ? std::string{} : tuning.error().message;
    };
    using testing::StartsWith;
    for (const double frequency : {149.9, 2500.1, -868.0, 1e300, 868e6})
        EXPECT_THAT(why({"eu-narrow", frequency}), StartsWith("--frequency is ")) << frequency;
    for (const double bandwidth : {62.4, 1.0, -125.0, 62'500.0, 1e300})
        EXPECT_THAT(why({"eu-narrow", 0, bandwidth}), StartsWith("--bandwidth is ")) << bandwidth;
    for (const unsigned sf : {4U, 13U, 261U})
        EXPECT_THAT(why({"eu-narrow", 0, 0, sf}), StartsWith("--sf is "));
    for (const unsigned cr : {4U, 9U, 261U})
        EXPECT_THAT(why({"eu-narrow", 0, 0, 0, cr}), StartsWith("--cr is "));
    EXPECT_THAT(why({"", 869.618}), testing::HasSubstr("belong together"));
    EXPECT_THAT(why({"", 0, 0, 8}), testing::HasSubstr("belong together"));
    EXPECT_THAT(why({"mars"}), testing::HasSubstr("mars"));
}

}  // namespace
}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/kiss_framer.h"

#include <gmock/gmock.h>

namespace meshcore::radio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> cut(KissFramer& framer, std::string_view hex) {
    std::vector<std::string> frames;
    const auto bytes = from_hex(hex).value();
    for (const std::uint8_t byte : bytes)
        if (framer.push(byte)) frames.push_back(to_hex(framer.content()));
    return frames;
}

TEST(KissFramer, UnescapesWhatStandsBetweenFends) {
    KissFramer framer;
    EXPECT_THAT(cut(framer, "c0001122c0c006f9dbdcdbddc0"), ElementsAre("001122", "06f9c0db"));
    EXPECT_EQ(framer.junk(), 0);
    EXPECT_FALSE(framer.incomplete());
}

TEST(KissFramer, JunkBetweenFramesIsNoFrame) {
    KissFramer framer;
    EXPECT_THAT(cut(framer, "004142c000aac0004243c000bbc0"), ElementsAre("00aa", "00bb"));
    EXPECT_EQ(framer.junk(), 6);
}

TEST(KissFramer, DamagedEscapesLoseTheirFrameOnly) {
    for (const std::string_view bad : {"c000db41c0", "c00041dbc0", "c0dbdbdcc0"}) {
        KissFramer framer;
        EXPECT_THAT(cut(framer, bad), IsEmpty()) << bad;
        EXPECT_THAT(cut(framer, "c000aac0"), ElementsAre("00aa")) << bad;
        EXPECT_EQ(framer.junk(), 3) << bad;
    }
}

TEST(KissFramer, OversizeFramesAreDroppedAndNothingGrows) {
    KissFramer framer;
    cut(framer, "c000");
    for (int i = 0; i < 1'000'000; ++i) EXPECT_FALSE(framer.push(0x55));
    EXPECT_LE(framer.content().size(), 512);
    EXPECT_THAT(cut(framer, "c0c000aac0"), ElementsAre("00aa"));
    EXPECT_EQ(framer.junk(), 1'000'001);
}

TEST(KissFramer, TheLongestFrameFits) {
    KissFramer framer;
    framer.push(0xC0);
    for (int i = 0; i < 512; ++i) framer.push(0x55);
    EXPECT_TRUE(framer.push(0xC0));
    EXPECT_EQ(framer.content().size(), 512);
}

TEST(KissFramer, TheEndOfWhatWasNoFrameMayBeABeginning) {
    KissFramer framer;
    // Attached in the middle of a frame: the first FEND is an end.
    EXPECT_THAT(cut(framer, "3344c0c000aac0"), ElementsAre("00aa"));
    // A lone FEND in junk, so that the frame's beginning looks like an end.
    EXPECT_THAT(cut(framer, "c04142c0"), ElementsAre("4142"));
    framer.reject();
    EXPECT_THAT(cut(framer, "00bbc0"), ElementsAre("00bb"));
    EXPECT_EQ(framer.junk(), 4);
}

TEST(KissFramer, GivesUpAFrameThatDoesNotEnd) {
    KissFramer framer;
    cut(framer, "c00011");
    EXPECT_TRUE(framer.incomplete());
    framer.give_up_incomplete();
    EXPECT_FALSE(framer.incomplete());
    EXPECT_THAT(cut(framer, "2233c0c000aac0"), ElementsAre("00aa"));
}

}  // namespace
}  // namespace meshcore::radio

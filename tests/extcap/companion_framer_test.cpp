// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/companion_framer.h"

#include <gmock/gmock.h>

#include <random>

#include "transcript.h"

namespace meshcore::radio {
namespace {

using testing::ElementsAre;
using Body = std::vector<std::uint8_t>;

/// The bodies of a clean stream, by its own lengths.
std::vector<Body> bodies_of(Bytes stream) {
    std::vector<Body> bodies;
    while (!stream.empty()) {
        const Bytes body = stream.subspan(3, load_u16(stream.subspan(1)));
        bodies.emplace_back(body.begin(), body.end());
        stream = stream.subspan(3 + body.size());
    }
    return bodies;
}

void take(CompanionFramer& framer, std::vector<Body>& bodies) {
    for (Bytes body = framer.next(); !body.empty(); body = framer.next())
        bodies.emplace_back(body.begin(), body.end());
}

std::vector<Body> frame(CompanionFramer& framer, Bytes bytes) {
    std::vector<Body> bodies;
    framer.push(bytes);
    take(framer, bodies);
    return bodies;
}

std::vector<Body> frame(Bytes bytes) {
    CompanionFramer framer;
    return frame(framer, bytes);
}

TEST(CompanionFramer, EveryMessageOfTheTranscripts) {
    for (const char* name : {"companion/firmware-1.17.1.bin", "companion/seattle-tcp.bin"}) {
        const auto stream = transcript(name);
        CompanionFramer framer;
        EXPECT_EQ(frame(framer, stream), bodies_of(stream)) << name;
        EXPECT_EQ(framer.junk(), 0) << name;
        EXPECT_FALSE(framer.incomplete());
    }
}

TEST(CompanionFramer, EveryMessageHoweverItIsChopped) {
    const auto stream = transcript("companion/seattle-tcp.bin");
    const auto expected = bodies_of(stream);
    for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 63U, 64U, 179U}) {
        CompanionFramer framer;
        std::vector<Body> bodies;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            framer.push(Bytes{stream}.subspan(at, std::min(size, stream.size() - at)));
            take(framer, bodies);
        }
        EXPECT_EQ(bodies, expected) << "in pieces of " << size;
    }
}

TEST(CompanionFramer, CutAtEachByteOfTheFirstMessages) {
    const auto stream = transcript("companion/firmware-1.17.1.bin");
    const Bytes start = Bytes{stream}.first(600);
    const auto expected = frame(start);
    for (std::size_t cut = 0; cut <= start.size(); ++cut) {
        CompanionFramer framer;
        std::vector<Body> bodies = frame(framer, start.first(cut));
        for (Body& body : frame(framer, start.subspan(cut))) bodies.push_back(std::move(body));
        EXPECT_EQ(bodies, expected) << "cut at " << cut;
    }
}

TEST(CompanionFramer, JunkBetweenMessagesIsCountedAndCostsNone) {
    const auto stream = transcript("companion/firmware-1.17.1.bin");
    const auto expected = bodies_of(stream);
    std::mt19937 random{20261121};
    for (int round = 0; round < 50; ++round) {
        CompanionFramer framer;
        std::vector<Body> bodies;
        std::uint64_t junk = 0;
        for (const Body& body : expected) {
            std::vector<std::uint8_t> bytes(random() % 40);
            for (auto& byte : bytes) {
                byte = static_cast<std::uint8_t>(random());
                if (byte == '>') byte = '<';
            }
            junk += bytes.size();
            bytes.insert(bytes.end(), {'>', static_cast<std::uint8_t>(body.size()), 0});
            bytes.insert(bytes.end(), body.begin(), body.end());
            framer.push(bytes);
            take(framer, bodies);
        }
        ASSERT_EQ(bodies, expected);
        ASSERT_EQ(framer.junk(), junk);
    }
}

TEST(CompanionFramer, RefusesWhatIsNoHeader) {
    const std::vector<std::uint8_t> ok{'>', 1, 0, 0x83};
    for (const std::vector<std::uint8_t>& wrong :
         std::vector<std::vector<std::uint8_t>>{{'>', 0, 0},        // no length
                                                {'>', 177, 0, 1},   // over the limit
                                                {'>', 1, 1, 1},     // far over the limit
                                                {'>', 1, 0, 29},    // a code that no firmware has
                                                {'>', 1, 0, 0x7F},  //
                                                {'>', 1, 0, 0x91},  //
                                                {'>'},              // "> > message"
                                                {'b', 'o', 'o', 't', '\r', '\n'}}) {
        auto bytes = wrong;
        bytes.insert(bytes.end(), ok.begin(), ok.end());
        CompanionFramer framer;
        EXPECT_THAT(frame(framer, bytes), ElementsAre(Body{0x83})) << to_hex(wrong);
        EXPECT_EQ(framer.junk(), wrong.size()) << to_hex(wrong);
    }
}

TEST(CompanionFramer, AHalfMessageThatIsGivenUpGivesBackWhatFollows) {
    CompanionFramer framer;
    // A reboot inside a message of 20 bytes, then two whole ones.
    const std::vector<std::uint8_t> bytes{'>', 20, 0, 0x88, 1, 2, '>', 1, 0, 0x83, '>', 2, 0, 1, 6};
    EXPECT_TRUE(frame(framer, bytes).empty());
    EXPECT_TRUE(framer.incomplete());
    framer.give_up_incomplete();
    std::vector<Body> bodies;
    take(framer, bodies);
    EXPECT_THAT(bodies, ElementsAre(Body{0x83}, Body({1, 6})));
    EXPECT_EQ(framer.junk(), 6);
}

TEST(CompanionFramer, NoiseDoesNotGrow) {
    CompanionFramer framer;
    std::mt19937 random{7};
    std::vector<std::uint8_t> noise(4096);
    for (int round = 0; round < 500; ++round) {
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
        framer.push(noise);
        while (!framer.next().empty()) continue;
    }
    EXPECT_GT(framer.junk(), 500U * 4096 * 99 / 100);
}

}  // namespace
}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/kiss.h"

#include <gmock/gmock.h>

#include "reading.h"

namespace meshcore::radio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Record> receive_hex(Kiss& kiss, std::string_view hex, Record::Time time = time_read) {
    return receive(kiss, from_hex(hex).value(), time);
}

double snr(const Record& record) {
    return number(record, "meshcore_radio.snr"_f);
}
double rssi(const Record& record) {
    return number(record, "meshcore_radio.rssi"_f);
}

TEST(Kiss, EveryPacketOfTheFirmwareOnceInOrderByteForByte) {
    Kiss kiss;
    const auto records = receive(kiss, transcript("kiss/firmware-1.17.1.bin"));
    const auto rows = json_lines("companion/firmware-1.17.1.jsonl");
    ASSERT_EQ(records.size(), rows.size());
    ASSERT_EQ(records.size(), 854);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(to_hex(records[i].frame()), rows[i]["raw"].get<std::string>());
        EXPECT_EQ(snr(records[i]), std::trunc(rows[i]["snr"].get<double>() * 4) / 4) << i;
        EXPECT_EQ(rssi(records[i]), std::trunc(rows[i]["rssi"].get<double>())) << i;
        EXPECT_EQ(number(records[i], "meshcore_radio.protocol"_f), 2);
        EXPECT_EQ(records[i].time, time_read);
    }
    EXPECT_EQ(kiss.counters().frames, 854);
    EXPECT_EQ(kiss.counters().junk, 0);
    EXPECT_FALSE(kiss.incomplete());
}

TEST(Kiss, AFrameWaitsForItsRxMetaAndForNothingElse) {
    Kiss kiss;
    EXPECT_THAT(receive_hex(kiss, "c0001500c0"), IsEmpty());
    EXPECT_TRUE(kiss.holds_frame());
    EXPECT_THAT(receive_hex(kiss, "c00690a1ffc0"), IsEmpty());  // an answer says nothing of it
    const auto joined = receive_hex(kiss, "c006f9e2b0c0");
    ASSERT_THAT(frames_of(joined), ElementsAre("1500"));
    EXPECT_EQ(snr(joined[0]), -7.5);
    EXPECT_EQ(rssi(joined[0]), -80);
    EXPECT_FALSE(kiss.holds_frame());

    receive_hex(kiss, "c0001501c0");
    const auto next = receive_hex(kiss, "c0001502c0");  // the next frame shows that none comes
    ASSERT_THAT(frames_of(next), ElementsAre("1501"));
    EXPECT_TRUE(std::isnan(snr(next[0])));
    const auto full = receive_hex(kiss, "c006f107c0");  // so does "queue full"
    ASSERT_THAT(frames_of(full), ElementsAre("1502"));
    EXPECT_THAT(receive_hex(kiss, "c006f9e2b0c0"), IsEmpty());  // too late

    receive_hex(kiss, "c0001503c0");
    EXPECT_THAT(frames_of(give_up(kiss)), ElementsAre("1503"));  // and silence
    EXPECT_FALSE(kiss.incomplete());
}

TEST(Kiss, AFrameDoesNotWaitForEverBehindOtherTalk) {
    Kiss kiss;
    receive_hex(kiss, "c0001500c0");
    EXPECT_THAT(receive_hex(kiss, "c00690a1ffc0", time_read + std::chrono::milliseconds{900}),
                IsEmpty());
    const auto late = receive_hex(kiss, "c00690a1ffc0", time_read + std::chrono::milliseconds{1100});
    ASSERT_THAT(frames_of(late), ElementsAre("1500"));
    EXPECT_EQ(late[0].time, time_read);  // when it came, not when it was handed out
    // A host that slept reads both at once.
    receive_hex(kiss, "c0001501c0");
    const auto slept = receive_hex(kiss, "c006f9e2b0c0", time_read + std::chrono::seconds{60});
    ASSERT_EQ(slept.size(), 1);
    EXPECT_EQ(rssi(slept[0]), -80);
}

TEST(Kiss, NoWaitingIfTheModemIsToldNotToSendRxMeta) {
    Kiss kiss;
    receive_hex(kiss, "c0069a00c0");
    EXPECT_THAT(frames_of(receive_hex(kiss, "c0001500c0")), ElementsAre("1500"));
    receive_hex(kiss, "c0069a01c0");
    EXPECT_THAT(receive_hex(kiss, "c0001501c0"), IsEmpty());
}

TEST(Kiss, FramesOf255BytesAndNotOneMore) {
    Kiss kiss;
    const std::string most(2 * 255, 'a');
    receive_hex(kiss, "c000" + most + "c0");
    EXPECT_THAT(frames_of(receive_hex(kiss, "c006f90000c0")), ElementsAre(most));
    receive_hex(kiss, "c000" + most + "aac0c000c0");
    EXPECT_THAT(give_up(kiss), IsEmpty());
    EXPECT_EQ(kiss.counters().junk, 257 + 1);
}

TEST(Kiss, WhatTheModemNeverSendsIsJunk) {
    Kiss kiss;
    // Another port, TNC parameters, "return", a request, an unknown code, SetHardware without one.
    EXPECT_THAT(receive_hex(kiss, "c0101500c0c00132c0c0ffc0c00601c0c006f5c0c006c0c006f901c0"),
                IsEmpty());
    EXPECT_THAT(give_up(kiss), IsEmpty());
    EXPECT_EQ(kiss.counters().messages, 0);
    EXPECT_EQ(kiss.counters().junk, 3 + 2 + 1 + 2 + 2 + 1 + 3);
}

TEST(Kiss, RssiBelowASignedByte) {
    Kiss kiss;
    receive_hex(kiss, "c0001500c0");
    EXPECT_EQ(rssi(receive_hex(kiss, "c006f9807fc0").at(0)), -129);
}

TEST(Kiss, WhatItTellsOfItself) {
    Kiss kiss;
    receive_hex(kiss, "c00681" + std::string(64, '5') + "c0");
    receive_hex(kiss, "c00696" + to_hex(from_text("Heltec V3")) + "c0");
    receive_hex(kiss, "c0069101" + std::string("00c0"));
    receive_hex(kiss,
                "c0068b"
                "dbdc3fd533"
                "24f40000"
                "08"
                "05"
                "c0");
    receive_hex(kiss,
                "c00690"
                "8bffc0");
    receive_hex(kiss,
                "c00692"
                "e8030000"
                "05000000"
                "07000000"
                "c0");
    receive_hex(kiss,
                "c00693"
                "9410c0");
    EXPECT_TRUE(kiss.identified());
    const Record report = kiss.report(time_read, "connected");
    EXPECT_EQ(text(report, "meshcore_radio.device.model"_f), "Heltec V3");
    EXPECT_EQ(text(report, "meshcore_radio.device.firmware"_f), "KISS modem 1");
    EXPECT_EQ(number(report, "meshcore_radio.noise_floor"_f), -117);
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_received"_f), 1000);
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_sent"_f), 5);
    EXPECT_EQ(number(report, "meshcore_radio.device.receive_errors"_f), 7);
    EXPECT_EQ(number(report, "meshcore_radio.device.battery"_f), 4244);
    receive_hex(kiss, "c0001500c0");
    const Record frame = receive_hex(kiss, "c006f90000c0").at(0);
    EXPECT_EQ(number(frame, "meshcore_radio.frequency"_f), 0x33D53FC0);
    EXPECT_EQ(number(frame, "meshcore_radio.bandwidth"_f), 62'500);
    EXPECT_EQ(number(frame, "meshcore_radio.sf"_f), 8);
    EXPECT_EQ(number(frame, "meshcore_radio.cr"_f), 5);

    // It restarted: nobody knows what it is tuned to.
    receive_hex(kiss, "c0068b00000000000000000000c0");
    receive_hex(kiss, "c0001501c0");
    const Record later = receive_hex(kiss, "c006f90000c0").at(0);
    EXPECT_TRUE(std::isnan(number(later, "meshcore_radio.frequency"_f)));
    EXPECT_TRUE(std::isnan(number(later, "meshcore_radio.sf"_f)));
}

std::vector<std::string> written(const Protocol& protocol) {
    std::vector<std::string> bytes;
    for (const Query& query : protocol.queries()) bytes.push_back(to_hex(query.bytes));
    return bytes;
}

TEST(Kiss, WritesTheseBytesAndNoOthers) {
    EXPECT_THAT(written(Kiss{}), ElementsAre("c00601c0", "c00616c0", "c00611c0", "c0061ac0", "c0060bc0",
                                             "c00610c0", "c00612c0", "c00613c0"));
}

TEST(Kiss, IsTunedOnlyIfTheUserSaysSo) {
    const Kiss kiss{Tuning{0x33DBC0DB, 62'500, 8, 5}};
    EXPECT_THAT(written(kiss), ElementsAre("c00601c0",
                                           "c00609"
                                           "dbdddbdcdbdd33"
                                           "24f40000"
                                           "08"
                                           "05"
                                           "c0",
                                           "c00616c0", "c00611c0", "c0061ac0", "c0060bc0", "c00610c0",
                                           "c00612c0", "c00613c0"));
}

TEST(Kiss, IsTunedAgainAfterItRestarted) {
    Kiss kiss{Tuning{869'618'000, 62'500, 8, 5}};
    const auto again = [&kiss] { return kiss.queries()[1].periodic; };
    EXPECT_FALSE(again());
    receive_hex(kiss,
                "c0068b"
                "00000033"
                "24f40000"
                "08"
                "05"
                "c0");
    receive_hex(kiss, "c0068b00000000000000000000c0");
    EXPECT_TRUE(again());
    receive_hex(kiss,
                "c0068b"
                "5051d533"
                "24f40000"
                "08"
                "05"
                "c0");
    EXPECT_FALSE(again());
}

TEST(Kiss, KnowsTheAnswerToEachQuery) {
    Kiss kiss{Tuning{869'618'000, 62'500, 8, 5}};
    const std::vector<std::string> answers{"c00681" + std::string(64, '5') + "c0",
                                           "c006f0c0",
                                           "c0069641c0",
                                           "c006910100c0",
                                           "c0069a01c0",
                                           "c0068b5051d53324f400000805c0",
                                           "c006908bffc0",
                                           "c00692000000000000000000000000c0",
                                           "c006939410c0"};
    ASSERT_EQ(answers.size(), kiss.queries().size());
    for (std::size_t index = 0; index < answers.size(); ++index) {
        kiss.asked(index);
        EXPECT_FALSE(kiss.answered());
        receive_hex(kiss, answers[(index + 1) % answers.size()]);
        receive_hex(kiss, "c0001500c0c006f90000c0c006f107c0");  // a lost frame's error is no answer
        EXPECT_FALSE(kiss.answered()) << index;
        receive_hex(kiss, answers[index]);
        EXPECT_TRUE(kiss.answered()) << index;
        kiss.asked(index);
        receive_hex(kiss, "c006f105c0");  // unknown command
        EXPECT_TRUE(kiss.answered()) << index;
    }
}

TEST(Kiss, ANewConnectionForgetsHalfFrames) {
    Kiss kiss;
    receive_hex(kiss, "c00015001122");
    kiss.reconnected();
    EXPECT_FALSE(kiss.incomplete());
    EXPECT_THAT(receive_hex(kiss, "3344c0c006f90000c0"), IsEmpty());
}

/// One stream with all that can happen to it. The frames that arrive whole, in order.
struct Story {
    explicit Story(std::uint32_t seed) : random(seed) {}

    std::size_t any(std::size_t lowest, std::size_t highest) {
        return std::uniform_int_distribution<std::size_t>{lowest, highest}(random);
    }
    std::vector<std::uint8_t> encode(Bytes content) {
        std::vector<std::uint8_t> bytes{0xC0};
        for (const std::uint8_t byte : content) {
            if (byte == 0xC0)
                bytes.insert(bytes.end(), {0xDB, 0xDC});
            else if (byte == 0xDB)
                bytes.insert(bytes.end(), {0xDB, 0xDD});
            else
                bytes.push_back(byte);
        }
        bytes.push_back(0xC0);
        return bytes;
    }
    std::vector<std::uint8_t> frame() {
        std::vector<std::uint8_t> bytes(1 + any(1, 255), 0);
        for (std::size_t i = 1; i < bytes.size(); ++i)
            bytes[i] = static_cast<std::uint8_t>(any(0, 3) == 0 ? any(0xC0, 0xDF) : any(0, 255));
        return bytes;
    }
    std::vector<std::uint8_t> junk() {
        std::vector<std::uint8_t> bytes(any(0, 40));
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(any(0, 0xBF));
        return bytes;
    }

    std::mt19937 random;
};

TEST(Kiss, TenThousandStoriesOfJunkPiecesAndReconnects) {
    for (std::uint32_t seed = 0; seed < 10'000; ++seed) {
        Story story{seed};
        Kiss kiss;
        std::vector<std::string> sent, captured;
        const auto take = [&captured](const std::vector<Record>& records) {
            for (const auto& frame : frames_of(records)) captured.push_back(frame);
        };
        for (std::size_t connection = 0; connection < 3; ++connection) {
            std::vector<std::uint8_t> stream;
            const auto add = [&stream](const std::vector<std::uint8_t>& bytes) {
                stream.insert(stream.end(), bytes.begin(), bytes.end());
            };
            for (std::size_t i = story.any(0, 4); i > 0; --i) {
                const auto frame = story.frame();
                add(story.junk());
                add(story.encode(frame));
                sent.push_back(to_hex(Bytes{frame}.subspan(1)));
                if (story.any(0, 3) != 0) {
                    add(story.junk());
                    add(story.encode(std::to_array<std::uint8_t>({0x06, 0xF9, 0xC0, 0xDB})));
                }
            }
            auto torn = story.encode(story.frame());
            torn.resize(story.any(0, torn.size() - 1));
            add(torn);
            take(receive_chopped(kiss, stream, story.random, story.any(1, 64)));
            if (story.any(0, 1) == 0 || kiss.holds_frame()) take(give_up(kiss));
            kiss.reconnected();
        }
        ASSERT_EQ(captured, sent) << "seed " << seed;
        ASSERT_EQ(kiss.counters().frames, sent.size());
    }
}

TEST(Kiss, ChoppedAtEveryByteItIsTheSame) {
    const auto stream = transcript("kiss/firmware-1.17.1.bin");
    Kiss whole, chopped;
    const auto expected = receive(whole, stream);
    std::vector<Record> records;
    for (const std::uint8_t byte : stream)
        for (Record& record : receive(chopped, {&byte, 1})) records.push_back(std::move(record));
    ASSERT_EQ(records.size(), expected.size());
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].bytes, expected[i].bytes);
}

}  // namespace
}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/companion.h"

#include <gmock/gmock.h>

#include "reading.h"

namespace meshcore::radio {
namespace {

const Record::Time time = time_read;

TEST(Companion, EveryPacketOfTheFirmwareOnceInOrderByteForByte) {
    Companion companion;
    const auto records = receive(companion, transcript("companion/firmware-1.17.1.bin"));
    std::size_t next = 0;
    for (const auto& row : json_lines("companion/firmware-1.17.1.jsonl")) {
        const auto raw = *from_hex(row["raw"].get<std::string>());
        if (raw.size() > 173) continue;
        ASSERT_LT(next, records.size());
        const Record& record = records[next++];
        ASSERT_EQ(to_hex(record.frame()), to_hex(raw));
        EXPECT_EQ(record.time, time);
        EXPECT_NEAR(number(record, "meshcore_radio.snr"_f), row["snr"].get<double>(), 0.25);
        EXPECT_NEAR(number(record, "meshcore_radio.rssi"_f), row["rssi"].get<double>(), 1);
        EXPECT_EQ(number(record, "meshcore_radio.protocol"_f), 1);
        EXPECT_EQ(number(record, "meshcore_radio.frequency"_f), 869'618'000);
        EXPECT_EQ(number(record, "meshcore_radio.bandwidth"_f), 62'500);
        EXPECT_EQ(number(record, "meshcore_radio.sf"_f), 8);
        EXPECT_EQ(number(record, "meshcore_radio.cr"_f), 5);
    }
    EXPECT_EQ(next, 839);
    EXPECT_EQ(records.size(), 839);
    EXPECT_EQ(companion.counters().frames, 839);
    EXPECT_EQ(companion.counters().junk, 0);
}

TEST(Companion, WhatARealRadioTellsOfItself) {
    Companion companion;
    const auto records = receive(companion, transcript("companion/seattle-tcp.bin"));
    EXPECT_EQ(records.size(), 9);
    EXPECT_TRUE(companion.identified());
    const Record report = companion.report(time, "connected");
    EXPECT_TRUE(report.is_report());
    EXPECT_EQ(text(report, "meshcore_radio.device.name"_f), "Howl @ \U0001F3E1");
    EXPECT_EQ(text(report, "meshcore_radio.device.model"_f), "Heltec V3");
    EXPECT_EQ(text(report, "meshcore_radio.device.firmware"_f), "v1.11.0");
    EXPECT_EQ(text(report, "meshcore_radio.device.build"_f), "30 Nov 2025");
    EXPECT_EQ(text(report, "meshcore_radio.device.event"_f), "connected");
    EXPECT_EQ(number(report, "meshcore_radio.device.battery"_f), 0x1094);
    EXPECT_EQ(number(report, "meshcore_radio.frequency"_f), 910'525'000);
    EXPECT_EQ(number(report, "meshcore_radio.device.frames_captured"_f), 9);
    EXPECT_EQ(companion.device().describe(),
              "Howl @ \U0001F3E1, Heltec V3, v1.11.0, 910.525 MHz, 62.5 kHz, SF 7, CR 4/7");
}

TEST(Companion, TheBlePinGoesNowhere) {
    auto info = transcript("companion/seattle-tcp.bin");
    info.resize(83);  // DEVICE_INFO comes first
    const std::uint8_t pin[] = {0xEE, 0xFF, 0xC0, 0x5A};
    std::copy(std::begin(pin), std::end(pin), info.begin() + 3 + 4);
    Companion companion;
    receive(companion, info);
    const Record report = companion.report(time, "connected");
    EXPECT_EQ(text(report, "meshcore_radio.device.model"_f), "Heltec V3");
    EXPECT_EQ(std::search(report.bytes.begin(), report.bytes.end(), std::begin(pin), std::end(pin)),
              report.bytes.end());
}

std::vector<std::uint8_t> message(std::string_view hex) {
    std::vector<std::uint8_t> bytes = *from_hex(hex);
    bytes.insert(bytes.begin(), {'>', static_cast<std::uint8_t>(bytes.size()), 0});
    return bytes;
}

TEST(Companion, StatsOfAllKinds) {
    Companion companion;
    receive(companion, message("1800"
                               "9410"
                               "80510100"
                               "0500"
                               "02"));
    receive(companion, message("1801"
                               "8bff"
                               "a8"
                               "1d"
                               "41010000"
                               "d2040000"));
    receive(companion, message("1802"
                               "e8030000"
                               "c8000000"
                               "96000000"
                               "32000000"
                               "20030000"
                               "c8000000"
                               "05000000"));
    receive(companion, message("0980510100"));
    const Record report = companion.report(time, "periodic");
    EXPECT_EQ(number(report, "meshcore_radio.device.battery"_f), 4244);
    EXPECT_EQ(number(report, "meshcore_radio.device.uptime"_f), 86400);
    EXPECT_EQ(number(report, "meshcore_radio.device.error_flags"_f), 5);
    EXPECT_EQ(number(report, "meshcore_radio.device.queue_length"_f), 2);
    EXPECT_EQ(number(report, "meshcore_radio.noise_floor"_f), -117);
    EXPECT_EQ(number(report, "meshcore_radio.device.last_rssi"_f), -88);
    EXPECT_EQ(number(report, "meshcore_radio.device.last_snr"_f), 7.25);
    EXPECT_EQ(number(report, "meshcore_radio.device.tx_airtime"_f), 321);
    EXPECT_EQ(number(report, "meshcore_radio.device.rx_airtime"_f), 1234);
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_received"_f), 1000);
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_sent"_f), 200);
    EXPECT_EQ(number(report, "meshcore_radio.device.sent_flood"_f), 150);
    EXPECT_EQ(number(report, "meshcore_radio.device.sent_direct"_f), 50);
    EXPECT_EQ(number(report, "meshcore_radio.device.received_flood"_f), 800);
    EXPECT_EQ(number(report, "meshcore_radio.device.received_direct"_f), 200);
    EXPECT_EQ(number(report, "meshcore_radio.device.receive_errors"_f), 5);
    EXPECT_EQ(number(report, "meshcore_radio.clock"_f), 86400);
    EXPECT_EQ(number(report, "meshcore_radio.device.frames_missed"_f), 0);
}

TEST(Companion, OldShortAnswersTellWhatTheyTell) {
    Companion companion;
    // Before 1.13 without receive errors; a battery reply of old firmware; cut ones.
    receive(companion, message("1802"
                               "e8030000"
                               "c8000000"
                               "96000000"
                               "32000000"
                               "20030000"
                               "c8000000"));
    receive(companion, message("0c9410"));
    receive(companion, message("1800941080"));
    receive(companion, message("18"));
    receive(companion, message("05010516"));
    receive(companion, message("0d03"));
    const Record report = companion.report(time, "periodic");
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_received"_f), 1000);
    EXPECT_TRUE(std::isnan(number(report, "meshcore_radio.device.receive_errors"_f)));
    EXPECT_EQ(number(report, "meshcore_radio.device.battery"_f), 4244);
    EXPECT_TRUE(std::isnan(number(report, "meshcore_radio.device.uptime"_f)));
    EXPECT_TRUE(std::isnan(number(report, "meshcore_radio.frequency"_f)));
    EXPECT_FALSE(companion.identified());
}

std::vector<std::uint8_t> packets_received(std::uint8_t count) {
    auto bytes = message(
        "1802"
        "00000000"
        "00000000"
        "00000000"
        "00000000"
        "00000000"
        "00000000"
        "00000000");
    bytes[3 + 2] = count;
    return bytes;
}

TEST(Companion, EstimatesWhatItMissed) {
    Companion companion;
    const auto frame = message("88001f1500");
    const auto missed = [&companion] {
        return number(companion.report(time, ""), "meshcore_radio.device.frames_missed"_f);
    };
    receive(companion, frame);  // before the counters were compared first
    receive(companion, packets_received(40));
    EXPECT_EQ(missed(), 0);
    for (int i = 0; i < 3; ++i) receive(companion, frame);
    receive(companion, packets_received(45));
    EXPECT_EQ(missed(), 2);
    receive(companion, packets_received(1));  // it rebooted
    EXPECT_EQ(missed(), 2);
    receive(companion, packets_received(4));
    EXPECT_EQ(missed(), 5);
}

/// But what makes it sign, if that is asked for (signing_test.cpp).
TEST(Companion, WritesTheseBytesAndNoOthers) {
    std::vector<std::string> written;
    const Companion companion;
    for (const Query& query : companion.queries()) written.push_back(to_hex(query.bytes));
    EXPECT_THAT(written,
                testing::ElementsAre("3c02001603",
                                     "3c1400010000000000000"
                                     "06d657368636f726564756d70",
                                     "3c010005", "3c010014", "3c02003800", "3c02003801", "3c02003802"));
}

TEST(Companion, KnowsTheAnswerToEachQuery) {
    Companion companion;
    const std::vector<std::vector<std::uint8_t>> answers{
        message("0d0d"),   message("0501"),   message("0900000000"), message("0c0000"),
        message("180000"), message("180100"), message("180200")};
    for (std::size_t index = 0; index < answers.size(); ++index) {
        companion.asked(index);
        EXPECT_FALSE(companion.answered());
        receive(companion, message("83"));
        receive(companion, answers[(index + 1) % answers.size()]);
        EXPECT_FALSE(companion.answered()) << index;
        receive(companion, answers[index]);
        EXPECT_TRUE(companion.answered()) << index;
        companion.asked(index);
        receive(companion, message("0101"));  // older firmware: unsupported command
        EXPECT_TRUE(companion.answered()) << index;
    }
}

}  // namespace
}  // namespace meshcore::radio

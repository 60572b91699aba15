// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>

#include "extcap/capture/iso_time.h"
#include "extcap/capture/json_packet.h"

namespace meshcore::capture {
namespace {

using namespace std::chrono_literals;
const Record::Time now{1'790'000'000s};

TEST(IsoTime, AllForms) {
    const Record::Time second{1'774'107'330s};
    for (const char* text :
         {"2026-03-21T15:35:30", "2026-03-21T15:35:30Z", "2026-03-21 15:35:30+00:00",
          "2026-03-21T16:35:30+0100", "2026-03-21T10:05:30-05:30", "2026-03-21T16:35:30+01"})
        EXPECT_EQ(parse_iso_time(text), second) << text;
    EXPECT_EQ(parse_iso_time("2026-03-21T15:35:30.103404"), second + 103'404us);
    EXPECT_EQ(parse_iso_time("2026-03-21T15:35:30.123456789Z"), second + 123'456'789ns);
    EXPECT_EQ(parse_iso_time("2026-03-21T15:35:30.1234567891Z"), second + 123'456'789ns);
    for (const char* text : {"", "22:35:34", "2026-03-21", "2026-02-30T15:35:30", "2026-03-21T25:35:30",
                             "2026-03-21T15:35:30x", "2026-03-21T15:35:-3", ".5", "9999-03-21T15:35:30",
                             "2026-03-21T15:35:30+"})
        EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
}

std::string shown(const std::optional<Record>& record, FieldId id) {
    if (!record) return "no record";
    Tape tape;
    dissect_capture_header(record->bytes, tape);
    const Node* node = tape.find(id);
    if (!node) return "";
    if (field(id).wire == Wire::bytes || field(id).wire == Wire::address)
        return to_hex(tape.bytes(*node));
    if (field(id).wire == Wire::text) return std::string{tape.text(node->slice())};
    const double value = is_real(field(id)) ? node->real : static_cast<double>(node->signed_number);
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

constexpr const char* packet =
    R"({"origin": "Obs", "origin_id": "A3325067ED008FC8F687FC31AD0EB53F0083979F27BC265D54E2635420CA7F91",
    "timestamp": "2026-03-21T15:35:31.910648", "type": "PACKET", "direction": "rx", "time": "22:35:36",
    "date": "21/3/2026", "len": "27", "packet_type": "2", "route": "F", "payload_len": "20",
    "raw": "09056CCE9D8BDC1A86B0C3480C75F0A61B0405E31F2C2B0592B79F", "SNR": "11", "RSSI": "-49",
    "score": "1000", "duration": "150", "hash": "A47A6DD60283F5ED"})";

TEST(JsonPackets, APacket) {
    JsonPackets packets;
    const auto record = packets.packet("", packet, now);
    ASSERT_TRUE(record);
    EXPECT_EQ(to_hex(record->frame()), "09056cce9d8bdc1a86b0c3480c75f0a61b0405e31f2c2b0592b79f");
    EXPECT_EQ(record->time, parse_iso_time("2026-03-21T15:35:31.910648"));
    EXPECT_EQ(shown(record, "meshcore_radio.snr"_f), "11");
    EXPECT_EQ(shown(record, "meshcore_radio.rssi"_f), "-49");
    EXPECT_EQ(shown(record, "meshcore_radio.score"_f), "1000");
    EXPECT_EQ(shown(record, "meshcore_radio.airtime"_f), "150");
    EXPECT_EQ(shown(record, "meshcore_radio.observer"_f),
              "a3325067ed008fc8f687fc31ad0eb53f0083979f27bc265d54e2635420ca7f91");
    EXPECT_EQ(shown(record, "meshcore_radio.protocol"_f), "");
}

TEST(JsonPackets, NumbersTextsAndWhatIsUnknown) {
    JsonPackets packets;
    auto record = packets.packet("", R"({"raw":"0d00bb40ba70","SNR":7.25,"RSSI":-101})", now);
    EXPECT_EQ(shown(record, "meshcore_radio.snr"_f), "7.25");
    EXPECT_EQ(shown(record, "meshcore_radio.rssi"_f), "-101");
    EXPECT_EQ(record->time, now);
    record = packets.packet(
        "", R"({"raw":"0d00bb40ba70","SNR":"Unknown","RSSI":null,"score":null,"duration":"0"})", now);
    for (const FieldId id : {"meshcore_radio.snr"_f, "meshcore_radio.rssi"_f, "meshcore_radio.score"_f,
                             "meshcore_radio.airtime"_f, "meshcore_radio.observer"_f})
        EXPECT_EQ(shown(record, id), "");
}

TEST(JsonPackets, WhatMosquittoSubPrints) {
    for (
        const auto& [before, line] : std::vector<std::pair<std::string, std::string>>{
            {"meshcore/SEA/A3/packets ", R"({"raw":"0d00bb40ba70","timestamp":"2026-03-21T15:35:30"})"},
            {"2026-03-21T16:35:30+0100 meshcore/SEA/A3/packets ", R"({"raw":"0d00bb40ba70"})"},
            {"1774107330 ", R"({"raw":"0d00bb40ba70"})"},
            {"", R"({"tst":"2026-03-21T16:35:30+0100","topic":"x","payload":{"raw":"0d00bb40ba70"}})"},
            {"",
             R"({"tst":"2026-03-21T16:35:30+0100","topic":"x","payload":"{\"raw\":\"0d00bb40ba70\"}"})"}}) {
        const auto record = JsonPackets{}.packet(before, line, now);
        ASSERT_TRUE(record) << line;
        EXPECT_EQ(to_hex(record->frame()), "0d00bb40ba70");
        EXPECT_EQ(record->time, parse_iso_time("2026-03-21T15:35:30")) << before << line;
    }
}

TEST(JsonPackets, AStateSaysHowPacketsWereReceived) {
    JsonPackets packets;
    const std::string id =
        R"("origin":"Roof","origin_id":"A3325067ED008FC8F687FC31AD0EB53F0083979F27BC265D54E2635420CA7F91")";
    const auto report = packets.packet(
        "", "{" + id + R"(,"status":"online","model":"Heltec V3","firmware_version":"v1.11.0",
        "radio":"869.6179809,62.5,8,5","stats":{"battery_mv":4112,"uptime_secs":86400,"noise_floor":-117}})",
        now);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->is_report());
    EXPECT_EQ(shown(report, "meshcore_radio.device.name"_f), "Roof");
    EXPECT_EQ(shown(report, "meshcore_radio.device.model"_f), "Heltec V3");
    EXPECT_EQ(shown(report, "meshcore_radio.device.battery"_f), "4112");
    EXPECT_EQ(shown(report, "meshcore_radio.noise_floor"_f), "-117");
    EXPECT_EQ(shown(report, "meshcore_radio.device.event"_f), "online");
    const auto record = packets.packet("", "{" + id + R"(,"raw":"0d00bb40ba70"})", now);
    EXPECT_EQ(shown(record, "meshcore_radio.frequency"_f), "869618000");
    EXPECT_EQ(shown(record, "meshcore_radio.bandwidth"_f), "62500");
    EXPECT_EQ(shown(record, "meshcore_radio.sf"_f), "8");
    EXPECT_EQ(shown(record, "meshcore_radio.cr"_f), "5");
}

TEST(JsonPackets, ASentPacketNeedsItsOwnHash) {
    JsonPackets packets;
    const std::string raw =
        R"("raw":"09056CCE9D8BDC1A86B0C3480C75F0A61B0405E31F2C2B0592B79F","direction":"tx")";
    EXPECT_FALSE(packets.packet("", "{" + raw + "}", now));
    EXPECT_FALSE(packets.packet("", "{" + raw + R"(,"hash":"0000000000000000"})", now));
    const auto record = packets.packet("", "{" + raw + R"(,"hash":"A47A6DD60283F5ED"})", now);
    EXPECT_EQ(shown(record, "meshcore_radio.direction"_f), "1");
}

TEST(JsonPackets, WhatIsNone) {
    JsonPackets packets;
    const std::string much(512, 'a');
    for (const std::string& line :
         {std::string{"{"}, std::string{"{}"}, std::string{"{]"}, std::string{R"({"raw":""})"},
          std::string{R"({"raw":5})"}, std::string{R"({"raw":"xyz"})"}, R"({"raw":")" + much + R"("})",
          std::string{R"({"payload":"text"})"}, std::string{R"({"payload":[1]})"},
          std::string{R"({"status":"online","origin_id":"A3"})"},
          std::string{R"({"type":"DEBUG","message":"0d00bb40ba70"})"}})
        EXPECT_FALSE(packets.packet("", line, now)) << line;
}

}  // namespace
}  // namespace meshcore::capture

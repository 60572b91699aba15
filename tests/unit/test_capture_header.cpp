// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/capture_header.h"

#include "support.h"

namespace meshcore::test {
namespace {

Buffer record(const CaptureHeader& header, std::string_view frame) {
    Buffer bytes{header.bytes().begin(), header.bytes().end()};
    const Buffer tail = hex(frame);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return bytes;
}

TEST(CaptureHeaderTest, WritesTheDocumentedBytes) {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, -7.25);
    header.put("meshcore_radio.rssi"_f, -97);
    header.put("meshcore_radio.sf"_f, 8);
    EXPECT_EQ(to_hex(header.bytes()),
              "4d43010011000102"
              "2bfd"
              "0202"
              "36fc"
              "050108");
}

TEST(CaptureHeaderTest, ComesBackAsWritten) {
    CaptureHeader header;
    header.set_sent();
    header.put("meshcore_radio.snr"_f, 12.25);
    header.put("meshcore_radio.frequency"_f, 869618000);
    header.put("meshcore_radio.device.name"_f, std::string_view{"Roof"});
    const Buffer bytes = record(header, "0e00deadbeef");
    Tape tape;
    EXPECT_EQ(dissect_capture_header(bytes, tape), header.bytes().size());
    EXPECT_TRUE(tape.notes().empty());
    EXPECT_EQ(tape.find("meshcore_radio.direction"_f)->number, 1u);
    EXPECT_DOUBLE_EQ(tape.find("meshcore_radio.snr"_f)->real, 12.25);
    EXPECT_EQ(tape.find("meshcore_radio.frequency"_f)->number, 869618000u);
    EXPECT_EQ(tape.text(tape.find("meshcore_radio.device.name"_f)->slice()), "Roof");
}

TEST(CaptureHeaderTest, ClampsWhatTheWireCannotHold) {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, 1000);
    header.put("meshcore_radio.sf"_f, -3);
    Tape tape;
    dissect_capture_header(header.bytes(), tape);
    EXPECT_DOUBLE_EQ(tape.find("meshcore_radio.snr"_f)->real, 327.67);
    EXPECT_EQ(tape.find("meshcore_radio.sf"_f)->number, 0u);
}

TEST(CaptureHeaderTest, ComputesTheAirtimeThatTheSourceDidNotTell) {
    CaptureHeader header;
    header.put("meshcore_radio.bandwidth"_f, 62500);
    header.put("meshcore_radio.sf"_f, 8);
    header.put("meshcore_radio.cr"_f, 5);
    Tape tape;
    const Buffer bytes = record(header, std::string(37 * 2, '0'));
    dissect_capture_header(bytes, tape);
    const Node* airtime = tape.find("meshcore_radio.airtime"_f);
    ASSERT_TRUE(airtime);
    EXPECT_TRUE(airtime->generated);
    EXPECT_DOUBLE_EQ(airtime->real, 386.048);
}

TEST(CaptureHeaderTest, ShowsUnknownAndOddItemsAsBytes) {
    const Buffer bytes =
        hex("4d4301000f00"
            "f002abcd"
            "010107"
            "0401");
    Tape tape;
    EXPECT_EQ(dissect_capture_header(bytes, tape), 15u);
    unsigned items = 0;
    for (const Node& node : tape.nodes()) items += node.field == "meshcore_radio.item"_f;
    EXPECT_EQ(items, 3u);
    EXPECT_TRUE(tape.has(Note::bad_capture_header));
}

TEST(CaptureHeaderTest, WhatIsNoHeaderIsAllFrame) {
    for (const char* text : {"", "4d", "4d43", "4d4301000400", "4d430100ffff", "110203040506"}) {
        Tape tape;
        const Buffer bytes = hex(text);
        EXPECT_EQ(dissect_capture_header(bytes, tape), 0u) << text;
        EXPECT_TRUE(tape.has(Note::bad_capture_header)) << text;
    }
}

// Values of the firmware's radio library, with the protocol reference.
TEST(TimeOnAir, EqualsRadioLib) {
    EXPECT_EQ(time_on_air(37, 8, 62500, 5, 32), 386048u);
    EXPECT_EQ(time_on_air(37, 8, 62500, 5, 16), 320512u);
    EXPECT_EQ(time_on_air(134, 8, 62500, 5, 32), 877568u);
    EXPECT_EQ(time_on_air(255, 8, 62500, 5, 32), 1512448u);
    EXPECT_EQ(time_on_air(37, 7, 62500, 5, 32), 213504u);
    EXPECT_EQ(time_on_air(37, 11, 250000, 5, 16), 518144u);
    EXPECT_EQ(time_on_air(134, 11, 250000, 5, 16), 1255424u);
    EXPECT_EQ(time_on_air(37, 10, 250000, 5, 16), 279552u);
    EXPECT_EQ(time_on_air(40, 12, 62500, 8, 16), 6045696u);
    EXPECT_EQ(time_on_air(40, 13, 62500, 8, 16), 0u);
    EXPECT_EQ(time_on_air(40, 8, 0, 5, 16), 0u);
}

// The firmware logs the same figure, in whole milliseconds.
TEST(TimeOnAir, EqualsTheFirmwareLog) {
    unsigned compared = 0;
    for (const auto& row : rows("serial-observer-seattle.jsonl")) {
        const auto& expect = row["expect"];
        const auto length = expect["len"].get<std::size_t>();
        if (length != row["raw"].get<std::string>().size() / 2) continue;
        // This observer ran at 62.5 kHz, SF 7, 4/5, with the preamble of its time.
        if (expect["airtime_ms"].get<unsigned>() == time_on_air(length, 7, 62500, 5, 16) / 1000)
            ++compared;
    }
    EXPECT_GT(compared, 1000u);
}

}  // namespace
}  // namespace meshcore::test

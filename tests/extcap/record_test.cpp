// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/record.h"

#include <gtest/gtest.h>

#include "extcap/radio/device.h"

namespace meshcore {
namespace {

TEST(Record, FrameIsBehindTheHeader) {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, -7.25);
    Record record{{}, {header.bytes().begin(), header.bytes().end()}};
    EXPECT_TRUE(record.is_report());
    record.bytes.insert(record.bytes.end(), {0x15, 0x00, 0x11});
    EXPECT_FALSE(record.is_report());
    EXPECT_EQ(record.header_length(), header.bytes().size());
    EXPECT_EQ(to_hex(record.frame()), "150011");
}

TEST(Record, WithoutAHeaderAllIsFrame) {
    for (const std::vector<std::uint8_t>& bytes : std::vector<std::vector<std::uint8_t>>{
             {0x15, 0x00}, {'M', 'C', 1, 0, 5, 0}, {'M', 'C', 1, 0, 7, 0}, {'M', 'C', 1}}) {
        const Record record{{}, bytes};
        EXPECT_EQ(record.header_length(), 0);
        EXPECT_EQ(record.frame().size(), bytes.size());
    }
}

TEST(Device, ReportsLatestValues) {
    radio::Device device{RadioProtocol::companion};
    device.set("meshcore_radio.device.battery"_f, 4200);
    device.set("meshcore_radio.device.battery"_f, 4100);
    EXPECT_EQ(device.number("meshcore_radio.device.battery"_f), 4100);
    EXPECT_EQ(device.number("meshcore_radio.sf"_f), std::nullopt);
    Tape tape;
    const Record report = device.report({}, "periodic");
    dissect_capture_header(report.bytes, tape);
    EXPECT_EQ(tape.find("meshcore_radio.device.battery"_f)->number, 4100);
    EXPECT_TRUE(tape.notes().empty());
}

}  // namespace
}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>

#include <set>

#include "dissector/core/capture_header.h"
#include "extcap/filter/packet_filter.h"

namespace meshcore::filter {
namespace {

using testing::HasSubstr;

/// A companion's advert with name and position, heard at -7.25 dB.
std::vector<std::uint8_t> advert() {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, -7.25);
    header.put("meshcore_radio.frequency"_f, 869'618'000);
    std::vector<std::uint8_t> record{header.bytes().begin(), header.bytes().end()};
    const auto frame = *from_hex(
        "1200820b4eab73bb04e898640c06d8e5fa2f84299c20c42b39f0e9e4fa6f9dc1926e940e8069baf8b9c61ec9578b69"
        "ce"
        "314236b48f5d261822f9ffbf8e79ee32ea5cc1c9ed79896d7f1d5a1a45394ca0c9321627a4d9b1e20dd87fad757c46"
        "17"
        "33e93e18510b91f885770263182100416e61204dc3b376696c");
    record.insert(record.end(), frame.begin(), frame.end());
    return record;
}

/// The same public-channel text over hops 4E, 92 and 7D, without a word of how it was heard.
std::vector<std::uint8_t> group_text() {
    const CaptureHeader header;
    std::vector<std::uint8_t> record{header.bytes().begin(), header.bytes().end()};
    const auto frame =
        *from_hex("150011C3C1354D619BAE9590E4D177DB7EEAF982F5BDCF78005D75157D9535FA90178F785D");
    record.insert(record.end(), frame.begin(), frame.end());
    return record;
}

bool matches(const std::string& expression, Bytes record) {
    auto filter = PacketFilter::compile(expression);
    EXPECT_TRUE(filter) << filter.error().message;
    return filter && filter->matches(record);
}

TEST(PacketFilter, WhatMatches) {
    for (const char* expression : {"type = 'advert'",
                                   "type == \"ADVERT\"",
                                   "payload_type = 4",
                                   "payload_type_name = 'advert'",
                                   "route = 'direct'",
                                   "snr < -7 and snr > -7.5",
                                   "snr between -8 and -7",
                                   "frequency = 869618000",
                                   "advert_name = 'ana móvil'  or 1",
                                   "advert_name like 'Ana %'",
                                   "advert_node_type_name = 'companion'",
                                   "advert_latitude is not null",
                                   "advert_pubkey like '820b4e%'",
                                   "raw like '1200%'",
                                   "len > 100",
                                   "hops = 0",
                                   "not (type = 'grp_txt')",
                                   "type in ('ack', 'advert')",
                                   "rssi is null",
                                   "1",
                                   "type = 'advert' -- a remark",
                                   "coalesce(rssi, -50) = -50",
                                   "text is null or text = '||'"})
        EXPECT_TRUE(matches(expression, advert())) << expression;
}

TEST(PacketFilter, WhatDoesNot) {
    for (const char* expression :
         {"type = 'grp_txt'", "snr > -7", "rssi > -200", "rssi <= 0", "not (rssi > 0)", "null", "0",
          "'text'", "len > 200", "hops > 0", "channel = 'Public'"})
        EXPECT_FALSE(matches(expression, advert())) << expression;
}

TEST(PacketFilter, PublicTextsAreRead) {
    EXPECT_TRUE(
        matches("type = 'grp_txt' and channel = 'public' and text like '%☁️'", group_text()));
    EXPECT_TRUE(matches("sender like '%Tree' and snr is null", group_text()));
}

TEST(PacketFilter, ADeviceReportIsNoPacket) {
    const CaptureHeader header;
    EXPECT_TRUE(matches("type = 'advert'", header.bytes()));
    EXPECT_TRUE(matches("0", header.bytes()));
}

TEST(PacketFilter, ServesPacketAfterPacket) {
    auto filter = PacketFilter::compile("type = 'advert'");
    ASSERT_TRUE(filter);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(filter->matches(advert()));
        EXPECT_FALSE(filter->matches(group_text()));
    }
}

TEST(PacketFilter, ErrorsSayWhatIsWrong) {
    for (const auto& [expression, expected] : std::vector<std::pair<std::string, std::string>>{
             {"snrr > 3", "no such column: snrr"},
             {"advert and snr>0", "no such column: advert"},
             {"type = ", "syntax error"},
             {"type = 'advert", "unrecognized token"},
             {"type = 'advert' || snr > 0", "write 'or'"},
             {"type = 'advert' && snr > 0", "syntax error"},
             {"", "syntax error"},
             {"snr, rssi", "row value"},
             {"1), (2", "not one expression"},
             {"?", "not one expression"},
             {"nosuch(1)", "no such function"},
             {std::string{"1\0", 2}, "NUL"}}) {
        const auto filter = PacketFilter::compile(expression);
        ASSERT_FALSE(filter) << expression;
        EXPECT_THAT(filter.error().message, HasSubstr(expected)) << expression;
        EXPECT_EQ(filter.error().message.find('\n'), std::string::npos);
    }
}

TEST(PacketFilter, OnlyLooksAtThePacket) {
    for (const std::string expression :
         {"(select count(*) from sqlite_master)", "load_extension('x')", "zeroblob(1000000)",
          "randomblob(9)", "1); DROP TABLE packet; --", "1) FROM packet; SELECT (1",
          "(with recursive a(x) as (select 1 union all select "
          "x+1 from a) select count(*) from a)",
          "(select 1 from pragma_table_info('packet'))", "1) FROM sqlite_master WHERE (1"})
        EXPECT_FALSE(PacketFilter::compile(expression)) << expression;
    EXPECT_FALSE(PacketFilter::compile(std::string(100'000, '(')));
}

TEST(PacketFilter, EachColumnIsThereOnceAndHasHelp) {
    std::set<std::string> names;
    for (const Column& column : columns()) {
        EXPECT_TRUE(names.insert(column.name).second) << column.name;
        EXPECT_FALSE(column.help.empty());
        EXPECT_TRUE(PacketFilter::compile(column.name + " is null")) << column.name;
    }
    EXPECT_GT(names.size(), catalogue.size() / 2);
}

}  // namespace
}  // namespace meshcore::filter

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/summary.h"
#include "dissector/core/to_json.h"
#include "dissector/core/to_text.h"
#include "support.h"

namespace meshcore::test {
namespace {

TEST(ToJson, ListsAreListsAndTextIsClean) {
    // A validly signed advert whose name is no UTF-8.
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        if (row["expect"].value("malformed", "").find("invalid UTF-8") == std::string::npos) continue;
        const Decoded packet{row["raw"].get<std::string>()};
        const auto object = nlohmann::json::parse(to_json(nullptr, &packet.dissection));
        EXPECT_TRUE(object["meshcore.advert.name"].is_string());
        EXPECT_EQ(object["notes"], nlohmann::json::array({"invalid_text"}));
    }
    const Decoded one_hop{"0D01AADEADBEEF"};
    EXPECT_EQ(nlohmann::json::parse(to_json(nullptr, &one_hop.dissection))["meshcore.path.hop"],
              nlohmann::json::array({"aa"}));
}

TEST(Text, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(clean_text("a\xC3\xA9z"), "aéz");
    EXPECT_EQ(clean_text("a\xC3"), "a\uFFFD");
    EXPECT_EQ(clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(clean_text("\xF0\x9F\x8C"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_FALSE(is_utf8("\xC0\x80"));
    EXPECT_EQ(one_line("a\nb\tc"), "a b c");
}

TEST(Text, ChangesTheCaseOfPlainLettersOnly) {
    EXPECT_EQ(upper_case("az[`{é09_"), "AZ[`{é09_");
    EXPECT_EQ(lower_case("AZ[`{É09_"), "az[`{É09_");
}

TEST(SummaryTest, TellsTypeRouteHopsWhoAndText) {
    const Decoded text{"150011C3C1354D619BAE9590E4D177DB7EEAF982F5BDCF78005D75157D9535FA90178F785D"};
    const Summary line = summarize(text.dissection);
    EXPECT_EQ(line.info, "GRP_TXT flood [Public] 🌲 Tree: ☁️");
    EXPECT_EQ(line.source, "🌲 Tree");
    EXPECT_EQ(line.destination, "Public");
    EXPECT_EQ(summarize(Decoded{"0D04B891647EBB40BA70"}.dissection).info, "ACK flood 4 hops 70ba40bb");
    EXPECT_EQ(summarize(Decoded{"09"}.dissection).info, "Malformed: The frame ends inside a field");
}

TEST(ToText, ShowsUnitsAndNames) {
    const Decoded packet{"2E0092DC35333E5B4FBB374D26E77A3A"};
    const std::string text = to_text(nullptr, &packet.dissection);
    EXPECT_THAT(text, testing::HasSubstr("SNR: -9 dB"));
    EXPECT_THAT(text, testing::HasSubstr("Payload type: 11 (CONTROL)"));
    EXPECT_THAT(text, testing::HasSubstr("Tag: 0x5b3e3335"));
}

}  // namespace
}  // namespace meshcore::test

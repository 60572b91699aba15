// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/keys/key_file.h"

#include "support.h"

namespace meshcore::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(KeyFileTest, ReadsAllKinds) {
    const auto file = parse_key_file(R"(
[[channel]]
name = "mine"
secret = "ABEiM0RVZneImaq7zN3u/w=="
[[channel]]
name = "#test"
[[identity]]
name = "me"
private_key = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
[[node]]
name = "Roof"
public_key = "4852b69364572b52efa1b6bb3e6d0abed4f389a1cbfbb60a9bba2cce649caf0e"
[[region]]
name = "europe"
)",
                                     "keys.toml");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_THAT(file->warnings, IsEmpty());
    ASSERT_EQ(file->keys.channels().size(), 3u);
    EXPECT_EQ(file->keys.channels()[1].hash, 0xA8);
    EXPECT_EQ(file->keys.identities().size(), 1u);
    EXPECT_EQ(file->keys.nodes()[0].name, "Roof");
    EXPECT_EQ(file->keys.regions()[0].name, "#europe");
}

TEST(KeyFileTest, NamesTheBadEntryAndKeepsTheRest) {
    const auto file = parse_key_file(R"([[channel]]
name = "bad"
secret = "xyzzy-secret-words"
[[channel]]
name = "#test"
colour = "red"
[[chanel]]
name = "typo"
)",
                                     "keys.toml");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->keys.channels().size(), 2u);
    EXPECT_THAT(file->warnings, testing::UnorderedElementsAre(
                                    HasSubstr("keys.toml:3:10: 'secret' is neither hex nor base64"),
                                    HasSubstr("keys.toml:6:10: unknown key 'colour'"),
                                    HasSubstr("unknown entry 'chanel'")));
    for (const std::string& warning : file->warnings) EXPECT_THAT(warning, Not(HasSubstr("xyzzy")));
}

TEST(KeyFileTest, AParseErrorQuotesNoSecret) {
    const auto file = parse_key_file("[[channel]]\nsecret = topsecretwords\n", "keys.toml");
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().message, HasSubstr("keys.toml:2:"));
    EXPECT_THAT(file.error().message, Not(HasSubstr("topsecret")));
}

TEST(KeyFileTest, AMissingFileIsAnError) {
    const auto file = load_key_file("/nonexistent/keys.toml");
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().message, HasSubstr("/nonexistent/keys.toml"));
}

}  // namespace
}  // namespace meshcore::test

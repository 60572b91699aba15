// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/copies.h"

#include <fmt/format.h>

#include "bridge/outlet.h"
#include "heard.h"

namespace meshcore::bridge::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// One flooded text, heard over different ways: equal but for its path.
std::string by_way(const std::string& hop) {
    return "1501" + hop + "89D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD";
}

/// Keeps what it gets.
class Kept : public Destination {
public:
    explicit Kept(BrokerConfig config) : config_{std::move(config)} {
        config_.topics.packets = "p";
        config_.topics.status = "";
        config_.topics.raw = "";
        format_ = find_format("letsmesh")->make(Config{}, config_);
    }
    const BrokerConfig& config() const override { return config_; }
    const Format& format() const override { return *format_; }
    void observe(std::shared_ptr<const Observer>) override {}
    void publish(Message message) override {
        const Json json = Json::parse(message.payload);
        got.push_back(json["SNR"].get<std::string>() + "@" +
                      json["timestamp"].get<std::string>().substr(17, 2));
    }

    std::vector<std::string> got;

private:
    BrokerConfig config_;
    std::unique_ptr<Format> format_;
};

BrokerConfig with(CopyChoice choice, const std::string& filter = "") {
    BrokerConfig config;
    config.copies = choice;
    config.filter = filter;
    return config;
}

struct Way {
    explicit Way(CopyChoice choice, const std::string& filter = "") : kept{with(choice, filter)} {}

    void hear(const std::string& hop, double snr, milliseconds after) {
        const Frame frame{by_way(hop), signal(snr, -80)};
        outlet.take(frame.heard(sample_time() + after), start + after);
    }

    const SteadyTime start{seconds{1000}};
    Kept kept;
    Outlet outlet{kept};
};

using Texts = std::vector<std::string>;

TEST(Copies, All) {
    Way way{CopyChoice::all};
    way.hear("a1", 1, seconds{0});
    way.hear("b2", 5, seconds{1});
    EXPECT_EQ(way.kept.got, (Texts{"1.0@52", "5.0@53"}));
    EXPECT_EQ(way.outlet.due(), SteadyTime::max());
}

TEST(Copies, FirstGoesOutAtOnceAndAlone) {
    Way way{CopyChoice::first};
    way.hear("a1", 1, seconds{0});
    EXPECT_EQ(way.kept.got, Texts{"1.0@52"});
    way.hear("b2", 5, seconds{1});
    way.hear("c3", 5, seconds{30});
    EXPECT_EQ(way.kept.got.size(), 1U);
    EXPECT_EQ(way.outlet.due(), SteadyTime::max());
    way.hear("a1", 2, seconds{300});  // somebody sends it anew
    EXPECT_EQ(way.kept.got.size(), 2U);
}

TEST(Copies, BestBySnrWithItsOwnTimeAtTheWindowsEnd) {
    Way way{CopyChoice::best};
    way.hear("a1", 1, seconds{0});
    way.hear("b2", 7, seconds{2});
    way.hear("c3", 3, seconds{4});
    EXPECT_TRUE(way.kept.got.empty());
    EXPECT_EQ(way.outlet.due(), way.start + seconds{5});
    way.outlet.release(way.start + seconds{5} - milliseconds{1});
    EXPECT_TRUE(way.kept.got.empty());
    way.outlet.release(way.start + seconds{5});
    EXPECT_EQ(way.kept.got, Texts{"7.0@54"});
    way.hear("d4", 12, seconds{20});  // a straggler
    way.outlet.release(SteadyTime::max());
    EXPECT_EQ(way.kept.got.size(), 1U);
}

TEST(Copies, NothingHeldIsLost) {
    Way way{CopyChoice::best};
    way.hear("a1", 1, seconds{0});
    way.outlet.release(SteadyTime::max());
    EXPECT_EQ(way.kept.got, Texts{"1.0@52"});
}

TEST(Copies, OfUnknownSnrIsTheWorst) {
    Way way{CopyChoice::best};
    const Frame unknown{by_way("a1")};
    way.outlet.take(unknown.heard(), way.start);
    way.hear("b2", -20, seconds{1});
    way.outlet.release(SteadyTime::max());
    EXPECT_EQ(way.kept.got, Texts{"-20.0@53"});
}

TEST(Copies, WhatCannotBeParsedIsNoCopy) {
    Way way{CopyChoice::best};
    const Frame broken{"09C70102030405", signal(1, -80)};  // its hash is zeros, as that of all others
    way.outlet.take(broken.heard(), way.start);
    way.outlet.take(broken.heard(), way.start);
    EXPECT_EQ(way.kept.got.size(), 2U);
}

TEST(Copies, ManyAtOnceAreBounded) {
    Way way{CopyChoice::best};
    for (int i = 0; i < 5000; ++i) {
        const Frame frame{fmt::format("0E00{:08x}", i), signal(i % 50, -80)};
        way.outlet.take(frame.heard(), way.start);
    }
    EXPECT_EQ(way.kept.got.size(), 5000U - 4096U);
    way.outlet.release(SteadyTime::max());
    EXPECT_EQ(way.kept.got.size(), 5000U);
}

TEST(Filters, OfADestination) {
    Way way{CopyChoice::first, "snr > 2 and route = 'flood' and hops = 1 and path_hop = 'b2'"};
    way.hear("b2", 1, seconds{0});
    way.hear("a1", 5, seconds{0});
    EXPECT_TRUE(way.kept.got.empty());
    way.hear("b2", 5, seconds{1});  // the first that the destination wants
    EXPECT_EQ(way.kept.got, Texts{"5.0@53"});
}

}  // namespace
}  // namespace meshcore::bridge::testing

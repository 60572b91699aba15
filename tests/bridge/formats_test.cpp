// SPDX-License-Identifier: GPL-2.0-or-later
// Formats other than letsmesh, above all with names that strangers chose. test_formats.py has what the
// firmware's packets become.
#include <gmock/gmock.h>
#include <openssl/evp.h>

#include "bridge/acks.h"
#include "bridge/formats/topic.h"
#include "bridge/keys.h"
#include "dissector/core/text.h"
#include "tests/bridge/heard.h"

namespace meshcore::bridge::testing {
namespace {

using ::testing::HasSubstr;

// "Ann: hello" on the public channel at 1700000000.
constexpr const char* hello = "15001159BF3E52F04AC3843BB7779489664D6B1856";

std::vector<Message> publish(const char* format, const Frame& frame, const BrokerConfig& broker = {},
                             const Config& config = {}) {
    std::vector<Message> out;
    find_format(format)->make(config, broker)->packet(frame.heard(), out);
    return out;
}

Keyring channel_named(const std::string& name) {
    Keyring keys;
    EXPECT_TRUE(keys.add_channel(name, std::vector<std::uint8_t>(16, 7)));
    return keys;
}

/// A text on the channel with sixteen bytes of 7, sealed as the firmware does it.
std::string sealed_text(const std::string& text) {
    std::vector<std::uint8_t> plain{0x00, 0xF1, 0x53, 0x65, 0x00};
    plain.insert(plain.end(), text.begin(), text.end());
    plain.resize((plain.size() + 15) / 16 * 16);
    std::array<std::uint8_t, 32> key{};
    std::fill_n(key.begin(), 16, std::uint8_t{7});
    std::vector<std::uint8_t> cipher(plain.size());
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free};
    EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    int length = 0;
    EVP_EncryptUpdate(context.get(), cipher.data(), &length, plain.data(),
                      static_cast<int>(plain.size()));
    const Digest mac = hmac_sha256(key, {Bytes{cipher}});
    const Digest hash = sha256({Bytes{key}.first(16)});
    return "1500" + to_hex(Bytes{hash}.first(1)) + to_hex(Bytes{mac}.first(2)) + to_hex(cipher);
}

TEST(Rooms, AMessageByteForByte) {
    const auto all = publish("rooms", Frame{hello, signal(12.5, -65)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].topic, "meshcore/messages/Public");
    EXPECT_FALSE(all[0].retain);
    EXPECT_EQ(
        all[0].payload,
        R"({"room":"Public","sender":"Ann","text":"hello",)"
        R"("timestamp":"2026-09-13T04:29:52.407921+00:00","msg_timestamp":"2023-11-14T22:13:20Z",)"
        R"("snr":12.5,"rssi":-65,"hops":0,"hash":"B00FB53DB2E947A8","origin":"Roof",)"
        R"("origin_id":"4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E"})");
}

TEST(Rooms, WithoutThePublicChannel) {
    Config config;
    config.decode_public = false;
    EXPECT_TRUE(publish("rooms", Frame{hello}, {}, config).empty());
    EXPECT_TRUE(publish("hub", Frame{hello}, {}, config).empty());
}

TEST(Hub, AMessageByteForByte) {
    const auto all = publish("hub", Frame{hello, signal(8, -65)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].topic,
              "meshcore/4852b69364572b52efa1b6bb3e6d0abed4f389a1cbfbb60a9bba2cce649caf0e/event/"
              "channel_msg_recv");
    EXPECT_EQ(all[0].payload, R"({"channel_idx":17,"channel_name":"Public","path_len":0,"txt_type":0,)"
                              R"("text":"Ann: hello","SNR":8.0,"sender_timestamp":1700000000})");
}

TEST(Hub, TheObserversBattery) {
    const auto format = find_format("hub")->make({}, {});
    Observer observer;
    observer.key = observer_key;
    EXPECT_FALSE(format->status(observer, Presence::online, sample_time(), nullptr));
    observer.figures["meshcore_radio.device.battery"_f] = 4112;
    EXPECT_EQ(format->status(observer, Presence::online, sample_time(), nullptr)->payload,
              R"({"battery_voltage":4.112})");
    EXPECT_FALSE(format->status(observer, Presence::offline, sample_time(), nullptr));
    EXPECT_FALSE(format->status(observer, Presence::lost, sample_time(), nullptr));
}

TEST(CryptClear, InClearOnlyWhereOptedIn) {
    const Frame frame{hello};
    const auto closed = publish("crypt-clear", frame);
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].topic, "meshcore/crypt/11/!4852b693/5");
    EXPECT_EQ(closed[0].payload, (std::string{frame.heard().frame.begin(), frame.heard().frame.end()}));
    BrokerConfig broker;
    broker.clear_channels = {"Public"};
    broker.topic_prefix = "mesh/{IATA}";
    broker.iata = "sea";
    const auto open = publish("crypt-clear", frame, broker);
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].topic, "mesh/SEA/crypt/11/!4852b693/5");
    EXPECT_EQ(open[1].topic, "mesh/SEA/clear/Public/!4852b693/5");
    EXPECT_EQ(
        open[1].payload,
        R"({"channel":"Public","sender":"Ann","text":"hello","msg_timestamp":"2023-11-14T22:13:20Z",)"
        R"("timestamp":"2026-09-13T04:29:52.407921+00:00","hops":0,"hash":"B00FB53DB2E947A8",)"
        R"("origin":"Roof",)"
        R"("origin_id":"4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E"})");
}

TEST(Formats, FramesThatAreCut) {
    BrokerConfig broker;
    broker.topics.packets = "x";
    broker.clear_channels = {"Public"};
    const std::string whole = hello;
    for (const FormatRow& row : formats())
        for (std::size_t length = 2; length <= whole.size(); length += 2) {
            const Frame frame{whole.substr(0, length)};
            const auto all = publish(row.name.data(), frame, broker);
            if (row.name == "raw") {
                ASSERT_EQ(all.size(), 1U);
            } else if (row.name == "rooms" || row.name == "hub") {
                EXPECT_EQ(all.size(), length == whole.size() ? 1U : 0U) << length;
            }
        }
}

const std::string hostile_names[] = {"a/b/c",
                                     "+",
                                     "#",
                                     "#+/",
                                     "$SYS/broker",
                                     std::string("nul\0inside", 10),
                                     "\x01\x1b[2J\x7f",
                                     "\xff\xfe broken \xc3",
                                     "\xc2\x85 next line",
                                     "\xef\xbf\xbf",
                                     "\xf0\x9f\xbf\xbf",
                                     "\xef\xb7\x90",
                                     std::string(300, 'x'),
                                     std::string(299, 'y') + "\xc3\xa9",
                                     "ünïcödé 🏡",
                                     "",
                                     "   "};

bool is_one_safe_level(const std::string& level) {
    return !level.empty() && level.size() <= 64 && is_utf8(level) &&
           level.find_first_of(std::string_view{"/+#\0\x1b\x7f", 6}) == std::string::npos &&
           level.find("\xef\xbf\xbf") == std::string::npos &&
           level.find("\xc2\x85") == std::string::npos;
}

TEST(Formats, NamesOfStrangersAsTopicLevels) {
    for (const std::string& name : hostile_names)
        EXPECT_TRUE(is_one_safe_level(topic_level(name))) << name;
    EXPECT_EQ(topic_level("#test"), "test");
    EXPECT_EQ(topic_level("a/b"), "ab");
    EXPECT_EQ(topic_level("#+/"), "_");
    EXPECT_EQ(topic_level("ünïcödé 🏡"), "ünïcödé 🏡");
    EXPECT_EQ(topic_level(std::string(63, 'x') + "é"), std::string(63, 'x'));
}

TEST(Formats, ChannelsAndTextsOfStrangers) {
    for (const std::string& name : hostile_names) {
        if (name.empty()) continue;
        const Keyring keys = channel_named(name);
        for (const std::string& text : hostile_names) {
            const Frame frame{sealed_text("Eve/#: " + text.substr(0, 100)), {}, keys};
            BrokerConfig broker;
            broker.clear_channels = {clean_text(keys.channels().back().name)};
            for (const char* format : {"rooms", "hub", "crypt-clear"}) {
                const auto all = publish(format, frame, broker);
                ASSERT_FALSE(all.empty()) << format << ' ' << name;
                for (const Message& message : all) {
                    EXPECT_TRUE(check_topic(message.topic)) << message.topic;
                    EXPECT_TRUE(is_utf8(message.topic));
                    if (message.topic.find("/crypt/") != std::string::npos) continue;
                    EXPECT_TRUE(Json::accept(message.payload));
                    EXPECT_TRUE(is_utf8(message.payload));
                }
                const auto& last = all.back().topic;
                const auto levels = std::count(last.begin(), last.end(), '/');
                EXPECT_EQ(levels, std::string_view{format} == "rooms" ? 2
                                  : std::string_view{format} == "hub" ? 3
                                                                      : 4)
                    << last;
            }
        }
    }
}

TEST(Keys, OfTheConfiguration) {
    Config config;
    config.hashtag_channels = {"Test", "#bot", ""};
    config.channel_keys = {"mine=00112233445566778899aabbccddeeff",
                           "b64=ABEiM0RVZneImaq7zN3u/w==", "no key", "bad=0011",
                           "=00112233445566778899aabbccddeeff"};
    config.brokers.emplace_back().clear_channels = {"#test", "#tset"};
    std::vector<std::string> warnings;
    const Keyring keys = load_keys(config, warnings);
    std::vector<std::string> names;
    for (const Channel& channel : keys.channels()) names.push_back(channel.name);
    EXPECT_THAT(names, ::testing::ElementsAre("Public", "#test", "#bot", "mine"));
    ASSERT_EQ(warnings.size(), 5U);
    EXPECT_THAT(warnings.back(), HasSubstr("\"#tset\""));
    for (const std::string& warning : warnings) EXPECT_EQ(warning.find("001122"), std::string::npos);
}

TEST(Acks, AreBounded) {
    Dissection text;
    Datagram datagram;
    datagram.ends = Ends{};
    TextMessage message;
    Dissection ack;
    Acks acks;
    const auto heard = [&](std::uint32_t code, int second) {
        message.expected_ack = code;
        datagram.content = message;
        text.payload = datagram;
        return acks.take(text, sample_time() + std::chrono::seconds{second});
    };
    const auto confirmed = [&](std::uint32_t code, int second) {
        ack.payload = Ack{code, {}};
        return acks.take(ack, sample_time() + std::chrono::seconds{second});
    };
    EXPECT_FALSE(heard(7, 0));
    EXPECT_FALSE(heard(7, 1));  // a further copy
    EXPECT_FALSE(confirmed(8, 2));
    const auto first = confirmed(7, 2);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->after, std::chrono::seconds{2});
    EXPECT_FALSE(confirmed(7, 3)) << "once";
    heard(9, 10);
    EXPECT_FALSE(confirmed(9, 9)) << "before the text";
    EXPECT_FALSE(confirmed(9, 400)) << "too late";
    for (std::uint32_t code = 100; code < 5100; ++code) heard(code, 20);
    EXPECT_FALSE(confirmed(100, 21)) << "the oldest are forgotten";
    EXPECT_TRUE(confirmed(5099, 21));
}

}  // namespace
}  // namespace meshcore::bridge::testing

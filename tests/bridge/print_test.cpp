// SPDX-License-Identifier: GPL-2.0-or-later
// A configuration of any dialect, printed as our TOML and loaded again, means the same.
#include "bridge/config/print.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "bridge/config/key.h"
#include "bridge/mqtt/client_id.h"

namespace meshcore::bridge::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Loading {
    Config config;
    std::string shown, hidden;
    bool unknown = false;
};

Loading load(const std::string& text, const char* name) {
    const std::string path = ::testing::TempDir() + name;
    std::ofstream{path} << text;
    Loading loading;
    Findings findings;
    const auto documents = read_documents({path}, nullptr, findings);
    for (const Document& document : documents) apply(document, loading.config, findings);
    complete(loading.config, findings);
    loading.shown = print_config(documents, loading.config, true);
    loading.hidden = print_config(documents, loading.config, false);
    for (const Finding& finding : findings)
        if (finding.severity == Severity::unknown) {
            loading.unknown = true;
            ADD_FAILURE() << finding.line();
        }
    return loading;
}

/// All that a broker's connection and messages depend on.
std::string meaning(const Config& config, const BrokerConfig& b, std::size_t number) {
    std::string types, channels;
    for (const int type : b.packet_types) types += std::to_string(type) + ' ';
    for (const std::string& channel : b.clear_channels) channels += channel + '\n';
    std::ostringstream text;
    text << b.name << '|' << b.enabled << '|' << b.server << '|' << b.port << '|'
         << static_cast<int>(b.transport) << "|"
         << (b.transport == Transport::websockets ? b.websocket_path : "") << '|' << b.tls.enabled
         << b.tls.verify << b.tls.ca_file << '|' << b.tls.cert_file << '|' << b.tls.key_file << '|'
         << b.tls.pin << '|' << static_cast<int>(b.auth.effective()) << b.auth.username << '|'
         << b.auth.password << '|' << b.auth.audience << '|'
         << b.auth.token_ttl.value_or(std::chrono::seconds{0}).count() << '|' << b.auth.owner << '|'
         << b.auth.email << '|' << b.keepalive.value_or(std::chrono::seconds{0}).count() << '|' << b.qos
         << b.retain << '|' << make_client_id(config, b, number, std::string(64, 'A')) << '|' << b.iata
         << '|' << b.topics.status.value_or("-") << '|' << b.topics.packets.value_or("-") << '|'
         << b.topics.raw.value_or("-") << '|' << b.topic_token << '|' << b.format << '|' << types << '|'
         << channels << b.include_decoded.value_or(false) << b.retain_nodes << b.refused;
    return text.str();
}

std::string meaning(const Config& config) {
    std::ostringstream text;
    const SourceConfig& s = config.source;
    text << static_cast<int>(s.kind) << '|' << s.ports.front() << '|' << s.baud << '|' << s.protocol
         << '|' << s.host << '|' << s.tcp_port << '|' << s.stats_interval.count() << '|'
         << config.origin << '|' << config.origin_id << '|' << config.keys_file << '|'
         << static_cast<int>(config.token_signing) << '|' << config.log_level << '|'
         << config.skip_unparseable << config.require_valid_advert << config.stats_in_status
         << config.decode_public << config.decode_payloads << '|' << config.channel_keys.size() << '|'
         << config.hashtag_channels.size() << '\n';
    for (std::size_t i = 0; i < config.brokers.size(); ++i)
        if (config.brokers[i].enabled)
            text << meaning(config, config.brokers[i], i + 1) << '\n';
        else
            text << config.brokers[i].name << " off\n";
    return text.str();
}

void check(const std::string& text, const char* name) {
    const Loading first = load(text, name);
    const Loading second = load(first.shown, "printed.toml");
    EXPECT_EQ(meaning(first.config), meaning(second.config)) << first.shown;
    EXPECT_EQ(first.shown, second.shown);
    EXPECT_THAT(first.hidden, Not(HasSubstr("hunter2")));
}

TEST(PrintConfig, FromToml) {
    check(R"(
[general]
iata = "SEA"
log_level = "debug"
[source]
type = "tcp"
host = "radio"
tcp_port = 5001
[decode]
keys = "keys.toml"
channel_keys = ["a=hunter2"]
hashtag_channels = ["test", "bot"]
payloads = true
[[broker]]
name = "one \"quoted\" \\ 🏡"
enabled = true
server = "one.example.org"
qos = 2
retain = false
packet_types = [4, 5]
include_decoded = true
[broker.auth]
username = "me"
password = "hunter2 \"\\ # x"
[broker.topics]
packets = "a/{IATA}/b"
raw = "a/raw"
[[broker]]
enabled = true
server = "two.example.org"
format = "crypt-clear"
topic_prefix = "mesh"
clear_channels = ["#test"]
[[broker]]
name = "off"
server = "three.example.org"
)",
          "print-own.toml");
}

TEST(PrintConfig, FromIni) {
    check(R"([Bot]
bot_name = Hill
[Connection]
connection_type = tcp
hostname = radio
[PacketCapture]
enabled = true
verbose = true
iata = SEA
auth_token_method = python
owner_email = me@example.org
jwt_ttl_seconds = 3600
mqtt1_server = one.example.org
mqtt1_username = me
mqtt1_password = hunter2
mqtt2_server = two.example.org
mqtt2_transport = websockets
mqtt2_use_tls = true
mqtt2_use_auth_token = true
mqtt2_topic_status = x/{IATA}/status
mqtt3_enabled = false
mqtt3_server = three.example.org
mqtt4_server = four.example.org
mqtt4_format = rooms
)",
          "print.ini");
}

TEST(PrintConfig, FromEnvironmentLines) {
    check(R"(PACKETCAPTURE_CONNECTION_TYPE=serial
PACKETCAPTURE_SERIAL_PORTS=/dev/ttyACM0,/dev/ttyUSB0
PACKETCAPTURE_DECODE_CHANNEL_KEYS=x=hunter2
PACKETCAPTURE_UPLOAD_PACKET_TYPES=4,5
PACKETCAPTURE_MQTT1_ENABLED=true
PACKETCAPTURE_MQTT1_SERVER=one.example.org
PACKETCAPTURE_MQTT1_TRANSPORT=websockets
PACKETCAPTURE_MQTT1_USERNAME=me
PACKETCAPTURE_MQTT1_PASSWORD=hunter2
PACKETCAPTURE_MQTT2_ENABLED=true
PACKETCAPTURE_MQTT2_SERVER=two.example.org
PACKETCAPTURE_MQTT2_IATA=SEA
PACKETCAPTURE_MQTT2_TOPIC_PACKETS=t/{IATA}/{TOKEN}
PACKETCAPTURE_MQTT2_TOPIC_TOKEN=hunter2
AUTH_TOKEN_DEVICE_ONLY=true
)",
          "print.env");
}

TEST(PrintConfig, SaysWhereSecretsStand) {
    const Loading loading = load(R"([[broker]]
name = "mine"
enabled = true
server = "one.example.org"
[broker.auth]
username = "me"
password = "hunter2"
)",
                                 "print-secret.toml");
    EXPECT_THAT(loading.hidden,
                HasSubstr("# broker \"mine\": auth.password is not shown: it stands in "));
    EXPECT_THAT(loading.hidden, HasSubstr("print-secret.toml:7"));
    EXPECT_THAT(loading.shown, HasSubstr("hunter2"));
}

TEST(PrintConfig, EveryKeyThatWorksHasAPlaceInToml) {
    for (const GlobalKey& key : global_keys())
        if (key.set && key.toml.empty()) {
            // The merged log level, token_signing and the brokers' "enabled" hold these.
            EXPECT_THAT(
                (std::vector<std::string_view>{"PacketCapture.enabled", "PacketCapture.mqtt_enabled",
                                               "PacketCapture.verbose", "PacketCapture.debug",
                                               "PacketCapture.auth_token_method", ""}),
                ::testing::Contains(key.ini))
                << key.environment;
            EXPECT_TRUE(!key.ini.empty() || key.environment == "AUTH_TOKEN_DEVICE_ONLY");
        }
    for (const BrokerKey& key : broker_keys())
        if (key.set && key.toml.empty()) {
            EXPECT_EQ(key.ini, "use_auth_token");  // becomes auth.method
        }
}

TEST(Presets, AreCompleteAndSafe) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{PRESETS}) {
        std::ifstream file{entry.path()};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        const Loading loading = load(text, "preset.toml");
        EXPECT_FALSE(loading.unknown) << entry.path();
        EXPECT_FALSE(loading.config.brokers.empty()) << entry.path();
        for (const BrokerConfig& broker : loading.config.brokers) {
            EXPECT_TRUE(broker.enabled && !broker.server.empty() && broker.tls.verify) << broker.name;
            if (broker.auth.effective() != AuthMethod::token) continue;
            EXPECT_EQ(broker.auth.audience, broker.server);
            EXPECT_TRUE(broker.tls.enabled) << broker.name;
        }
        ++count;
    }
    EXPECT_GE(count, 20U);
}

}  // namespace
}  // namespace meshcore::bridge::testing

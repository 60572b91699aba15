// SPDX-License-Identifier: GPL-2.0-or-later
// The dialects that people have, key by key, and what is said of mistakes in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "bridge/check.h"
#include "bridge/config/ini.h"
#include "bridge/config/key.h"
#include "bridge/config/load.h"
#include "bridge/mqtt/client_id.h"

namespace meshcore::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Files in a folder of their own.
class Files {
public:
    Files() {
        char name[] = "/tmp/meshcore-config-XXXXXX";
        folder_ = ::mkdtemp(name);
    }
    ~Files() { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) {
        const std::string path = folder_ + "/" + name;
        std::ofstream{path} << text;
        ::chmod(path.c_str(), 0600);
        return path;
    }
    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
};

std::string lines(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) text += finding.line() + '\n';
    return text;
}

Loaded load(const std::string& name, const std::string& text) {
    Files files;
    Loaded loaded = load_config({files.write(name, text)}, nullptr);
    return loaded;
}

TEST(Ini, IsReadAsPythonReadsIt) {
    Findings findings;
    const auto options = parse_ini(
        "\xEF\xBB\xBF[DEFAULT]\nbase = lo\n[One]\nKey = value # not a comment\n# comment\n"
        "  ; comment\nother: a=b\nlong = first\n  second\n\n  third\nempty =\n"
        "percent = 100%%\nname = %(base)scal\nlone = 5% off\n[Two]\nkey : %(other)s\n",
        "f.ini", findings);
    ASSERT_TRUE(options) << options.error().message;
    std::map<std::string, std::string> values;
    for (const IniOption& option : *options) values[option.section + "." + option.name] = option.value;
    EXPECT_EQ(values["One.key"], "value # not a comment");
    EXPECT_EQ(values["One.other"], "a=b");
    EXPECT_EQ(values["One.long"], "first\nsecond\n\nthird");
    EXPECT_EQ(values["One.empty"], "");
    EXPECT_EQ(values["One.percent"], "100%");
    EXPECT_EQ(values["One.name"], "local");
    EXPECT_EQ(values["One.lone"], "5% off");
    EXPECT_EQ(values["One.base"], "lo");
    EXPECT_EQ(values["Two.key"], "%(other)s");
    EXPECT_THAT(lines(findings), HasSubstr("f.ini:15:1: warning: the value of lone has a lone '%'"));
    EXPECT_THAT(lines(findings),
                HasSubstr("f.ini:17:1: warning: the value of key refers to an option"));
}

TEST(Ini, MistakesNameTheirPlace) {
    const std::pair<const char*, const char*> rows[] = {
        {"[A]\nx = 1\n[A]\n", "f.ini:3:1: section [A] is there twice, first in line 1"},
        {"[A]\nx = 1\nX : 2\n", "f.ini:3:1: \"x\" is there twice, first in line 2"},
        {"x = 1\n", "f.ini:1:1: text before the first [section]"},
        {"[A]\nnonsense\n", "f.ini:2:1: expected \"key = value\""},
    };
    for (const auto& [text, message] : rows) {
        Findings findings;
        const auto options = parse_ini(text, "f.ini", findings);
        ASSERT_FALSE(options) << text;
        EXPECT_THAT(options.error().message, HasSubstr(message));
    }
}

constexpr const char* bot_ini = R"([Bot]
bot_name = Alpha Bot
db_path = ignored
[Connection]
connection_type = tcp
hostname = 192.0.2.7
tcp_port = 5001
timeout = 30
[PacketCapture]
enabled = yes
iata = sea
owner_email = me@example.org
stats_refresh_interval = 120
mqtt_skip_unparseable_packets = no
advert_require_valid_signature = on
mqtt1_server = one.example
mqtt1_port = 1884
mqtt1_username = me
mqtt1_password = s3cret
mqtt1_upload_packet_types = 2, 4,5
mqtt1_topic_packets = m/{iata}/{PUBLIC_KEY}/packets
mqtt1_topic_status = m/{IATA}/{public_key}/status
mqtt2_enabled = false
mqtt2_server = two.example
mqtt3_server = three.example
mqtt3_qos = 1
mqtt3_client_id = mine
mqtt5_server = five.example
)";

TEST(Config, MeshcoreBot) {
    const Loaded loaded = load("config.ini", bot_ini);
    const Config& config = loaded.config;
    EXPECT_FALSE(loaded.unusable());
    EXPECT_EQ(config.source.kind, SourceKind::tcp);
    EXPECT_EQ(config.source.host, "192.0.2.7");
    EXPECT_EQ(config.source.tcp_port, 5001);
    EXPECT_EQ(config.source.stats_interval.count(), 120);
    EXPECT_FALSE(config.skip_unparseable);
    EXPECT_TRUE(config.require_valid_advert);
    ASSERT_EQ(config.brokers.size(), 3U);
    const BrokerConfig& one = config.brokers[0];
    EXPECT_EQ(one.name, "mqtt1");
    EXPECT_TRUE(one.enabled);
    EXPECT_FALSE(one.refused);
    EXPECT_EQ(one.server, "one.example");
    EXPECT_EQ(one.port, 1884);
    EXPECT_EQ(one.auth.effective(), AuthMethod::password);
    EXPECT_EQ(one.auth.password, "s3cret");
    EXPECT_THAT(one.packet_types, ElementsAre(2, 4, 5));
    EXPECT_EQ(one.topics.packets, "m/{iata}/{PUBLIC_KEY}/packets");
    EXPECT_EQ(one.iata, "sea");
    EXPECT_EQ(one.websocket_path, "/mqtt");
    EXPECT_EQ(one.keepalive->count(), 60);
    EXPECT_TRUE(one.tls.verify);
    EXPECT_FALSE(config.brokers[1].enabled);
    const BrokerConfig& three = config.brokers[2];
    EXPECT_EQ(three.topics.packets, "meshcore/packets/packet");
    EXPECT_EQ(three.topics.status, "meshcore/packets/status");
    EXPECT_EQ(three.qos, 1);
    EXPECT_EQ(three.auth.effective(), AuthMethod::none);
    EXPECT_THAT(lines(loaded.findings),
                HasSubstr("mqtt5_... is not read, because there is no mqtt4_server"));
    EXPECT_THAT(lines(loaded.findings), Not(HasSubstr("db_path")));
    EXPECT_EQ(make_client_id(config, one, 1, std::string(64, 'A')), "AlphaBot-AAAAAAAAAAAA_1");
    EXPECT_EQ(make_client_id(config, three, 3, std::string(64, 'A')), "mine");
}

TEST(Config, IniThatIsOff) {
    const Loaded loaded = load("config.ini", "[PacketCapture]\nmqtt1_server = x\n");
    EXPECT_TRUE(loaded.unusable());
    EXPECT_THAT(lines(loaded.findings), HasSubstr("[PacketCapture] enabled is false"));
}

constexpr const char* capture_toml = R"([general]
iata = "OAK"
log_level = "WARNING"
[capture]
connection_type = "tcp"
tcp_host = "radio"
tcp_port = 5005
origin = "Hill"
advert_interval_hours = 47
upload_packet_types = [4, 5]
[topics]
packets = "meshcore/{IATA_lower}/{PUBLIC_KEY}/packets"
[[broker]]
name = "first"
enabled = true
server = "a.example"
port = 1885
qos = 1
retain = false
[broker.auth]
method = "password"
username = "u"
password = "p"
[broker.topics]
status = "s/{IATA}"
iata = "PDX"
[[broker]]
name = "second"
server = "b.example"
)";

TEST(Config, TomlOfTheOtherPublishers) {
    const Loaded loaded = load("config.toml", capture_toml);
    const Config& config = loaded.config;
    EXPECT_FALSE(loaded.wrong()) << lines(loaded.findings);
    EXPECT_EQ(config.log_level, "warning");
    EXPECT_EQ(config.source.kind, SourceKind::tcp);
    EXPECT_EQ(config.source.host, "radio");
    EXPECT_EQ(config.source.tcp_port, 5005);
    EXPECT_EQ(config.origin, "Hill");
    ASSERT_EQ(config.brokers.size(), 2U);
    const BrokerConfig& first = config.brokers[0];
    EXPECT_EQ(first.topics.status, "s/{IATA}");
    EXPECT_EQ(first.topics.packets, "meshcore/{IATA_lower}/{PUBLIC_KEY}/packets");
    EXPECT_EQ(first.iata, "PDX");
    EXPECT_EQ(first.qos, 1);
    EXPECT_FALSE(first.retain);
    EXPECT_THAT(first.packet_types, ElementsAre(4, 5));
    EXPECT_EQ(first.websocket_path, "/");
    EXPECT_FALSE(config.brokers[1].enabled);
    EXPECT_THAT(lines(loaded.findings),
                HasSubstr("capture.advert_interval_hours: without effect: the bridge "
                          "never transmits"));
}

TEST(Config, OverlaysAreJoinedByName) {
    Files files;
    const auto base = files.write("10-preset.toml", R"(
[general]
iata = "SEA"
[[broker]]
name = "community"
server = "mqtt.example"
port = 1884
[broker.auth]
username = "u"
)");
    const auto user = files.write("99-user.toml", R"(
[[broker]]
name = "community"
enabled = true
[broker.auth]
password = "p"
[[broker]]
name = "own"
enabled = true
server = "localhost"
)");
    const Loaded loaded = load_config({base, user}, nullptr);
    EXPECT_FALSE(loaded.wrong()) << lines(loaded.findings);
    ASSERT_EQ(loaded.config.brokers.size(), 2U);
    const BrokerConfig& community = loaded.config.brokers[0];
    EXPECT_TRUE(community.enabled);
    EXPECT_EQ(community.port, 1884);
    EXPECT_EQ(community.auth.username, "u");
    EXPECT_EQ(community.auth.password, "p");
    EXPECT_EQ(loaded.config.brokers[1].topics.packets, "meshcore/{IATA}/{PUBLIC_KEY}/packets");
}

TEST(Config, Environment) {
    const char* const environment[] = {"HOME=/root",
                                       "PACKETCAPTURE_IATA=SEA",
                                       "PACKETCAPTURE_CONNECTION_TYPE=serial",
                                       "PACKETCAPTURE_SERIAL_PORTS=/dev/ttyACM0,/dev/ttyUSB1",
                                       "PACKETCAPTURE_MQTT1_ENABLED=true",
                                       "PACKETCAPTURE_MQTT1_SERVER=a.example",
                                       "PACKETCAPTURE_MQTT2_ENABLED=no",
                                       "PACKETCAPTURE_MQTT4_ENABLED=true",
                                       "PACKETCAPTURE_MQTT4_SERVER=d.example",
                                       nullptr};
    const Loaded loaded = load_config({}, environment);
    EXPECT_FALSE(loaded.wrong()) << lines(loaded.findings);
    ASSERT_EQ(loaded.config.brokers.size(), 2U);
    EXPECT_TRUE(loaded.config.brokers[0].enabled);
    EXPECT_EQ(loaded.config.brokers[0].server, "a.example");
    EXPECT_FALSE(loaded.config.brokers[1].enabled);
    EXPECT_THAT(loaded.config.source.ports, ElementsAre("/dev/ttyACM0", "/dev/ttyUSB1"));
}

TEST(Config, EnvironmentFile) {
    const Loaded loaded = load("capture.env",
                               "# my settings\nPACKETCAPTURE_IATA=\"SEA\" # Seattle\n"
                               "export PACKETCAPTURE_MQTT1_ENABLED=true\n"
                               "PACKETCAPTURE_MQTT1_SERVER='a.example'\nPACKETCAPTURE_MQTT1_PROT=1\n");
    ASSERT_EQ(loaded.config.brokers.size(), 1U);
    EXPECT_EQ(loaded.config.iata, "SEA");
    EXPECT_EQ(loaded.config.brokers[0].server, "a.example");
    EXPECT_THAT(lines(loaded.findings), HasSubstr("capture.env:5:1: warning: unknown key "
                                                  "\"PACKETCAPTURE_MQTT1_PROT\"; did you mean "
                                                  "\"PACKETCAPTURE_MQTT1_PORT\"?"));
}

TEST(Config, NothingAtAll) {
    const char* const environment[] = {nullptr};
    const Loaded loaded = load_config({}, environment);
    EXPECT_TRUE(loaded.unusable());
    EXPECT_THAT(lines(loaded.findings), HasSubstr("no configuration"));
    EXPECT_TRUE(load_config({"/no/such/file.toml"}, nullptr).unusable());
}

TEST(Config, MistakesNameFileLineAndColumn) {
    const std::string head = "[general]\niata = \"SEA\"\n[[broker]]\nenabled = true\nserver = \"x\"\n";
    const std::pair<const char*, const char*> rows[] = {
        {"prot = 1\n", "config.toml:6:1: warning: unknown key \"prot\"; did you mean \"port\"?"},
        {"port = 70000\n",
         "config.toml:6:1: error: port is \"70000\": expected a number from 1 to 65535"},
        {"port = \"abc\"\n", "config.toml:6:1: error: port is \"abc\""},
        {"qos = 3\n", "expected a number from 0 to 2"},
        {"retain = \"perhaps\"\n", "expected true or false"},
        {"transport = \"udp\"\n", "expected one of tcp, websockets"},
        {"packet_types = [4, 16]\n", "expected payload types from 0 to 15"},
        {"format = \"xml\"\n", "there is no format \"xml\"; known are letsmesh"},
        {"port = \n", "config.toml:6:"},
        {"[broker.auth]\npassword = \"p\"\n", "it has a password but no user name"},
        {"[broker.topics]\npackets = \"a/{IATTA}\"\n", "the unknown placeholder {IATTA}"},
        {"[broker.topics]\npackets = \"a/#\"\n", "has a wildcard"},
        {"[broker.topics]\npackets = \"a/{TOKEN}\"\n", "needs topic_token"},
        {"[broker.topics]\npackets = \"\"\nstatus = \"\"\n", "all its topics are empty"},
    };
    for (const auto& [text, message] : rows) {
        const Loaded loaded = load("config.toml", head + text);
        EXPECT_TRUE(loaded.wrong()) << text;
        EXPECT_THAT(lines(loaded.findings), HasSubstr(message)) << text;
    }
    EXPECT_FALSE(load("config.toml", head).wrong());
}

/// Values of headers may have commas, in each dialect.
TEST(Config, WebSocketHeaders) {
    using Headers = std::vector<std::string>;
    const Headers three = {"X-List: a, b:c", "X-Date: Sat, 21 Nov 2026 09:00:00 GMT", "X-Key: k"};
    const auto of = [](const char* file, const std::string& text) {
        const Loaded loaded = load(file, text);
        return loaded.config.brokers.at(0).websocket_headers;
    };
    const std::string toml =
        "[general]\niata = \"SEA\"\n[[broker]]\nenabled = true\nserver = \"x\"\nwebsocket_headers = ";
    EXPECT_EQ(
        of("config.toml",
           toml + "[\"X-List: a, b:c\", \"X-Date: Sat, 21 Nov 2026 09:00:00 GMT\", \"X-Key: k\"]"),
        three);
    EXPECT_EQ(of("config.toml", toml + "[\"X-List: a, b\"]"), Headers{"X-List: a, b"});
    EXPECT_EQ(of("config.toml", toml + "[]"), Headers{});
    const std::string ini =
        "[PacketCapture]\nenabled = true\niata = SEA\nmqtt1_server = x\nmqtt1_websocket_headers = ";
    EXPECT_EQ(of("config.ini", ini + "X-Date: Sat, 21 Nov 2026 09:00:00 GMT, X-Key: k"),
              Headers(three.begin() + 1, three.end()));
    EXPECT_EQ(of("config.ini", ini + "\n  X-List: a, b\n  X-Key: k"),
              (Headers{"X-List: a, b", "X-Key: k"}));
    const std::string environment =
        "PACKETCAPTURE_IATA=SEA\nPACKETCAPTURE_MQTT1_ENABLED=true\nPACKETCAPTURE_MQTT1_SERVER="
        "x\nPACKETCAPTURE_MQTT1_WEBSOCKET_HEADERS=";
    EXPECT_EQ(of("capture.env", environment + "\"X-List: a, b, X-Key: k\""),
              (Headers{"X-List: a, b", "X-Key: k"}));
    const Loaded wrong = load("config.toml", toml + "[\"X-List: a\", \"b\"]");
    EXPECT_TRUE(wrong.config.brokers[0].refused);
    EXPECT_THAT(lines(wrong.findings), HasSubstr("one of its websocket_headers is no \"Name: value\""));
}

TEST(Config, ABrokerInSingleBrackets) {
    EXPECT_THAT(lines(load("config.toml", "[broker]\nserver = \"x\"\n").findings),
                HasSubstr("write [[broker]], in double brackets"));
}

TEST(Config, OneWrongBrokerLeavesTheOthers) {
    const Loaded loaded = load("config.toml", R"([general]
iata = "SEA"
[[broker]]
name = "wrong"
enabled = true
server = "x"
port = 0
[[broker]]
name = "good"
enabled = true
server = "y"
)");
    EXPECT_TRUE(loaded.wrong());
    EXPECT_FALSE(loaded.unusable());
    EXPECT_TRUE(loaded.config.brokers[0].refused);
    EXPECT_FALSE(loaded.config.brokers[1].refused);
}

TEST(Config, IataThatWasNeverSet) {
    for (const char* iata : {"", "XXX", "LOC", "xyz", "SEA # Seattle"}) {
        const Loaded loaded =
            load("config.toml", std::string{"[general]\niata = \""} + iata +
                                    "\"\n[[broker]]\nenabled = true\nserver = \"x\"\n");
        EXPECT_TRUE(loaded.unusable()) << iata;
        EXPECT_THAT(lines(loaded.findings), HasSubstr("iata")) << iata;
    }
    // A template without it needs none, and meshcore-packet-capture has topics for that case.
    EXPECT_FALSE(load("config.toml",
                      "[[broker]]\nenabled = true\nserver = \"x\"\n[broker.topics]\nstatus = \"s\"\n"
                      "packets = \"p\"\n")
                     .wrong());
    const char* const environment[] = {"PACKETCAPTURE_MQTT1_ENABLED=1", "PACKETCAPTURE_MQTT1_SERVER=x",
                                       nullptr};
    const Loaded classic = load_config({}, environment);
    EXPECT_EQ(classic.config.brokers[0].topics.packets, "meshcore/packets");
    EXPECT_EQ(classic.config.brokers[0].topics.status, "meshcore/status");
}

TEST(Config, ATokensLifeIsTheGlobalOneUnlessTheBrokerSays) {
    const Loaded loaded = load("config.ini", R"([PacketCapture]
enabled = true
iata = SEA
jwt_ttl_seconds = 3000
mqtt1_server = x
mqtt2_server = y
mqtt2_jwt_ttl_seconds = 600
)");
    EXPECT_EQ(loaded.config.brokers[0].auth.token_ttl, std::chrono::seconds{3000});
    EXPECT_EQ(loaded.config.brokers[1].auth.token_ttl, std::chrono::seconds{600});
}

TEST(Config, WhoSignsTokens) {
    Files files;
    const std::string key = "private_key_file = \"" + files.write("key", std::string(64, '1')) + "\"\n";
    const auto check = [](const std::string& general, const std::string& source = "") {
        const Loaded loaded =
            load("config.toml", "[general]\niata = \"SEA\"\n" + general + "[source]\n" + source +
                                    "[[broker]]\nenabled = true\nserver = \"x\"\n[broker.auth]\n"
                                    "method = \"token\"\n");
        return lines(loaded.findings) + check_report(loaded.observers[0]);
    };
    const std::string alone = "token_signing = \"device-only\"\n",
                      only_key = "token_signing = \"key\"\n", device = "token_signing = \"device\"\n",
                      log = "protocol = \"log\"\n";
    const std::tuple<std::string, std::string, const char*> rows[] = {
        {"", "", "token signed by the radio,"},
        {key, "", "token signed with the private key,"},
        {only_key + key, "", "token signed with the private key,"},
        {device + key, "", "token signed by the radio, else with the private key,"},
        {device, "", "token signed by the radio,"},
        {alone + key, "", "token signed by the radio,"},
        {device + key, log, "token signed with the private key,"},
        {key, "type = \"attach\"\n", "token signed with the private key,"},
        {only_key, "", "set private_key_file (in an ini private_key_path); or let a companion"},
        {"", log, "set private_key_file (in an ini private_key_path); only a companion"},
        {"", "protocol = \"kiss\"\n", "only a companion on a serial port or TCP signs by itself"},
        {device, "type = \"attach\"\n", "only a companion on a serial port or TCP signs by itself"},
        {"", "type = \"file\"\nfile = \"x\"\n", "only a companion on a serial port or TCP signs"},
        {alone + key, log, "by the radio alone (device-only)"},
        {only_key + "private_key_file = \"/nowhere\"\n", "", "the private key, which cannot be used"},
        {"token_signing = \"me\"\n", "", "expected one of auto, key, device, device-only"},
    };
    for (const auto& [general, source, words] : rows)
        EXPECT_THAT(check(general, source), HasSubstr(words)) << general << source;
}

TEST(Config, WhoSignsTokensInTheWordsOfOthers) {
    const auto of_environment = [](std::vector<const char*> lines) {
        lines.push_back(nullptr);
        return load_config({}, lines.data()).config.token_signing;
    };
    const char* const only = "AUTH_TOKEN_DEVICE_ONLY=true";
    EXPECT_EQ(of_environment({"PACKETCAPTURE_IATA=SEA"}), TokenSigning::automatic);
    EXPECT_EQ(of_environment({"AUTH_TOKEN_METHOD=device"}), TokenSigning::device);
    EXPECT_EQ(of_environment({"AUTH_TOKEN_METHOD=Device", only}), TokenSigning::device_only);
    EXPECT_EQ(of_environment({only, "AUTH_TOKEN_METHOD=device"}), TokenSigning::device_only);
    EXPECT_EQ(of_environment({only}), TokenSigning::device_only);
    EXPECT_EQ(of_environment({"AUTH_TOKEN_DEVICE_ONLY=false"}), TokenSigning::automatic);
    EXPECT_EQ(of_environment({"AUTH_TOKEN_METHOD=python", only}), TokenSigning::key);
    EXPECT_EQ(of_environment({only, "AUTH_TOKEN_METHOD=meshcore-decoder"}), TokenSigning::key);
    const auto of_ini = [](const std::string& line) {
        return load("config.ini", "[PacketCapture]\nenabled = true\n" + line).config.token_signing;
    };
    EXPECT_EQ(of_ini(""), TokenSigning::automatic);
    EXPECT_EQ(of_ini("auth_token_method = device\n"), TokenSigning::device);
    EXPECT_EQ(of_ini("auth_token_method = python\n"), TokenSigning::key);
    EXPECT_EQ(load("config.toml",
                   "[capture]\nauth_token_method = \"device\"\n"
                   "auth_token_device_only = true\n")
                  .config.token_signing,
              TokenSigning::device_only);
}

TEST(Config, ClientIdsDiffer) {
    const Loaded loaded = load("config.toml", R"([general]
iata = "SEA"
[[broker]]
enabled = true
server = "x"
client_id = "same"
[[broker]]
enabled = true
server = "x"
client_id = "same"
[[broker]]
enabled = true
server = "x"
)");
    const std::string key(64, 'A');
    std::set<std::string> ids;
    for (std::size_t i = 0; i < 3; ++i)
        ids.insert(make_client_id(loaded.config, loaded.config.brokers[i], i + 1, key));
    EXPECT_EQ(ids.size(), 3U);
    EXPECT_TRUE(ids.count("same"));
    EXPECT_TRUE(ids.count("meshcore_AAAAAAAAAAAA_3"));
}

TEST(Config, SecretsAreNotShown) {
    Files files;
    const std::string path = files.write("config.toml", R"([general]
iata = "SEA"
[[broker]]
enabled = true
server = "x"
pasword = "s3cret-one"
[broker.auth]
username = "u"
password = "s3cret-two"
topic_token = "s3cret-three"
[broker.topics]
packets = "a/{TOKEN}"
)");
    ::chmod(path.c_str(), 0644);
    const Loaded loaded = load_config({path}, nullptr);
    const std::string all = lines(loaded.findings) + check_report(loaded.config);
    EXPECT_THAT(all, Not(HasSubstr("s3cret")));
    EXPECT_THAT(all, HasSubstr("chmod 600"));
    EXPECT_THAT(all, HasSubstr("topic a/{TOKEN}"));
    EXPECT_THAT(all, HasSubstr("client id meshcore_{PUBLIC_KEY}_1"));
}

TEST(Config, RelativePathsBeginAtTheFile) {
    Files files;
    const std::string path = files.write("config.toml", "[decode]\nkeys = \"keys.toml\"\n");
    EXPECT_EQ(load_config({path}, nullptr).config.keys_file, files.folder() + "/keys.toml");
}

TEST(Keys, TablesAreComplete) {
    std::set<std::string> names;
    const auto check = [&](const auto& rows) {
        for (const auto& row : rows) {
            unsigned dialects = 0;
            for (const Dialect dialect : {Dialect::toml, Dialect::ini, Dialect::environment}) {
                const std::string name = shown_name(row, dialect);
                if (name.empty()) continue;
                ++dialects;
                EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
            }
            EXPECT_GT(dialects, 0U);
            EXPECT_FALSE(!row.set && row.help.empty()) << row.toml << row.ini << row.environment;
            const bool has_values = row.kind == Kind::integer || row.kind == Kind::real ||
                                    row.kind == Kind::bytes || row.kind == Kind::choice;
            EXPECT_EQ(has_values, !row.values.empty()) << row.toml << row.ini << row.environment;
        }
    };
    check(global_keys());
    check(broker_keys());
}

TEST(Suggestion, IsCloseOrNone) {
    EXPECT_EQ(closest("prot", {"port", "server"}), "port");
    EXPECT_EQ(closest("mqtt_enabeld", {"enabled", "mqtt_enabled"}), "mqtt_enabled");
    EXPECT_EQ(closest("something_else", {"port", "server"}), "");
}

}  // namespace
}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/letsmesh.h"

#include <fstream>

#include "bridge/formats/wall_time.h"
#include "tests/bridge/heard.h"

namespace meshcore::bridge::testing {
namespace {

BrokerConfig sample_broker() {
    BrokerConfig broker;
    broker.iata = "SEA";
    broker.topics = {"meshcore/{IATA}/{PUBLIC_KEY}/status", "meshcore/{IATA}/{PUBLIC_KEY}/packets", ""};
    return broker;
}

std::vector<Message> messages(const Frame& frame, const BrokerConfig& broker = sample_broker()) {
    std::vector<Message> out;
    LetsMesh{Config{}, broker}.packet(frame.heard(), out);
    return out;
}

Json packet(const Frame& frame) {
    const auto all = messages(frame);
    EXPECT_EQ(all.size(), 1U);
    return Json::parse(all.at(0).payload);
}

TEST(LetsMesh, WorkedPacket) {
    const Frame frame{"1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD",
                      signal(12.5, -65)};
    const auto all = messages(frame);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].topic, std::string{"meshcore/SEA/"} + observer_key + "/packets");
    EXPECT_EQ(all[0].qos, 0);
    EXPECT_FALSE(all[0].retain);
    EXPECT_EQ(
        all[0].payload,
        R"({"origin":"Roof",)"
        R"("origin_id":"4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E",)"
        R"("timestamp":"2026-09-13T04:29:52.407921+00:00","type":"PACKET","direction":"rx",)"
        R"("time":"04:29:52","date":"13/09/2026","len":"39","packet_type":"5","route":"F",)"
        R"("payload_len":"35",)"
        R"("raw":"1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD",)"
        R"("SNR":"12.5","RSSI":"-65","hash":"1D342605534E2CB3"})");
}

TEST(LetsMesh, ScoreAndAirtimeOnlyIfTold) {
    CaptureHeader header = signal(12, -65);
    header.put("meshcore_radio.sf"_f, 7.0);
    header.put("meshcore_radio.cr"_f, 5.0);
    header.put("meshcore_radio.bandwidth"_f, 62500.0);
    // The airtime that can be computed from these is not one that the radio told.
    EXPECT_FALSE(packet(Frame{"0E00DEADBEEF", header}).contains("duration"));
    header.put("meshcore_radio.score"_f, 1000.0);
    header.put("meshcore_radio.airtime"_f, 412.0);
    const Json json = packet(Frame{"0E00DEADBEEF", header});
    EXPECT_EQ(json["score"], "1000");
    EXPECT_EQ(json["duration"], "412");
    const std::string text = json.dump();
    EXPECT_LT(text.find("RSSI"), text.find("score"));
    EXPECT_LT(text.find("duration"), text.find("hash"));
}

struct Row {
    const char* raw;
    const char *type, *route, *length, *payload_length;
    const char* path;  ///< null: not there
    const char* hash;
};

class LetsMeshFrames : public ::testing::TestWithParam<Row> {};

TEST_P(LetsMeshFrames, AreToldAsTheyAre) {
    const Row& row = GetParam();
    const Json json = packet(Frame{row.raw});
    EXPECT_EQ(json["packet_type"], row.type);
    EXPECT_EQ(json["route"], row.route);
    EXPECT_EQ(json["len"], row.length);
    EXPECT_EQ(json["payload_len"], row.payload_length);
    EXPECT_EQ(json["hash"], row.hash);
    EXPECT_EQ(json["raw"], row.raw);
    EXPECT_EQ(json.contains("path"), row.path != nullptr);
    if (row.path) {
        EXPECT_EQ(json["path"], row.path);
    }
    for (const char* unknown : {"SNR", "RSSI", "score", "duration"})
        EXPECT_FALSE(json.contains(unknown));
    for (const auto& [key, value] : json.items()) EXPECT_TRUE(value.is_string()) << key;
}

INSTANTIATE_TEST_SUITE_P(
    Worked, LetsMeshFrames,
    ::testing::Values(
        Row{"0A02A1B2C2E2123400000000000000000000000000000000", "2", "D", "24", "20", "a1,b2",
            "6AC1C357CE75D9E3"},
        Row{"0A42A1B2C3D4C2E2123400000000000000000000000000000000", "2", "D", "26", "20", "a1b2,c3d4",
            "6AC1C357CE75D9E3"},
        Row{"0C11223344017FDEADBEEF", "3", "F", "11", "4", nullptr, "2A4F80A18E795B28"},
        Row{"0F11223344017FDEADBEEF", "3", "T", "11", "4", nullptr, "2A4F80A18E795B28"},
        Row{"0E00DEADBEEF", "3", "D", "6", "4", "", "2A4F80A18E795B28"},
        Row{"260330282C010203040000000000A1B2C3", "9", "D", "17", "12", nullptr, "0A9B152DD74E5CE7"},
        Row{"2600010203040000000000A1B2C3", "9", "D", "14", "12", nullptr, "5E92F226C396AE91"},
        Row{"264230282C2D010203040000000001A1A2B1B2", "9", "D", "19", "13", nullptr,
            "701C7EA7532B5ACE"},
        Row{"15001159BF3E52F04AC3843BB7779489664D6B1856", "5", "F", "21", "19", nullptr,
            "B00FB53DB2E947A8"}));

TEST(LetsMesh, FramesThatCannotBeParsed) {
    for (const char* raw : {"09", "0A03A1", "09C0010203", "49001122"}) {
        const Json json = packet(Frame{raw});
        EXPECT_EQ(json["packet_type"], "0") << raw;
        EXPECT_EQ(json["route"], "U") << raw;
        EXPECT_EQ(json["hash"], "0000000000000000") << raw;
        EXPECT_FALSE(json.contains("payload_len")) << raw;
        EXPECT_FALSE(json.contains("path")) << raw;
    }
}

TEST(LetsMesh, SignalAsPythonPrintsIt) {
    const std::pair<double, const char*> rows[] = {
        {12.5, "12.5"}, {8, "8.0"}, {-3.25, "-3.25"}, {0, "0.0"}, {-20.75, "-20.75"}, {31.75, "31.75"}};
    for (const auto& [snr, text] : rows)
        EXPECT_EQ(packet(Frame{"0E00DEADBEEF", signal(snr, -120)})["SNR"], text);
    EXPECT_EQ(packet(Frame{"0E00DEADBEEF", signal(1, -120)})["RSSI"], "-120");
    EXPECT_EQ(packet(Frame{"0E00DEADBEEF", signal(1, -119.6)})["RSSI"], "-120");
}

TEST(LetsMesh, SentFramesSaySo) {
    CaptureHeader header;
    header.set_sent();
    const Json json = packet(Frame{"0E00DEADBEEF", header});
    EXPECT_EQ(json["direction"], "tx");
    EXPECT_EQ(json["raw"], "0E00DEADBEEF");
}

TEST(LetsMesh, RawTopicIsOptional) {
    BrokerConfig broker = sample_broker();
    broker.topics.raw = "raw/{public_key}";
    const auto all = messages(Frame{"0E00DEADBEEF"}, broker);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].topic, "raw/4852b69364572b52efa1b6bb3e6d0abed4f389a1cbfbb60a9bba2cce649caf0e");
    EXPECT_EQ(Json::parse(all[1].payload), Json({{"origin", "Roof"},
                                                 {"origin_id", observer_key},
                                                 {"timestamp", "2026-09-13T04:29:52.407921+00:00"},
                                                 {"type", "RAW"},
                                                 {"data", "0E00DEADBEEF"}}));
}

TEST(WallTime, AlwaysSixDigits) {
    using std::chrono::nanoseconds;
    EXPECT_EQ(timestamp_text(Time{nanoseconds{1789273792000000000}}),
              "2026-09-13T04:29:52.000000+00:00");
    EXPECT_EQ(timestamp_text(Time{nanoseconds{1789273792000001999}}),
              "2026-09-13T04:29:52.000001+00:00");
    EXPECT_EQ(timestamp_text(Time{}), "1970-01-01T00:00:00.000000+00:00");
    EXPECT_EQ(timestamp_text(Time{nanoseconds{-1}}), "1969-12-31T23:59:59.999999+00:00");
    EXPECT_EQ(date_text(Time{}), "01/01/1970");
}

/// Messages that were seen on brokers, made again from their frame. What we do otherwise is known:
/// the hash, the lengths and the types are the same, a flood is a flood.
TEST(LetsMesh, RealMessagesMadeAgain) {
    std::ifstream file{TEST_DATA "/bridge/mqtt-samples.jsonl"};
    std::string line;
    int compared = 0;
    while (std::getline(file, line)) {
        const Json sample = Json::parse(line);
        const Json& theirs = sample["payload"];
        if (!sample["real"].get<bool>() || !theirs.contains("raw") || !theirs.contains("hash"))
            continue;
        const Frame frame{theirs["raw"], signal(std::stod(theirs["SNR"].get<std::string>()),
                                                std::stod(theirs["RSSI"].get<std::string>()))};
        // Some records carry the frame before: its length gives them away.
        if (std::to_string(frame.heard().frame.size()) != theirs["len"]) continue;
        const Json ours = packet(frame);
        for (const char* key :
             {"type", "direction", "len", "packet_type", "route", "raw", "RSSI", "hash"})
            EXPECT_EQ(ours[key], theirs[key]) << key << " of " << line;
        EXPECT_EQ(std::stod(ours["SNR"].get<std::string>()),
                  std::stod(theirs["SNR"].get<std::string>()));
        // meshcore-bot of that time gave the whole length.
        if (theirs["payload_len"] != theirs["len"]) {
            EXPECT_EQ(ours["payload_len"], theirs["payload_len"]) << line;
        }
        ++compared;
    }
    EXPECT_GT(compared, 50);
}

Observer sample_observer() {
    Observer observer;
    CaptureHeader header;
    header.put("meshcore_radio.device.name"_f, std::string_view{"Roof"});
    header.put("meshcore_radio.device.public_key"_f, Bytes{*from_hex(observer_key)});
    header.put("meshcore_radio.device.model"_f, std::string_view{"Heltec V3"});
    header.put("meshcore_radio.device.firmware"_f, std::string_view{"v1.11.0"});
    header.put("meshcore_radio.device.build"_f, std::string_view{"30 Oct 2025"});
    header.put("meshcore_radio.frequency"_f, 910525000.0);
    header.put("meshcore_radio.bandwidth"_f, 62500.0);
    header.put("meshcore_radio.sf"_f, 7.0);
    header.put("meshcore_radio.cr"_f, 5.0);
    header.put("meshcore_radio.noise_floor"_f, -118.0);
    header.put("meshcore_radio.device.battery"_f, 4112.0);
    header.put("meshcore_radio.device.uptime"_f, 86400.0);
    header.put("meshcore_radio.device.error_flags"_f, 0.0);
    header.put("meshcore_radio.device.queue_length"_f, 0.0);
    header.put("meshcore_radio.device.last_rssi"_f, -65.0);
    header.put("meshcore_radio.device.last_snr"_f, 12.5);
    header.put("meshcore_radio.device.tx_airtime"_f, 3.0);
    header.put("meshcore_radio.device.rx_airtime"_f, 911.0);
    header.put("meshcore_radio.device.packets_received"_f, 5120.0);
    header.put("meshcore_radio.device.packets_sent"_f, 12.0);
    Tape tape;
    dissect_capture_header(header.bytes(), tape);
    observer.update(tape);
    return observer;
}

TEST(LetsMesh, Status) {
    const LetsMesh format{Config{}, sample_broker()};
    const auto online = format.status(sample_observer(), Presence::online, sample_time(), nullptr);
    ASSERT_TRUE(online);
    EXPECT_TRUE(online->retain);
    const std::string expected =
        R"({"status":"online","timestamp":"2026-09-13T04:29:52.407921+00:00","origin":"Roof",)"
        R"("origin_id":"4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E",)"
        R"x("model":"Heltec V3","firmware_version":"v1.11.0 (Build: 30 Oct 2025)",)x"
        R"("radio":"910.525,62.5,7,5","client_version":"meshcore-bridge/@",)"
        R"("stats":{"battery_mv":4112,"uptime_secs":86400,"errors":0,"debug_flags":0,"queue_len":0,)"
        R"("noise_floor":-118,"last_rssi":-65,"last_snr":12.5,"tx_air_secs":3,"rx_air_secs":911,)"
        R"("recv":5120,"sent":12,"packets_recv":5120,"packets_received":5120,"packets_sent":12}})";
    std::string versioned = expected;
    versioned.replace(versioned.find('@'), 1, MESHCORE_VERSION);
    EXPECT_EQ(online->payload, versioned);
    const auto offline = format.status(sample_observer(), Presence::offline, sample_time(), nullptr);
    const Json clean = Json::parse(offline->payload);
    EXPECT_EQ(clean["status"], "offline");
    EXPECT_EQ(clean["timestamp"], "2026-09-13T04:29:52.407921+00:00");
    EXPECT_FALSE(clean.contains("stats"));
    const auto will = format.status(sample_observer(), Presence::lost, sample_time(), nullptr);
    EXPECT_EQ(Json::parse(will->payload),
              Json({{"status", "offline"}, {"origin", "Roof"}, {"origin_id", observer_key}}));
}

TEST(LetsMesh, StatusOfAnUnknownRadioHasWhatIsKnown) {
    Observer observer;
    observer.key = observer_key;
    const LetsMesh format{Config{}, sample_broker()};
    const Json json =
        Json::parse(format.status(observer, Presence::online, sample_time(), nullptr)->payload);
    for (const char* key : {"origin", "model", "firmware_version", "radio", "stats"})
        EXPECT_FALSE(json.contains(key)) << key;
    Config without_stats;
    without_stats.stats_in_status = false;
    const LetsMesh quiet{without_stats, sample_broker()};
    EXPECT_FALSE(
        Json::parse(quiet.status(sample_observer(), Presence::online, sample_time(), nullptr)->payload)
            .contains("stats"));
}

/// Flat integers beside the radio's, as readers expect them there; also if the radio tells nothing.
TEST(LetsMesh, StatusCountsTheBrokersOwnMessages) {
    const BrokerCounters own{5120, 2, 17, 3, 1, 4, 6};
    const Json expected = {{"bridge_delivered_total", 5120},  {"bridge_waiting", 2},
                           {"bridge_replayed_total", 17},     {"bridge_dropped_total", 3},
                           {"bridge_rejected_total", 1},      {"bridge_connections_total", 4},
                           {"bridge_login_failures_total", 6}};
    Observer observer;
    observer.key = observer_key;
    const LetsMesh format{Config{}, sample_broker()};
    const auto stats = [&](const LetsMesh& of, const Observer& who, Presence presence) {
        return Json::parse(of.status(who, presence, sample_time(), &own)->payload)
            .value("stats", Json{});
    };
    EXPECT_EQ(stats(format, observer, Presence::online), expected);
    Json both = stats(format, sample_observer(), Presence::online);
    EXPECT_EQ(both["battery_mv"], 4112);
    EXPECT_EQ(std::vector(std::prev(both.end(), 7), both.end()),
              std::vector(expected.begin(), expected.end()));
    EXPECT_EQ(stats(format, observer, Presence::offline), Json{});
    EXPECT_EQ(stats(format, observer, Presence::lost), Json{});
    Config without_stats;
    without_stats.stats_in_status = false;
    EXPECT_EQ(stats({without_stats, sample_broker()}, observer, Presence::online), Json{});
}

TEST(Observer, AnotherRadioReplacesAll) {
    Observer observer = sample_observer();
    CaptureHeader header;
    header.put("meshcore_radio.device.public_key"_f, Bytes{*from_hex(std::string(64, 'a'))});
    Tape tape;
    dissect_capture_header(header.bytes(), tape);
    observer.update(tape);
    EXPECT_EQ(observer.key, std::string(64, 'A'));
    EXPECT_TRUE(observer.name.empty());
    EXPECT_FALSE(observer.figure("meshcore_radio.device.battery"_f));
}

}  // namespace
}  // namespace meshcore::bridge::testing

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/text_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dissector/core/dissect.h"
#include "reading.h"

namespace meshcore::radio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view time_of_day = "01:58:20 - 5/2/2026 U";
constexpr double clock_time = 1'770'256'700;

std::vector<Record> receive_text(TextLog& log, std::string_view text, Record::Time time = time_read) {
    return receive(log, from_text(text), time);
}

std::string upper_hex(Bytes frame) {
    return to_hex(frame, HexCase::upper);
}

std::string raw_line(std::string_view hex) {
    return fmt::format("{} RAW: {}\r\n", time_of_day, hex);
}

/// As the firmware prints it, from our decoder's understanding of the frame.
std::string rx_line(Bytes frame, std::string_view end = "\n") {
    Dissection dissection;
    dissect(frame, Keyring{}, dissection);
    const Header& header = dissection.header;
    const bool direct =
        header.route == RouteType::direct || header.route == RouteType::transport_direct;
    return fmt::format(
        "{}: RX, len={} (type={}, route={}, payload_len={}) SNR=-7 RSSI=-101 score=84 time=190"
        " hash={}{}",
        time_of_day, frame.size(), static_cast<int>(header.type), direct ? 'D' : 'F',
        header.payload.length, upper_hex(header.hash), end);
}

std::vector<std::uint8_t> bytes_of(std::string_view hex) {
    return from_hex(hex).value();
}

/// A text in two hops' path to a channel.
const std::vector<std::uint8_t> frame =
    bytes_of("1502EDE011CC216F683039B087F13FD7BE3463B820A8B0B3A9DAD9485AD91F375038602DDB3063");

std::vector<Record> without_reports(std::vector<Record> records) {
    std::erase_if(records, [](const Record& record) { return record.is_report(); });
    return records;
}

double snr(const Record& record) {
    return number(record, "meshcore_radio.snr"_f);
}

TEST(TextLog, RealLogsGiveTheirPacketsAndNothingElse) {
    TextLog log;
    auto records = receive(log, transcript("serial/seattle-observer.log"));
    for (auto& record : receive(log, transcript("serial/seattle-observer-2.log")))
        records.push_back(std::move(record));
    EXPECT_THAT(give_up(log), IsEmpty());
    records = without_reports(std::move(records));

    std::vector<nlohmann::json> rows = json_lines("sources/serial-observer-seattle.jsonl");
    ASSERT_EQ(rows.size(), 1180);
    ASSERT_EQ(records.size(), rows.size());
    std::map<std::string, const Record*> captured;
    for (const Record& record : records) captured[upper_hex(record.frame())] = &record;
    ASSERT_EQ(captured.size(), rows.size());
    for (const auto& row : rows) {
        const auto found = captured.find(row["raw"].get<std::string>());
        ASSERT_NE(found, captured.end()) << row["raw"];
        const Record& record = *found->second;
        const auto& told = row["expect"];
        EXPECT_EQ(snr(record), told["snr_int"].get<double>());
        EXPECT_EQ(number(record, "meshcore_radio.rssi"_f), told["rssi"].get<double>());
        EXPECT_EQ(number(record, "meshcore_radio.score"_f), told["score"].get<double>());
        EXPECT_EQ(number(record, "meshcore_radio.airtime"_f), told["airtime_ms"].get<double>());
        EXPECT_EQ(number(record, "meshcore_radio.protocol"_f), 3);
        EXPECT_FALSE(std::isnan(number(record, "meshcore_radio.clock"_f)));
        EXPECT_EQ(repaired(record), told.contains("note")) << row["raw"];
    }
}

TEST(TextLog, EveryPacketOfTheFirmwareOnceInOrderByteForByte) {
    TextLog log;
    auto records = receive(log, transcript("serial/firmware-1.17.1.log"));
    for (auto& record : give_up(log)) records.push_back(std::move(record));
    records = without_reports(std::move(records));
    const auto rows = json_lines("companion/firmware-1.17.1.jsonl");
    ASSERT_EQ(rows.size(), 854);
    ASSERT_EQ(records.size(), rows.size());
    Dissection dissection;
    std::size_t with_signal = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(to_hex(records[i].frame()), rows[i]["raw"].get<std::string>());
        EXPECT_FALSE(repaired(records[i])) << i;
        dissect(records[i].frame(), Keyring{}, dissection);
        if (!dissection.header.parsed) {  // the firmware printed no RX line
            EXPECT_TRUE(std::isnan(snr(records[i]))) << i;
            continue;
        }
        ++with_signal;
        EXPECT_EQ(snr(records[i]), std::trunc(rows[i]["snr"].get<double>())) << i;
        EXPECT_EQ(number(records[i], "meshcore_radio.rssi"_f),
                  std::trunc(rows[i]["rssi"].get<double>()));
    }
    EXPECT_GT(with_signal, 800);
}

TEST(TextLog, TxLinesAreEventsWithoutAFrame) {
    TextLog log;
    const auto stream = transcript("serial/firmware-1.17.1-forwarding.log");
    auto records = receive(log, stream);
    for (auto& record : give_up(log)) records.push_back(std::move(record));
    const std::string all{stream.begin(), stream.end()};
    const auto count = [&all](std::string_view what) {
        std::size_t found = 0;
        for (std::size_t at = all.find(what); at != std::string::npos; at = all.find(what, at + 1))
            ++found;
        return found;
    };
    ASSERT_GT(count(": TX, len="), 10);
    EXPECT_EQ(frames_of(records).size(), count(" RAW: "));
    std::size_t events = 0;
    for (const Record& record : records)
        if (record.is_report()) {
            ++events;
            EXPECT_THAT(text(record, "meshcore_radio.device.event"_f),
                        testing::MatchesRegex("TX, len=[0-9]+ \\(type=.*\\).*"));
            EXPECT_FALSE(std::isnan(number(record, "meshcore_radio.clock"_f)));
        }
    EXPECT_EQ(events, count(": TX, len="));
    EXPECT_TRUE(log.identified());  // by its boot line
}

TEST(TextLog, AnRxLineTellsHowTheFrameWasReceived) {
    for (const std::string_view end : {"\n", "\r\n", " [ED -> E0]\n"}) {
        TextLog log;
        EXPECT_THAT(receive_text(log, raw_line(upper_hex(frame))), IsEmpty());
        EXPECT_TRUE(log.holds_frame());
        const auto records = receive_text(log, rx_line(frame, end));
        ASSERT_EQ(records.size(), 1);
        EXPECT_EQ(upper_hex(records[0].frame()), upper_hex(frame));
        EXPECT_EQ(snr(records[0]), -7);
        EXPECT_EQ(number(records[0], "meshcore_radio.rssi"_f), -101);
        EXPECT_EQ(number(records[0], "meshcore_radio.score"_f), 84);
        EXPECT_EQ(number(records[0], "meshcore_radio.airtime"_f), 190);
        EXPECT_EQ(number(records[0], "meshcore_radio.clock"_f), clock_time);
        EXPECT_FALSE(repaired(records[0]));
    }
}

TEST(TextLog, OldFirmwareTellsNeitherTimeNorHash) {
    TextLog log;
    std::string rx = rx_line(frame);
    rx.replace(rx.find(" time="), std::string::npos, "\n");
    receive_text(log, raw_line(upper_hex(frame)));
    const auto records = receive_text(log, rx);
    ASSERT_EQ(records.size(), 1);
    EXPECT_EQ(snr(records[0]), -7);
    EXPECT_TRUE(std::isnan(number(records[0], "meshcore_radio.airtime"_f)));
    EXPECT_FALSE(repaired(records[0]));
}

TEST(TextLog, LinesOfTheStoredLogGiveNothing) {
    TextLog log;
    receive_text(log, raw_line(upper_hex(frame)));
    const std::string stored =
        "11:22:33 - 4/2/2026 U: RX, len=39 (type=5, route=F, payload_len=35) SNR=3 RSSI=-50 "
        "score=1000\n"
        "11:22:34 - 4/2/2026 U: TX FAIL!, len=39 (type=5, route=F, payload_len=35)\n"
        "  ->    EOF\r\n";
    EXPECT_THAT(receive_text(log, stored), IsEmpty());
    EXPECT_EQ(log.counters().messages, 1);
    EXPECT_EQ(log.counters().junk, stored.size() - 4);  // but for the line ends
    EXPECT_EQ(snr(receive_text(log, rx_line(frame)).at(0)), -7);
}

TEST(TextLog, CompanionsAndSensorsPrintNoFrames) {
    TextLog log;
    std::string rx = rx_line(frame).substr(time_of_day.size());
    EXPECT_THAT(receive_text(log, rx), IsEmpty());
    EXPECT_EQ(log.counters().messages, 1);
    // Their TX lines are events all the same.
    const auto sent = receive_text(log, ": TX, len=39 (type=5, route=F, payload_len=35)\n");
    ASSERT_EQ(sent.size(), 1);
    EXPECT_TRUE(sent[0].is_report());
    EXPECT_TRUE(std::isnan(number(sent[0], "meshcore_radio.clock"_f)));
}

TEST(TextLog, RawWithoutRxIsDeliveredWithoutSignal) {
    TextLog log;
    receive_text(log, raw_line("FF"));  // no frame that the firmware reads, but that is what it heard
    const auto next = receive_text(log, raw_line(upper_hex(frame)));
    ASSERT_THAT(frames_of(next), ElementsAre("ff"));
    EXPECT_TRUE(std::isnan(snr(next[0])));
    EXPECT_FALSE(repaired(next[0]));
    EXPECT_EQ(number(next[0], "meshcore_radio.clock"_f), clock_time);
    const auto silence = give_up(log);
    EXPECT_THAT(frames_of(silence), ElementsAre(to_hex(frame)));
    EXPECT_FALSE(log.incomplete());
}

TEST(TextLog, AFrameDoesNotWaitForEverBehindOtherTalk) {
    TextLog log;
    receive_text(log, raw_line(upper_hex(frame)));
    EXPECT_THAT(receive_text(log, "DEBUG: a\n", time_read + std::chrono::seconds{4}), IsEmpty());
    const auto late = receive_text(log, "DEBUG: b\n", time_read + std::chrono::seconds{6});
    ASSERT_EQ(late.size(), 1);
    EXPECT_EQ(late[0].time, time_read);
    EXPECT_THAT(receive_text(log, rx_line(frame)), IsEmpty());  // and is not captured twice
}

TEST(TextLog, ARawLineBehindOthersIsWhole) {
    TextLog log;
    receive_text(log, "{\"timestamp\":4420}" + raw_line(upper_hex(frame)));
    const auto records = receive_text(log, "DEBUG: x" + rx_line(frame));
    ASSERT_THAT(frames_of(records), ElementsAre(to_hex(frame)));
    EXPECT_FALSE(repaired(records[0]));
}

TEST(TextLog, CutLinesThatNothingProvesAreFlaggedAndNothingIsInvented) {
    const std::string hex = upper_hex(frame);
    const auto delivered = [](const std::string& text) {
        TextLog log;
        auto records = receive_text(log, text);
        for (auto& record : give_up(log)) records.push_back(std::move(record));
        for (const Record& record : records) {
            EXPECT_TRUE(repaired(record));
            EXPECT_TRUE(std::isnan(snr(record)));
        }
        return frames_of(records);
    };
    const std::string begun = to_hex(Bytes{frame}.first(20));
    // Cut behind the 20th byte, A8 being the next: by a word, whose letters are hex digits too.
    EXPECT_THAT(delivered(raw_line(hex.substr(0, 40) + "MQTT: x\r\nA8B0")), ElementsAre(begun));
    EXPECT_THAT(delivered(raw_line(hex.substr(0, 40) + "DEBUG: x\r\n")), ElementsAre(begun));
    // By a line end alone: the rest is a line of hex.
    EXPECT_THAT(delivered(raw_line(hex.substr(0, 40) + "\n" + hex.substr(40))), ElementsAre(begun));
    // Half a byte goes.
    EXPECT_THAT(delivered(raw_line(hex.substr(0, 41))), ElementsAre(begun));
    // The RX line is of another frame.
    auto other = frame;
    other.back() ^= 1;
    EXPECT_THAT(delivered(raw_line(hex.substr(0, 40) + "MQTT: x") + rx_line(other)),
                ElementsAre(begun));
    // What is left is no frame; nor is what says so in the middle of some text.
    EXPECT_THAT(delivered(raw_line("15MQTT: x")), IsEmpty());
    EXPECT_THAT(delivered("DEBUG: so he wrote RAW: " + hex + "\n"), IsEmpty());
}

TEST(TextLog, ADamagedByteIsFlagged) {
    auto damaged = frame;
    damaged.back() ^= 1;
    TextLog log;
    receive_text(log, raw_line(upper_hex(damaged)));
    const auto records = receive_text(log, rx_line(frame));
    ASSERT_THAT(frames_of(records), ElementsAre(to_hex(damaged)));
    EXPECT_TRUE(repaired(records[0]));
}

/// A packet of the firmware, by number.
const std::vector<std::vector<std::uint8_t>>& packets() {
    static const auto all = [] {
        std::vector<std::vector<std::uint8_t>> made;
        Dissection dissection;
        for (const auto& row : json_lines("companion/firmware-1.17.1.jsonl")) {
            auto bytes = bytes_of(row["raw"].get<std::string>());
            dissect(bytes, Keyring{}, dissection);
            if (dissection.header.parsed) made.push_back(std::move(bytes));
        }
        return made;
    }();
    return all;
}

TEST(TextLog, TenThousandCutsAreMended) {
    std::mt19937 random{1};
    const auto any = [&random](std::size_t lowest, std::size_t highest) {
        return std::uniform_int_distribution<std::size_t>{lowest, highest}(random);
    };
    const std::vector<std::string> writers{"DEBUG: RadioLibWrapper: noise_floor = -82",
                                           "MQTT: Queue has 10 packets",
                                           "{\"free\":92832,\"max\":83956}",
                                           "DEAD",
                                           "",
                                           "  -> > Cafe 7"};
    std::size_t wrong_path = 0;
    for (int round = 0; round < 10'000; ++round) {
        const auto& packet = packets()[any(0, packets().size() - 1)];
        const std::string hex = upper_hex(packet);
        const std::size_t cut = any(0, hex.size() - 1);
        const std::string& writer = writers[any(0, writers.size() - 1)];
        // Its line end comes with it, or after all.
        const bool own_line_end = any(0, 1) == 0 || leading_hex(writer).size() == writer.size();
        const std::string line = own_line_end ? hex.substr(0, cut) + writer + "\n" + hex.substr(cut)
                                              : hex.substr(0, cut) + writer + hex.substr(cut) + "\n";
        TextLog log;
        receive_text(log, raw_line(line));
        receive_text(log, "MQTT: Stored raw radio data: 39 bytes, SNR=9.2, RSSI=-87.0\n");
        const auto records = receive_text(log, rx_line(packet));
        ASSERT_EQ(records.size(), 1) << line;
        EXPECT_EQ(snr(records[0]), -7) << line;
        EXPECT_TRUE(repaired(records[0])) << line;
        // The hash leaves out the path: where digits of the other writer touch it, they are not told
        // from its own.
        if (own_line_end && leading_hex(writer).size() != writer.size())
            EXPECT_EQ(to_hex(records[0].frame()), to_hex(packet)) << line;
        else if (to_hex(records[0].frame()) != to_hex(packet))
            ++wrong_path;
        EXPECT_EQ(rx_line(records[0].frame()), rx_line(packet)) << line;
    }
    EXPECT_LT(wrong_path, 300);
}

std::vector<std::string> written(const Protocol& protocol) {
    std::vector<std::string> bytes;
    for (const Query& query : protocol.queries())
        bytes.emplace_back(query.bytes.begin(), query.bytes.end());
    return bytes;
}

TEST(TextLog, WritesTheseBytesAndNoOthers) {
    EXPECT_THAT(written(TextLog{}),
                ElementsAre("ver\r", "get name\r", "get public.key\r", "get radio\r", "board\r",
                            "stats-core\r", "stats-radio\r", "stats-packets\r"));
}

const std::vector<std::string> replies{
    "v1.17.1 (Build: 14 Aug 2026)",
    "> Cafe 7",
    "> 38362A63C99B6952CEF4C060085342F24E676BFCF4F9A0413822F7CC5B4A6D73",
    "> 869.6179809,62.5,8,5",
    "Heltec V3",
    R"({"battery_mv":4244,"uptime_secs":86400,"errors":5,"queue_len":2})",
    R"({"noise_floor":-117,"last_rssi":-88,"last_snr":7.25,"tx_air_secs":321,"rx_air_secs":1234})",
    R"({"recv":1000,"sent":200,"flood_tx":150,"direct_tx":50,"flood_rx":800,"direct_rx":200,"recv_errors":5})"};

void expect_all_told(TextLog& log) {
    const Record report = log.report(time_read, "connected");
    EXPECT_EQ(text(report, "meshcore_radio.device.firmware"_f), "v1.17.1");
    EXPECT_EQ(text(report, "meshcore_radio.device.build"_f), "14 Aug 2026");
    EXPECT_EQ(text(report, "meshcore_radio.device.name"_f), "Cafe 7");
    EXPECT_EQ(text(report, "meshcore_radio.device.model"_f), "Heltec V3");
    EXPECT_EQ(number(report, "meshcore_radio.frequency"_f), 869'618'000);
    EXPECT_EQ(number(report, "meshcore_radio.bandwidth"_f), 62'500);
    EXPECT_EQ(number(report, "meshcore_radio.sf"_f), 8);
    EXPECT_EQ(number(report, "meshcore_radio.cr"_f), 5);
    EXPECT_EQ(number(report, "meshcore_radio.device.battery"_f), 4244);
    EXPECT_EQ(number(report, "meshcore_radio.noise_floor"_f), -117);
    EXPECT_EQ(number(report, "meshcore_radio.device.last_snr"_f), 7.25);
    EXPECT_EQ(number(report, "meshcore_radio.device.packets_received"_f), 1000);
    EXPECT_EQ(number(report, "meshcore_radio.device.receive_errors"_f), 5);
    EXPECT_EQ(number(report, "meshcore_radio.device.frames_missed"_f), 0);
    EXPECT_TRUE(log.identified());
}

TEST(TextLog, RepliesAmongLogLinesAreBothUnderstood) {
    // Repeaters echo CR LF, room servers CR.
    for (const std::string_view echo_end : {"\r\n", "\r"})
        for (const bool cut_echo : {false, true}) {
            TextLog log;
            std::size_t frames = 0;
            for (std::size_t i = 0; i < replies.size(); ++i) {
                log.asked(i);
                std::string echo{log.queries()[i].name};
                const std::string packet = raw_line(upper_hex(frame)) + rx_line(frame);
                if (cut_echo)
                    echo.insert(1, packet);
                else
                    echo = packet + echo;
                frames += receive_text(log, echo + std::string{echo_end} + packet + "  -> ").size();
                EXPECT_FALSE(log.answered());
                frames += receive_text(log, replies[i] + "\r\n" + packet).size();
                EXPECT_TRUE(log.answered()) << i;
            }
            EXPECT_EQ(frames, 3 * replies.size());
            receive_text(log, "");
            expect_all_told(log);
        }
}

TEST(TextLog, ALateReplyIsNotTakenForTheNextOne) {
    TextLog log;
    log.asked(0);
    log.asked(1);  // the version is late
    receive_text(log, "ver\r\n  -> " + replies[0] + "\r\n");
    EXPECT_FALSE(log.answered());
    receive_text(log, "get name\r\n  -> " + replies[1] + "\r\n");
    EXPECT_TRUE(log.answered());
    const Record report = log.report(time_read, "");
    EXPECT_EQ(text(report, "meshcore_radio.device.firmware"_f), "v1.17.1");
    EXPECT_EQ(text(report, "meshcore_radio.device.name"_f), "Cafe 7");
}

TEST(TextLog, OldFirmwareDoesNotKnowAllCommands) {
    TextLog log;
    for (std::size_t i = 0; i < log.queries().size(); ++i) {
        log.asked(i);
        receive_text(log, "  -> Unknown command\r\n");
        EXPECT_TRUE(log.answered());
        log.asked(i);
        receive_text(log, "  -> ??: public.key\r\n");
        EXPECT_TRUE(log.answered());
    }
    EXPECT_FALSE(log.identified());
}

TEST(TextLog, NonsenseRepliesTellNothing) {
    TextLog log;
    for (std::size_t i = 0; i < log.queries().size(); ++i)
        for (const std::string_view reply :
             {"", ">", "> ", "{", "[1]", "{\"recv\":\"x\"}", "> 1e999,1,1,1", "> 1,2"}) {
            log.asked(i);
            receive_text(log, fmt::format("  -> {}\r\n", reply));
        }
    const Record report = log.report(time_read, "");
    EXPECT_TRUE(std::isnan(number(report, "meshcore_radio.frequency"_f)));
    EXPECT_TRUE(std::isnan(number(report, "meshcore_radio.device.packets_received"_f)));
    EXPECT_EQ(text(report, "meshcore_radio.device.public_key"_f), "");
}

TEST(TextLog, WithoutLineEndsNothingGrows) {
    TextLog log;
    const std::vector<std::uint8_t> noise(1'000'000, 'x');
    receive(log, noise);
    EXPECT_GT(log.counters().junk, 990'000);
    EXPECT_THAT(receive_text(log, raw_line(upper_hex(frame))), IsEmpty());
    EXPECT_EQ(receive_text(log, rx_line(frame)).size(), 1);
    for (int i = 0; i < 10'000; ++i) receive_text(log, "DEBUG: A1B2C3\n");
    EXPECT_FALSE(log.incomplete());
}

TEST(TextLog, TenThousandStoriesOfJunkPiecesAndReconnects) {
    for (std::uint32_t seed = 0; seed < 10'000; ++seed) {
        std::mt19937 random{seed};
        const auto any = [&random](std::size_t lowest, std::size_t highest) {
            return std::uniform_int_distribution<std::size_t>{lowest, highest}(random);
        };
        const auto junk = [&any] {
            std::string line;
            for (std::size_t i = any(0, 40); i > 0; --i) line += static_cast<char>(any(0, 255));
            return line + (any(0, 1) ? "\n" : "\r\n");
        };
        TextLog log;
        std::vector<std::string> sent, captured;
        const auto take = [&captured](const std::vector<Record>& records) {
            for (const auto& hex : frames_of(records)) captured.push_back(hex);
        };
        for (int connection = 0; connection < 3; ++connection) {
            std::string stream;
            for (std::size_t i = any(0, 3); i > 0; --i) {
                const auto& packet = packets()[any(0, packets().size() - 1)];
                sent.push_back(to_hex(packet));
                stream += junk() + raw_line(upper_hex(packet));
                if (any(0, 3) != 0) stream += junk() + rx_line(packet);
            }
            const auto& torn = packets()[any(0, packets().size() - 1)];
            const std::string line = raw_line(upper_hex(torn));
            stream += line.substr(0, any(0, line.size() - 2));
            take(receive_chopped(log, from_text(stream), random, any(1, 64)));
            if (any(0, 1) == 0 || log.holds_frame()) take(give_up(log));
            log.reconnected();
        }
        ASSERT_EQ(captured, sent) << "seed " << seed;
    }
}

TEST(TextLog, ChoppedAtEveryByteItIsTheSame) {
    const auto stream = transcript("serial/seattle-observer-2.log");
    TextLog whole, chopped;
    const auto expected = receive(whole, stream);
    std::vector<Record> records;
    for (const std::uint8_t byte : stream)
        for (Record& record : receive(chopped, {&byte, 1})) records.push_back(std::move(record));
    ASSERT_EQ(records.size(), expected.size());
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].bytes, expected[i].bytes);
    EXPECT_EQ(chopped.counters().junk, whole.counters().junk);
}

}  // namespace
}  // namespace meshcore::radio

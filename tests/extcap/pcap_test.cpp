// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "extcap/capture/pcap_reader.h"
#include "extcap/capture/pcap_writer.h"
#include "extcap/capture/shared_capture.h"

namespace meshcore::capture {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Pcap : public testing::Test {
protected:
    void SetUp() override { fs::create_directory(folder); }
    void TearDown() override { fs::remove_all(folder); }

    fs::path folder = fs::temp_directory_path() / ("meshcore-pcap-" + std::to_string(::getpid()));
    std::string path = folder / "a.pcap";
};

Record make_record(int number) {
    return {Record::Time{std::chrono::seconds{1'770'000'000 + number} +
                         std::chrono::nanoseconds{987'654'321}},
            std::vector<std::uint8_t>(static_cast<std::size_t>(number + 1),
                                      static_cast<std::uint8_t>(number))};
}

void write_records(const std::string& path, int count) {
    auto writer = PcapWriter::open(path);
    ASSERT_TRUE(writer) << writer.error().message;
    for (int i = 0; i < count; ++i) ASSERT_TRUE(writer->write(make_record(i)));
}

TEST_F(Pcap, ReadsWhatWasWrittenToTheNanosecond) {
    write_records(path, 300);
    auto reader = PcapReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    for (int i = 0; i < 300; ++i) {
        const auto record = reader->next();
        ASSERT_TRUE(record && *record);
        EXPECT_EQ((*record)->time, make_record(i).time);
        EXPECT_EQ((*record)->bytes, make_record(i).bytes);
    }
    const auto end = reader->next();
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
}

TEST_F(Pcap, EachRecordIsOutWhenWriteReturns) {
    auto writer = PcapWriter::open(path);
    ASSERT_TRUE(writer);
    EXPECT_EQ(fs::file_size(path), 24);
    ASSERT_TRUE(writer->write(make_record(9)));
    EXPECT_EQ(fs::file_size(path), 24 + 16 + 10);
}

TEST_F(Pcap, ACutFileGivesAllThatIsWholeThenAnError) {
    write_records(path, 3);
    fs::resize_file(path, fs::file_size(path) - 1);
    auto reader = PcapReader::open(path);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(*reader->next());
    EXPECT_TRUE(*reader->next());
    const auto cut = reader->next();
    ASSERT_FALSE(cut);
    EXPECT_THAT(cut.error().message, HasSubstr(path + " ends early or is damaged"));
}

TEST_F(Pcap, RefusesOtherLinkTypesAndOtherFiles) {
    write_records(path, 1);
    {
        std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
        file.seekp(20);
        file.put(1);  // LINKTYPE_ETHERNET
    }
    const auto ethernet = PcapReader::open(path);
    ASSERT_FALSE(ethernet);
    EXPECT_THAT(ethernet.error().message, HasSubstr("EN10MB"));

    std::ofstream{path} << "this is no capture at all";
    const auto text = PcapReader::open(path);
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message, HasSubstr(path));

    const auto missing = PcapReader::open(folder / "missing.pcap");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("missing.pcap"));
}

TEST_F(Pcap, ReadsPcapng) {
    auto reader = PcapReader::open(TEST_CAPTURES "/companion-pcap-seattle.pcapng");
    ASSERT_TRUE(reader) << reader.error().message;
    int count = 0;
    for (auto record = reader->next(); record && *record; record = reader->next())
        count += !(*record)->is_report();
    EXPECT_EQ(count, 8);
}

TEST_F(Pcap, AFullDiskIsAnError) {
    auto writer = PcapWriter::open("/dev/full");
    ASSERT_FALSE(writer);
    EXPECT_THAT(writer.error().message, HasSubstr("No space left"));
}

TEST_F(Pcap, AFileIsReplacedOnlyWhenTheStreamStarts) {
    write_records(path, 2);
    const auto size = fs::file_size(path);
    const auto fd = open_output(path);
    ASSERT_TRUE(fd);
    EXPECT_EQ(fs::file_size(path), size);
    ASSERT_TRUE(PcapWriter::start(*fd, path));
    EXPECT_EQ(fs::file_size(path), 24);
}

/// The records of a shared capture that comes in pieces, and whether it was given up.
std::pair<std::vector<std::vector<std::uint8_t>>, bool> shared(Bytes stream, std::size_t longest,
                                                               std::minstd_rand& random) {
    SharedCapture capture;
    std::vector<std::vector<std::uint8_t>> records;
    for (std::size_t at = 0, size = 0; at < stream.size() && capture.unusable().empty(); at += size) {
        size = std::min(1 + random() % longest, stream.size() - at);
        capture.receive(stream.subspan(at, size), {},
                        [&](const Record& record) { records.push_back(record.bytes); });
    }
    return {records, !capture.unusable().empty()};
}

/// What another program shares, damaged: the same records however it is cut into pieces, or an error;
/// those before the damage are as they were.
TEST(SharedCapture, DamagedStreams) {
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        std::minstd_rand random{seed};
        std::vector<std::uint8_t> stream = pcap_stream_header();
        for (int i = 0; i < 5; ++i) {
            const auto record = pcap_stream_record(make_record(i * 20));
            stream.insert(stream.end(), record.begin(), record.end());
        }
        const std::size_t at = random() % stream.size();
        if (seed % 3 == 0) {
            stream.resize(at);
        } else if (seed % 3 == 1) {
            stream[at] = static_cast<std::uint8_t>(random());
        } else {
            stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(at));
        }
        const auto whole = shared(stream, stream.size() + 1, random);
        const auto pieces = shared(stream, 1 + random() % 50, random);
        ASSERT_EQ(whole, pieces) << "seed " << seed;
        for (std::size_t i = 0, end = 24; i < 5 && (end += 16 + i * 20 + 1) <= at; ++i)
            ASSERT_TRUE(i < whole.first.size() &&
                        whole.first[i] == make_record(static_cast<int>(i) * 20).bytes)
                << "seed " << seed;
    }
}

}  // namespace
}  // namespace meshcore::capture

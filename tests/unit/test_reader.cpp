// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/reader.h"

#include "support.h"

namespace meshcore::test {
namespace {

struct Fixture : testing::Test {
    Reader reader_over(std::string_view text) {
        input = hex(text);
        tape.clear(input);
        return Reader{tape, {input_buffer, 0, static_cast<std::uint16_t>(input.size())}};
    }
    Buffer input;
    Tape tape;
};

using ReaderTest = Fixture;

TEST_F(ReaderTest, ReadsLittleEndianAndRecordsWhereItRead) {
    Reader reader = reader_over("0102030405060708");
    EXPECT_EQ(reader.u16("meshcore.transport_code1"_f), 0x0201);
    EXPECT_EQ(reader.u32("meshcore.trace.tag"_f), 0x06050403u);
    ASSERT_EQ(tape.nodes().size(), 2u);
    EXPECT_EQ(tape.nodes()[1].offset, 2);
    EXPECT_EQ(tape.nodes()[1].length, 4);
    EXPECT_EQ(reader.remaining(), 2u);
}

TEST_F(ReaderTest, ScalesInOnePlace) {
    Reader reader = reader_over("dc");
    EXPECT_EQ(reader.i8("meshcore.control.disc_resp.snr"_f), -36);
    EXPECT_DOUBLE_EQ(tape.nodes()[0].real, -9.0);
}

TEST_F(ReaderTest, ReadsSignedAndBigEndianNumbers) {
    Reader reader = reader_over("ffb5");
    EXPECT_DOUBLE_EQ(reader.real_be("meshcore.telemetry.temperature"_f, 2, true, 10), -7.5);
    Reader time = reader_over("6553f2c4");
    EXPECT_EQ(time.u32("meshcore.telemetry.time"_f), 0x6553f2c4u);
}

TEST_F(ReaderTest, BitsBelongToTheIntegerBefore) {
    Reader reader = reader_over("92");
    reader.u8("meshcore.advert.flags"_f);
    EXPECT_EQ(reader.bits("meshcore.advert.node_type"_f), 2u);
    EXPECT_EQ(reader.bits("meshcore.advert.has_name"_f), 1u);
    EXPECT_EQ(tape.nodes()[2].offset, 0);
    EXPECT_EQ(tape.nodes()[2].depth, 1);
}

TEST_F(ReaderTest, FirstOverrunIsNotedOnceAndLaterReadsAreSilent) {
    Reader reader = reader_over("0102");
    EXPECT_EQ(reader.u32("meshcore.trace.tag"_f), 0u);
    EXPECT_EQ(reader.u8("meshcore.trace.flags"_f), 0u);
    EXPECT_FALSE(reader.ok());
    ASSERT_EQ(tape.notes().size(), 1u);
    EXPECT_EQ(tape.notes()[0].note, Note::truncated);
    ASSERT_EQ(tape.nodes().size(), 1u);
    EXPECT_EQ(tape.nodes()[0].field, "meshcore.undecoded"_f);
    EXPECT_EQ(tape.nodes()[0].length, 2);
}

TEST_F(ReaderTest, ContainerLimitsItsContent) {
    Reader reader = reader_over("010203");
    Reader inside = reader.inside("meshcore.path"_f, 2);
    inside.bytes("meshcore.path.hop"_f, 1);
    EXPECT_EQ(inside.remaining(), 1u);
    EXPECT_EQ(reader.remaining(), 1u);
    EXPECT_EQ(tape.nodes()[1].depth, 1);
}

}  // namespace
}  // namespace meshcore::test

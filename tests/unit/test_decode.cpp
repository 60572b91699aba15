// SPDX-License-Identifier: GPL-2.0-or-later
// Single packets, byte for byte. The whole sets are compared in tests/golden.
#include "support.h"

namespace meshcore::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DecodeHeader, ReadsCodesPathAndHash) {
    const Decoded packet{"0C11223344417FA0DEADBEEF"};
    EXPECT_EQ(packet.number("meshcore.route_type"_f), 0u);
    EXPECT_EQ(packet.number("meshcore.transport_code1"_f), 0x2211u);
    EXPECT_EQ(packet.number("meshcore.transport_code2"_f), 0x4433u);
    EXPECT_EQ(packet.number("meshcore.path_hash_size"_f), 2u);
    EXPECT_EQ(packet.bytes("meshcore.path.hop"_f), "7fa0");
    EXPECT_EQ(packet.number("meshcore.ack_checksum"_f), 0xEFBEADDEu);
    EXPECT_EQ(packet.bytes("meshcore.packet_hash"_f), "2a4f80a18e795b28");
    EXPECT_THAT(packet.notes(), IsEmpty());
}

TEST(DecodeHeader, HashCountsThePathLengthOfATraceOnly) {
    EXPECT_EQ(Decoded{"2600010203040000000000A1B2C3"}.bytes("meshcore.packet_hash"_f),
              "5e92f226c396ae91");
    EXPECT_EQ(Decoded{"260330282C010203040000000000A1B2C3"}.bytes("meshcore.packet_hash"_f),
              "0a9b152dd74e5ce7");
    EXPECT_EQ(Decoded{"264230282C2D010203040000000001A1A2B1B2"}.bytes("meshcore.packet_hash"_f),
              "701c7ea7532b5ace");
}

TEST(DecodeHeader, SaysWhyItStops) {
    EXPECT_THAT(Decoded{""}.notes(), ElementsAre(Note::truncated));
    EXPECT_THAT(Decoded{"08"}.notes(), ElementsAre(Note::truncated));
    EXPECT_THAT(Decoded{"0903AA"}.notes(), ElementsAre(Note::truncated));
    EXPECT_THAT(Decoded{"0900"}.notes(), ElementsAre(Note::empty_payload));
    EXPECT_THAT(Decoded{"09C00102030405"}.notes(), ElementsAre(Note::reserved_path_size));
    EXPECT_THAT(Decoded{"49000102030405"}.notes(), ElementsAre(Note::unknown_version));
    EXPECT_THAT(Decoded{"0961" + std::string(2 * 70, '1')}.notes(), ElementsAre(Note::path_too_long));
    EXPECT_THAT(Decoded{"3E00" + std::string(2 * 185, '1')}.notes(),
                ElementsAre(Note::payload_too_long));
    EXPECT_THAT(Decoded{"31000102"}.notes(), ElementsAre(Note::unknown_type));
}

TEST(DecodeHeader, AWholePathOf64BytesIsFine) {
    const Decoded packet{"0960" + std::string(2 * 64, '1') + "91820102" + std::string(32, '0')};
    EXPECT_TRUE(packet.dissection.header.parsed);
    EXPECT_EQ(packet.dissection.header.hash_count, 32);
}

TEST(DecodeAdvert, VerifiesTheSignature) {
    const std::string good =
        "11004852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E80054369D68BE4EF05B6799E49"
        "7A4C14"
        "D4E941CCD0037656984BB79AF4648F9DCD675F222DB2C9A1E19FB5DF0D74F46352D1E612F59FAF09CBD94EEAFC665C"
        "D7560F"
        "E90A919CD611034819FEFF416C696365";
    const Decoded packet{good};
    const auto& advert = packet.payload<Advert>();
    EXPECT_TRUE(advert.signature_ok);
    EXPECT_DOUBLE_EQ(*advert.latitude, 51.5007);
    EXPECT_DOUBLE_EQ(*advert.longitude, -0.1246);
    EXPECT_EQ(packet.text("meshcore.advert.name"_f), "Alice");
    EXPECT_THAT(packet.notes(), IsEmpty());

    std::string forged = good;
    forged.replace(forged.size() - 2, 2, "66");
    EXPECT_THAT(Decoded{forged}.notes(), ElementsAre(Note::bad_signature));
}

TEST(DecodeChannel, OpensThePublicChannel) {
    const Decoded packet{"150011C3C1354D619BAE9590E4D177DB7EEAF982F5BDCF78005D75157D9535FA90178F785D"};
    EXPECT_EQ(packet.number("meshcore.mac_ok"_f), 1u);
    EXPECT_EQ(packet.text("meshcore.channel"_f), "Public");
    EXPECT_EQ(packet.number("meshcore.timestamp"_f), 1758484279u);
    EXPECT_EQ(packet.text("meshcore.sender"_f), "🌲 Tree");
    EXPECT_EQ(packet.text("meshcore.text"_f), "☁️");
}

TEST(DecodeChannel, TextMayFillItsBlock) {
    Keyring keys;
    ASSERT_TRUE(keys.add_hashtag_channel("#bot"));
    const Decoded packet{"15833fa002860ccae0eed9ca78b9ab0775d477c1f6490a398bf4edc75240", keys};
    EXPECT_EQ(packet.text("meshcore.text"_f), "P");
    EXPECT_EQ(packet.dissection.find("meshcore.padding"_f), nullptr);
}

TEST(DecodeChannel, ADamagedCopyIsNoted) {
    const Decoded packet{"150011C3C1354D619BAE9590E4D177DB7EEAF982F5BDCF78005D75157D9535FA90178F785E"};
    EXPECT_EQ(packet.number("meshcore.mac_ok"_f), 0u);
    EXPECT_THAT(packet.notes(), ElementsAre(Note::bad_mac));
}

TEST(DecodeChannel, AnUnknownChannelIsNoMistake) {
    const Decoded packet{"150013752F15A1BF3C018EB1FC4F26B5FAEB417BB0F1AE8FF07655484EBAA05CB9A927D689"};
    EXPECT_EQ(packet.dissection.find("meshcore.mac_ok"_f), nullptr);
    EXPECT_THAT(packet.notes(), IsEmpty());
}

TEST(DecodeTrace, PathHoldsSnrs) {
    const Decoded packet{"260328F41C443322110000000001A1A2B1B2A1A2"};
    EXPECT_EQ(packet.number("meshcore.trace.tag"_f), 0x11223344u);
    EXPECT_EQ(packet.dissection.find("meshcore.path.hop"_f), nullptr);
    EXPECT_DOUBLE_EQ(packet.real("meshcore.trace.snr"_f), 10.0);
    EXPECT_EQ(packet.number("meshcore.trace.hash_size"_f), 2u);
    EXPECT_TRUE(packet.payload<Trace>().complete);
    EXPECT_THAT(Decoded{"2600f706255e8ed4d8df02010203040506"}.notes(), ElementsAre(Note::trailing));
}

TEST(DecodeControl, DiscoveryBothWays) {
    const Decoded request{"2E0080040102030400000000"};
    EXPECT_EQ(request.number("meshcore.control.disc_req.tag"_f), 0x04030201u);
    EXPECT_TRUE(request.dissection.find("meshcore.control.disc_req.since"_f));
    const Decoded answer{
        "2E0092DC35333E5B4FBB374D26E77A3AF0A0E3D34A7174131BBEBF2341EE948B6F4B13CF800C928F"};
    EXPECT_EQ(answer.number("meshcore.control.disc_resp.node_type"_f), 2u);
    EXPECT_DOUBLE_EQ(answer.real("meshcore.control.disc_resp.snr"_f), -9.0);
}

TEST(DecodeMultipart, HoldsAnAck) {
    const Decoded packet{"2A00132F148BB3059C"};
    EXPECT_EQ(packet.number("meshcore.multipart.remaining"_f), 1u);
    EXPECT_EQ(packet.number("meshcore.ack_checksum"_f), 0xB38B142Fu);
    EXPECT_EQ(packet.bytes("meshcore.ack_extra"_f), "059c");
}

}  // namespace
}  // namespace meshcore::test

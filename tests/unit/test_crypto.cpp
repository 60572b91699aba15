// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/crypto.h"

#include "support.h"

namespace meshcore::test {
namespace {

template <typename Array>
Array array_of(std::string_view text) {
    Array array{};
    const Buffer bytes = hex(text);
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

// Key pair of the public tests of the field's other decoder, quoted in the protocol reference.
const auto alice_private = array_of<PrivateKey>(
    "18469d6140447f77de13cd8d761e605431f52269fbff43b0925752ed9e674543"
    "5dc6a86d2568af8b70d3365db3f88234760c8ecc645ce469829bc45b65f1d5d5");
const auto alice_public =
    array_of<PublicKey>("4852b69364572b52efa1b6bb3e6d0abed4f389a1cbfbb60a9bba2cce649caf0e");

TEST(Crypto, DerivesThePublicKeyFromTheExpandedKey) {
    EXPECT_EQ(public_key_of(alice_private), alice_public);
}

TEST(Crypto, ExpandsASeedAsEd25519Does) {
    // RFC 8032, test 1.
    const Buffer seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    EXPECT_EQ(to_hex(public_key_of(expand_seed(seed))),
              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST(Crypto, SharedSecretsOfTheFirmwareVectors) {
    const Keyring keys = firmware_keys();
    unsigned compared = 0;
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        if (!row["expect"].contains("fields") || !row["expect"]["fields"].contains("shared_secret"))
            continue;
        const auto wanted = row["expect"]["fields"]["shared_secret"].get<std::string>();
        bool found = false;
        for (const Identity& a : keys.identities())
            for (const Identity& b : keys.identities())
                if (const auto secret = shared_secret(a.private_key, b.public_key))
                    found |= to_hex(*secret) == wanted;
        EXPECT_TRUE(found) << row["name"];
        if (++compared == 20) break;
    }
    EXPECT_EQ(compared, 20u);
}

TEST(Crypto, RefusesKeysThatAreNoPoint) {
    EXPECT_FALSE(shared_secret(alice_private, PublicKey{}));
}

TEST(KeyringTest, KnowsThePublicChannel) {
    const Keyring keys;
    ASSERT_EQ(keys.channels().size(), 1u);
    EXPECT_EQ(keys.channels()[0].hash, 0x11);
}

TEST(KeyringTest, TakesHashtagAndLongKeys) {
    Keyring keys;
    ASSERT_TRUE(keys.add_hashtag_channel("#bot"));
    EXPECT_EQ(keys.channels()[1].hash, 0xCA);
    // The reference's example: over all 32 bytes it is 63, over 16 it would be be.
    Buffer long_key(32);
    for (std::size_t i = 0; i < 32; ++i) long_key[i] = static_cast<std::uint8_t>(i);
    ASSERT_TRUE(keys.add_channel("long", long_key));
    EXPECT_EQ(keys.channels()[2].hash, 0x63);
    // A 32-byte slot whose second half is zero is the 16-byte key.
    Buffer slot = hex("9cd8fcf22a47333b591d96a2b848b73f");
    slot.resize(32);
    ASSERT_TRUE(keys.add_channel("slot", slot));
    EXPECT_EQ(keys.channels()[3].hash, 0xD9);
}

TEST(KeyringTest, RefusesBadKeys) {
    Keyring keys;
    EXPECT_FALSE(keys.add_channel("short", hex("0102")));
    EXPECT_FALSE(keys.add_channel("zero", Buffer(16)));
    EXPECT_FALSE(keys.add_hashtag_channel("test"));
    EXPECT_FALSE(keys.add_identity("unclamped", Buffer(64, 0xFF)));
    EXPECT_FALSE(keys.add_identity("short", Buffer(33)));
    EXPECT_FALSE(keys.add_node("short", Buffer(31)));
    EXPECT_FALSE(keys.add_region("#"));
    EXPECT_EQ(keys.channels().size(), 1u);
}

TEST(KeyringTest, FindsTheRegionOfACode) {
    Keyring keys;
    ASSERT_TRUE(keys.add_region("ottawa"));
    // A packet of the field, scoped to #ottawa (michaelhart/meshcore-decoder,
    // region-transport.test.ts).
    const Decoded packet{
        "14FA1A0000034E927D596EA23622BCB4D5945E49348165AF7DABA3F5DCEED85F430E0856DB5B591E86AB3363BC00E1"
        "BA3077"
        "6698F72FC57C7168E66A4875CDB710F3C175FC2B3FE75A036EF14FA59A709062D3A9FF7014F2E7A8512C",
        keys};
    EXPECT_EQ(packet.text("meshcore.region"_f), "#ottawa");
}

}  // namespace
}  // namespace meshcore::test

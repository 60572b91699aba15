// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/auth/token.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

namespace meshcore::bridge::testing {
namespace {

// A key pair that michaelhart's meshcore-decoder publishes for tests.
constexpr const char* public_text = "4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E";
constexpr const char* private_text =
    "18469d6140447f77de13cd8d761e605431f52269fbff43b0925752ed9e674543"
    "5dc6a86d2568af8b70d3365db3f88234760c8ecc645ce469829bc45b65f1d5d5";
constexpr const char* known_token =
    "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiSldUIn0."
    "eyJwdWJsaWNLZXkiOiI0ODUyQjY5MzY0NTcyQjUyRUZBMUI2QkIzRTZEMEFCRUQ0RjM4OUExQ0JGQkI2MEE5QkJBMkNDRTY0"
    "OUNBRjBFIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImF1ZCI6Im1xdHQtdXMtdjEubGV0c21lc2gubmV0"
    "IiwiY2xpZW50IjoibWVzaGNvcmUtYnJpZGdlLzAuMSJ9."
    "9BC16902A9DECDC619A1BEF3BA2E8723AF215170EB68592F85915BAF429EA409"
    "C52795B4F05B676C554E259F64491CDD1CC4642BF436A0F9EFE53D7A9C0E9402";

std::chrono::system_clock::time_point at(std::int64_t seconds) {
    return std::chrono::system_clock::time_point{std::chrono::seconds{seconds}};
}

SigningKey key() {
    auto loaded = SigningKey::from_text(private_text);
    EXPECT_TRUE(loaded);
    return std::move(*loaded);
}

Claims known_claims() {
    Claims claims;
    claims.issued = 1'700'000'000;
    claims.expires = 1'700'003'600;
    claims.audience = "mqtt-us-v1.letsmesh.net";
    claims.client = "meshcore-bridge/0.1";
    return claims;
}

std::string file_with(const std::string& text, mode_t mode = 0600) {
    const std::string path = ::testing::TempDir() + "meshcore-token-key";
    std::remove(path.c_str());
    std::ofstream{path} << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
}

TEST(Token, TheKnownOneByteForByte) {
    const SigningKey own = key();
    EXPECT_EQ(to_hex(own.public_key(), HexCase::upper), public_text);
    EXPECT_EQ(token_username(own.public_key()), std::string{"v1_"} + public_text);
    const auto token = mint(own, known_claims());
    ASSERT_TRUE(token);
    EXPECT_EQ(*token, known_token);
    EXPECT_EQ(token->size(), 405U);
}

TEST(Token, ASeedSignsAsEd25519Does) {
    std::array<std::uint8_t, 32> seed{};
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(7 * i + 1);
    PublicKey public_key{};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
    crypto_sign_seed_keypair(public_key.data(), secret.data(), seed.data());
    const auto own = SigningKey::from_text(to_hex(seed) + "\n");
    ASSERT_TRUE(own);
    EXPECT_EQ(own->public_key(), public_key);
    for (std::size_t length : {0U, 1U, 276U, 8192U}) {
        const std::vector<std::uint8_t> message(length, 0x5A);
        Signature expected{};
        crypto_sign_detached(expected.data(), nullptr, message.data(), length, secret.data());
        EXPECT_EQ(own->sign(message), expected) << length;
    }
}

TEST(Token, OwnerAndEmailOnlyOverVerifiedTls) {
    Claims claims = known_claims();
    claims.owner = std::string(64, 'A');
    claims.email = "Me@Example.org";
    const auto open = mint(key(), claims);
    ASSERT_TRUE(open);
    EXPECT_EQ(*open, known_token);
    claims.verified_tls = true;
    const auto token = read_token(*mint(key(), claims));
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->signature_ok);
    EXPECT_EQ(token->claims,
              std::string{R"({"publicKey":")"} + public_text +
                  R"(","iat":1700000000,"exp":1700003600,"aud":"mqtt-us-v1.letsmesh.net","owner":")" +
                  std::string(64, 'A') +
                  R"(","email":"me@example.org","client":"meshcore-bridge/0.1"})");
}

TEST(Token, NoneWithAClockThatCannotBe) {
    Claims claims = known_claims();
    claims.issued = 1000;
    const auto token = mint(key(), claims);
    ASSERT_FALSE(token);
    EXPECT_NE(token.error().message.find("1970-01-01 00:16:40 UTC"), std::string::npos)
        << token.error().message;
    claims = known_claims();
    claims.expires = claims.issued;
    EXPECT_FALSE(mint(key(), claims));
}

TEST(Token, SignedElsewhere) {
    const SigningKey own = key();
    const std::string to_sign = token_to_sign(own.public_key(), known_claims());
    const Signature good =
        own.sign({reinterpret_cast<const std::uint8_t*>(to_sign.data()), to_sign.size()});
    const auto token = finish_token(own.public_key(), to_sign, good);
    ASSERT_TRUE(token);
    EXPECT_EQ(*token, known_token);
    Signature bad = good;
    bad[3] ^= 1;
    EXPECT_FALSE(finish_token(own.public_key(), to_sign, bad));
    EXPECT_FALSE(finish_token(own.public_key(), to_sign, Bytes{good}.first(63)));
    PublicKey other = own.public_key();
    other[0] ^= 1;
    EXPECT_FALSE(finish_token(other, to_sign, good));
}

TEST(Token, IsChecked) {
    const auto token = read_token(std::string{" "} + known_token + "\n");
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->signature_ok);
    EXPECT_EQ(token->audience, "mqtt-us-v1.letsmesh.net");
    EXPECT_TRUE(verify_token(*token, at(1'700'000'000), ""));
    EXPECT_TRUE(verify_token(*token, at(1'700'003'600), "mqtt-us-v1.letsmesh.net"));
    EXPECT_EQ(verify_token(*token, at(1'700'003'601), "").error().message,
              "it expired at 2023-11-14 23:13:20 UTC");
    EXPECT_EQ(verify_token(*token, at(1'700'000'000), "else\nwhere").error().message,
              "its audience is \"mqtt-us-v1.letsmesh.net\", not \"else where\"");
}

TEST(Token, ASignatureInLowerCaseIsTakenToo) {
    std::string text = known_token;
    const auto dot = text.rfind('.');
    for (std::size_t i = dot; i < text.size(); ++i)
        text[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    EXPECT_TRUE(read_token(text)->signature_ok);
}

TEST(Token, EachChangedLetterBreaksIt) {
    const std::string text = known_token;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'B' ? 'C' : 'B';
        const auto token = read_token(changed);
        EXPECT_FALSE(token && token->signature_ok) << i;
        if (!token) {
            EXPECT_EQ(token.error().message.find(changed.substr(41, 40)), std::string::npos);
        }
    }
    for (std::size_t length = 0; length < text.size(); ++length)
        EXPECT_FALSE(read_token(text.substr(0, length))) << length;
}

TEST(SigningKey, TextsThatAreNone) {
    const std::string good = private_text;
    for (const std::string& text :
         {std::string{}, std::string{" \n"}, good.substr(1), good + "00", good.substr(0, 63),
          std::string(128, 'g'), good.substr(0, 126) + "  ", std::string(128, 'f'),
          good.substr(0, 64) + "\n" + good.substr(64)}) {
        const auto made = SigningKey::from_text(text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().message.find(good.substr(0, 16)), std::string::npos);
    }
    EXPECT_TRUE(SigningKey::from_text("\r\n  " + good + " \n"));
    EXPECT_FALSE(SigningKey::from_bytes(std::vector<std::uint8_t>(33)));
}

TEST(SigningKey, Files) {
    EXPECT_TRUE(SigningKey::load(file_with(std::string{private_text} + "\n")));
    EXPECT_TRUE(SigningKey::load(file_with(private_text, 0440)));
    for (const mode_t mode : {0644U, 0604U, 0602U}) {
        const auto open = SigningKey::load(file_with(private_text, mode));
        ASSERT_FALSE(open);
        EXPECT_NE(open.error().message.find("chmod 600"), std::string::npos);
    }
    EXPECT_FALSE(SigningKey::load("/nonexistent/key"));
    EXPECT_FALSE(SigningKey::load("/"));
    EXPECT_FALSE(SigningKey::load(file_with(std::string(100'000, 'a'))));
}

}  // namespace
}  // namespace meshcore::bridge::testing

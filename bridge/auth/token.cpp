// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/auth/token.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium.h>

#include <nlohmann/json.hpp>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view header_text = R"({"alg":"Ed25519","typ":"JWT"})";
/// 2023-11-14. A clock that is before has not been set.
constexpr std::int64_t earliest_time = 1'700'000'000;
constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_base64(std::string_view text) {
    std::string result(sodium_base64_encoded_len(text.size(), base64url), '\0');
    sodium_bin2base64(result.data(), result.size(), bytes_of(text).data(), text.size(), base64url);
    result.pop_back();  // the NUL
    return result;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string result(text.size(), '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(result.data()), result.size(), text.data(),
                          text.size(), nullptr, &length, &end, base64url) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    result.resize(length);
    return result;
}

std::optional<std::string> text_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::optional<std::int64_t> time_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

Result<void> take_claims(Token& token) {
    const Json claims = Json::parse(token.claims, nullptr, false);
    if (!claims.is_object()) return fail("its claims are no JSON object");
    const auto key = text_claim(claims, "publicKey");
    const auto bytes = key ? from_hex(*key) : std::nullopt;
    if (!bytes || bytes->size() != token.public_key.size())
        return fail("its claim publicKey is missing, or is not 64 hex digits");
    std::copy(bytes->begin(), bytes->end(), token.public_key.begin());
    const auto issued = time_claim(claims, "iat"), expires = time_claim(claims, "exp");
    if (!issued || !expires) return fail("its claims iat and exp are not both there as whole numbers");
    token.issued = *issued;
    token.expires = *expires;
    token.audience = text_claim(claims, "aud").value_or("");
    return {};
}

}  // namespace

std::string claim_time(std::int64_t seconds) {
    // gmtime() throws for years that no calendar has.
    constexpr std::int64_t far = 253'402'300'799;  // the end of 9999
    if (seconds < -far || seconds > far) return fmt::format("{} s since 1970", seconds);
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string token_username(const PublicKey& key) {
    return "v1_" + to_hex(key, HexCase::upper);
}

std::string token_to_sign(const PublicKey& key, const Claims& claims) {
    Json json;
    json["publicKey"] = to_hex(key, HexCase::upper);
    json["iat"] = claims.issued;
    json["exp"] = claims.expires;
    const auto add = [&](const char* name, const std::string& text) {
        if (!text.empty()) json[name] = clean_text(text);
    };
    add("aud", claims.audience);
    if (claims.verified_tls) {
        add("owner", claims.owner);
        add("email", lower_case(claims.email));
    }
    add("client", claims.client);
    return to_base64(header_text) + '.' + to_base64(json.dump());
}

Result<std::string> finish_token(const PublicKey& key, std::string to_sign, Bytes signature) {
    if (!verify_signature(key, bytes_of(to_sign), signature))
        return fail("the signature of the login token does not fit the key " +
                    to_hex(key, HexCase::upper));
    return std::move(to_sign) + '.' + to_hex(signature, HexCase::upper);
}

Result<std::string> mint(const SigningKey& key, const Claims& claims) {
    if (claims.issued < earliest_time)
        return fail(
            fmt::format("the clock says {}, which cannot be: a login token would be refused; "
                        "set the clock",
                        claim_time(claims.issued)));
    if (claims.expires <= claims.issued) return fail("a login token must expire after it was issued");
    std::string to_sign = token_to_sign(key.public_key(), claims);
    const Signature signature = key.sign(bytes_of(to_sign));
    return finish_token(key.public_key(), std::move(to_sign), signature);
}

Result<Token> read_token(std::string_view text) {
    constexpr const char* blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return fail("there is no token: the input is empty");
    text = text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
    const auto first = text.find('.');
    const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
        return fail("this is no token: expected three parts with dots between");
    const auto header = from_base64(text.substr(0, first));
    const auto claims = from_base64(text.substr(first + 1, second - first - 1));
    if (!header || !claims)
        return fail("this is no token: header or claims are not base64url without padding");
    Token token;
    token.header = clean_text(*header);
    token.claims = *claims;
    const Json head = Json::parse(*header, nullptr, false);
    if (!head.is_object() || text_claim(head, "alg") != "Ed25519")
        return fail("this is no token of MeshCore: its header does not say \"alg\":\"Ed25519\"");
    if (auto taken = take_claims(token); !taken)
        return fail("this is no token of MeshCore: " + taken.error().message);
    const auto signature = from_hex(text.substr(second + 1));
    if (!signature || signature->size() != std::tuple_size_v<Signature>)
        return fail("this is no token of MeshCore: its signature is not 128 hex digits");
    token.signature_ok =
        verify_signature(token.public_key, bytes_of(text.substr(0, second)), *signature);
    return token;
}

Result<void> verify_token(const Token& token, std::chrono::system_clock::time_point now,
                          std::string_view audience) {
    using std::chrono::seconds;
    const auto at = std::chrono::floor<seconds>(now.time_since_epoch()).count();
    if (!token.signature_ok) return fail("its signature does not fit the key in the token");
    if (at > token.expires) return fail("it expired at " + claim_time(token.expires));
    if (!audience.empty() && token.audience != audience)
        return fail(fmt::format("its audience is \"{}\", not \"{}\"", one_line(token.audience),
                                one_line(audience)));
    return {};
}

}  // namespace meshcore::bridge

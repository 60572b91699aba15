// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/auth/token_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bridge/auth/token.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::system_clock;

enum Exit { good = 0, not_valid = 1, unusable = 2 };

struct Arguments {
    std::string token_file = "-";
    std::string audience;
    std::string key_file;
    Claims claims;
    std::int64_t lifetime = 3600;
};

Exit complain(const Error& error) {
    fmt::print(stderr, "{}\n", error.message);
    return unusable;
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<std::string> read_input(const std::string& path) {
    constexpr std::size_t limit = 64 * 1024;
    std::unique_ptr<std::FILE, Close> file;
    if (path != "-") {
        file.reset(std::fopen(path.c_str(), "rbe"));
        // Whoever took the argument for the token itself is not shown it once more.
        if (!file && path.rfind("ey", 0) == 0 && path.find('.') != std::string::npos)
            return fail(
                "give the token in a file or on standard input, not as an argument, where "
                "every user can see it");
        if (!file) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
    std::string text(limit, '\0');
    std::FILE* from = file ? file.get() : stdin;
    text.resize(std::fread(text.data(), 1, limit, from));
    if (std::ferror(from)) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return text;
}

Result<Token> input_token(const Arguments& arguments) {
    const auto text = read_input(arguments.token_file);
    if (!text) return tl::unexpected<Error>(text.error());
    return read_token(*text);
}

/// Claims are a stranger's text: whatever is in them is shown escaped.
std::string shown(const std::string& json) {
    return Json::parse(json).dump(2, ' ', true, Json::error_handler_t::replace);
}

Exit inspect(const Arguments& arguments) {
    const auto token = input_token(arguments);
    if (!token) return complain(token.error());
    const auto now = system_clock::now();
    const auto valid = verify_token(*token, now, "");
    fmt::print("header {}\nclaims {}\n", one_line(token->header), shown(token->claims));
    fmt::print("user name {}\nissued {}\nexpires {}\n", token_username(token->public_key),
               claim_time(token->issued), claim_time(token->expires));
    fmt::print("signature {}\n", token->signature_ok ? "good" : "wrong");
    fmt::print("{}\n", valid ? "valid now" : "not valid: " + valid.error().message);
    return good;
}

Exit verify(const Arguments& arguments) {
    const auto token = input_token(arguments);
    if (!token) return complain(token.error());
    const auto valid = verify_token(*token, system_clock::now(), arguments.audience);
    fmt::print("{}\n", valid ? "valid" : "not valid: " + valid.error().message);
    return valid ? good : not_valid;
}

Exit mint_one(Arguments& arguments) {
    const auto key = SigningKey::load(arguments.key_file);
    if (!key) return complain(key.error());
    Claims& claims = arguments.claims;
    claims.issued = system_clock::to_time_t(system_clock::now());
    claims.expires = claims.issued + arguments.lifetime;
    claims.audience = arguments.audience;
    claims.verified_tls = true;  // who asks for owner and e-mail by hand, gets them
    const auto token = mint(*key, claims);
    if (!token) return complain(token.error());
    fmt::print("{}\n", *token);
    return good;
}

}  // namespace

int token_command(int argc, char** argv) {
    Arguments arguments;
    arguments.claims.client = "meshcore-bridge/" MESHCORE_VERSION;
    CLI::App app{"Login tokens of MQTT brokers, looked at and made by hand.", "meshcore-bridge token"};
    app.footer("Exit codes: 0 good; 1 the token is not valid; 2 it cannot be read or made.");
    app.require_subcommand(1);
    CLI::App* inspecting = app.add_subcommand("inspect", "show what a token says");
    CLI::App* verifying =
        app.add_subcommand("verify", "check signature, expiry and audience, as a broker does");
    CLI::App* minting =
        app.add_subcommand("mint", "make a token and print it: whoever has it can log in with it");
    for (CLI::App* reader : {inspecting, verifying})
        reader->add_option("file", arguments.token_file, "file with the token; \"-\" is standard input")
            ->type_name("FILE")
            ->capture_default_str();
    for (CLI::App* one : {verifying, minting})
        one->add_option("--audience", arguments.audience, "whom the token is for, mostly the host name")
            ->type_name("HOST");
    minting
        ->add_option("--key", arguments.key_file,
                     "file with the private key: 128 hex digits as \"get prv.key\" prints them, or a "
                     "seed of 64")
        ->type_name("FILE")
        ->required();
    minting->add_option("--ttl", arguments.lifetime, "seconds that the token is good for")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 31'536'000))
        ->capture_default_str();
    minting->add_option("--owner", arguments.claims.owner, "the owner's public key")->type_name("KEY");
    minting->add_option("--email", arguments.claims.email, "the owner's address")->type_name("ADDRESS");
    minting->add_option("--client", arguments.claims.client, "name of the client")
        ->type_name("NAME")
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? good : unusable;
    }
    if (inspecting->parsed()) return inspect(arguments);
    return verifying->parsed() ? verify(arguments) : mint_one(arguments);
}

}  // namespace meshcore::bridge

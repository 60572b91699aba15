// SPDX-License-Identifier: GPL-2.0-or-later
// Signatures that a companion makes: byte for byte what is written, and what its answers lead to. Then
// the session, with a radio of few words at the other end of a socket.
#include "extcap/radio/signing.h"

#include <gmock/gmock.h>
#include <sodium.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "extcap/radio/companion.h"
#include "extcap/radio/kiss.h"
#include "extcap/radio/session.h"
#include "extcap/radio/text_log.h"
#include "reading.h"

namespace meshcore::radio {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// Of RFC 8032, 7.1, test 1.
class Key {
public:
    Key() {
        const auto seed = *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        if (crypto_sign_seed_keypair(public_key.data(), secret_.data(), seed.data()) != 0) std::abort();
    }
    std::vector<std::uint8_t> sign(Bytes text) const {
        std::vector<std::uint8_t> signature(65, 0x14);
        crypto_sign_detached(signature.data() + 1, nullptr, text.data(), text.size(), secret_.data());
        return signature;
    }
    PublicKey public_key{};

private:
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_{};
};

const std::vector<std::uint8_t> ok{0}, table_full{1, 3}, bad_state{1, 4}, unsupported{1, 1},
    started{0x13, 0, 0, 0x20, 0, 0};

std::vector<std::uint8_t> text_of(std::size_t length) {
    std::vector<std::uint8_t> text(length);
    for (std::size_t i = 0; i < length; ++i) text[i] = static_cast<std::uint8_t>('a' + i % 26);
    return text;
}

std::string error(const Signing& signing) {
    return signing.result() && !*signing.result() ? signing.result()->error().message : "";
}

TEST(Signing, WritesTheseBytesAndNoOthers) {
    const Key key;
    const auto text = text_of(250);
    Signing signing{key.public_key, text};
    const auto piece = [&](std::size_t at, std::size_t length) {
        return "22" + to_hex(Bytes{text}.subspan(at, length));
    };
    EXPECT_EQ(to_hex(signing.command()), "3c010021");
    EXPECT_FALSE(signing.answered());
    signing.receive(started);
    EXPECT_TRUE(signing.answered());
    EXPECT_EQ(to_hex(signing.command()), "3c7900" + piece(0, 120));
    signing.receive(ok);
    EXPECT_EQ(to_hex(signing.command()), "3c7900" + piece(120, 120));
    signing.receive(ok);
    EXPECT_EQ(to_hex(signing.command()), "3c0b00" + piece(240, 10));
    signing.receive(ok);
    EXPECT_EQ(to_hex(signing.command()), "3c010023");
    EXPECT_FALSE(signing.result());
    const auto signature = key.sign(text);
    signing.receive(signature);
    ASSERT_TRUE(signing.result() && *signing.result());
    EXPECT_EQ(to_hex(**signing.result()), to_hex(Bytes{signature}.subspan(1)));
}

/// Up to `step` commands answered as they should be, then `answer`.
void run_to(Signing& signing, int step, const std::vector<std::uint8_t>& answer) {
    const std::vector<std::uint8_t> good[] = {started, ok};
    for (int i = 0; i < step; ++i) {
        signing.command();
        signing.receive(good[i]);
    }
    signing.command();
    signing.receive(answer);
}

TEST(Signing, BeginsAnewThreeTimesAtMost) {
    const Key key;
    const auto text = text_of(50);
    std::vector<std::uint8_t> cut(30, 0x14);
    const std::tuple<int, std::vector<std::uint8_t>, const char*> rows[] = {
        {0, bad_state, "error 4"},
        {1, bad_state, "error 4"},
        {1, table_full, "error 3"},
        {2, bad_state, "error 4"},
        {1, {1, 6}, "error 6"},
        {1, {1}, "error 0"},
        {2, cut, "cut off"},
        {2, key.sign(text_of(51)), "something else"},  // another client began its own text
    };
    for (const auto& [step, answer, words] : rows) {
        Signing signing{key.public_key, text};
        for (int attempt = 0; attempt < 3; ++attempt) {
            EXPECT_FALSE(signing.result());
            run_to(signing, step, answer);
        }
        EXPECT_THAT(error(signing), testing::AllOf(HasSubstr(words), HasSubstr("tried 3 times")));
        Signing lucky{key.public_key, text};
        for (int attempt = 0; attempt < 2; ++attempt) run_to(lucky, step, answer);
        run_to(lucky, 2, key.sign(text));
        EXPECT_TRUE(lucky.result() && *lucky.result()) << words;
    }
}

TEST(Signing, WhatItCannotSignIsToldAtOnce) {
    const Key key;
    Signing old{key.public_key, text_of(50)};
    run_to(old, 0, unsupported);
    EXPECT_EQ(error(old), "the radio's firmware cannot sign");
    Signing longest{key.public_key, text_of(8192)};
    run_to(longest, 0, started);
    EXPECT_FALSE(longest.result());
    Signing longer{key.public_key, text_of(8193)};
    run_to(longer, 0, started);
    EXPECT_THAT(error(longer), HasSubstr("8192 bytes at most"));
}

TEST(Signing, OnlyAnAnswerIsAnAnswer) {
    const Key key;
    const auto text = text_of(50);
    Signing signing{key.public_key, text};
    signing.receive(started);  // to nothing
    signing.command();
    for (const auto& other : {ok, key.sign(text), {0x88, 0, 0}, {0x83}, {0x18, 0}}) {
        signing.receive(other);
        EXPECT_FALSE(signing.answered());
    }
    signing.receive(started);
    signing.command();
    signing.receive(started);  // a late one
    EXPECT_FALSE(signing.answered());
    signing.receive(ok);
    signing.receive(ok);
    EXPECT_EQ(to_hex(signing.command()), "3c010023");
}

TEST(Signing, OnlyACompanionSignsAndOnlyWithItsOwnKey) {
    const Key key;
    const auto text = text_of(50);
    Companion companion;
    EXPECT_THAT(companion.sign(key.public_key, text).error().message, HasSubstr("has not said"));
    receive(companion, transcript("companion/seattle-tcp.bin"));
    EXPECT_THAT(companion.sign(key.public_key, text).error().message, HasSubstr("not with D75A98"));
    Kiss kiss;
    TextLog log;
    EXPECT_THAT(kiss.sign(key.public_key, text).error().message, HasSubstr("only a companion"));
    EXPECT_THAT(log.sign(key.public_key, text).error().message, HasSubstr("only a companion"));
    EXPECT_TRUE(can_sign("companion") && can_sign("auto"));
    EXPECT_FALSE(can_sign("kiss") || can_sign("log") || can_sign("nonsense"));
}

/// A session and its radio, in one thread. The radio answers what `answers` has for a command's code.
class Pair {
public:
    explicit Pair(SessionOptions options = {}) : acceptor_{io_, {asio::ip::address_v4::loopback(), 0}} {
        std::vector<std::uint8_t> self_info(58, 5);
        std::copy(key.public_key.begin(), key.public_key.end(), self_info.begin() + 4);
        answers[1] = self_info;
        accept();
        options.first_pause = milliseconds{1};
        session =
            std::make_unique<Session>(io_, TcpEndpoint{"127.0.0.1", acceptor_.local_endpoint().port()},
                                      std::make_unique<Companion>(), options,
                                      Session::Handlers{[](const Record&) {},
                                                        [this](SessionState state, const std::string&) {
                                                            states.push_back(state);
                                                            if (on_state) on_state(state);
                                                        }});
    }

    Session::OnSigned into(std::vector<std::string>& results) {
        return [&results](const Result<Signature>& signature) {
            results.push_back(signature ? to_hex(*signature) : signature.error().message);
        };
    }
    template <typename Condition>
    void run_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition() && std::chrono::steady_clock::now() < end)
            io_.run_one_for(milliseconds{50});
        ASSERT_TRUE(condition());
    }
    void hang_up() { socket_->close(); }
    bool was(SessionState state) const {
        return std::find(states.begin(), states.end(), state) != states.end();
    }
    /// The codes of the commands that it got.
    std::vector<int> codes() const {
        std::vector<int> codes;
        for (const auto& command : commands) codes.push_back(command[0]);
        return codes;
    }

    const Key key;
    std::map<int, std::vector<std::uint8_t>> answers{{0x16, {0x0d, 3}},    {5, {9, 0, 0, 0, 0}},
                                                     {0x14, {0x0c, 0, 0}}, {0x38, {1, 1}},
                                                     {0x21, started},      {0x22, ok}};
    std::vector<std::vector<std::uint8_t>> commands;
    std::vector<SessionState> states;
    std::function<void(SessionState)> on_state;
    int connections = 0;

private:
    asio::io_context io_;

public:
    std::unique_ptr<Session> session;  ///< ends before what it runs in

private:
    void accept() {
        acceptor_.async_accept(
            [this](const boost::system::error_code& error, asio::ip::tcp::socket peer) {
                if (error) return;
                ++connections;
                socket_ = std::make_shared<asio::ip::tcp::socket>(std::move(peer));
                read(socket_);
                accept();
            });
    }
    void read(const std::shared_ptr<asio::ip::tcp::socket>& socket) {
        header_.resize(3);
        asio::async_read(*socket, asio::buffer(header_),
                         [this, socket](const auto& error, std::size_t) {
                             if (error) return;
                             body_.resize(header_[1]);
                             asio::async_read(*socket, asio::buffer(body_),
                                              [this, socket](const auto& broken, std::size_t) {
                                                  if (broken) return;
                                                  commands.push_back(body_);
                                                  answer(*socket);
                                                  if (socket->is_open()) read(socket);
                                              });
                         });
    }
    void answer(asio::ip::tcp::socket& socket) {
        const int code = body_[0];
        if (code == 0x21) text_.clear();
        if (code == 0x22) text_.insert(text_.end(), body_.begin() + 1, body_.end());
        std::vector<std::uint8_t> message;
        if (const auto known = answers.find(code); known != answers.end())
            message = known->second;
        else if (code == 0x23)
            message = key.sign(text_);
        if (message.empty()) return;
        message.insert(message.begin(), {'>', static_cast<std::uint8_t>(message.size()), 0});
        asio::write(socket, asio::buffer(message));
    }

    asio::ip::tcp::acceptor acceptor_;
    std::shared_ptr<asio::ip::tcp::socket> socket_;
    std::vector<std::uint8_t> header_, body_, text_;
};

std::vector<std::uint8_t> bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(SessionSigning, NothingIsSignedUnasked) {
    Pair pair;
    pair.session->start();
    pair.run_until([&] { return pair.was(SessionState::identified); });
    EXPECT_THAT(pair.codes(), ElementsAre(0x16, 1, 5, 0x14, 0x38, 0x38, 0x38));
}

TEST(SessionSigning, AfterTheFirstQuestionsAndOneAfterTheOther) {
    Pair pair;
    std::vector<std::string> results;
    pair.on_state = [&](SessionState state) {
        if (state != SessionState::connected) return;
        for (const char* text : {"one", "two"})
            pair.session->sign(pair.key.public_key, bytes(text), pair.into(results));
    };
    pair.session->start();
    pair.run_until([&] { return results.size() == 2; });
    EXPECT_THAT(pair.codes(),
                ElementsAre(0x16, 1, 5, 0x14, 0x38, 0x38, 0x38, 0x21, 0x22, 0x23, 0x21, 0x22, 0x23));
    EXPECT_THAT(results, ElementsAre(to_hex(Bytes{pair.key.sign(bytes("one"))}.subspan(1)),
                                     to_hex(Bytes{pair.key.sign(bytes("two"))}.subspan(1))));
}

TEST(SessionSigning, SilenceIsAnErrorAfterThreeAttempts) {
    SessionOptions options;
    options.signing_timeout = milliseconds{20};
    Pair pair{options};
    pair.answers[0x22].clear();
    std::vector<std::string> results;
    pair.session->start();
    pair.run_until([&] { return pair.was(SessionState::identified); });
    pair.session->sign(pair.key.public_key, bytes("one"), pair.into(results));
    pair.run_until([&] { return !results.empty(); });
    EXPECT_THAT(results, ElementsAre(HasSubstr("does not answer, tried 3 times")));
    // And the radio can be asked again.
    pair.answers[0x22] = ok;
    pair.session->sign(pair.key.public_key, bytes("two"), pair.into(results));
    pair.run_until([&] { return results.size() == 2; });
    EXPECT_EQ(results[1], to_hex(Bytes{pair.key.sign(bytes("two"))}.subspan(1)));
}

TEST(SessionSigning, EndsWithTheConnection) {
    Pair pair;
    pair.answers[0x23].clear();
    std::vector<std::string> results;
    pair.session->sign(pair.key.public_key, bytes("none"), pair.into(results));
    EXPECT_THAT(results, ElementsAre(HasSubstr("not connected")));
    pair.session->start();
    pair.run_until([&] { return pair.was(SessionState::identified); });
    for (const char* text : {"one", "two"})
        pair.session->sign(pair.key.public_key, bytes(text), pair.into(results));
    pair.run_until([&] { return pair.commands.back()[0] == 0x23; });
    pair.hang_up();
    pair.run_until([&] { return results.size() == 3; });
    EXPECT_THAT(results[1], HasSubstr("connection to the radio ended"));
    EXPECT_TRUE(pair.was(SessionState::lost));  // said before
    EXPECT_EQ(results[1], results[2]);

    pair.run_until([&] { return pair.connections == 2 && pair.codes().back() == 0x38; });
    pair.session->sign(pair.key.public_key, bytes("three"), pair.into(results));
    pair.session->stop();
    EXPECT_THAT(results, testing::SizeIs(4));
    EXPECT_EQ(results[3], results[2]);
}

TEST(SessionSigning, ASilentRadioIsNotWaitedFor) {
    SessionOptions options;
    options.answer_timeout = milliseconds{10};
    Pair pair{options};
    pair.answers.clear();
    std::vector<std::string> results;
    pair.on_state = [&](SessionState state) {
        if (state == SessionState::connected)
            pair.session->sign(pair.key.public_key, bytes("one"), pair.into(results));
    };
    pair.session->start();
    pair.run_until([&] { return !results.empty(); });
    EXPECT_TRUE(pair.was(SessionState::silent));
    EXPECT_THAT(results, ElementsAre(HasSubstr("has not said which key")));
    EXPECT_THAT(pair.codes(), testing::Each(0x16));
}

}  // namespace
}  // namespace meshcore::radio

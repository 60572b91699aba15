// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/proxy.h"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <memory>
#include <vector>

namespace meshcore::bridge {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;
using Done = std::function<void(std::string)>;

std::string basic_login(const Proxy& proxy) {
    const std::string plain = proxy.username + ':' + proxy.password;
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(plain.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                      plain.size(), variant);
    text.pop_back();  // its NUL
    return "Basic " + text;
}

class HttpConnect : public std::enable_shared_from_this<HttpConnect> {
public:
    HttpConnect(Socket& socket, Done done) : socket_{socket}, done_{std::move(done)} {
        answer_.skip(true);  // what follows the header is the broker's
    }

    void start(const Proxy& proxy, const std::string& target) {
        request_ = {http::verb::connect, target, 11};
        request_.set(http::field::host, target);
        if (!proxy.username.empty()) request_.set(http::field::proxy_authorization, basic_login(proxy));
        http::async_write(socket_, request_,
                          [self = shared_from_this()](const error_code& problem, std::size_t) {
                              if (problem)
                                  return self->done_("the proxy does not listen: " + problem.message());
                              self->hear();
                          });
    }

private:
    void hear() {
        http::async_read_header(
            socket_, buffer_, answer_,
            [self = shared_from_this()](const error_code& problem, std::size_t) {
                if (problem)
                    return self->done_("the proxy does not answer as one: " + problem.message());
                self->decide(self->answer_.get().result_int());
            });
    }

    void decide(unsigned status) {
        if (status == 407) return done_("the proxy wants another user name or password");
        if (status / 100 != 2) return done_(fmt::format("the proxy answers {}", status));
        if (buffer_.size() > 0) return done_("the proxy says more than it should");
        done_({});
    }

    Socket& socket_;
    Done done_;
    http::request<http::empty_body> request_;
    http::response_parser<http::empty_body> answer_;
    boost::beast::flat_buffer buffer_;
};

class Socks5 : public std::enable_shared_from_this<Socks5> {
public:
    Socks5(Socket& socket, const Proxy& proxy, std::string host, std::uint16_t port, Done done)
        : socket_{socket}, proxy_{proxy}, host_{std::move(host)}, port_{port}, done_{std::move(done)} {}

    void start() {
        const bool login = !proxy_.username.empty();
        exchange(login ? std::string{"\x05\x02\x00\x02", 4} : std::string{"\x05\x01\x00", 3}, 2,
                 &Socks5::choose);
    }

private:
    using Next = void (Socks5::*)();

    /// Writes, reads so many bytes into answer_, and goes on.
    void exchange(std::string words, std::size_t count, Next next) {
        words_ = std::move(words);
        asio::async_write(socket_, asio::buffer(words_),
                          [self = shared_from_this(), count, next](const error_code& problem, auto) {
                              if (problem) return self->lost(problem);
                              self->read(count, next);
                          });
    }

    void read(std::size_t count, Next next) {
        answer_.assign(count, 0);
        asio::async_read(socket_, asio::buffer(answer_),
                         [self = shared_from_this(), next](const error_code& problem, auto) {
                             if (problem) return self->lost(problem);
                             (self.get()->*next)();
                         });
    }

    void lost(const error_code& problem) {
        done_("the proxy does not answer as one: " + problem.message());
    }

    void choose() {
        if (answer_[0] != 5) return done_("the proxy does not speak SOCKS 5");
        if (answer_[1] == 0) return ask();
        if (answer_[1] != 2 || proxy_.username.empty())
            return done_("the proxy wants a user name and a password");
        std::string words{'\x01'};
        for (const std::string& text : {proxy_.username, proxy_.password})
            words += static_cast<char>(text.size()) + text;
        exchange(std::move(words), 2, &Socks5::admitted);
    }

    void admitted() {
        if (answer_[1] != 0) return done_("the proxy wants another user name or password");
        ask();
    }

    void ask() {
        constexpr char connect_to_name[] = {5, 1, 0, 3};
        std::string words{connect_to_name, sizeof connect_to_name};
        words += static_cast<char>(host_.size()) + host_;
        words += {static_cast<char>(port_ >> 8), static_cast<char>(port_ & 0xFF)};
        exchange(std::move(words), 5, &Socks5::answered);
    }

    /// The first five bytes: version, reply, reserved, type of the address, its first byte.
    void answered() {
        constexpr const char* replies[] = {"",
                                           "it failed",
                                           "its rules do not allow it",
                                           "the network cannot be reached",
                                           "the broker's host cannot be reached",
                                           "the broker refuses the connection",
                                           "it took too long",
                                           "it does not know the command",
                                           "it does not know this kind of address"};
        const unsigned reply = answer_[1];
        if (reply != 0)
            return done_(fmt::format("the proxy does not connect: {}",
                                     reply < std::size(replies) ? replies[reply] : "it failed"));
        constexpr std::size_t port = 2, ipv4 = 4, ipv6 = 16;
        const std::size_t address = answer_[3] == 1   ? ipv4 - 1
                                    : answer_[3] == 4 ? ipv6 - 1
                                                      : std::size_t{answer_[4]};
        read(address + port, &Socks5::finish);
    }

    void finish() { done_({}); }

    Socket& socket_;
    const Proxy& proxy_;
    std::string host_;
    std::uint16_t port_;
    Done done_;
    std::string words_;
    std::vector<unsigned char> answer_;
};

/// "host:port", "[::1]:port"
bool parse_place(std::string_view text, Proxy& proxy) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    std::string_view host = text.substr(0, colon);
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const std::string_view port = text.substr(colon + 1);
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), proxy.port);
    proxy.host = host;
    return problem == std::errc{} && end == port.data() + port.size() && proxy.port != 0 &&
           !host.empty();
}

}  // namespace

Result<Proxy> parse_proxy(const std::string& text) {
    const auto wrong = [] {
        return fail("the proxy is no http://[user:password@]host:port or socks5://...");
    };
    Proxy proxy;
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return wrong();
    const std::string kind = text.substr(0, scheme);
    if (kind != "http" && kind != "socks5") return wrong();
    proxy.kind = kind == "http" ? Proxy::Kind::http : Proxy::Kind::socks5;
    std::string_view rest = std::string_view{text}.substr(scheme + 3);
    if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = rest.substr(0, at);
        const auto colon = login.find(':');
        proxy.username = login.substr(0, colon);
        if (colon != std::string_view::npos) proxy.password = login.substr(colon + 1);
        if (proxy.username.size() > 255 || proxy.password.size() > 255) return wrong();
        rest.remove_prefix(at + 1);
    }
    if (!parse_place(rest, proxy)) return wrong();
    return proxy;
}

void pass_proxy(Socket& socket, const Proxy& proxy, const std::string& host, std::uint16_t port,
                Done done) {
    if (proxy.kind == Proxy::Kind::socks5) {
        if (host.size() > 255) return done("the broker's name is too long for SOCKS");
        std::make_shared<Socks5>(socket, proxy, host, port, std::move(done))->start();
        return;
    }
    const bool ipv6 = host.find(':') != std::string::npos;
    std::make_shared<HttpConnect>(socket, std::move(done))
        ->start(proxy, ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port));
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/tunnel.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cctype>
#include <mutex>
#include <thread>

#include "bridge/mqtt/private_socket.h"
#include "bridge/mqtt/proxy.h"
#include "bridge/mqtt/tls.h"
#include "bridge/mqtt/tunnel_pump.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Tcp = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<Tcp>;

/// For connecting and both handshakes together.
constexpr std::chrono::seconds patience{25};

}  // namespace

std::optional<std::pair<std::string, std::string>> parse_header(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    const auto is_token = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string_view::npos;
    };
    const std::string_view name = text.substr(0, colon);
    std::string_view value = text.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (!std::all_of(name.begin(), name.end(), is_token) ||
        std::any_of(value.begin(), value.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
        return std::nullopt;
    return std::pair{std::string{name}, std::string{value}};
}

class Tunnel::Connection {
public:
    Connection(const BrokerConfig& config, const std::vector<std::string>& addresses, int wake)
        : config_{config}, wake_{wake} {
        if (auto proxy = parse_proxy(config.proxy)) proxy_ = std::move(*proxy);
        for (const std::string& address : addresses) {
            error_code problem;
            const auto parsed = asio::ip::make_address(address, problem);
            if (!problem) endpoints_.emplace_back(parsed, proxy_ ? proxy_->port : config.port);
        }
        thread_ = std::thread{[this] { run(); }};
    }
    ~Connection() {
        io_.stop();
        thread_.join();
    }

    std::optional<std::string> ready() const {
        const std::lock_guard lock{mutex_};
        return ready_;
    }
    std::optional<std::string> error() const {
        const std::lock_guard lock{mutex_};
        return error_;
    }

private:
    void run() {
        try {
            connect();
            io_.run();
        } catch (const std::exception& problem) {
            end(problem.what());
        }
    }

    void end(const std::string& why) {
        timer_.cancel();
        {
            const std::lock_guard lock{mutex_};
            if (!error_) error_ = why;
        }
        ::eventfd_write(wake_, 1);
    }

    void connect() {
        timer_.expires_after(patience);
        timer_.async_wait([this](const error_code& cancelled) {
            if (cancelled) return;
            end(fmt::format("{} within {} s", missing_, patience.count()));
            io_.stop();
        });
        asio::async_connect(tcp_, endpoints_, [this](const error_code& problem, const auto&) {
            if (problem) return end(problem.message());
            error_code ignored;
            tcp_.set_option(asio::ip::tcp::no_delay{true}, ignored);
            const unsigned silence = 30'000;  // without an acknowledgement, in milliseconds
            ::setsockopt(tcp_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof silence);
            if (!proxy_) return start_protocol();
            missing_ = "the proxy takes the connection but does not open the way";
            pass_proxy(tcp_, *proxy_, config_.server, config_.port, [this](const std::string& why) {
                if (!why.empty()) return end(why);
                start_protocol();
            });
        });
    }

    void start_protocol() {
        if (config_.tls.enabled)
            start_tls();
        else if (config_.transport == Transport::websockets)
            websocket_over(std::move(tcp_), plain_);
        else
            wait_for_client(tcp_);
    }

    void start_tls() {
        auto context = make_tls_context(config_.tls);
        if (!context) return end(context.error().message);
        context_.emplace(std::move(*context));
        tls_.emplace(std::move(tcp_), *context_);
        const std::string& name = config_.tls.server_name;
        missing_ = "the broker takes the connection but does not finish the TLS handshake";
        prepare_tls(tls_->native_handle(), config_.tls, name.empty() ? config_.server : name);
        tls_->async_handshake(Tls::client, [this](const error_code& problem) {
            if (problem) return end(tls_error_text(tls_->native_handle(), problem));
            if (const auto pinned = check_pin(tls_->native_handle(), config_.tls); !pinned)
                return end(pinned.error().message);
            if (config_.transport == Transport::websockets)
                websocket_over(std::move(*tls_), secure_);
            else
                wait_for_client(*tls_);
        });
    }

    template <typename Next>
    void websocket_over(Next next, std::optional<websocket::stream<Next>>& place) {
        place.emplace(std::move(next));
        place->binary(true);
        place->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, "mqtt");
            request.set(beast::http::field::user_agent, "meshcore-bridge/" MESHCORE_VERSION);
            for (const std::string& header : config_.websocket_headers)
                if (const auto field = parse_header(header)) request.set(field->first, field->second);
        }));
        missing_ = "the broker takes the connection but does not answer the WebSocket request";
        const int usual = config_.tls.enabled ? 443 : 80;
        const std::string host =
            config_.port == usual ? config_.server : fmt::format("{}:{}", config_.server, config_.port);
        place->async_handshake(response_, host, config_.websocket_path,
                               [this, &place](const error_code& problem) {
                                   if (problem) return end(websocket_error_text(problem));
                                   wait_for_client(*place);
                               });
    }

    std::string websocket_error_text(const error_code& problem) const {
        if (problem == websocket::error::upgrade_declined) {
            const std::string elsewhere =
                clean_text(response_[beast::http::field::location].to_string());
            return fmt::format("the broker answers {} to WebSocket path {}{}; check websocket_path",
                               response_.result_int(), config_.websocket_path,
                               elsewhere.empty() ? "" : " and sends us to " + one_line(elsewhere));
        }
        return fmt::format("the WebSocket handshake fails: {}", problem.message());
    }

    template <typename Stream>
    void wait_for_client(Stream& stream) {
        timer_.cancel();
        door_.emplace(io_);
        door_->acceptor().async_accept([this, &stream](const error_code& problem, LocalSocket local) {
            door_.reset();
            if (problem) return end(problem.message());
            const auto on_end = [this](const std::string& why) {
                end(why);
                io_.stop();
            };
            std::make_shared<Pump<Stream>>(stream, std::move(local), config_.mqtt_version, on_end)
                ->start();
        });
        {
            const std::lock_guard lock{mutex_};
            ready_ = door_->path();
        }
        ::eventfd_write(wake_, 1);
    }

    const BrokerConfig& config_;
    int wake_;
    std::optional<Proxy> proxy_;
    asio::io_context io_;
    asio::steady_timer timer_{io_};
    const char* missing_ = "no answer";  ///< if it does not come in time
    std::vector<asio::ip::tcp::endpoint> endpoints_;
    std::optional<asio::ssl::context> context_;
    Tcp tcp_{io_};
    std::optional<Tls> tls_;
    std::optional<websocket::stream<Tcp>> plain_;
    std::optional<websocket::stream<Tls>> secure_;
    websocket::response_type response_;
    std::optional<PrivateSocket> door_;

    mutable std::mutex mutex_;
    std::optional<std::string> ready_, error_;
    std::thread thread_;
};

Tunnel::Tunnel(const BrokerConfig& config, std::vector<std::string> addresses, int wake)
    : connection_{std::make_unique<Connection>(config, addresses, wake)} {}

Tunnel::~Tunnel() = default;

std::optional<std::string> Tunnel::ready() const {
    return connection_->ready();
}

std::optional<std::string> Tunnel::error() const {
    return connection_->error();
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/link_tcp.h"

#include <fmt/format.h>
#include <netinet/tcp.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "extcap/radio/link_stream.h"
#include "extcap/radio/port_owner.h"

namespace meshcore::radio {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

void set_keepalive(tcp::socket& socket) {
    const auto set = [&socket](int level, int option, int value) {
        ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string text(const tcp::endpoint& endpoint) {
    return to_string(TcpEndpoint{endpoint.address().to_string(), endpoint.port()});
}

std::string connect_error(const std::string& name, const error_code& error) {
    const char* advice = "check address and port, and that the radio is on the network";
    if (error == asio::error::connection_refused) advice = "is it switched on there, and on this port?";
    return fmt::format("cannot connect to {}: {}; {}", name, error.message(), advice);
}

class TcpLink final : public StreamLink<tcp::socket> {
public:
    TcpLink(asio::io_context& io, const TcpEndpoint& endpoint)
        : StreamLink(io, to_string(endpoint)), endpoint_(endpoint) {}
    ~TcpLink() override { close(); }

    void open(std::chrono::milliseconds timeout, OnOpen done) override {
        attempt_ = std::make_shared<Attempt>(io_, std::move(done));
        attempt_->timer.expires_after(timeout);
        attempt_->timer.async_wait([attempt = attempt_, state = state_, name = name_,
                                    timeout](const error_code& error) {
            if (error || !attempt->done) return;
            error_code ignored;
            state->stream.close(ignored);
            attempt->finish(
                fail(fmt::format("cannot connect to {}: no answer within {} s; check address and port, "
                                 "and that the radio is on the network",
                                 name, static_cast<double>(timeout.count()) / 1000)));
        });
        // An address needs no look-up, whose thread nobody can interrupt.
        error_code no_address;
        const auto address = asio::ip::make_address(endpoint_.host, no_address);
        if (!no_address) {
            const std::vector<tcp::endpoint> one{{address, endpoint_.port}};
            connect(attempt_, state_, name_, one, endpoint_.serves_many);
            return;
        }
        attempt_->resolver.async_resolve(
            endpoint_.host, std::to_string(endpoint_.port),
            [attempt = attempt_, state = state_, name = name_, host = endpoint_.host,
             many = endpoint_.serves_many](const error_code& error,
                                           const tcp::resolver::results_type& found) {
                if (!attempt->done) return;
                if (error)
                    return attempt->finish(fail(fmt::format(
                        "cannot find the host '{}': {}; check its name", host, error.message())));
                std::vector<tcp::endpoint> endpoints;
                for (const auto& entry : found) endpoints.push_back(entry.endpoint());
                connect(attempt, state, name, endpoints, many);
            });
    }

    void close() override {
        state_->closed = true;
        if (attempt_) {
            attempt_->finish(std::nullopt);
            attempt_->notice.reset();
        }
        error_code ignored;
        state_->stream.close(ignored);
    }

    bool can_lose_bytes() const override { return false; }

private:
    /// Whoever comes first, answer, timeout or close(), finishes it.
    struct Attempt {
        Attempt(asio::io_context& io, OnOpen handler)
            : resolver(io), timer(io), done(std::move(handler)) {}

        void finish(std::optional<Result<void>> result) {
            if (!done) return;
            timer.cancel();
            resolver.cancel();
            const OnOpen handler = std::exchange(done, nullptr);
            if (result) handler(*result);
        }

        tcp::resolver resolver;
        asio::steady_timer timer;
        OnOpen done;
        std::optional<Notice> notice;  ///< that the radio is ours
    };

    static void connect(const std::shared_ptr<Attempt>& attempt, const std::shared_ptr<State>& state,
                        const std::string& name, const std::vector<tcp::endpoint>& endpoints,
                        bool serves_many) {
        if (!serves_many)
            for (const tcp::endpoint& endpoint : endpoints)
                if (const auto owner = radio_owner(text(endpoint)))
                    return asio::post(
                        state->stream.get_executor(),
                        [attempt, line = in_use(name, owner)] { attempt->finish(fail(line)); });
        asio::async_connect(
            state->stream, endpoints,
            [attempt, state, name, serves_many](const error_code& error, const tcp::endpoint& reached) {
                if (!attempt->done) return;
                if (error) return attempt->finish(fail(connect_error(name, error)));
                set_keepalive(state->stream);
                if (!serves_many) attempt->notice.emplace(Notice::Kind::radio, text(reached));
                attempt->finish(Result<void>{});
            });
    }

    TcpEndpoint endpoint_;
    std::shared_ptr<Attempt> attempt_;
};

}  // namespace

std::unique_ptr<Link> make_tcp_link(asio::io_context& io, const TcpEndpoint& endpoint) {
    return std::make_unique<TcpLink>(io, endpoint);
}

}  // namespace meshcore::radio

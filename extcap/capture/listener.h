// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "dissector/core/result.h"

namespace meshcore::capture {

struct HostAndPort {
    std::string host;
    std::uint16_t port;
};
/// "127.0.0.1:5555", "[::1]:5555" or "name:5555".
Result<HostAndPort> parse_host_and_port(const std::string& text);

std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

/// A TCP port that takes whoever comes, for as long as it lives.
class Listener {
public:
    using OnSocket = std::function<void(boost::asio::ip::tcp::socket)>;

    /// `io` must outlive it.
    explicit Listener(boost::asio::io_context& io) : acceptor_(io), pause_(io) {}

    /// Binds; port 0 takes a free one.
    boost::system::error_code open(const HostAndPort& where);
    /// After open().
    void accept(OnSocket on_socket);

    boost::asio::ip::tcp::endpoint endpoint() const;
    /// Nobody but this machine can connect.
    bool is_private() const { return endpoint().address().is_loopback(); }

private:
    void accept_next();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    OnSocket on_socket_;
};

}  // namespace meshcore::capture

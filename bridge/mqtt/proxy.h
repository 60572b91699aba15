// SPDX-License-Identifier: GPL-2.0-or-later
// Proxies on the way to a broker: HTTP with CONNECT, and SOCKS 5 (RFC 1928, 1929). The broker's name is
// looked up by the proxy.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "dissector/core/result.h"

namespace meshcore::bridge {

struct Proxy {
    enum class Kind { http, socks5 };

    Kind kind = Kind::http;
    std::string host;
    std::uint16_t port = 0;
    std::string username, password;  ///< both may be empty
};

/// "http://host:port", "socks5://user:password@[::1]:1080". The error does not repeat the text.
Result<Proxy> parse_proxy(const std::string& text);

/// Asks the proxy at the other end of `socket` for a connection to the broker. `done` gets what went
/// wrong, nothing if it is there. Socket and proxy must live until then; closing the socket ends it.
void pass_proxy(boost::asio::ip::tcp::socket& socket, const Proxy& proxy, const std::string& host,
                std::uint16_t port, std::function<void(std::string problem)> done);

}  // namespace meshcore::bridge

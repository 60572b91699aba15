// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/listener.h"

#include <fmt/format.h>

#include <charconv>

namespace meshcore::capture {

using boost::asio::ip::tcp;
using boost::system::error_code;

Result<HostAndPort> parse_host_and_port(const std::string& text) {
    const auto colon = text.rfind(':');
    unsigned port = 65536;
    if (colon != std::string::npos) {
        const char* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
        if (parsed.ec != std::errc{} || parsed.ptr != end) port = 65536;
    }
    std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty() || port > 65535)
        return fail(fmt::format("'{}' is no HOST:PORT, as in 127.0.0.1:5555", text));
    return HostAndPort{host, static_cast<std::uint16_t>(port)};
}

std::string to_text(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    return fmt::format(fmt::runtime(address.is_v6() ? "[{}]:{}" : "{}:{}"), address.to_string(),
                       endpoint.port());
}

error_code Listener::open(const HostAndPort& where) {
    error_code error;
    const auto found = tcp::resolver{acceptor_.get_executor()}.resolve(
        where.host, std::to_string(where.port), tcp::resolver::passive, error);
    if (error) return error;
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

void Listener::accept(OnSocket on_socket) {
    on_socket_ = std::move(on_socket);
    accept_next();
}

void Listener::accept_next() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (error) {
            // Too many open files, most likely: no use in trying again at once.
            pause_.expires_after(std::chrono::seconds{1});
            pause_.async_wait([this](const error_code& stopped) {
                if (!stopped) accept_next();
            });
            return;
        }
        on_socket_(std::move(socket));
        accept_next();
    });
}

tcp::endpoint Listener::endpoint() const {
    error_code ignored;
    return acceptor_.local_endpoint(ignored);
}

}  // namespace meshcore::capture

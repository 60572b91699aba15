// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/link.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "extcap/radio/link_serial.h"
#include "extcap/radio/link_tcp.h"

namespace meshcore::radio {

std::string to_string(const Endpoint& endpoint) {
    if (const auto* serial = std::get_if<SerialEndpoint>(&endpoint)) {
        if (serial->alternatives.empty()) return serial->path;
        return fmt::format("{} or {}", serial->path, fmt::join(serial->alternatives, " or "));
    }
    const auto& tcp = std::get<TcpEndpoint>(endpoint);
    const bool is_ipv6 = tcp.host.find(':') != std::string::npos;
    return fmt::format(fmt::runtime(is_ipv6 ? "[{}]:{}" : "{}:{}"), tcp.host, tcp.port);
}

std::unique_ptr<Link> make_link(asio::io_context& io, const Endpoint& endpoint) {
    if (const auto* serial = std::get_if<SerialEndpoint>(&endpoint))
        return make_serial_link(io, *serial);
    return make_tcp_link(io, std::get<TcpEndpoint>(endpoint));
}

}  // namespace meshcore::radio

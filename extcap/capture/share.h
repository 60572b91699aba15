// SPDX-License-Identifier: GPL-2.0-or-later
// A capture that others look into while it runs: pcap over TCP, for Wireshark (-i TCP@host:port),
// meshcore-attach and the bridge. Each reader gets the stream header and the last device report first.
// A reader that is too slow loses records of its own, which are counted and told to it; the capture and
// the other readers lose none and wait for nobody.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "dissector/core/result.h"
#include "extcap/radio/port_owner.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

struct HostAndPort {
    std::string host;
    std::uint16_t port;
};
/// "127.0.0.1:5555", "[::1]:5555" or "name:5555".
Result<HostAndPort> parse_host_and_port(const std::string& text);

class Share {
public:
    /// One line for a log: a reader came, went, or loses records.
    using OnEvent = std::function<void(const std::string& line)>;

    /// `address` is HOST:PORT; port 0 takes a free one. Warns through `on_event` if others than this
    /// machine can connect: a capture is for everybody who can.
    static Result<std::unique_ptr<Share>> listen(boost::asio::io_context& io,
                                                 const std::string& address, OnEvent on_event);
    ~Share();

    void publish(const Record& record);
    /// HOST:PORT as it is bound.
    std::string address() const;
    std::size_t readers() const { return readers_.size(); }

private:
    class Reader;
    using Chunk = std::shared_ptr<const std::vector<std::uint8_t>>;

    Share(boost::asio::io_context& io, OnEvent on_event);
    void accept();
    void remove_gone();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    OnEvent on_event_;
    std::list<std::shared_ptr<Reader>> readers_;
    Chunk last_report_;
    std::optional<radio::Notice> notice_;
};

}  // namespace meshcore::capture

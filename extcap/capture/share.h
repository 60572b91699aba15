// SPDX-License-Identifier: GPL-2.0-or-later
// A capture that others look into while it runs: pcap over TCP, for Wireshark (-i TCP@host:port),
// meshcore-attach and the bridge. Each reader gets the stream header and the last device report first.
// A reader that is too slow loses records of its own, which are counted and told to it; the capture and
// the other readers lose none and wait for nobody.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "dissector/core/result.h"
#include "extcap/capture/listener.h"
#include "extcap/radio/port_owner.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

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
    void add(boost::asio::ip::tcp::socket socket);
    void remove_gone();

    Listener listener_;
    OnEvent on_event_;
    std::list<std::shared_ptr<Reader>> readers_;
    Chunk last_report_;
    std::optional<radio::Notice> notice_;
};

}  // namespace meshcore::capture

// SPDX-License-Identifier: GPL-2.0-or-later
// A way to a radio: bytes in, bytes out, asynchronous on an asio::io_context. One operation of a kind
// at a time. close() ends what is under way; its handlers get an error or are not called any more.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "dissector/core/bytes.h"
#include "dissector/core/result.h"

namespace meshcore::radio {

namespace asio = boost::asio;

struct TcpEndpoint {
    std::string host;  ///< name or address
    std::uint16_t port = 5000;
    bool serves_many = false;  ///< a radio serves one, and drops it for the next
};
struct SerialEndpoint {
    std::string path;        ///< /dev/ttyUSB0; "ttyUSB0" is taken as well
    unsigned baud = 115200;  ///< 8N1, no flow control
    /// Tried in their order when `path` does not open.
    std::vector<std::string> alternatives = {};
};
using Endpoint = std::variant<TcpEndpoint, SerialEndpoint>;

/// "/dev/ttyUSB0" or "192.0.2.7:5000", for messages.
std::string to_string(const Endpoint& endpoint);

class Link {
public:
    using OnOpen = std::function<void(Result<void>)>;
    using OnRead = std::function<void(Result<std::size_t>)>;  ///< bytes read, never 0

    virtual ~Link() = default;
    /// `timeout` bounds name look-up and connecting together.
    virtual void open(std::chrono::milliseconds timeout, OnOpen done) = 0;
    /// Reads what is there, at least a byte. The buffer must live until the handler is called.
    virtual void read(std::span<std::uint8_t> buffer, OnRead done) = 0;
    /// Queues the bytes (a copy); a failure shows in the read.
    virtual void write(Bytes bytes) = 0;
    virtual void close() = 0;
    /// A serial line drops bytes when nobody takes them, TCP does not.
    virtual bool can_lose_bytes() const = 0;
};

std::unique_ptr<Link> make_link(asio::io_context& io, const Endpoint& endpoint);

}  // namespace meshcore::radio

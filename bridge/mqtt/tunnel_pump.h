// SPDX-License-Identifier: GPL-2.0-or-later
// Carries bytes between a broker's stream and a local socket, both ways, until one of them ends.
#pragma once

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <memory>

namespace meshcore::bridge {

using LocalSocket = boost::asio::local::stream_protocol::socket;

/// A WebSocket takes one message, other streams take bytes.
template <typename Next, typename Handler>
void write_all(boost::beast::websocket::stream<Next>& stream, boost::asio::const_buffer data,
               Handler handler) {
    stream.async_write(data, std::move(handler));
}
template <typename Stream, typename Handler>
void write_all(Stream& stream, boost::asio::const_buffer data, Handler handler) {
    boost::asio::async_write(stream, data, std::move(handler));
}

template <typename Stream>
class Pump : public std::enable_shared_from_this<Pump<Stream>> {
public:
    using Error = boost::system::error_code;

    /// `on_end` is called once, with the first error.
    Pump(Stream& remote, LocalSocket local, std::function<void(const Error&, bool remote)> on_end)
        : remote_{remote}, local_{std::move(local)}, on_end_{std::move(on_end)} {}

    void start() {
        from_remote();
        from_local();
    }

private:
    void from_remote() {
        remote_.async_read_some(
            boost::asio::buffer(inward_),
            [self = this->shared_from_this()](const Error& error, std::size_t count) {
                if (error) return self->end(error, true);
                self->to_local(count);
            });
    }
    void to_local(std::size_t count) {
        boost::asio::async_write(local_, boost::asio::buffer(inward_, count),
                                 [self = this->shared_from_this()](const Error& error, std::size_t) {
                                     if (error) return self->end(error, false);
                                     self->from_remote();
                                 });
    }
    void from_local() {
        local_.async_read_some(
            boost::asio::buffer(outward_),
            [self = this->shared_from_this()](const Error& error, std::size_t count) {
                if (error) return self->end(error, false);
                self->to_remote(count);
            });
    }
    void to_remote(std::size_t count) {
        write_all(remote_, boost::asio::buffer(outward_, count),
                  [self = this->shared_from_this()](const Error& error, std::size_t) {
                      if (error) return self->end(error, true);
                      self->from_local();
                  });
    }
    void end(const Error& error, bool remote) {
        if (ended_) return;
        ended_ = true;
        on_end_(error, remote);
        Error ignored;
        local_.close(ignored);
    }

    Stream& remote_;
    LocalSocket local_;
    std::function<void(const Error&, bool)> on_end_;
    bool ended_ = false;
    std::array<char, 16384> inward_, outward_;
};

}  // namespace meshcore::bridge

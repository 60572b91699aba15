// SPDX-License-Identifier: GPL-2.0-or-later
// Carries bytes between a broker's stream and a local socket, both ways, until one of them ends; those
// from the broker in whole packets.
#pragma once

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <memory>

#include "bridge/mqtt/packet_guard.h"
#include "bridge/mqtt/tunnel.h"

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

    /// `on_end` is called once, with the first error in words.
    Pump(Stream& remote, LocalSocket local, MqttVersion version,
         std::function<void(const std::string&)> on_end)
        : remote_{remote}, local_{std::move(local)}, guard_{version}, on_end_{std::move(on_end)} {}

    void start() {
        from_remote();
        from_local();
    }

private:
    void from_remote() {
        remote_.async_read_some(
            boost::asio::buffer(inward_),
            [self = this->shared_from_this()](const Error& error, std::size_t count) {
                if (error) return self->end(remote_text(error));
                self->to_local({self->inward_.data(), count});
            });
    }
    void to_local(std::string_view bytes) {
        const auto packets = guard_.take(bytes);
        if (!packets) return end(packets.error().message);
        if (packets->empty()) return from_remote();
        boost::asio::async_write(local_, boost::asio::buffer(*packets),
                                 [self = this->shared_from_this()](const Error& error, std::size_t) {
                                     if (error) return self->end(Tunnel::hung_up);
                                     self->from_remote();
                                 });
    }
    void from_local() {
        local_.async_read_some(
            boost::asio::buffer(outward_),
            [self = this->shared_from_this()](const Error& error, std::size_t count) {
                if (error) return self->end(Tunnel::hung_up);
                self->to_remote(count);
            });
    }
    void to_remote(std::size_t count) {
        write_all(remote_, boost::asio::buffer(outward_, count),
                  [self = this->shared_from_this()](const Error& error, std::size_t) {
                      if (error) return self->end(remote_text(error));
                      self->from_local();
                  });
    }

    static std::string remote_text(const Error& error) {
        namespace asio = boost::asio;
        const bool closed = error == asio::error::eof || error == asio::error::connection_reset ||
                            error == asio::error::broken_pipe ||
                            error == asio::ssl::error::stream_truncated ||
                            error == boost::beast::websocket::error::closed;
        return closed ? Tunnel::hung_up : error.message();
    }

    void end(const std::string& why) {
        if (ended_) return;
        ended_ = true;
        on_end_(why);
        Error ignored;
        local_.close(ignored);
    }

    Stream& remote_;
    LocalSocket local_;
    PacketGuard guard_;
    std::function<void(const std::string&)> on_end_;
    bool ended_ = false;
    std::array<char, 16384> inward_, outward_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// Reading and writing, the same for a socket and a serial port. Stream is an asio one.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <vector>

#include "extcap/radio/link.h"

namespace meshcore::radio {

template <typename Stream>
class StreamLink : public Link {
public:
    StreamLink(asio::io_context& io, std::string name)
        : io_(io), name_(std::move(name)), state_(std::make_shared<State>(io)) {}
    ~StreamLink() override { state_->closed = true; }

    void read(std::span<std::uint8_t> buffer, OnRead done) override {
        state_->stream.async_read_some(
            asio::buffer(buffer.data(), buffer.size()),
            [state = state_, name = name_, done = std::move(done)](
                const boost::system::error_code& error, std::size_t count) {
                if (state->closed) return;
                if (!error) return done(count);
                done(fail(error == asio::error::eof ? name + " closed the connection"
                                                    : name + ": " + error.message()));
            });
    }

    void write(Bytes bytes) override {
        state_->queue.emplace_back(bytes.begin(), bytes.end());
        if (state_->queue.size() == 1) write_first(state_);
    }

protected:
    /// Outlives the link while operations are under way.
    struct State {
        explicit State(asio::io_context& io) : stream(io) {}
        Stream stream;
        std::deque<std::vector<std::uint8_t>> queue;
        bool closed = false;
    };

    asio::io_context& io_;
    std::string name_;
    std::shared_ptr<State> state_;

private:
    static void write_first(const std::shared_ptr<State>& state) {
        asio::async_write(state->stream, asio::buffer(state->queue.front()),
                          [state](const boost::system::error_code& error, std::size_t) {
                              state->queue.pop_front();
                              if (error) state->queue.clear();
                              if (!state->queue.empty() && !state->closed) write_first(state);
                          });
    }
};

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
// A radio that is kept: connects, asks what the protocol's table allows, hands out each record before
// the next read, writes device reports, reconnects with growing pauses. Runs on the io_context of its
// owner, in one thread; nothing polls.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "extcap/radio/link.h"
#include "extcap/radio/protocol.h"

namespace meshcore::radio {

struct SessionOptions {
    std::chrono::seconds stats_interval{300};  ///< between device reports; 0 for none
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds answer_timeout{3'000};  ///< for all answers together
    std::chrono::milliseconds first_pause{1'000};     ///< before reconnecting; doubles each time
    std::chrono::milliseconds longest_pause{60'000};
};

enum class SessionState {
    connected,    ///< the link is open; the line says to what
    identified,   ///< the radio has answered (or has not, and the line says so); report written
    unreachable,  ///< an attempt to connect failed; the next one follows after a pause
    lost          ///< the connection ended; reconnecting
};

class Session {
public:
    struct Handlers {
        /// Frames and device reports, in the order of their arrival.
        OnRecord on_record;
        /// One line for a person or a log. The owner may call stop() in it.
        std::function<void(SessionState, const std::string& line)> on_state;
    };

    /// `io` must outlive the session.
    Session(asio::io_context& io, Endpoint endpoint, std::unique_ptr<Protocol> protocol,
            SessionOptions options, Handlers handlers);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start();
    /// Closes the link; no handler is called after it returns.
    void stop();

    const Protocol& protocol() const { return *protocol_; }

private:
    void connect();
    void opened(const Result<void>& result);
    void read();
    void received(std::size_t count);
    void lost(const std::string& why);
    void retry();
    void ask_round(bool periodic);
    void ask_next();
    void round_done();
    void report(std::string_view event);
    void schedule_report();
    void state(SessionState state, const std::string& line);

    asio::io_context& io_;
    Endpoint endpoint_;
    std::unique_ptr<Protocol> protocol_;
    SessionOptions options_;
    Handlers handlers_;
    std::unique_ptr<Link> link_;
    asio::steady_timer retry_timer_;
    asio::steady_timer answer_timer_;
    asio::steady_timer report_timer_;
    asio::steady_timer silence_timer_;
    std::chrono::milliseconds pause_;
    std::array<std::uint8_t, 4096> buffer_{};
    std::size_t next_query_ = 0;
    bool asking_ = false;
    bool periodic_round_ = false;
    bool connected_once_ = false;
    bool stopped_ = false;
};

}  // namespace meshcore::radio

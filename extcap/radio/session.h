// SPDX-License-Identifier: GPL-2.0-or-later
// A radio that is kept: connects, asks what the protocol's table allows, has it sign what its owner
// wants signed, hands out each record before the next read, writes device reports, reconnects with
// growing pauses. Runs on the io_context of its
// owner, in one thread; nothing polls.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>

#include "extcap/radio/link.h"
#include "extcap/radio/protocol.h"
#include "extcap/radio/signing.h"

namespace meshcore::radio {

struct SessionOptions {
    std::chrono::seconds stats_interval{300};  ///< between device reports; 0 for none
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds answer_timeout{2'000};  ///< of each query
    /// Of each step of a signature: Ed25519 takes a small processor its time.
    std::chrono::milliseconds signing_timeout{15'000};
    /// While it is found out which protocol the radio speaks (detector.h): before the first question,
    /// and after each. With three questions that is less than 3 s.
    std::chrono::milliseconds listening{300};
    std::chrono::milliseconds detecting{850};
    std::chrono::milliseconds first_pause{1'000};  ///< before reconnecting or asking again; doubles
    std::chrono::milliseconds longest_pause{60'000};
};

enum class SessionState {
    connected,    ///< the link is open, and its protocol known; the line says to what
    identified,   ///< the radio has said who it is
    silent,       ///< it has not answered twice; its frames are captured all the same
    unreachable,  ///< an attempt to connect failed; the next one follows after a pause
    unusable,     ///< what is there is no such radio; the next attempt follows after a pause
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
    /// Hands out what is whole and closes the link; no handler is called after it returns.
    void stop();

    using OnSigned = std::function<void(Result<Signature>)>;
    /// Has the radio sign `text` with its own key, which must be `key`, when it has said who it is and
    /// between other questions; one text after the other. `done` is called once: with an error if the
    /// radio cannot, will not, or is not connected, or when the connection ends or stop() is called.
    void sign(const PublicKey& key, std::vector<std::uint8_t> text, OnSigned done);

    const Protocol& protocol() const { return *protocol_; }

private:
    /// Guards a handler: it does nothing once the link that it belongs to has been dropped.
    template <typename Handler>
    auto while_linked(Handler handler) {
        return
            [linked = std::weak_ptr<int>{linked_}, handler = std::move(handler)](auto&&... arguments) {
                if (!linked.expired()) handler(std::forward<decltype(arguments)>(arguments)...);
            };
    }
    template <typename Handler>
    void after(asio::steady_timer& timer, std::chrono::milliseconds pause, Handler handler) {
        timer.expires_after(pause);
        timer.async_wait(
            while_linked([handler = std::move(handler)](const boost::system::error_code& error) {
                if (!error) handler();
            }));
    }

    void connect();
    void read();
    void received(std::size_t count);
    void drop_link();
    void hand_out_held();
    void retry();
    void lost(const std::string& why);

    void opened();
    void detect();
    void nothing_detected();
    bool can_ask(const Query& query) const;
    void go_on();
    void round_due();
    void ask_round();
    void ask_next();
    void no_answer();
    void round_done();
    void begin_signature();
    void sign_on();
    void signature_done(const Result<Signature>& result);
    void report(std::string_view event);
    void state(SessionState state, const std::string& line);

    asio::io_context& io_;
    Endpoint endpoint_;
    std::unique_ptr<Protocol> protocol_;
    SessionOptions options_;
    Handlers handlers_;
    std::unique_ptr<Link> link_;
    std::shared_ptr<int> linked_;  // lives as long as the link
    asio::steady_timer retry_timer_;
    asio::steady_timer answer_timer_;
    asio::steady_timer round_timer_;
    asio::steady_timer silence_timer_;
    std::chrono::milliseconds pause_;
    std::array<std::uint8_t, 4096> buffer_{};
    std::string_view event_;  // of the next report
    std::size_t next_query_ = 0;
    std::size_t answers_ = 0;               // in this round
    std::uint64_t bytes_before_round_ = 0;  // of detecting
    bool open_ = false;                     // and the protocol is known
    bool asking_ = false;                   // a round
    bool round_due_ = false;
    bool introduced_ = false;            // it has said who it is, or will not
    bool repeating_ = false;             // the round asks only what changes
    std::size_t unanswered_rounds_ = 0;  // since it was opened
    std::chrono::milliseconds ask_again_{};

    struct Wanted {
        PublicKey key;
        std::vector<std::uint8_t> text;
        OnSigned done;
    };
    std::deque<Wanted> wanted_;   // signatures, the first one perhaps under way
    Signing* signing_ = nullptr;  // of the protocol
};

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
// One broker: its queue, its thread, its connection, its pauses. Whatever happens to it happens to no
// other one.
//
//   asleep ──> signing ──> resolving ──> connecting ──> greeting ──> online ──> leaving ──> finished
//     ^___________|____________|____________|____________|___________|
//             a pause, growing, longer after a refused login
//
// Signing is for logins that the radio signs: nothing is connected to before it has.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "bridge/auth/radio_signer.h"
#include "bridge/auth/signing_key.h"
#include "bridge/counters.h"
#include "bridge/mqtt/backoff.h"
#include "bridge/mqtt/client.h"
#include "bridge/mqtt/destination.h"
#include "bridge/mqtt/resolver.h"
#include "bridge/mqtt/tunnel.h"
#include "bridge/spool/outbox.h"

namespace meshcore::bridge {

/// What others may know of a broker at a moment.
struct BrokerReport : BrokerCounters {
    bool durable = false;  ///< what waits survives the end of the process
    bool online = false;
    bool failed = false;         ///< has been tried, and is not to be had at the moment
    bool needs_radio = false;    ///< waits until the radio is connected, which is to sign the login
    SteadyTime offline_since{};  ///< while not online
};

class Broker : public Destination {
public:
    /// `client_id` makes the id once the observer's key is known. `on_change` is called from the
    /// broker's thread when it came online, went offline, or delivered all it had.
    struct Options {
        std::shared_ptr<const BrokerConfig> config;
        std::unique_ptr<Format> format;
        std::function<std::string(const Observer&)> client_id;
        std::unique_ptr<Outbox> outbox;
        std::shared_ptr<const SigningKey> signing_key;  ///< for login by token
        std::shared_ptr<RadioSigner> radio_signer;      ///< the same, to be asked first
        std::function<void()> on_change;
        bool tells_presence = true;  ///< false: no will, no "offline", and nothing retained
        std::chrono::milliseconds first_pause = std::chrono::seconds{1};  ///< between attempts
        std::chrono::milliseconds longest_pause = std::chrono::seconds{60};
        std::chrono::milliseconds patience = std::chrono::seconds{60};       ///< for acknowledgements
        std::chrono::milliseconds second_status = std::chrono::seconds{60};  ///< after connecting
        std::chrono::milliseconds status_interval = std::chrono::seconds{300};
    };
    explicit Broker(Options options);
    ~Broker() override;

    const BrokerConfig& config() const override { return *options_.config; }
    const Format& format() const override { return *options_.format; }
    void observe(std::shared_ptr<const Observer> observer) override;
    void publish(Message message) override;
    void hold(const Message& message) override;
    void drop(const Message& message) override;

    BrokerReport report() const;
    bool has_room() const { return outbox_.has_room(); }
    /// Of its outbox: see there.
    void set_bounds(const SpoolConfig& bounds);

    /// Ends the connection cleanly: sends what waits, then "offline", both until `deadline` at most. A
    /// broker that is not connected is given up at once. Returns immediately; join() waits.
    void stop(SteadyTime deadline);
    void join();
    bool ended() const { return !thread_.joinable(); }
    /// After join(): with all that waits, for the one that takes its place.
    std::unique_ptr<Outbox> take_outbox();

private:
    /// Of the time for leaving, what is kept for the goodbye itself.
    static constexpr std::chrono::seconds goodbye_time{1};

    enum class State { asleep, signing, resolving, connecting, greeting, online, leaving, finished };

    void run();
    void wait();
    void take_orders();
    void step();
    void begin();
    bool clock_is_right();
    bool ask_radio();
    void radio_signed();
    void resolve();
    void resolved();
    void reach();
    void try_next_address();
    void reached(bool late);
    void enter_tunnel();
    bool make_client();
    void connected();
    void greeted(bool late);
    void welcome();
    void serve();
    void publish_waiting();
    void publish_some();
    Message with_token(Message message) const;
    void settle_published();
    void expect_acknowledgement();
    void rejected(const std::string& why);
    void publish_status(Presence presence);
    void leave();
    void failed(std::string what, bool login = false);
    void enter(State state, std::chrono::milliseconds until_deadline);
    void forget_deadline() { deadline_ = SteadyTime::max(); }
    std::shared_ptr<const Observer> observer() const;

    Options options_;
    Outbox& outbox_;
    int wake_;

    // Written by others under the mutex.
    mutable std::mutex mutex_;
    std::shared_ptr<const Observer> told_observer_;
    SteadyTime stop_deadline_ = SteadyTime::max();
    bool stop_asked_ = false;
    BrokerReport report_;

    // The thread's own.
    State state_ = State::asleep;
    SteadyTime deadline_ = SteadyTime::max();  ///< of the state
    bool readable_ = false, writable_ = false;
    std::shared_ptr<const Observer> observer_;  ///< of the connection
    std::shared_ptr<Answer<std::string>> token_answer_;
    std::string radio_token_;         ///< that no CONNECT has carried yet
    SteadyTime radio_token_until_{};  ///< when it is too old to be carried
    std::unique_ptr<Tunnel> tunnel_;  ///< for TLS and WebSocket
    std::unique_ptr<Client> client_;
    Resolver resolver_;
    std::vector<std::string> addresses_;
    std::string address_;
    std::unordered_map<int, MessageId> under_way_;
    SteadyTime acknowledgement_due_ = SteadyTime::max();  ///< of any of those
    std::optional<int> goodbye_;                          ///< number of the last message, "offline"
    bool said_goodbye_ = false;
    std::string last_rejection_;
    Backoff clock_pause_{std::chrono::seconds{1}, std::chrono::seconds{30}};
    SteadyTime online_since_{};
    SteadyTime next_status_ = SteadyTime::max();
    Backoff pause_;
    Backoff login_pause_;
    std::thread thread_;
};

}  // namespace meshcore::bridge

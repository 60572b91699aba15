// SPDX-License-Identifier: GPL-2.0-or-later
// Thread, states and pauses. broker_reach.cpp has the way to it, broker_online.cpp what happens there.
#include "bridge/mqtt/broker.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>

#include "bridge/mqtt/clock.h"

namespace meshcore::bridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Some brokers ban an address after ten refused logins a minute.
constexpr milliseconds first_login_pause = seconds{60}, longest_login_pause = seconds{1800};

WallTime wall_now() {
    return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

/// A connection that held so long was a good one: the next pause is a short one again.
constexpr seconds good_connection{30};

}  // namespace

Broker::Broker(Options options)
    : options_{std::move(options)},
      outbox_{*options_.outbox},
      wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)},
      pause_{options_.first_pause, options_.longest_pause},
      login_pause_{first_login_pause, longest_login_pause} {
    if (wake_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
    report_.offline_since = steady_clock::now();
    thread_ = std::thread{[this] { run(); }};
}

Broker::~Broker() {
    stop(steady_clock::now());
    join();
    if (options_.outbox) outbox_.absorb(wall_now());  // what came after its end
    ::close(wake_);
}

std::unique_ptr<Outbox> Broker::take_outbox() {
    return std::move(options_.outbox);
}

void Broker::observe(std::shared_ptr<const Observer> observer) {
    {
        const std::lock_guard lock{mutex_};
        told_observer_ = std::move(observer);
    }
    ::eventfd_write(wake_, 1);
}

void Broker::publish(Message message) {
    if (outbox_.push(std::move(message))) ::eventfd_write(wake_, 1);
}

void Broker::hold(const Message& message) {
    if (outbox_.hold(message)) ::eventfd_write(wake_, 1);
}

void Broker::drop(const Message& message) {
    if (outbox_.drop(message)) ::eventfd_write(wake_, 1);
}

void Broker::set_bounds(const SpoolConfig& bounds) {
    outbox_.set_bounds(bounds);
    ::eventfd_write(wake_, 1);
}

void Broker::stop(SteadyTime deadline) {
    {
        const std::lock_guard lock{mutex_};
        stop_asked_ = true;
        stop_deadline_ = deadline;
    }
    ::eventfd_write(wake_, 1);
}

void Broker::join() {
    if (thread_.joinable()) thread_.join();
}

BrokerReport Broker::report() const {
    const std::lock_guard lock{mutex_};
    BrokerReport report = report_;
    report.waiting = outbox_.size();
    report.dropped = outbox_.dropped();
    report.replayed = outbox_.replayed();
    report.durable = outbox_.durable();
    report.needs_radio = report_.needs_radio && !options_.radio_signer->radio_is_there();
    return report;
}

std::shared_ptr<const Observer> Broker::observer() const {
    const std::lock_guard lock{mutex_};
    return told_observer_;
}

void Broker::run() {
    while (state_ != State::finished) {
        wait();
        // What was heard before the clock was set would be years old a moment later, and dropped.
        if (bridge::clock_is_right(std::chrono::system_clock::now())) outbox_.absorb(wall_now());
        outbox_.tick(steady_clock::now());
        take_orders();
        step();
    }
    outbox_.absorb(wall_now());
    outbox_.offline(wall_now());
}

void Broker::wait() {
    pollfd watched[] = {{wake_, POLLIN, 0}, {-1, 0, 0}};
    SteadyTime until = std::min({deadline_, next_status_, acknowledgement_due_, outbox_.due()});
    if (client_) {
        watched[1].fd = client_->socket();
        const bool write = state_ == State::connecting || client_->wants_write();
        watched[1].events = static_cast<short>(write ? POLLIN | POLLOUT : POLLIN);
        // The library keeps the connection alive in whole seconds of its own; be there in time.
        until = std::min(until,
                         steady_clock::now() +
                             std::max<milliseconds>(seconds{1}, milliseconds{*config().keepalive} / 4));
    }
    const auto pause = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
    const int timeout = until == SteadyTime::max()
                            ? -1
                            : static_cast<int>(std::clamp<milliseconds::rep>(pause, 0, 3'600'000));
    ::poll(watched, 2, timeout);
    eventfd_t count;
    if (watched[0].revents) ::eventfd_read(wake_, &count);
    readable_ = (watched[1].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    writable_ = (watched[1].revents & (POLLOUT | POLLERR | POLLHUP)) != 0;
}

void Broker::take_orders() {
    bool stop = false;
    {
        const std::lock_guard lock{mutex_};
        stop = stop_asked_;
        if (stop && state_ == State::online) deadline_ = stop_deadline_ - goodbye_time;
    }
    const auto observer = this->observer();
    if (stop && state_ == State::online) {
        state_ = State::leaving;
        next_status_ = SteadyTime::max();
    } else if (stop && state_ != State::leaving) {
        state_ = State::finished;
    } else if (state_ == State::asleep && deadline_ == SteadyTime::max() && observer) {
        begin();
    } else if (state_ != State::asleep && observer->key != observer_->key) {
        addresses_.clear();  // not even the next one under the old name
        failed("another radio is observing now: connecting under its name");
    } else if (state_ != State::asleep) {
        observer_ = observer;
    }
}

void Broker::step() {
    const bool late = steady_clock::now() >= deadline_;
    switch (state_) {
        case State::asleep:
            if (late) begin();
            break;
        case State::signing: radio_signed(); break;
        case State::resolving: resolved(); break;
        case State::connecting: reached(late); break;
        case State::greeting: greeted(late); break;
        case State::online: serve(); break;
        case State::leaving: leave(); break;
        case State::finished: break;
    }
}

void Broker::enter(State state, milliseconds until_deadline) {
    state_ = state;
    deadline_ = steady_clock::now() + until_deadline;
}

void Broker::failed(std::string what, bool login) {
    const bool was_online = state_ == State::online;
    const bool leaving = state_ == State::leaving;
    if (was_online && steady_clock::now() - online_since_ > good_connection) pause_.reset();
    // The tunnel knows best why a connection broke, but not what the broker said in it.
    const bool refused = client_ && client_->connack().value_or(0) != 0;
    if (const auto why = tunnel_ && !refused ? tunnel_->error() : std::nullopt)
        if (*why != Tunnel::hung_up) what = *why;
    token_answer_.reset();
    client_.reset();
    tunnel_.reset();
    under_way_.clear();
    acknowledgement_due_ = SteadyTime::max();
    outbox_.offline(wall_now());
    next_status_ = SteadyTime::max();
    if (leaving) {
        state_ = State::finished;
    } else if (state_ == State::connecting && !addresses_.empty() && !login) {
        spdlog::debug("broker {}: {} port {}: {}", config().name, address_, config().port, what);
        return try_next_address();
    } else {
        enter(State::asleep, login ? login_pause_.next() : pause_.next());
    }
    {
        const std::lock_guard lock{mutex_};
        if (report_.online) report_.offline_since = steady_clock::now();
        report_.online = report_.needs_radio = false;
        report_.failed = true;
        report_.login_failures += login;
    }
    if (leaving)
        spdlog::warn("broker {}: lost while leaving: {}", config().name, what);
    else
        spdlog::warn(
            "broker {}: {} {} port {}: {}; trying again in {:.0f} s, {} waiting", config().name,
            was_online ? "lost" : "cannot connect to", config().server, config().port, what,
            std::chrono::duration<double>(deadline_ - steady_clock::now()).count(), outbox_.size());
    options_.on_change();
}

}  // namespace meshcore::bridge

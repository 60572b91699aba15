// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meshcore::radio {
namespace {

Record::Time now() {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

}  // namespace

Session::Session(asio::io_context& io, Endpoint endpoint, std::unique_ptr<Protocol> protocol,
                 SessionOptions options, Handlers handlers)
    : io_(io),
      endpoint_(std::move(endpoint)),
      protocol_(std::move(protocol)),
      options_(options),
      handlers_(std::move(handlers)),
      retry_timer_(io),
      answer_timer_(io),
      round_timer_(io),
      silence_timer_(io),
      pause_(options.first_pause),
      event_("connected") {}

Session::~Session() {
    drop_link();
}

void Session::start() {
    connect();
}

void Session::stop() {
    hand_out_held();
    drop_link();
}

void Session::hand_out_held() {
    if (protocol_->holds_frame()) protocol_->give_up_incomplete(now(), handlers_.on_record);
}

void Session::drop_link() {
    linked_.reset();
    link_.reset();
    retry_timer_.cancel();
    answer_timer_.cancel();
    round_timer_.cancel();
    silence_timer_.cancel();
    open_ = asking_ = round_due_ = false;
    signing_ = nullptr;
    for (const Wanted& wanted : std::exchange(wanted_, {}))
        wanted.done(fail("the connection to the radio ended"));
}

void Session::connect() {
    drop_link();
    linked_ = std::make_shared<int>();
    link_ = make_link(io_, endpoint_);
    link_->open(options_.connect_timeout, while_linked([this](const Result<void>& result) {
                    const std::weak_ptr<int> linked = linked_;
                    if (!result) {
                        state(SessionState::unreachable, result.error().message);
                        if (!linked.expired()) retry();
                        return;
                    }
                    protocol_->reconnected();
                    if (!protocol_->detects()) {
                        opened();
                        if (!linked.expired()) read();
                        return;
                    }
                    read();
                    next_query_ = 0;
                    bytes_before_round_ = 0;
                    after(answer_timer_, options_.listening, [this] { detect(); });
                }));
}

void Session::retry() {
    drop_link();
    linked_ = std::make_shared<int>();
    after(retry_timer_, pause_, [this] { connect(); });
    pause_ = std::min(pause_ * 2, options_.longest_pause);
}

void Session::lost(const std::string& why) {
    const std::weak_ptr<int> linked = linked_;
    hand_out_held();
    if (linked.expired()) return;
    report("lost");
    if (linked.expired()) return;
    if (!protocol_->detects()) event_ = "reconnected";
    state(SessionState::lost, fmt::format("{}; reconnecting", why));
    if (!linked.expired()) retry();
}

void Session::read() {
    link_->read(buffer_, while_linked([this](const Result<std::size_t>& count) {
                    if (!count) return lost(count.error().message);
                    received(*count);
                }));
}

void Session::received(std::size_t count) {
    const std::weak_ptr<int> linked = linked_;
    const std::uint64_t messages = protocol_->counters().messages;
    protocol_->receive(Bytes{buffer_}.first(count), now(), handlers_.on_record);
    if (linked.expired()) return;
    if (!protocol_->unusable().empty()) {
        state(SessionState::unusable,
              fmt::format("{}: {}", to_string(endpoint_), protocol_->unusable()));
        if (!linked.expired()) retry();
        return;
    }
    if (auto settled = protocol_->settled(handlers_.on_record)) {
        if (linked.expired()) return;
        protocol_ = std::move(settled);
        answer_timer_.cancel();
        opened();
        if (linked.expired()) return;
    }
    if (protocol_->counters().messages > messages) pause_ = options_.first_pause;

    silence_timer_.cancel();
    if (protocol_->holds_frame() || (link_->can_lose_bytes() && protocol_->incomplete()))
        after(silence_timer_, protocol_->patience(),
              [this] { protocol_->give_up_incomplete(now(), handlers_.on_record); });
    if (asking_ && protocol_->answered()) {
        ++answers_;
        ask_next();
    } else if (signing_ && signing_->answered()) {
        sign_on();
    }
    if (!linked.expired()) read();
}

void Session::report(std::string_view event) {
    if (protocol_->queries().empty() || protocol_->detects()) return;
    handlers_.on_record(protocol_->report(now(), event));
}

void Session::state(SessionState state, const std::string& line) {
    if (handlers_.on_state) handlers_.on_state(state, line);
}

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace meshcore::radio {
namespace {

using std::chrono::milliseconds;

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

template <typename Handler>
auto Session::while_linked(Handler handler) {
    return [linked = std::weak_ptr<int>{linked_}, handler = std::move(handler)](auto&&... arguments) {
        if (!linked.expired()) handler(std::forward<decltype(arguments)>(arguments)...);
    };
}

template <typename Handler>
void Session::after(asio::steady_timer& timer, milliseconds pause, Handler handler) {
    timer.expires_after(pause);
    timer.async_wait(
        while_linked([handler = std::move(handler)](const boost::system::error_code& error) {
            if (!error) handler();
        }));
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
    asking_ = false;
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

void Session::opened() {
    const std::weak_ptr<int> linked = linked_;
    state(SessionState::connected, fmt::format("connected to {}", to_string(endpoint_)));
    if (linked.expired()) return;
    repeating_ = false;
    unanswered_rounds_ = 0;
    ask_again_ = options_.first_pause;
    ask_round();
}

void Session::detect() {
    const std::span<const Query> queries = protocol_->queries();
    while (next_query_ < queries.size() && !can_ask(queries[next_query_])) ++next_query_;
    if (next_query_ == queries.size()) return nothing_detected();
    const std::size_t index = next_query_++;
    protocol_->asked(index);
    link_->write(queries[index].bytes);
    after(answer_timer_, options_.detecting, [this] { detect(); });
}

void Session::nothing_detected() {
    const std::uint64_t bytes = protocol_->counters().bytes;
    // A board that restarts when its port is opened prints, and is asked again when it may be up.
    if (bytes > 0 && std::exchange(bytes_before_round_, bytes) == 0) {
        next_query_ = 0;
        return detect();
    }
    std::vector<std::string_view> tried;
    for (const Query& query : protocol_->queries())
        if (can_ask(query)) tried.push_back(query.name);
    const std::string came =
        bytes == 0 ? "nothing came" : fmt::format("{} bytes of something else came", bytes);
    const std::weak_ptr<int> linked = linked_;
    state(SessionState::unusable,
          fmt::format(
              "no MeshCore radio on {}: asked {}, and {}; if it cannot be asked, name its protocol",
              to_string(endpoint_), fmt::join(tried, ", "), came));
    if (!linked.expired()) retry();
}

bool Session::can_ask(const Query& query) const {
    return query.safe_over_tcp || link_->can_lose_bytes();
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
    }
    if (!linked.expired()) read();
}

void Session::ask_round() {
    if (protocol_->queries().empty()) return;
    asking_ = true;
    next_query_ = 0;
    answers_ = 0;
    ask_next();
}

void Session::ask_next() {
    const std::span<const Query> queries = protocol_->queries();
    while (next_query_ < queries.size() && repeating_ && !queries[next_query_].periodic) ++next_query_;
    if (next_query_ == queries.size()) return round_done();
    const std::size_t index = next_query_++;
    protocol_->asked(index);
    link_->write(queries[index].bytes);
    after(answer_timer_, options_.answer_timeout + queries[index].longer, [this] { no_answer(); });
}

void Session::no_answer() {
    // Who does not answer the first question is not asked the others.
    if (answers_ == 0) return round_done();
    ask_next();
}

void Session::round_done() {
    const std::weak_ptr<int> linked = linked_;
    asking_ = false;
    answer_timer_.cancel();
    protocol_->all_asked();
    if (linked.expired()) return;
    const bool first = !repeating_;
    if (answers_ == 0 && first) {
        // A board that restarts when its port is opened may miss the first round.
        if (++unanswered_rounds_ == 2) {
            state(SessionState::silent,
                  fmt::format("no answer from {}; what it sends is captured all the same",
                              to_string(endpoint_)));
            if (linked.expired()) return;
            report(event_);
            if (linked.expired()) return;
        }
        after(round_timer_, ask_again_, [this] { ask_round(); });
        ask_again_ = std::min(ask_again_ * 2, options_.longest_pause);
        return;
    }
    report(first ? event_ : "periodic");
    if (linked.expired()) return;
    repeating_ = protocol_->identified();
    if (first) state(SessionState::identified, protocol_->device().describe());
    if (linked.expired() || options_.stats_interval.count() == 0) return;
    after(round_timer_, options_.stats_interval, [this] { ask_round(); });
}

void Session::report(std::string_view event) {
    if (protocol_->queries().empty() || protocol_->detects()) return;
    handlers_.on_record(protocol_->report(now(), event));
}

void Session::state(SessionState state, const std::string& line) {
    if (handlers_.on_state) handlers_.on_state(state, line);
}

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
// What a session asks of its radio, one thing at a time: which protocol it speaks, rounds of queries
// for device reports, signatures.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "extcap/radio/session.h"

namespace meshcore::radio {

void Session::opened() {
    const std::weak_ptr<int> linked = linked_;
    open_ = true;
    repeating_ = introduced_ = false;
    unanswered_rounds_ = 0;
    ask_again_ = options_.first_pause;
    state(SessionState::connected, fmt::format("connected to {}", to_string(endpoint_)));
    if (!linked.expired()) round_due();
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

void Session::round_due() {
    round_due_ = true;
    go_on();
}

void Session::go_on() {
    if (asking_ || signing_) return;
    if (std::exchange(round_due_, false)) return ask_round();
    if (introduced_ && !wanted_.empty()) begin_signature();
}

void Session::ask_round() {
    if (protocol_->queries().empty()) {
        introduced_ = true;
        return go_on();
    }
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
    if (!asking_) return;
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
            introduced_ = true;
        }
        after(round_timer_, ask_again_, [this] { round_due(); });
        ask_again_ = std::min(ask_again_ * 2, options_.longest_pause);
        return go_on();
    }
    report(first ? event_ : "periodic");
    if (linked.expired()) return;
    repeating_ = protocol_->identified();
    introduced_ = true;
    if (first) state(SessionState::identified, protocol_->device().describe());
    if (linked.expired()) return;
    if (options_.stats_interval.count() > 0)
        after(round_timer_, options_.stats_interval, [this] { round_due(); });
    go_on();
}

void Session::sign(const PublicKey& key, std::vector<std::uint8_t> text, OnSigned done) {
    if (!open_) return done(fail("the radio is not connected"));
    wanted_.push_back({key, std::move(text), std::move(done)});
    go_on();
}

void Session::begin_signature() {
    const auto begun = protocol_->sign(wanted_.front().key, wanted_.front().text);
    if (!begun) return signature_done(tl::unexpected<Error>(begun.error()));
    signing_ = *begun;
    sign_on();
}

void Session::sign_on() {
    if (signing_->result()) return signature_done(*signing_->result());
    link_->write(signing_->command());
    after(answer_timer_, options_.signing_timeout, [this] {
        if (!signing_) return;
        signing_->give_up();
        sign_on();
    });
}

void Session::signature_done(const Result<Signature>& result) {
    const std::weak_ptr<int> linked = linked_;
    answer_timer_.cancel();
    signing_ = nullptr;
    const OnSigned done = std::move(wanted_.front().done);
    wanted_.pop_front();
    done(result);
    if (!linked.expired()) go_on();
}

}  // namespace meshcore::radio

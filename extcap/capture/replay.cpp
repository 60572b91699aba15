// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/replay.h"

#include <algorithm>

namespace meshcore::capture {

Replay::Replay(boost::asio::io_context& io, std::unique_ptr<RecordSource> source, double speed,
               Handlers handlers)
    : source_(std::move(source)), speed_(speed), handlers_(std::move(handlers)), timer_(io) {}

void Replay::start() {
    started_ = boost::asio::steady_timer::clock_type::now();
    next();
}

void Replay::next() {
    Result<std::optional<Record>> record = source_->next();
    if (!record) return handlers_.on_end(tl::unexpected<Error>(record.error()));
    if (!*record) return handlers_.on_end({});
    record_ = std::move(*record);
    if (!first_) first_ = record_->time;
    // From the start and not from the last record, so that delays do not add up. What is due, and
    // all of it at speed 0, still goes through the event loop: a signal gets its turn.
    constexpr std::chrono::duration<double> longest_wait = std::chrono::years{10};
    std::chrono::nanoseconds due{0};
    if (speed_ > 0) {
        const std::chrono::duration<double> wait = (record_->time - *first_) / speed_;
        due = std::chrono::duration_cast<std::chrono::nanoseconds>(std::min(wait, longest_wait));
    }
    timer_.expires_at(started_ + due);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) deliver();
    });
}

void Replay::deliver() {
    handlers_.on_record(*record_);
    next();
}

}  // namespace meshcore::capture

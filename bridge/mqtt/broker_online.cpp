// SPDX-License-Identifier: GPL-2.0-or-later
// What a broker does while it is connected: publish, and say goodbye.
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include "bridge/mqtt/broker.h"
#include "bridge/mqtt/reason.h"

namespace meshcore::bridge {
namespace {

using std::chrono::steady_clock;

/// Messages between publish() and their acknowledgement.
constexpr std::size_t window = 64;
/// Messages before the connection is looked at again.
constexpr std::size_t burst = 1024;
}  // namespace

void Broker::serve() {
    client_->service(readable_, writable_);
    settle_published();
    publish_waiting();
    if (client_->closed()) return failed(*client_->closed());
    if (steady_clock::now() >= acknowledgement_due_)
        return failed("the broker acknowledges nothing any more");
    if (steady_clock::now() >= next_status_) {
        publish_status(Presence::online);
        next_status_ = steady_clock::now() + options_.status_interval;
    }
}

void Broker::publish_waiting() {
    // A lone packet goes out without delay, a heap of them in as few segments as can be.
    const bool heap = outbox_.size() > under_way_.size() + 1;
    if (heap) client_->hold(true);
    publish_some();
    if (heap) client_->hold(false);
}

void Broker::publish_some() {
    for (std::size_t sent = 0; sent < burst && under_way_.size() < window; ++sent) {
        auto item = outbox_.next(steady_clock::now());
        if (!item) return;
        const auto id = client_->publish(with_token(std::move(item->message)));
        if (client_->closed()) return;
        if (!id) {
            outbox_.done(item->id, steady_clock::now());
            rejected("a message cannot be sent, for its topic or its size");
            continue;
        }
        if (under_way_.empty()) expect_acknowledgement();
        under_way_.emplace(*id, item->id);
        settle_published();
    }
    if (under_way_.size() < window) ::eventfd_write(wake_, 1);  // more to do, but look around first
}

/// Told when it begins, since a broker that refuses one message mostly refuses all like it.
void Broker::rejected(const std::string& why) {
    if (why != last_rejection_) spdlog::error("broker {}: {}; left out", config().name, why);
    last_rejection_ = why;
    const std::lock_guard lock{mutex_};
    ++report_.rejected;
}

/// Topics carry {TOKEN} until here, so that the token itself is neither stored nor shown.
Message Broker::with_token(Message message) const {
    constexpr std::string_view placeholder = "{TOKEN}";
    if (const auto at = message.topic.find(placeholder); at != std::string::npos)
        message.topic.replace(at, placeholder.size(), config().topic_token);
    return message;
}

void Broker::settle_published() {
    const std::size_t before = outbox_.size();
    std::uint64_t delivered = 0;
    for (const auto& [id, reason] : client_->take_published()) {
        if (goodbye_ == id) said_goodbye_ = true;
        if (reason >= 0x80) rejected(publish_text(reason));
        const auto sent = under_way_.find(id);
        if (sent == under_way_.end()) continue;
        outbox_.done(sent->second, steady_clock::now());
        under_way_.erase(sent);
        if (reason < 0x80) ++delivered;
        expect_acknowledgement();
    }
    if (delivered > 0) {
        const std::lock_guard lock{mutex_};
        report_.delivered += delivered;
    }
    if (under_way_.empty()) acknowledgement_due_ = SteadyTime::max();
    const std::size_t after = outbox_.size(), half_full = outbox_.room() / 2;
    if (before != after && (after == 0 || (before > half_full && after <= half_full)))
        options_.on_change();
}

void Broker::expect_acknowledgement() {
    acknowledgement_due_ = steady_clock::now() + options_.patience;
}

void Broker::publish_status(Presence presence) {
    const auto known = observer();
    // What publishes a capture counts for itself, not for the daemon whose status this replaces.
    const bool counts = config().counters_in_status && options_.tells_presence;
    const BrokerCounters own = report();
    auto message =
        format().status(*known, presence, std::chrono::system_clock::now(), counts ? &own : nullptr);
    if (message && !options_.tells_presence) message->retain = false;
    if (!message || (!options_.tells_presence && presence == Presence::offline)) {
        said_goodbye_ = presence == Presence::offline;
        return;
    }
    const auto id = client_->publish(with_token(std::move(*message)));
    if (!id && !client_->closed()) rejected("the status cannot be sent, for its topic or its size");
    if (presence != Presence::offline) return;
    goodbye_ = id;
    said_goodbye_ = !id;
}

void Broker::leave() {
    if (!goodbye_ && !said_goodbye_) {
        client_->service(readable_, writable_);
        settle_published();
        publish_waiting();
        if (client_->closed()) return failed(*client_->closed());
        if (outbox_.size() > 0 && steady_clock::now() < deadline_) return;
        publish_status(Presence::offline);
        deadline_ += goodbye_time;
    } else {
        client_->service(readable_, writable_);
    }
    settle_published();
    if (said_goodbye_) client_->disconnect();
    const bool gone = client_->closed() || client_->socket() < 0;
    const bool carried = !tunnel_ || tunnel_->error();  // a tunnel ends when it has carried all
    if ((gone && carried) || steady_clock::now() >= deadline_) state_ = State::finished;
}

}  // namespace meshcore::bridge

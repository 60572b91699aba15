// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/brokers.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "bridge/config/token_signing.h"
#include "bridge/mqtt/client_id.h"
#include "bridge/spool/place.h"

namespace meshcore::bridge {
namespace {

/// For the goodbye alone: what waits goes out over the next connection.
constexpr std::chrono::seconds time_to_change{1};

bool is_used(const BrokerConfig& broker) {
    return broker.enabled && !broker.refused;
}

/// What a configuration says to all brokers.
Config common(const Config& config) {
    Config result = config;
    result.brokers.clear();
    result.broker_names.clear();
    result.source = {};
    result.share.clear();
    result.metrics = {};
    result.log_level.clear();
    result.spool = {};
    result.output = {};
    result.signing_key.reset();
    return result;
}

bool same_key(const SigningKey* a, const SigningKey* b) {
    return a && b ? a->public_key() == b->public_key() : a == b;
}

std::size_t index_of(const Config& config, const std::string& name) {
    const auto found = std::find_if(config.brokers.begin(), config.brokers.end(),
                                    [&](const BrokerConfig& broker) { return broker.name == name; });
    return static_cast<std::size_t>(found - config.brokers.begin());
}

void say_what_is_left(const Broker& broker) {
    const BrokerReport report = broker.report();
    const std::string& name = broker.config().name;
    if (report.waiting > 0 && report.durable)
        spdlog::info("broker {}: {} messages wait for the next start", name, report.waiting);
    else if (report.waiting > 0)
        spdlog::warn("broker {}: {} messages not delivered", name, report.waiting);
    if (report.dropped + report.rejected > 0)
        spdlog::warn("broker {}: {} messages dropped while it was away, {} not taken", name,
                     report.dropped, report.rejected);
}

/// Of those that a new configuration replaces, the ones of which it says nothing.
void say_what_goes(const std::vector<std::unique_ptr<Broker>>& old, const Config& config) {
    for (const auto& broker : old) {
        if (!broker) continue;
        const std::size_t index = index_of(config, broker->config().name);
        if (index < config.brokers.size() && is_used(config.brokers[index])) continue;
        const BrokerReport report = broker->report();
        const std::string& name = broker->config().name;
        if (report.waiting == 0)
            spdlog::info("broker {}: not used any more", name);
        else if (report.durable)
            spdlog::info("broker {}: not used any more; {} messages wait in its outbox until it is",
                         name, report.waiting);
        else
            spdlog::warn("broker {}: not used any more; {} messages not delivered", name,
                         report.waiting);
    }
}

/// Of a broker that `a` has. Its place counts: the client id has its number.
bool say_the_same(const Config& a, const Config& b, const std::string& name) {
    const std::size_t index = index_of(a, name);
    if (index_of(b, name) != index || index == b.brokers.size()) return false;
    BrokerConfig one = a.brokers[index], other = b.brokers[index];
    one.where = other.where = {};
    return one == other && common(a) == common(b) && radio_signs(a) == radio_signs(b) &&
           same_key(a.signing_key.get(), b.signing_key.get());
}

}  // namespace

Brokers::Brokers(std::shared_ptr<const Config> config, bool beside_daemon,
                 std::shared_ptr<RadioSigner> radio_signer, std::function<void()> on_change)
    : config_{std::move(config)},
      beside_daemon_{beside_daemon},
      radio_signer_{std::move(radio_signer)},
      on_change_{std::move(on_change)} {
    for (std::size_t i = 0; i < config_->brokers.size(); ++i)
        if (is_used(config_->brokers[i])) brokers_.push_back(make(i, nullptr));
}

Brokers::~Brokers() {
    if (waiting_.joinable()) waiting_.join();
}

std::unique_ptr<Broker> Brokers::make(std::size_t index, std::unique_ptr<Outbox> outbox) const {
    const BrokerConfig& broker = config_->brokers[index];
    Broker::Options options;
    options.config = {config_, &broker};
    options.format = find_format(broker.format)->make(*config_, broker);
    // A capture is often published while the daemon runs: it must not take the daemon's id.
    options.client_id = [config = config_, &broker, number = index + 1,
                         beside_daemon = beside_daemon_](const Observer& observer) {
        return make_client_id(*config, broker, number, observer.key) + (beside_daemon ? "r" : "");
    };
    if (!outbox)
        outbox = std::make_unique<Outbox>(beside_daemon_ ? make_unpaced_outbox(*config_)
                                                         : make_outbox(*config_, broker));
    options.outbox = std::move(outbox);
    options.signing_key = config_->signing_key;
    if (radio_signs(*config_)) options.radio_signer = radio_signer_;
    options.on_change = on_change_;
    options.tells_presence = !beside_daemon_;
    return std::make_unique<Broker>(std::move(options));
}

std::vector<Destination*> Brokers::destinations() const {
    std::vector<Destination*> destinations;
    for (const auto& broker : brokers_) destinations.push_back(broker.get());
    return destinations;
}

void Brokers::renew(boost::asio::io_context& io, std::shared_ptr<const Config> config,
                    std::function<void()> done) {
    std::vector<Broker*> ending;
    for (const auto& broker : brokers_)
        if (!say_the_same(*config_, *config, broker->config().name)) ending.push_back(broker.get());
    const SteadyTime deadline = std::chrono::steady_clock::now() + time_to_change;
    for (Broker* broker : ending) broker->stop(deadline);
    waiting_ = std::thread{[this, &io, ending, config = std::move(config), done = std::move(done)] {
        for (Broker* broker : ending) broker->join();
        boost::asio::post(io, [this, config, done] {
            waiting_.join();
            const auto old = replace(config);
            done();  // nobody knows the old ones any more, nor this object, maybe
            say_what_goes(old, *config);
        });
    }};
}

std::vector<std::unique_ptr<Broker>> Brokers::replace(std::shared_ptr<const Config> config) {
    config_ = std::move(config);
    auto old = std::exchange(brokers_, {});
    for (std::size_t i = 0; i < config_->brokers.size(); ++i) {
        const BrokerConfig& wanted = config_->brokers[i];
        if (!is_used(wanted)) continue;
        const auto found = std::find_if(old.begin(), old.end(), [&](const auto& broker) {
            return broker && broker->config().name == wanted.name;
        });
        if (found == old.end()) {
            brokers_.push_back(make(i, nullptr));
            continue;
        }
        (*found)->set_bounds(config_->spool);
        if ((*found)->ended())
            brokers_.push_back(make(i, (*found)->take_outbox()));
        else
            brokers_.push_back(std::move(*found));
    }
    return old;
}

void Brokers::leave(SteadyTime deadline) {
    for (const auto& broker : brokers_) broker->stop(deadline);
}

std::size_t Brokers::join() {
    if (waiting_.joinable()) waiting_.join();  // the end can come in the middle of a renewal
    std::size_t left = 0;
    for (const auto& broker : brokers_) {
        broker->join();
        left += broker->report().waiting;
        say_what_is_left(*broker);
    }
    return left;
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/station.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "bridge/exit_code.h"
#include "bridge/keys.h"
#include "bridge/source/radio_source.h"

namespace meshcore::bridge {

Station::Station(boost::asio::io_context& io, const Options& options,
                 std::shared_ptr<const Config> config, Handlers handlers)
    : io_{io}, options_{options}, config_{std::move(config)}, handlers_{std::move(handlers)} {
    if (!is_capture()) radio_signer_ = std::make_shared<RadioSigner>(io_);
    // Brokers begin when they hear of the observer, which is after capture_ is set.
    if (!options_.dry_run)
        brokers_ = std::make_unique<Brokers>(config_, !options_.read.empty(), radio_signer_, [this] {
            if (capture_) capture_->changed();
            handlers_.on_change();
        });
    bridge_ = std::make_unique<Bridge>(config_, keys(), identity(), destinations(),
                                       is_capture() ? nullptr : &io_);
}

const std::string& Station::capture_path() const {
    return options_.read.empty() && config_->source.kind == SourceKind::file ? config_->source.file
                                                                             : options_.read;
}

std::string Station::label() const {
    return config_->radio.empty() ? "radio" : "radio " + config_->radio;
}

Bridge::Identity Station::identity() const {
    Bridge::Identity identity;
    identity.name = options_.origin.empty() ? config_->origin : options_.origin;
    identity.key = options_.origin_id.empty() ? config_->origin_id : options_.origin_id;
    identity.overrides = !is_capture();
    return identity;
}

Keyring Station::keys() const {
    std::vector<std::string> warnings;
    Keyring keys = load_keys(*config_, warnings);
    for (const std::string& warning : warnings) spdlog::warn("{}", warning);
    return keys;
}

std::vector<Destination*> Station::destinations() {
    std::vector<Destination*> destinations;
    if (brokers_) {
        destinations = brokers_->destinations();
        if (!is_capture() && !config_->output.file.empty()) {
            output_ = std::make_unique<OutputFile>(*config_);
            destinations.push_back(output_.get());
        }
        return destinations;
    }
    for (const BrokerConfig& broker : config_->brokers) {
        if (!broker.enabled || broker.refused) continue;
        printers_.push_back(
            std::make_unique<DryRun>(broker, find_format(broker.format)->make(*config_, broker)));
        destinations.push_back(printers_.back().get());
    }
    return destinations;
}

void Station::start() {
    if (is_capture()) return start_capture();
    start_share();
    start_radio();
}

void Station::start_share() {
    share_.reset();
    if (config_->share.empty()) return;
    const auto tell = [label = label()](const std::string& line) {
        spdlog::info("{}: {}", label, line);
    };
    auto share = capture::Share::listen(io_, config_->share, tell);
    if (!share) return spdlog::error("{}: {}", label(), share.error().message);
    share_ = std::move(*share);
    spdlog::info("{}: shared on {}", label(), share_->address());
}

void Station::start_radio() {
    session_ = make_session(
        io_, config_->source,
        {[this](const Record& record) { take(record); },
         [this](radio::SessionState state, const std::string& line) { radio_state(state, line); }});
    session_->start();
}

void Station::take(const Record& record) {
    ++(record.is_report() ? counters_.reports : counters_.frames);
    if (share_) share_->publish(record);
    bridge_->take(record);
}

void Station::radio_state(radio::SessionState state, const std::string& line) {
    using radio::SessionState;
    const bool good = state == SessionState::connected || state == SessionState::identified;
    connected_ = good || state == SessionState::silent;
    if (state == SessionState::connected)
        radio_signer_->connected(*session_);
    else if (!connected_)
        radio_signer_->gone();
    counters_.connections += state == SessionState::connected;
    spdlog::log(good ? spdlog::level::info : spdlog::level::warn, "{}: {}", label(), line);
    if (state == SessionState::identified && !bridge_->has_observer())
        spdlog::warn("{} does not say who it is: its packets wait for that; or set origin_id", label());
    handlers_.on_change();
}

void Station::start_capture() {
    capture_ = std::make_shared<CaptureRun>(capture_path(), options_.timeout, *bridge_, brokers_.get(),
                                            [this](CaptureRun::End end) {
                                                boost::asio::post(io_, [this, end = std::move(end)] {
                                                    end_ = end;
                                                    handlers_.on_end();
                                                });
                                            });
    capture_->start();
}

void Station::renew(std::shared_ptr<const Config> config, std::function<void()> done) {
    if (is_capture()) {
        spdlog::info("{}: a capture is published as it was begun", label());
        return done();
    }
    const bool same_source = config->source == config_->source;
    const bool same_share = config->share == config_->share;
    const auto go_over = [this, same_source, same_share, config, done] {
        const auto old_output = std::exchange(output_, nullptr);  // the bridge lets go of it below
        config_ = config;
        bridge_->renew(config_, keys(), identity(), destinations());
        if (!same_share) start_share();
        if (!same_source) {
            radio_signer_->gone();
            session_->stop();
            start_radio();
        }
        done();
    };
    if (brokers_) return brokers_->renew(io_, config, go_over);
    const auto old = std::exchange(printers_, {});
    go_over();
}

void Station::leave(SteadyTime deadline) {
    if (radio_signer_) radio_signer_->gone();
    if (session_) session_->stop();
    if (capture_) capture_->stop();
    share_.reset();
    bridge_->release_all();
    if (brokers_) brokers_->leave(deadline);
    printers_.clear();
}

int Station::join() {
    const std::size_t left = brokers_ ? brokers_->join() : 0;
    if (!is_capture()) return exit_good;
    if (end_ && !end_->result) {
        spdlog::error("{}", end_->result.error().message);
        return exit_bad_configuration;
    }
    return left == 0 && (!end_ || end_->complete) ? exit_good : exit_left;
}

}  // namespace meshcore::bridge

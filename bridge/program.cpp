// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/program.h"

#include <spdlog/spdlog.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "bridge/keys.h"

namespace meshcore::bridge {
namespace {

radio::Endpoint endpoint_of(const SourceConfig& source) {
    if (source.kind == SourceKind::tcp) return radio::TcpEndpoint{source.host, source.tcp_port};
    return radio::SerialEndpoint{source.ports.front(), source.baud};
}

}  // namespace

Program::Program(const Options& options, const Config& config) : options_{options}, config_{config} {
    if (options.dry_run) return;
    // Brokers begin when they hear of the observer, which is after capture_ is set.
    brokers_ = std::make_unique<Brokers>(config, !options.read.empty(), [this] {
        if (capture_) capture_->changed();
    });
}

int Program::run() {
    boost::asio::signal_set signals{io_, SIGINT, SIGTERM};
    signals.async_wait([this](const auto& error, int) {
        if (!error) io_.stop();
    });
    make_bridge();
    if (options_.read.empty()) {
        if (!start_radio()) return exit_bad_configuration;
    } else {
        start_capture();
    }
    io_.run();
    std::signal(SIGINT, SIG_DFL);  // whoever asks again does not want to wait
    std::signal(SIGTERM, SIG_DFL);
    return finish();
}

void Program::make_bridge() {
    std::vector<Destination*> destinations;
    if (brokers_) destinations = brokers_->destinations();
    for (const BrokerConfig& broker : config_.brokers) {
        if (brokers_ || !broker.enabled || broker.refused) continue;
        printers_.push_back(
            std::make_unique<DryRun>(broker, find_format(broker.format)->make(config_, broker)));
        destinations.push_back(printers_.back().get());
    }
    Bridge::Identity identity;
    identity.name = options_.origin.empty() ? config_.origin : options_.origin;
    identity.key = options_.origin_id.empty() ? config_.origin_id : options_.origin_id;
    identity.overrides = options_.read.empty();
    std::vector<std::string> warnings;
    Keyring keys = load_keys(config_, warnings);
    for (const std::string& warning : warnings) spdlog::warn("{}", warning);
    bridge_ = std::make_unique<Bridge>(config_, std::move(keys), identity, destinations,
                                       options_.read.empty() ? &io_ : nullptr);
}

bool Program::start_radio() {
    const bool any = config_.source.protocol == "auto";
    auto protocol = radio::make_protocol(any ? "companion" : config_.source.protocol);
    if (!protocol) {
        spdlog::error("there is no radio protocol \"{}\"", config_.source.protocol);
        return false;
    }
    radio::SessionOptions session_options;
    session_options.stats_interval = config_.source.stats_interval;
    session_ = std::make_unique<radio::Session>(
        io_, endpoint_of(config_.source), std::move(protocol), session_options,
        radio::Session::Handlers{
            [this](const Record& record) { bridge_->take(record); },
            [this](radio::SessionState state, const std::string& line) { radio_state(state, line); }});
    session_->start();
    return true;
}

void Program::radio_state(radio::SessionState state, const std::string& line) {
    using radio::SessionState;
    const bool good = state == SessionState::connected || state == SessionState::identified;
    spdlog::log(good ? spdlog::level::info : spdlog::level::warn, "radio: {}", line);
    if (state == SessionState::identified && !bridge_->has_observer())
        spdlog::warn("the radio does not say who it is: its packets wait for that; or set origin_id");
}

void Program::start_capture() {
    capture_ = std::make_shared<CaptureRun>(options_.read, options_.timeout, *bridge_, brokers_.get(),
                                            [this](CaptureRun::End end) {
                                                end_ = std::move(end);
                                                io_.stop();
                                            });
    capture_->start();
    work_.emplace(io_.get_executor());
}

int Program::finish() {
    if (session_) session_->stop();
    if (capture_) capture_->stop();
    bridge_->release_all();
    const std::size_t left = brokers_ ? brokers_->stop() : 0;
    printers_.clear();
    if (options_.read.empty()) return exit_good;
    if (end_ && !end_->result) {
        spdlog::error("{}", end_->result.error().message);
        return exit_bad_configuration;
    }
    return left == 0 && (!end_ || end_->complete) ? exit_good : exit_left;
}

}  // namespace meshcore::bridge

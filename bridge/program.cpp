// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/program.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>

#include "bridge/daemon/log.h"
#include "bridge/daemon/metrics.h"
#include "bridge/exit_code.h"
#include "bridge/spool/place.h"

namespace meshcore::bridge {
namespace {

constexpr std::chrono::seconds time_to_leave{5};
/// Each packet changes how many wait; a status line need not follow each.
constexpr std::chrono::seconds status_pause{1};

void mask_reloads(int how) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    ::pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

Program::Program(const Options& options, Loaded loaded)
    : options_{options},
      work_{io_.get_executor()},
      stop_signals_{io_, SIGINT, SIGTERM},
      reload_signal_{io_, SIGHUP},
      notifier_{io_},
      status_timer_{io_} {
    mask_reloads(SIG_UNBLOCK);  // from now on they reach reload_signal_
    if (!options_.read.empty() && loaded.observers.size() > 1) {
        spdlog::info("the capture goes to the brokers of the first radio, {}",
                     loaded.observers.front().radio);
        loaded.observers.resize(1);
    }
    metrics_config_ = loaded.config.metrics;
    for (Config& config : loaded.observers) add(std::move(config));
}

void Program::hold_reloads() {
    mask_reloads(SIG_BLOCK);
}

bool Program::can_run(const Config& config) const {
    return is_usable(config) && !(options_.read.empty() && config.source.bluetooth);
}

void Program::add(Config config) {
    if (!can_run(config)) return;
    stations_.push_back(
        std::make_unique<Station>(io_, options_, std::make_shared<const Config>(std::move(config)),
                                  Station::Handlers{[this] { changed(); }, [this] { ended(); }}));
}

int Program::run() {
    if (stations_.empty()) return exit_bad_configuration;
    stop_signals_.async_wait([this](const auto& error, int) {
        if (!error) io_.stop();
    });
    wait_for_reload();
    for (const auto& station : stations_) station->start();
    start_metrics(metrics_config_);
    tell_status();
    notifier_.ready();
    io_.run();
    notifier_.stopping();
    std::signal(SIGINT, SIG_DFL);  // whoever asks again does not want to wait
    std::signal(SIGTERM, SIG_DFL);
    return finish();
}

void Program::wait_for_reload() {
    reload_signal_.async_wait([this](const auto& error, int) {
        if (error) return;
        wait_for_reload();
        reload();
    });
}

void Program::reload() {
    if (renewing_ > 0) {
        reload_again_ = true;
        return;
    }
    if (!options_.read.empty()) return spdlog::info("a capture is published as it was begun");
    notifier_.reloading();
    Loaded loaded = load_config(options_.config_files, environ);
    log_findings(loaded.findings);
    if (loaded.unusable()) {
        spdlog::error("the new configuration cannot be used; the old one stays");
        return notifier_.ready();
    }
    spdlog::info("reloading");
    set_log_level(options_.log_level.empty() ? loaded.config.log_level : options_.log_level);
    if (!(loaded.config.metrics == metrics_config_)) start_metrics(loaded.config.metrics);
    renew(std::move(loaded.observers));
}

void Program::renew(std::vector<Config> configs) {
    std::erase_if(configs, [this](const Config& config) { return !can_run(config); });
    // Whoever is not named any more ends; in the meantime it has no brokers.
    std::vector<std::pair<Station*, Config>> changes;
    bool other_spool = false;
    for (const auto& station : stations_) {
        const auto same = std::find_if(configs.begin(), configs.end(), [&](const Config& config) {
            return config.radio == station->config().radio;
        });
        if (same == configs.end()) {
            Config none = station->config();
            none.brokers.clear();
            none.output.file.clear();
            changes.emplace_back(station.get(), std::move(none));
        } else {
            other_spool = other_spool || spool_folder(*same) != spool_folder(station->config());
            changes.emplace_back(station.get(), std::move(*same));
            configs.erase(same);
        }
    }
    if (other_spool)
        spdlog::warn(
            "[spool] path has changed: brokers that are there already keep their outbox where it is "
            "until the next start");
    renewing_ = changes.size() + 1;
    for (auto& [station, config] : changes)
        station->renew(std::make_shared<const Config>(std::move(config)), [this] { one_renewed(); });
    const std::size_t known = stations_.size();
    for (Config& config : configs) add(std::move(config));
    for (std::size_t i = known; i < stations_.size(); ++i) stations_[i]->start();
    one_renewed();
}

void Program::one_renewed() {
    if (--renewing_ > 0) return;
    std::erase_if(stations_, [](const auto& station) {
        const bool gone = !is_usable(station->config());
        if (gone) station->leave(std::chrono::steady_clock::now());
        return gone;
    });
    spdlog::info("reloaded");
    tell_status();
    notifier_.ready();
    if (std::exchange(reload_again_, false)) boost::asio::post(io_, [this] { reload(); });
}

void Program::start_metrics(const MetricsConfig& config) {
    metrics_config_ = config;
    metrics_.reset();
    if (!config.textfile.empty() || !config.listen.empty())
        metrics_ =
            std::make_unique<MetricsPublisher>(io_, config, [this] { return metrics_text(stations_); });
}

/// Any thread.
void Program::changed() {
    if (status_due_.exchange(true)) return;
    boost::asio::post(io_, [this] {
        status_timer_.expires_after(status_pause);
        status_timer_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled) tell_status();
        });
    });
}

/// "1 of 1 radios connected, 2 of 3 brokers, 17 messages waiting"
void Program::tell_status() {
    status_due_ = false;
    std::size_t radios = 0, connected = 0, brokers = 0, online = 0, waiting = 0;
    for (const auto& station : stations_) {
        ++radios;
        connected += station->radio_connected() || station->is_capture();
        if (!station->brokers()) continue;
        for (const auto& broker : station->brokers()->all()) {
            const BrokerReport report = broker->report();
            ++brokers;
            online += report.online;
            waiting += report.waiting;
        }
    }
    notifier_.status(fmt::format("{} of {} radios connected, {} of {} brokers, {} messages waiting",
                                 connected, radios, online, brokers, waiting));
}

void Program::ended() {
    if (std::all_of(stations_.begin(), stations_.end(),
                    [](const auto& station) { return station->has_ended(); }))
        io_.stop();
}

int Program::finish() {
    const SteadyTime deadline = std::chrono::steady_clock::now() + time_to_leave;
    for (const auto& station : stations_) station->leave(deadline);
    int code = exit_good;
    for (const auto& station : stations_) code = std::max(code, station->join());
    return code;
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bridge/config/load.h"
#include "bridge/daemon/metrics_publisher.h"
#include "bridge/daemon/notify.h"
#include "bridge/station.h"

namespace meshcore::bridge {

/// Everything that runs: the stations, and the signals that end or change them.
class Program {
public:
    /// `options` must outlive it.
    Program(const Options& options, Loaded loaded);

    /// To be called before the configuration is read: a reload that is asked for from here on waits
    /// until run() can do it, and is no end by SIGHUP.
    static void hold_reloads();

    /// Until the captures end, or a signal asks to stop. Returns the exit code.
    int run();

private:
    bool can_run(const Config& config) const;
    void add(Config config);
    void wait_for_reload();
    void reload();
    void renew(std::vector<Config> configs);
    void one_renewed();
    void start_metrics(const MetricsConfig& config);
    void changed();
    void tell_status();
    void ended();
    int finish();

    const Options& options_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::signal_set stop_signals_, reload_signal_;
    Notifier notifier_;
    boost::asio::steady_timer status_timer_;
    std::atomic<bool> status_due_ = false;
    MetricsConfig metrics_config_;
    std::unique_ptr<MetricsPublisher> metrics_;
    std::vector<std::unique_ptr<Station>> stations_;
    std::size_t renewing_ = 0;  ///< stations on their way to another configuration
    bool reload_again_ = false;
};

}  // namespace meshcore::bridge

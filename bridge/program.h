// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "bridge/brokers.h"
#include "bridge/capture_run.h"
#include "bridge/dry_run.h"
#include "bridge/options.h"
#include "extcap/radio/session.h"

namespace meshcore::bridge {

enum ExitCode { exit_good = 0, exit_bad_configuration = 2, exit_left = 3 };

/// Everything that runs, in the order in which it depends on each other.
class Program {
public:
    /// Both must outlive it.
    Program(const Options& options, const Config& config);

    /// Until the capture ends, or a signal asks to stop. Returns the exit code.
    int run();

private:
    void make_bridge();
    bool start_radio();
    void radio_state(radio::SessionState state, const std::string& line);
    void start_capture();
    int finish();

    const Options& options_;
    const Config& config_;
    boost::asio::io_context io_;
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
    std::shared_ptr<CaptureRun> capture_;
    std::optional<CaptureRun::End> end_;
    std::unique_ptr<Brokers> brokers_;  ///< none in a dry run
    std::vector<std::unique_ptr<DryRun>> printers_;
    std::unique_ptr<Bridge> bridge_;
    std::unique_ptr<radio::Session> session_;
};

}  // namespace meshcore::bridge

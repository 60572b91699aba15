// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "bridge/config/config.h"
#include "extcap/capture/listener.h"

namespace meshcore::bridge {

/// Where the counters can be read: a file that is replaced every 15 s (for the textfile collector of
/// node_exporter), and an HTTP server with one page, /metrics. What cannot be written or bound is told,
/// and is no reason to stop.
class MetricsPublisher {
public:
    MetricsPublisher(boost::asio::io_context& io, const MetricsConfig& config,
                     std::function<std::string()> page);
    ~MetricsPublisher();

private:
    void write_file();
    void listen(const std::string& address);

    std::string textfile_;
    std::shared_ptr<const std::function<std::string()>> page_;
    boost::asio::steady_timer timer_;
    capture::Listener listener_;
    bool failed_ = false;  ///< the file, the last time
};

}  // namespace meshcore::bridge

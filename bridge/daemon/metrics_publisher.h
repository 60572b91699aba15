// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "bridge/config/config.h"

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
    void accept();

    boost::asio::io_context& io_;
    std::string textfile_;
    std::shared_ptr<const std::function<std::string()>> page_;
    boost::asio::steady_timer timer_, pause_;
    boost::asio::ip::tcp::acceptor acceptor_;
    bool failed_ = false;  ///< the file, the last time
};

}  // namespace meshcore::bridge

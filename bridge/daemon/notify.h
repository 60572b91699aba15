// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <string>

namespace meshcore::bridge {

/// What systemd gets to know, if it started us and asks: sd_notify(3).
class Notifier {
public:
    explicit Notifier(boost::asio::io_context& io);

    /// The configuration is good and everything runs. The watchdog is fed from here on, by the event
    /// loop: if that hangs, systemd starts us again.
    void ready();
    void reloading();
    void stopping();
    /// One line for `systemctl status`; the same one again is not sent.
    void status(const std::string& line);

private:
    void feed_watchdog();

    boost::asio::steady_timer timer_;
    std::chrono::microseconds interval_{0};  ///< 0: no watchdog
    std::string status_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/daemon/notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace meshcore::bridge {

Notifier::Notifier(boost::asio::io_context& io) : timer_{io} {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) > 0)
        interval_ = std::chrono::microseconds{microseconds / 2};
}

void Notifier::ready() {
    sd_notify(0, "READY=1");
    if (interval_.count() > 0) feed_watchdog();
}

void Notifier::feed_watchdog() {
    sd_notify(0, "WATCHDOG=1");
    timer_.expires_after(interval_);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) feed_watchdog();
    });
}

void Notifier::reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                             std::chrono::duration_cast<std::chrono::microseconds>(now).count())
                     .c_str());
}

void Notifier::stopping() {
    sd_notify(0, "STOPPING=1");
}

void Notifier::status(const std::string& line) {
    if (line == status_) return;
    status_ = line;
    sd_notify(0, ("STATUS=" + line).c_str());
}

}  // namespace meshcore::bridge

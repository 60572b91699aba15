// SPDX-License-Identifier: GPL-2.0-or-later
// A capture as if it happened now: same records, same times in them, at a pace of choice.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "extcap/capture/record_source.h"

namespace meshcore::capture {

class Replay {
public:
    struct Handlers {
        OnRecord on_record;
        /// Called once: the capture's end, or what is wrong with it.
        std::function<void(Result<void>)> on_end;
    };

    /// `speed` 1 is the recorded pace, 10 ten times as fast, 0 as fast as on_record takes them.
    Replay(boost::asio::io_context& io, std::unique_ptr<RecordSource> source, double speed,
           Handlers handlers);

    void start();

private:
    void next();
    void deliver();

    std::unique_ptr<RecordSource> source_;
    double speed_;
    Handlers handlers_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer::time_point started_{};
    std::optional<Record> record_;
    std::optional<Record::Time> first_;
};

}  // namespace meshcore::capture

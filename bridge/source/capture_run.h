// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "bridge/bridge.h"
#include "bridge/brokers.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

/// Publishes a capture, or a stream of one, as fast as the brokers take it. Reads in a thread of its
/// own, since a pipe blocks; that thread keeps this object alive.
class CaptureRun : public std::enable_shared_from_this<CaptureRun> {
public:
    struct End {
        Result<void> result;  ///< an error if the capture cannot be read, or nobody knows who observed
        bool complete = false;  ///< every broker has it all
    };

    /// `brokers` is null in a dry run. `on_end` is called from the reading thread.
    CaptureRun(std::string path, std::chrono::seconds timeout, Bridge& bridge, const Brokers* brokers,
               std::function<void(End)> on_end);

    void start();
    /// A broker's state changed. Any thread.
    void changed() { change_.notify_all(); }
    /// After it returns, neither bridge nor brokers are touched any more, and on_end is not called.
    void stop();

private:
    void run();
    Result<void> read_all();
    /// Waits until all brokers are `ready`, or given up, or stop() was called; false then.
    template <typename Ready>
    bool wait_for_brokers(std::unique_lock<std::mutex>& lock, Ready ready);
    bool given_up(const BrokerReport& report, SteadyTime now) const;

    std::string path_;
    std::chrono::seconds timeout_;
    Bridge& bridge_;
    const Brokers* brokers_;
    std::function<void(End)> on_end_;
    std::mutex mutex_;  ///< held while bridge and brokers are touched
    std::condition_variable change_;
    bool stopped_ = false;
};

}  // namespace meshcore::bridge

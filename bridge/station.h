// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "bridge/brokers.h"
#include "bridge/dry_run.h"
#include "bridge/options.h"
#include "bridge/output_file.h"
#include "bridge/source/capture_run.h"
#include "extcap/capture/share.h"
#include "extcap/radio/session.h"

namespace meshcore::bridge {

struct SourceCounters {
    std::uint64_t frames = 0, reports = 0, connections = 0;
};

/// One radio, or capture, from where its packets come in to where they go out.
class Station {
public:
    struct Handlers {
        std::function<void()> on_change;  ///< of the radio or a broker. Any thread
        std::function<void()> on_end;     ///< a capture is through
    };
    /// `io` and `options` must outlive it.
    Station(boost::asio::io_context& io, const Options& options, std::shared_ptr<const Config> config,
            Handlers handlers);

    void start();

    /// Goes over to another configuration without missing anything; `done` is called when it has. One
    /// at a time.
    void renew(std::shared_ptr<const Config> config, std::function<void()> done);

    /// Ends in two steps, so that several can do it at the same time.
    void leave(SteadyTime deadline);
    /// The exit code: 0 unless a capture did not get everywhere.
    int join();

    const Config& config() const { return *config_; }
    bool is_capture() const { return !capture_path().empty(); }
    bool has_ended() const { return end_.has_value(); }
    bool radio_connected() const { return connected_; }
    /// By io's thread; of a capture they are not told.
    const SourceCounters& counters() const { return counters_; }
    const Bridge& bridge() const { return *bridge_; }
    const Brokers* brokers() const { return brokers_.get(); }

private:
    const std::string& capture_path() const;
    std::string label() const;
    Bridge::Identity identity() const;
    Keyring keys() const;
    std::vector<Destination*> destinations();
    void start_radio();
    void start_share();
    void start_capture();
    void take(const Record& record);
    void radio_state(radio::SessionState state, const std::string& line);

    boost::asio::io_context& io_;
    const Options& options_;
    std::shared_ptr<const Config> config_;
    Handlers handlers_;
    std::shared_ptr<CaptureRun> capture_;
    std::optional<CaptureRun::End> end_;
    std::shared_ptr<RadioSigner> radio_signer_;  ///< of a radio
    std::unique_ptr<Brokers> brokers_;           ///< none in a dry run
    std::unique_ptr<OutputFile> output_;         ///< of a radio, if there is to be one
    std::vector<std::unique_ptr<DryRun>> printers_;
    std::unique_ptr<Bridge> bridge_;
    std::unique_ptr<capture::Share> share_;
    std::unique_ptr<radio::Session> session_;
    bool connected_ = false;
    SourceCounters counters_;
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// One capture: from a radio or a file into the fifo, until somebody ends it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "extcap/capture/pcap_writer.h"
#include "extcap/capture/replay.h"
#include "extcap/capture/share.h"
#include "extcap/filter/packet_filter.h"
#include "extcap/logging.h"
#include "extcap/radio/session.h"
#include "extcap/toolbar.h"

namespace meshcore {

class Capturing {
public:
    /// Takes the open descriptor of the fifo; nothing has been written to it yet.
    Capturing(const Settings& settings, int fifo, std::shared_ptr<spdlog::logger> log);
    ~Capturing();

    /// Returns when the capture has ended: nothing, or the one thing that went wrong. All that was
    /// received is then written.
    Result<void> run();

private:
    Result<void> capture();
    Result<void> start_source();
    std::unique_ptr<radio::Protocol> make_protocol();
    void learned(const radio::Learned& learned);
    void start_radio(radio::Endpoint endpoint, std::unique_ptr<radio::Protocol> protocol);
    Result<void> start_share();
    Result<void> compile_filter();
    Result<void> start_replay();
    void log(spdlog::level::level_enum level, const std::string& line);
    void silent();
    void radio_state(radio::SessionState state, const std::string& line);
    void start_stream_after(std::chrono::seconds grace);
    bool start_stream();
    void write(const Record& record);
    void watch_reader();
    void end(Result<void> result);

    const Settings& settings_;
    std::shared_ptr<spdlog::logger> log_;
    boost::asio::io_context io_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer grace_;
    boost::asio::posix::stream_descriptor reader_;
    int fifo_;
    std::optional<capture::PcapWriter> writer_;
    std::optional<filter::PacketFilter> filter_;
    std::unique_ptr<Toolbar> toolbar_;
    std::unique_ptr<capture::Share> share_;
    std::unique_ptr<radio::Session> session_;
    std::unique_ptr<capture::Replay> replay_;
    std::optional<Result<void>> result_;
    bool connected_ = false;
    Result<void> learning_;
    bool silent_ = false;
    bool signalled_ = false;
};

}  // namespace meshcore

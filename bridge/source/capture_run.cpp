// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/source/capture_run.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <thread>

#include "extcap/capture/record_source.h"

namespace meshcore::bridge {
namespace {

using std::chrono::steady_clock;

/// The first device report of a file: it says who observed, also the frames before it.
std::optional<Record> first_report(const std::string& path) {
    auto source = capture::open_record_source(path);
    if (!source) return std::nullopt;
    for (;;) {
        auto record = (*source)->next();
        if (!record || !*record) return std::nullopt;
        if ((*record)->is_report()) return std::move(**record);
    }
}

}  // namespace

CaptureRun::CaptureRun(std::string path, std::chrono::seconds timeout, Bridge& bridge,
                       const Brokers* brokers, std::function<void(End)> on_end)
    : path_{std::move(path)},
      timeout_{timeout},
      bridge_{bridge},
      brokers_{brokers},
      on_end_{std::move(on_end)} {}

void CaptureRun::start() {
    std::thread{[self = shared_from_this()] { self->run(); }}.detach();
}

void CaptureRun::stop() {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    change_.notify_all();
}

void CaptureRun::run() {
    End end;
    end.result = read_all();
    std::unique_lock lock{mutex_};
    if (!wait_for_brokers(lock, [](const Broker& broker) { return broker.report().waiting == 0; }))
        return;
    end.complete = true;
    if (brokers_)
        for (const auto& broker : brokers_->all())
            if (broker->report().waiting + broker->report().dropped > 0) end.complete = false;
    on_end_(std::move(end));
}

Result<void> CaptureRun::read_all() {
    const bool is_stream = path_ == "-" || std::filesystem::is_fifo(path_);
    if (!is_stream)
        if (const auto report = first_report(path_)) {
            const std::lock_guard lock{mutex_};
            if (!stopped_) bridge_.take(*report);
        }
    auto source = capture::open_record_source(path_);
    if (!source) return tl::unexpected<Error>(source.error());
    std::size_t frames = 0;
    for (;;) {
        auto record = (*source)->next();
        if (!record && frames == 0) return tl::unexpected<Error>(record.error());
        if (!record) {
            spdlog::warn("{}; publishing what came before", record.error().message);
            break;
        }
        if (!*record) break;
        std::unique_lock lock{mutex_};
        // A stream goes on without a broker that is away, as a radio would.
        const auto has_room = [is_stream](const Broker& broker) {
            return broker.has_room() || (is_stream && broker.report().failed);
        };
        if (!wait_for_brokers(lock, has_room)) return {};
        bridge_.take(**record);
        if (!(*record)->is_report()) ++frames;
    }
    const std::lock_guard lock{mutex_};
    if (!stopped_ && bridge_.without_observer() > 0)
        return fail(
            fmt::format("nothing in {} says who heard its {} packets: give --origin-id KEY (and "
                        "--origin NAME)",
                        is_stream ? "standard input" : path_, frames));
    if (!stopped_) bridge_.release_all();
    spdlog::info("read {} packets from {}", frames, is_stream ? "standard input" : path_);
    return {};
}

bool CaptureRun::given_up(const BrokerReport& report, SteadyTime now) const {
    return !report.online && now >= report.offline_since + timeout_;
}

template <typename Ready>
bool CaptureRun::wait_for_brokers(std::unique_lock<std::mutex>& lock, Ready ready) {
    while (!stopped_) {
        const SteadyTime now = steady_clock::now();
        SteadyTime until = SteadyTime::max();
        bool wait = false;
        if (brokers_)
            for (const auto& broker : brokers_->all()) {
                if (ready(*broker)) continue;
                const BrokerReport report = broker->report();
                if (given_up(report, now)) continue;
                wait = true;
                if (!report.online) until = std::min(until, report.offline_since + timeout_);
            }
        if (!wait) return true;
        if (until == SteadyTime::max())
            change_.wait(lock);
        else
            change_.wait_until(lock, until);
    }
    return false;
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capturing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "dissector/core/text.h"
#include "extcap/capture/shared_capture.h"
#include "extcap/learned_keys.h"
#include "extcap/verdict.h"

namespace meshcore {
namespace {

/// Wireshark tells a capture that failed from one that ended by whether the stream header came. So the
/// header waits for the radio as long as connecting may take, or finding out its protocol.
constexpr std::chrono::seconds longest_grace{11};

/// A console may be wired for listening only; who speaks one of these can be asked.
bool always_answers(std::string_view protocol) {
    return protocol == "companion" || protocol == "kiss";
}

/// For the toolbar, which has little room.
std::string_view word(radio::SessionState state) {
    switch (state) {
        case radio::SessionState::connected:
        case radio::SessionState::identified: return "connected";
        case radio::SessionState::silent: return "no answer";
        case radio::SessionState::unreachable: return "cannot connect";
        case radio::SessionState::unusable: return "no MeshCore radio";
        case radio::SessionState::lost: return "lost, reconnecting";
    }
    return "";
}

}  // namespace

Capturing::Capturing(const Settings& settings, int fifo, std::shared_ptr<spdlog::logger> log)
    : settings_(settings),
      log_(std::move(log)),
      signals_(io_, SIGINT, SIGTERM),
      grace_(io_),
      reader_(io_),
      fifo_(fifo) {}

Capturing::~Capturing() {
    if (fifo_ >= 0) ::close(fifo_);
}

Result<void> Capturing::run() {
    Result<void> result = capture();
    if (toolbar_ && !signalled_) toolbar_->wait_until_shown();
    return result;
}

Result<void> Capturing::capture() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        signalled_ = true;
        if (session_) session_->stop();
        end(silent_ ? understood(session_->protocol(), settings_.interface, settings_.protocol)
                    : Result<void>{});
    });
    watch_reader();
    if (!settings_.control_in.empty() && !settings_.control_out.empty())
        toolbar_ = std::make_unique<Toolbar>(io_, settings_.control_in, settings_.control_out);
    start_stream_after(longest_grace);
    if (Result<void> started = start_source(); !started) return started;
    while (!result_) io_.run_one();
    if (session_) session_->stop();
    if (const std::string line = session_ ? missed(session_->protocol()) : ""; !line.empty())
        log(spdlog::level::warn, line);
    return *result_ ? learning_ : *result_;
}

Result<void> Capturing::start_source() {
    if (Result<void> compiled = compile_filter(); !compiled) return compiled;
    if (!settings_.learn.empty())
        if (Result<void> good = check_key_file_path(settings_.learn, settings_.learn_replace); !good)
            return good;
    if (Result<void> shared = start_share(); !shared) return shared;
    const Interface interface = *find_interface(settings_.interface);
    switch (interface.kind) {
        case InterfaceKind::port:
            start_radio(radio::SerialEndpoint{interface.path, settings_.baud}, make_protocol());
            break;
        case InterfaceKind::serial:
            start_radio(radio::SerialEndpoint{settings_.port, settings_.baud}, make_protocol());
            break;
        case InterfaceKind::tcp:
            start_radio(
                radio::TcpEndpoint{settings_.host, static_cast<std::uint16_t>(settings_.tcp_port)},
                make_protocol());
            break;
        case InterfaceKind::attach: {
            const capture::HostAndPort where = *capture::parse_host_and_port(settings_.attach);
            start_radio(radio::TcpEndpoint{where.host, where.port, true},
                        std::make_unique<capture::SharedCapture>());
            break;
        }
        case InterfaceKind::replay: return start_replay();
    }
    return {};
}

Result<void> Capturing::compile_filter() {
    if (settings_.capture_filter.empty()) return {};
    auto filter = filter::PacketFilter::compile(settings_.capture_filter);
    if (!filter) return tl::unexpected<Error>(filter.error());
    filter_ = std::move(*filter);
    return {};
}

Result<void> Capturing::start_share() {
    if (settings_.share.empty()) return {};
    auto share = capture::Share::listen(
        io_, settings_.share, [this](const std::string& line) { log(spdlog::level::info, line); });
    if (!share) return tl::unexpected<Error>(share.error());
    share_ = std::move(*share);
    log(spdlog::level::info, fmt::format("shared on {}", share_->address()));
    return {};
}

std::unique_ptr<radio::Protocol> Capturing::make_protocol() {
    radio::OnLearned on_learned;
    if (!settings_.learn.empty()) on_learned = [this](const radio::Learned& what) { learned(what); };
    // Both were checked with the command line.
    return radio::make_protocol(settings_.protocol, *radio::make_tuning(wishes(settings_)),
                                std::move(on_learned));
}

void Capturing::learned(const radio::Learned& learned) {
    learning_ = write_key_file(settings_.learn, settings_.learn_replace, learned);
    if (!learning_) return log(spdlog::level::err, learning_.error().message);
    log(learned.complete ? spdlog::level::info : spdlog::level::warn,
        fmt::format("{} channels and {} nodes written to {}{}", learned.channels.size(),
                    learned.nodes.size(), settings_.learn,
                    learned.complete ? "" : "; the radio did not tell all of its contacts"));
}

void Capturing::start_radio(radio::Endpoint endpoint, std::unique_ptr<radio::Protocol> protocol) {
    radio::SessionOptions options;
    options.stats_interval = std::chrono::seconds{settings_.stats_interval};
    session_ = std::make_unique<radio::Session>(
        io_, std::move(endpoint), std::move(protocol), options,
        radio::Session::Handlers{
            [this](const Record& record) { write(record); },
            [this](radio::SessionState state, const std::string& line) { radio_state(state, line); }});
    session_->start();
}

Result<void> Capturing::start_replay() {
    auto source = capture::open_record_source(settings_.file);
    if (!source) return tl::unexpected<Error>(source.error());
    replay_ = std::make_unique<capture::Replay>(
        io_, std::move(*source), settings_.speed,
        capture::Replay::Handlers{[this](const Record& record) { write(record); },
                                  [this](Result<void> result) {
                                      if (result) start_stream();
                                      end(std::move(result));
                                  }});
    replay_->start();
    return {};
}

void Capturing::log(spdlog::level::level_enum level, const std::string& line) {
    log_->log(level, "{}", line);
    if (toolbar_) toolbar_->log(line);
}

void Capturing::radio_state(radio::SessionState state, const std::string& line) {
    using radio::SessionState;
    const bool bad = state != SessionState::connected && state != SessionState::identified;
    log(bad ? spdlog::level::warn : spdlog::level::info, line);
    if (toolbar_) {
        const std::string name =
            session_ ? session_->protocol().device().text("meshcore_radio.device.name"_f) : "";
        toolbar_->radio(fmt::format("{}{}{}", one_line(name), name.empty() ? "" : ": ", word(state)));
    }
    switch (state) {
        case SessionState::connected:
            connected_ = true;
            // Who shares says at once that this is a capture.
            if (!settings_.attach.empty())
                start_stream_after(std::chrono::seconds{1});
            else if (!always_answers(settings_.protocol))
                start_stream();
            break;
        case SessionState::identified: start_stream(); break;
        // A radio that was never there is a mistake to be told; one that went away comes back.
        case SessionState::unreachable:
            if (!connected_) end(fail(line));
            break;
        case SessionState::unusable: end(fail(line)); break;
        case SessionState::silent: silent(); break;
        case SessionState::lost: break;
    }
}

/// The protocol that the user named may be the wrong one.
void Capturing::silent() {
    silent_ = true;
    Result<void> good = understood(session_->protocol(), settings_.interface, settings_.protocol);
    if (!good && always_answers(settings_.protocol)) end(std::move(good));
}

void Capturing::start_stream_after(std::chrono::seconds grace) {
    grace_.expires_after(grace);
    grace_.async_wait([this](const boost::system::error_code& error) {
        if (!error) start_stream();
    });
}

bool Capturing::start_stream() {
    if (writer_) return true;
    if (result_) return false;
    grace_.cancel();
    auto writer = capture::PcapWriter::start(std::exchange(fifo_, -1), settings_.fifo);
    if (!writer) {
        end(tl::unexpected<Error>(writer.error()));
        return false;
    }
    writer_ = std::move(*writer);
    return true;
}

void Capturing::write(const Record& record) {
    if (result_ || !start_stream()) return;
    // The filter is the capture's own: who attaches has another.
    if (share_) share_->publish(record);
    if (filter_ && !filter_->matches(record.bytes)) return;
    if (toolbar_) toolbar_->count(record);
    if (record.is_report())
        log_->debug("device report");
    else
        log_->debug("frame of {} bytes", record.frame().size());
    if (Result<void> written = writer_->write(record); !written) {
        // A reader that leaves has seen enough.
        if (errno == EPIPE)
            end({});
        else
            end(std::move(written));
    }
}

void Capturing::watch_reader() {
    struct stat status {};
    if (::fstat(fifo_, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
    // Opened anew and not duplicated: asio makes it non-blocking, and writes to the fifo have to block.
    const int fd =
        ::open(fmt::format("/proc/self/fd/{}", fifo_).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    reader_.assign(fd);
    reader_.async_wait(boost::asio::posix::stream_descriptor::wait_error,
                       [this](const boost::system::error_code& error) {
                           if (!error) end({});
                       });
}

void Capturing::end(Result<void> result) {
    if (!result_) result_ = std::move(result);
}

}  // namespace meshcore

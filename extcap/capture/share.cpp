// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/share.h"

#include <fmt/format.h>

#include <boost/asio/write.hpp>
#include <charconv>
#include <deque>

#include "dissector/core/capture_header.h"
#include "extcap/capture/pcap_stream.h"

namespace meshcore::capture {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// What waits for one reader, beside what the system holds: hours of a busy mesh.
constexpr std::size_t longest_queue = 1U << 20;

std::string text_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    return fmt::format(fmt::runtime(address.is_v6() ? "[{}]:{}" : "{}:{}"), address.to_string(),
                       endpoint.port());
}

auto shared(std::vector<std::uint8_t> bytes) {
    return std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
}

}  // namespace

Result<HostAndPort> parse_host_and_port(const std::string& text) {
    const auto colon = text.rfind(':');
    unsigned port = 65536;
    if (colon != std::string::npos) {
        const char* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
        if (parsed.ec != std::errc{} || parsed.ptr != end) port = 65536;
    }
    std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty() || port > 65535)
        return fail(fmt::format("'{}' is no HOST:PORT, as in 127.0.0.1:5555", text));
    return HostAndPort{host, static_cast<std::uint16_t>(port)};
}

/// Keeps itself alive while an operation is under way.
class Share::Reader : public std::enable_shared_from_this<Reader> {
public:
    Reader(tcp::socket socket, OnEvent on_event)
        : socket_(std::move(socket)), on_event_(std::move(on_event)) {
        error_code ignored;
        name_ = text_of(socket_.remote_endpoint(ignored));
        // Else the system would hold some more megabytes for it.
        socket_.set_option(tcp::socket::send_buffer_size(1 << 18), ignored);
    }

    void start(const Chunk& last_report) {
        on_event_(fmt::format("{} reads along", name_));
        wait_for_end();
        push(shared(pcap_stream_header()));
        if (last_report) push(last_report);
    }

    void push(Chunk chunk) {
        if (gone_) return;
        // Once it has lost one it catches up first, so that it can be told where the gap is.
        if (lost_ == 0 && queued_ + chunk->size() <= longest_queue) return enqueue(std::move(chunk));
        if (lost_++ == 0) on_event_(fmt::format("{} is too slow and loses packets", name_));
    }

    void close() {
        gone_ = true;
        error_code ignored;
        socket_.close(ignored);
    }
    bool gone() const { return gone_; }

private:
    void enqueue(Chunk chunk) {
        queued_ += chunk->size();
        queue_.push_back(std::move(chunk));
        if (queue_.size() == 1) write();
    }

    void tell_loss() {
        const std::string line =
            fmt::format("reader too slow: {} records lost", std::exchange(lost_, 0));
        on_event_(fmt::format("{}: {}", name_, line));
        CaptureHeader header;
        header.put("meshcore_radio.device.event"_f, line);
        const Bytes bytes = header.bytes();
        const auto now =
            std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
        enqueue(shared(pcap_stream_record({now, {bytes.begin(), bytes.end()}})));
    }

    void write() {
        boost::asio::async_write(socket_, boost::asio::buffer(*queue_.front()),
                                 [self = shared_from_this()](const error_code& error, std::size_t) {
                                     if (error) return self->end();
                                     self->queued_ -= self->queue_.front()->size();
                                     self->queue_.pop_front();
                                     if (self->queue_.empty() && self->lost_ > 0)
                                         return self->tell_loss();
                                     if (!self->queue_.empty()) self->write();
                                 });
    }

    /// A reader says nothing; what it says all the same is dropped.
    void wait_for_end() {
        socket_.async_read_some(boost::asio::buffer(ignored_),
                                [self = shared_from_this()](const error_code& error, std::size_t) {
                                    if (error) return self->end();
                                    self->wait_for_end();
                                });
    }

    void end() {
        if (gone_) return;
        close();
        on_event_(fmt::format("{} has gone", name_));
    }

    tcp::socket socket_;
    OnEvent on_event_;
    std::string name_;
    std::deque<Chunk> queue_;
    std::size_t queued_ = 0;
    std::uint64_t lost_ = 0;
    std::array<std::uint8_t, 64> ignored_{};
    bool gone_ = false;
};

Share::Share(boost::asio::io_context& io, OnEvent on_event)
    : acceptor_(io), pause_(io), on_event_(std::move(on_event)) {}

Share::~Share() {
    for (const auto& reader : readers_) reader->close();
}

Result<std::unique_ptr<Share>> Share::listen(boost::asio::io_context& io, const std::string& address,
                                             OnEvent on_event) {
    const auto where = parse_host_and_port(address);
    if (!where) return tl::unexpected<Error>(where.error());
    const auto cannot = [&address](const error_code& error) {
        return fail(fmt::format("cannot share on {}: {}; choose another --share address", address,
                                error.message()));
    };
    error_code error;
    const auto found = tcp::resolver{io}.resolve(where->host, std::to_string(where->port),
                                                 tcp::resolver::passive, error);
    if (error) return cannot(error);
    const tcp::endpoint endpoint = found.begin()->endpoint();

    std::unique_ptr<Share> share{new Share{io, std::move(on_event)}};
    tcp::acceptor& acceptor = share->acceptor_;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return cannot(error);
    if (!endpoint.address().is_loopback())
        share->on_event_(
            fmt::format("{} is not this machine alone: whoever can connect can read the capture",
                        share->address()));
    share->notice_.emplace(radio::Notice::Kind::share, share->address());
    share->accept();
    return share;
}

std::string Share::address() const {
    error_code ignored;
    return text_of(acceptor_.local_endpoint(ignored));
}

void Share::accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (error) {
            // Too many open files, most likely: no use in trying again at once.
            pause_.expires_after(std::chrono::seconds{1});
            pause_.async_wait([this](const error_code& stopped) {
                if (!stopped) accept();
            });
            return;
        }
        remove_gone();
        readers_.push_back(std::make_shared<Reader>(std::move(socket), on_event_));
        readers_.back()->start(last_report_);
        accept();
    });
}

void Share::remove_gone() {
    readers_.remove_if([](const auto& reader) { return reader->gone(); });
}

void Share::publish(const Record& record) {
    remove_gone();
    if (readers_.empty() && !record.is_report()) return;
    const Chunk chunk = shared(pcap_stream_record(record));
    if (record.is_report()) last_report_ = chunk;
    for (const auto& reader : readers_) reader->push(chunk);
}

}  // namespace meshcore::capture

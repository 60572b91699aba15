// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/share.h"

#include <fmt/format.h>

#include <boost/asio/write.hpp>
#include <deque>

#include "dissector/core/capture_header.h"
#include "extcap/capture/pcap_stream.h"

namespace meshcore::capture {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// What waits for one reader, beside what the system holds: hours of a busy mesh.
constexpr std::size_t longest_queue = 1U << 20;

auto shared(std::vector<std::uint8_t> bytes) {
    return std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
}

}  // namespace

/// Keeps itself alive while an operation is under way.
class Share::Reader : public std::enable_shared_from_this<Reader> {
public:
    Reader(tcp::socket socket, OnEvent on_event)
        : socket_(std::move(socket)), on_event_(std::move(on_event)) {
        error_code ignored;
        name_ = to_text(socket_.remote_endpoint(ignored));
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
    : listener_(io), on_event_(std::move(on_event)) {}

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
    std::unique_ptr<Share> share{new Share{io, std::move(on_event)}};
    if (const error_code error = share->listener_.open(*where)) return cannot(error);
    if (!share->listener_.is_private())
        share->on_event_(
            fmt::format("{} is not this machine alone: whoever can connect can read the capture",
                        share->address()));
    share->notice_.emplace(radio::Notice::Kind::share, share->address());
    share->listener_.accept(
        [share = share.get()](tcp::socket socket) { share->add(std::move(socket)); });
    return share;
}

std::string Share::address() const {
    return to_text(listener_.endpoint());
}

void Share::add(tcp::socket socket) {
    remove_gone();
    readers_.push_back(std::make_shared<Reader>(std::move(socket), on_event_));
    readers_.back()->start(last_report_);
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

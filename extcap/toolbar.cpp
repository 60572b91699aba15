// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/toolbar.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "dissector/core/capture_header.h"

namespace meshcore {
namespace {

enum Control : std::uint8_t { radio_control, packets_control, signal_control, log_control };
enum Command : std::uint8_t { initialized = 0, set = 1, add = 2 };

constexpr std::chrono::milliseconds between_updates{500};
/// What waits when nobody reads: more is of no use.
constexpr std::size_t longest_queue = 256;
constexpr std::size_t longest_payload = 4096;

/// Or a signal.
void wait_for_message(int fd) {
    constexpr int longest_wait = 5'000;
    pollfd wanted{fd, POLLIN, 0};
    static_cast<void>(::poll(&wanted, 1, longest_wait));
}

}  // namespace

std::string control_sentences() {
    return fmt::format(
        "control {{number={}}}{{type=string}}{{display=Radio}}{{tooltip=Name and state of the radio}}\n"
        "control {{number={}}}{{type=string}}{{display=Packets}}{{tooltip=Packets that were "
        "captured}}\n"
        "control {{number={}}}{{type=string}}{{display=Signal}}{{tooltip=SNR of the last packet, and "
        "noise floor}}\n"
        "control {{number={}}}{{type=button}}{{role=logger}}{{display=Log}}{{tooltip=What the capture "
        "program did}}\n",
        +radio_control, +packets_control, +signal_control, +log_control);
}

Toolbar::Toolbar(boost::asio::io_context& io, const std::string& in, const std::string& out)
    : in_(io), out_(io), pause_(io) {
    // For reading and writing, so that opening does not wait for Wireshark. Without a toolbar the
    // capture goes on.
    const int in_fd = ::open(in.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (in_fd < 0) return;
    in_.assign(in_fd);
    const int out_fd = ::open(out.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (out_fd < 0) return;
    out_.assign(out_fd);
    read();
}

void Toolbar::wait_until_shown() {
    if (!ready_ && in_.is_open()) wait_for_message(in_.native_handle());
}

void await_toolbar(const std::string& in) {
    const int fd = ::open(in.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    wait_for_message(fd);
    ::close(fd);
}

void Toolbar::read() {
    in_.async_read_some(boost::asio::buffer(read_),
                        [this](const boost::system::error_code& error, std::size_t) {
                            if (error) return;
                            // Its first message says that the toolbar is there. What people type into
                            // it changes nothing.
                            if (!std::exchange(ready_, true)) show();
                            read();
                        });
}

void Toolbar::radio(std::string line) {
    radio_ = std::move(line);
    show_soon();
}

void Toolbar::count(const Record& record) {
    Tape header;
    dissect_capture_header(record.bytes, header);
    if (const Node* node = header.find("meshcore_radio.noise_floor"_f)) {
        noise_floor_ = static_cast<double>(node->signed_number);
        has_noise_floor_ = true;
    }
    if (!record.is_report()) {
        ++packets_;
        const Node* snr = header.find("meshcore_radio.snr"_f);
        has_snr_ = snr != nullptr;
        if (snr) snr_ = snr->real;
    }
    show_soon();
}

void Toolbar::log(const std::string& line) {
    if (ready_) send(log_control, add, line + "\n");
}

void Toolbar::show_soon() {
    if (!ready_ || std::exchange(waiting_, true)) return;
    pause_.expires_after(between_updates);
    pause_.async_wait([this](const boost::system::error_code& error) {
        waiting_ = false;
        if (!error) show();
    });
}

void Toolbar::show() {
    send(radio_control, set, radio_);
    send(packets_control, set, std::to_string(packets_));
    std::string signal;
    if (has_snr_) signal = fmt::format("{} dB", snr_);
    if (has_noise_floor_)
        signal += fmt::format("{}floor {} dBm", signal.empty() ? "" : ", ", noise_floor_);
    send(signal_control, set, signal);
}

void Toolbar::send(std::uint8_t control, std::uint8_t command, std::string_view payload) {
    if (!out_.is_open() || queue_.size() >= longest_queue) return;
    payload = payload.substr(0, longest_payload);
    const std::size_t length = payload.size() + 2;
    std::vector<char> message{'T',
                              static_cast<char>(length >> 16),
                              static_cast<char>(length >> 8),
                              static_cast<char>(length),
                              static_cast<char>(control),
                              static_cast<char>(command)};
    message.insert(message.end(), payload.begin(), payload.end());
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) write_first();
}

void Toolbar::write_first() {
    boost::asio::async_write(out_, boost::asio::buffer(queue_.front()),
                             [this](const boost::system::error_code& error, std::size_t) {
                                 queue_.pop_front();
                                 if (error) queue_.clear();
                                 if (!queue_.empty()) write_first();
                             });
}

}  // namespace meshcore

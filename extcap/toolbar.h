// SPDX-License-Identifier: GPL-2.0-or-later
// Wireshark's interface toolbar: it shows the radio's name and state, the packets so far, the last
// signal, and the log. Messages go over two fifos, and each is
//   'T', length of the rest as u24 big-endian, number of the control, command, payload.
// Source: Wireshark doc/extcap.adoc, "Toolbar controls".
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <string>
#include <vector>

#include "dissector/core/result.h"
#include "extcap/radio/record.h"

namespace meshcore {

/// The sentences that announce the controls.
std::string control_sentences();

/// The same for a capture that never came to have a toolbar.
void await_toolbar(const std::string& in);

class Toolbar {
public:
    /// `in` is where Wireshark writes, `out` where it reads.
    Toolbar(boost::asio::io_context& io, const std::string& in, const std::string& out);

    void radio(std::string line);
    void count(const Record& record);
    void log(const std::string& line);
    /// Before the program ends: Wireshark 4.0 hangs for ever if nobody reads when it opens its end of
    /// `in`, which it does some time after the start. Waits for that, or in vain for some seconds.
    void wait_until_shown();

private:
    void read();
    void show_soon();
    void show();
    void send(std::uint8_t control, std::uint8_t command, std::string_view payload);
    void write_first();

    boost::asio::posix::stream_descriptor in_;
    boost::asio::posix::stream_descriptor out_;
    boost::asio::steady_timer pause_;
    std::array<char, 256> read_{};
    std::deque<std::vector<char>> queue_;
    bool ready_ = false;  // Wireshark has shown its toolbar
    bool waiting_ = false;
    std::string radio_;
    std::uint64_t packets_ = 0;
    double noise_floor_ = 0;
    double snr_ = 0;
    bool has_snr_ = false;
    bool has_noise_floor_ = false;
};

}  // namespace meshcore

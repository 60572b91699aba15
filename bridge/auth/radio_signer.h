// SPDX-License-Identifier: GPL-2.0-or-later
// Login tokens signed by the radio, whose private key never leaves it. Brokers ask from their threads;
// the session that owns the radio answers in its own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "bridge/auth/token.h"
#include "bridge/mqtt/answer.h"
#include "extcap/radio/session.h"

namespace meshcore::bridge {

class RadioSigner : public std::enable_shared_from_this<RadioSigner> {
public:
    /// `io` is the session's, and must outlive it.
    explicit RadioSigner(boost::asio::io_context& io) : io_{io} {}

    /// A whole token. It is given up with `answer`, if nobody else holds that any more.
    struct Request {
        PublicKey key;
        std::function<Claims()> claims;  ///< called when it goes to the radio, in io's thread
        bool patient;                    ///< a radio that is not connected is waited for
        std::weak_ptr<Answer<std::string>> answer;
    };
    /// Any thread.
    void ask(Request request);
    /// Any thread; as of a moment ago.
    bool radio_is_there() const { return there_; }

    /// By io's thread: the radio is connected, until gone() is called, which comes before its end.
    void connected(radio::Session& session);
    void gone();

private:
    void take(Request request);
    void pass_on(const Request& request);

    boost::asio::io_context& io_;
    radio::Session* session_ = nullptr;
    std::atomic<bool> there_ = false;
    std::vector<Request> waiting_;  ///< for the radio
};

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
// A folder that only we can enter, with a socket in it; both are gone when it is.
#pragma once

#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace meshcore::bridge {

class PrivateSocket {
public:
    explicit PrivateSocket(boost::asio::io_context& io) : acceptor_{io} {
        char folder[] = "/tmp/meshcore-bridge-XXXXXX";
        if (!::mkdtemp(folder)) throw std::system_error{errno, std::generic_category(), "mkdtemp"};
        folder_ = folder;
        acceptor_.open();
        acceptor_.bind({path()});
        acceptor_.listen(1);
    }
    PrivateSocket(const PrivateSocket&) = delete;
    PrivateSocket& operator=(const PrivateSocket&) = delete;
    ~PrivateSocket() {
        ::unlink(path().c_str());
        ::rmdir(folder_.c_str());
    }
    std::string path() const { return folder_ + "/mqtt"; }
    boost::asio::local::stream_protocol::acceptor& acceptor() { return acceptor_; }

private:
    std::string folder_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace meshcore::bridge

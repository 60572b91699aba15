// SPDX-License-Identifier: GPL-2.0-or-later
// Who has a serial port that is busy, and where that program shares its capture. Both can be seen by
// any user of this machine, and both end with the program: the lock is flock's in /proc/locks, the
// share's address is the name of an abstract Unix socket, "meshcore-share/PID/HOST:PORT" in
// /proc/net/unix.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace meshcore::radio {

struct PortOwner {
    pid_t pid;
    std::string program;  ///< up to 15 bytes; empty if the system does not tell
    std::string share;    ///< HOST:PORT; empty if it does not share
};

/// `path` is the device itself, no link. Nothing if nobody's lock is to be seen.
std::optional<PortOwner> port_owner(const std::string& path);

/// As long as it lives, others can find where this program shares its capture.
class ShareNotice {
public:
    explicit ShareNotice(const std::string& address);
    ~ShareNotice();
    ShareNotice(const ShareNotice&) = delete;
    ShareNotice& operator=(const ShareNotice&) = delete;

private:
    int socket_;
};

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
// Who has a radio that serves one program, and where that program shares its capture. All of it can be
// seen by any user of this machine, and ends with the program: a serial port's lock is flock's in
// /proc/locks; a radio on the network and a share are the names of abstract Unix sockets in
// /proc/net/unix, "meshcore-radio/PID/ADDRESS:PORT" and "meshcore-share/PID/HOST:PORT".
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
/// The other program of ours that is connected to the radio at this "ADDRESS:PORT".
std::optional<PortOwner> radio_owner(const std::string& address);
/// One line: that `radio` is in use, by whom, and what to do.
std::string in_use(const std::string& radio, const std::optional<PortOwner>& owner);

/// As long as it lives, others can see what this program does.
class Notice {
public:
    enum class Kind { radio, share };
    Notice(Kind kind, const std::string& address);
    ~Notice();
    Notice(const Notice&) = delete;
    Notice& operator=(const Notice&) = delete;

private:
    int socket_;
};

}  // namespace meshcore::radio

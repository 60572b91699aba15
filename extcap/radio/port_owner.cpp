// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/port_owner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dissector/core/text.h"

namespace meshcore::radio {
namespace {

namespace fs = std::filesystem;

using Kind = Notice::Kind;

std::string notice_start(Kind kind) {
    return kind == Kind::share ? "meshcore-share/" : "meshcore-radio/";
}

struct Seen {
    pid_t pid;
    std::string address;
};

template <typename Wanted>
std::optional<Seen> find_notice(Kind kind, Wanted wanted) {
    std::ifstream sockets{"/proc/net/unix"};
    const std::string start = "@" + notice_start(kind);
    for (std::string line; std::getline(sockets, line);) {
        const auto at = line.find(start);
        if (at == std::string::npos) continue;
        Seen seen{};
        char slash = 0;
        std::istringstream rest{line.substr(at + start.size())};
        if (rest >> seen.pid >> slash >> seen.address && slash == '/' && wanted(seen)) return seen;
    }
    return std::nullopt;
}

/// A line is "1: FLOCK  ADVISORY  WRITE 812 00:05:1234 0 EOF": pid; device of the file system in hex,
/// inode in decimal.
std::optional<pid_t> lock_owner(const struct stat& status) {
    const std::string file =
        fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
    std::ifstream locks{"/proc/locks"};
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words{line};
        std::string number, kind, how, access, where;
        pid_t pid = 0;
        if (words >> number >> kind >> how >> access >> pid >> where && where == file && pid > 0)
            return pid;
    }
    return std::nullopt;
}

/// Who has the device open without a lock; root sees all, others see their own programs.
std::optional<pid_t> opener(const struct stat& status) {
    std::error_code error;
    for (const fs::directory_entry& process : fs::directory_iterator{"/proc", error}) {
        const std::string name = process.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::error_code hidden;
        for (const fs::directory_entry& open : fs::directory_iterator{process.path() / "fd", hidden}) {
            struct stat other {};
            if (::stat(open.path().c_str(), &other) == 0 && other.st_rdev == status.st_rdev &&
                S_ISCHR(other.st_mode) && std::stoi(name) != ::getpid())
                return std::stoi(name);
        }
    }
    return std::nullopt;
}

std::string program_of(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/comm", pid)};
    std::string name;
    std::getline(file, name);
    return one_line(name);
}

PortOwner owner_of(pid_t pid) {
    const auto share = find_notice(Kind::share, [pid](const Seen& seen) { return seen.pid == pid; });
    return {pid, program_of(pid), share ? one_line(share->address) : std::string{}};
}

}  // namespace

std::optional<PortOwner> port_owner(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    auto pid = lock_owner(status);
    if (!pid) pid = opener(status);
    if (!pid) return std::nullopt;
    return owner_of(*pid);
}

std::optional<PortOwner> radio_owner(const std::string& address) {
    const auto other = find_notice(Kind::radio, [&address](const Seen& seen) {
        return seen.address == address && seen.pid != ::getpid();
    });
    if (!other) return std::nullopt;
    return owner_of(other->pid);
}

std::string in_use(const std::string& radio, const std::optional<PortOwner>& owner) {
    if (!owner) return fmt::format("{} is in use by another program; close that one first", radio);
    const std::string who = owner->program.empty()
                                ? fmt::format("process {}", owner->pid)
                                : fmt::format("{} (process {})", owner->program, owner->pid);
    if (!owner->share.empty())
        return fmt::format(
            "{} is in use by {}, which shares what it captures: attach to it (--attach {})", radio, who,
            owner->share);
    if (owner->program.starts_with("meshcore"))
        return fmt::format("{} is in use by {}; let it share what it captures, or stop it", radio, who);
    return fmt::format("{} is in use by {}; close that one first", radio, who);
}

Notice::Notice(Kind kind, const std::string& address)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    // Only a hint: a program without it works all the same.
    const std::string name = fmt::format("{}{}/{}", notice_start(kind), ::getpid(), address);
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    if (socket_ < 0 || name.size() + 1 > sizeof where.sun_path) return;
    std::copy(name.begin(), name.end(), where.sun_path + 1);  // after a zero: in no file system
    static_cast<void>(
        ::bind(socket_, reinterpret_cast<const sockaddr*>(&where),
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())));
}

Notice::~Notice() {
    if (socket_ >= 0) ::close(socket_);
}

}  // namespace meshcore::radio

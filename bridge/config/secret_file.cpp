// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/secret_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace meshcore::bridge {

Result<std::string> read_secret_file(const std::string& path) {
    const auto refuse = [&](std::string_view why) {
        return fail(fmt::format("cannot use {}: {}", path, why));
    };
    errno = 0;
    std::ifstream file{path};
    struct stat status {};
    if (!file || ::stat(path.c_str(), &status) != 0) return refuse(std::strerror(errno));
    if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return refuse("other users can read or write it; chmod 600 it");
    std::string line;
    std::getline(file, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) return refuse("its first line is empty");
    return line;
}

bool others_can_read(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace meshcore::bridge

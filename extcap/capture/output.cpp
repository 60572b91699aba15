// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace meshcore::capture {

tl::unexpected<Error> cannot_write(const std::string& path) {
    return fail(fmt::format("cannot write to {}: {}", path, std::strerror(errno)));
}

Result<int> open_output(const std::string& path) {
    if (path == "-") {
        if (::isatty(STDOUT_FILENO))
            return fail("standard output is a terminal; redirect it, or pipe it into 'tshark -i -'");
        const int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0) return cannot_write("standard output");
        return fd;
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return fail(fmt::format("cannot open {} for writing: {}", path, std::strerror(errno)));
    return fd;
}

Result<FILE*> start_output(int fd, const std::string& path) {
    // What a shell hands over may be non-blocking, which stdio can't write to.
    if (const int flags = ::fcntl(fd, F_GETFL); flags & O_NONBLOCK)
        ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    struct stat status {};
    const bool replace = path != "-" && ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    FILE* file = replace && ::ftruncate(fd, 0) != 0 ? nullptr : ::fdopen(fd, "wb");
    if (file) return file;
    const auto error = cannot_write(path);
    ::close(fd);
    return error;
}

}  // namespace meshcore::capture

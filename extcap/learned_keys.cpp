// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/learned_keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "dissector/core/bytes.h"
#include "dissector/core/text.h"

namespace meshcore {
namespace {

toml::array tables(const std::vector<radio::Learned::Entry>& entries, std::string_view word) {
    toml::array array;
    for (const radio::Learned::Entry& entry : entries)
        array.push_back(toml::table{{"name", one_line(entry.name)}, {word, to_hex(entry.key)}});
    return array;
}

std::string as_toml(const radio::Learned& learned) {
    toml::table file;
    if (!learned.channels.empty()) file.insert("channel", tables(learned.channels, "secret"));
    if (!learned.nodes.empty()) file.insert("node", tables(learned.nodes, "public_key"));
    std::ostringstream text;
    text << "# Learned from a companion radio. Channel secrets: keep this file to yourself.\n"
         << file << '\n';
    return text.str();
}

std::string is_there(const std::string& path) {
    return fmt::format("{} is already there: name another file, or replace it (--learn-replace)", path);
}

Error cannot_write(const std::string& path) {
    return Error{fmt::format("cannot write the key file {}: {}", path, std::strerror(errno))};
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(fd) == 0;
}

}  // namespace

Result<void> check_key_file_path(const std::string& path, bool replace) {
    std::error_code error;
    const auto status = std::filesystem::symlink_status(path, error);
    if (std::filesystem::exists(status) && !replace) return fail(is_there(path));
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(path, error))
        return fail(fmt::format("{} is no file to write keys to", path));
    const auto folder = std::filesystem::absolute(path).parent_path();
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return tl::unexpected<Error>(cannot_write(path));
    return {};
}

Result<void> write_key_file(const std::string& path, bool replace, const radio::Learned& learned) {
    std::string draft = path + ".XXXXXX";
    const int fd = ::mkostemp(draft.data(), O_CLOEXEC);  // mode 0600
    if (fd < 0) return tl::unexpected<Error>(cannot_write(path));
    bool written = write_all(fd, as_toml(learned));
    written = ::close(fd) == 0 && written;
    // A link, unlike a rename, spares what has come there meanwhile.
    const auto put = replace ? ::rename : ::link;
    if (written && put(draft.c_str(), path.c_str()) == 0) {
        if (!replace) ::unlink(draft.c_str());
        return {};
    }
    const Error error = errno == EEXIST ? Error{is_there(path)} : cannot_write(path);
    ::unlink(draft.c_str());
    return tl::unexpected<Error>(error);
}

}  // namespace meshcore

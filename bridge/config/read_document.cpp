// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "bridge/config/document.h"

namespace meshcore::bridge {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

/// The first line that is neither empty nor a comment decides where it can; the file's name, or a
/// section that only the ini has, decides before all.
Dialect dialect_of(const std::string& path, std::string_view text) {
    if (std::filesystem::path{path}.extension() == ".ini" ||
        text.find("[PacketCapture]") != std::string_view::npos)
        return Dialect::ini;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
        if (line.empty() || line.front() == '#') continue;
        if (line.rfind("export ", 0) == 0) line.remove_prefix(7);
        const bool variable = line.rfind("PACKETCAPTURE_", 0) == 0 || line.rfind("MCTOMQTT_", 0) == 0;
        return variable ? Dialect::environment : Dialect::toml;
    }
    return Dialect::toml;
}

bool looks_secret(const Entry& entry) {
    for (const char* word : {"password", "PASSWORD", "private_key", "PRIVATE_KEY", "token", "TOKEN"})
        if (entry.key == word ||
            (entry.key.size() > std::strlen(word) &&
             entry.key.compare(entry.key.size() - std::strlen(word), std::string::npos, word) == 0))
            return !entry.value.empty() && entry.key.find("use_auth") == std::string::npos &&
                   entry.key.find("USE_AUTH") == std::string::npos;
    return false;
}

bool has_secret(const Document& document) {
    const auto any = [](const std::vector<Entry>& entries) {
        return std::any_of(entries.begin(), entries.end(), looks_secret);
    };
    return any(document.entries) || std::any_of(document.brokers.begin(), document.brokers.end(),
                                                [&](const Block& block) { return any(block.entries); });
}

Result<Document> read_as(Dialect dialect, std::string_view text, const std::string& path,
                         Findings& findings) {
    switch (dialect) {
        case Dialect::ini: return read_ini(text, path, findings);
        case Dialect::environment: return read_env_file(text, path, findings);
        case Dialect::toml: break;
    }
    return read_toml(text, path);
}

}  // namespace

Result<Document> read_document(const std::string& path, Findings& findings) {
    std::ifstream file{path, std::ios::binary};
    std::string text(largest_file + 1, '\0');
    if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    struct stat status {};
    if (file.bad() || (!file && !file.eof()) || ::stat(path.c_str(), &status) != 0)
        return fail(fmt::format("cannot read configuration {}: {}", path, std::strerror(errno)));
    if (text.size() > largest_file)
        return fail(
            fmt::format("{} is larger than {} bytes; is it a configuration?", path, largest_file));
    auto document = read_as(dialect_of(path, text), text, path, findings);
    if (!document) return document;
    document->folder = std::filesystem::path{path}.parent_path().string();
    if (has_secret(*document) && (status.st_mode & S_IROTH) != 0)
        findings.add(Severity::warning, {path},
                     "holds a password that other users can read; chmod 600 it");
    return document;
}

}  // namespace meshcore::bridge

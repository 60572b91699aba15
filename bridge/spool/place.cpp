// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/place.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "bridge/spool/fallback_store.h"

namespace meshcore::bridge {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// A broker's name as a file name, different names staying different.
std::string file_name(const std::string& name) {
    std::string result;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '_')
            result += c;
        else
            result += fmt::format("%{:02X}", byte);
    }
    return result + ".outbox";
}

Result<std::unique_ptr<DiskStore>> open_on_disk(const Config& config, const std::string& folder,
                                                const std::string& name) {
    namespace fs = std::filesystem;
    std::error_code problem;
    const bool is_new = fs::create_directories(folder, problem);
    if (problem) return fail(fmt::format("cannot make the folder {}: {}", folder, problem.message()));
    if (is_new) ::chmod(folder.c_str(), 0700);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return DiskStore::open((fs::path{folder} / file_name(name)).string(),
                           {config.spool.max_bytes, config.spool.max_age}, now);
}

}  // namespace

std::string default_spool_folder() {
    const std::string by_systemd = environment("STATE_DIRECTORY");
    if (!by_systemd.empty()) return by_systemd.substr(0, by_systemd.find(':'));
    const std::string state = environment("XDG_STATE_HOME");
    if (!state.empty()) return state + "/meshcore-bridge";
    const std::string home = environment("HOME");
    return home.empty() ? "" : home + "/.local/state/meshcore-bridge";
}

std::string spool_folder(const Config& config) {
    return config.spool.path.value_or(default_spool_folder());
}

Outbox::Options make_outbox(const Config& config, const BrokerConfig& broker) {
    Outbox::Options options;
    options.room = config.spool.memory_messages;
    options.replay_rate = config.spool.replay_rate;
    options.store = std::make_unique<MemoryStore>(options.room);
    const std::string folder = spool_folder(config);
    if (folder.empty()) return options;
    auto disk = open_on_disk(config, folder, broker.name);
    if (!disk) {
        spdlog::warn("broker {}: its outbox is in memory only: {}", broker.name, disk.error().message);
        return options;
    }
    if ((*disk)->size() > 0)
        spdlog::info("broker {}: {} messages wait from last time", broker.name, (*disk)->size());
    options.durable = true;
    options.store = std::make_unique<FallbackStore>(
        std::move(*disk), options.room, [name = broker.name](const std::string& error) {
            spdlog::error("broker {}: cannot write to its outbox: {}; packets wait in memory", name,
                          error);
        });
    return options;
}

Outbox::Options make_unpaced_outbox(const Config& config) {
    Outbox::Options options;
    options.room = config.spool.memory_messages;
    options.replay_rate = 0;
    options.store = std::make_unique<MemoryStore>(options.room);
    return options;
}

}  // namespace meshcore::bridge

// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/logging.h"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

namespace meshcore {
namespace {

/// Wireshark's names, as its own extcap programs have them.
spdlog::level::level_enum level(const std::string& name) {
    if (name == "noisy") return spdlog::level::trace;
    if (name == "debug") return spdlog::level::debug;
    return name == "info" ? spdlog::level::info : spdlog::level::warn;
}

}  // namespace

Result<std::shared_ptr<spdlog::logger>> make_logger(const Settings& settings) {
    auto logger = std::make_shared<spdlog::logger>("meshcoredump");
    logger->set_level(spdlog::level::trace);
    if (::isatty(STDERR_FILENO)) {
        auto terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
        terminal->set_pattern("meshcoredump: %v");
        terminal->set_level(std::min(level(settings.log_level), spdlog::level::info));
        logger->sinks().push_back(std::move(terminal));
    }
    if (settings.log_file.empty()) return logger;
    try {
        auto file = std::make_shared<spdlog::sinks::basic_file_sink_st>(settings.log_file);
        file->set_level(level(settings.log_level));
        logger->sinks().push_back(std::move(file));
        logger->flush_on(spdlog::level::trace);
    } catch (const spdlog::spdlog_ex& error) {
        return fail(fmt::format("cannot write the log file: {}", error.what()));
    }
    return logger;
}

}  // namespace meshcore

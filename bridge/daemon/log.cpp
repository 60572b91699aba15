// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/daemon/log.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace meshcore::bridge {
namespace {

/// systemd.exec(5): device and inode of the journal's socket, if that is where the output goes.
bool is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    return stream && ::fstat(STDERR_FILENO, &status) == 0 &&
           fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

/// "<6>": the priorities of syslog(3).
class Priority : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        constexpr const char* priorities[] = {"<7>", "<7>", "<6>", "<4>", "<3>", "<2>", "<6>"};
        const std::string_view priority = priorities[message.level];
        out.append(priority.data(), priority.data() + priority.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<Priority>();
    }
};

}  // namespace

void set_up_log(const std::string& level) {
    auto logger = is_journal() ? spdlog::stderr_logger_mt("bridge") : spdlog::stderr_color_mt("bridge");
    if (is_journal()) {
        auto formatter = std::make_unique<spdlog::pattern_formatter>();
        formatter->add_flag<Priority>('*').set_pattern("%*%v");
        logger->set_formatter(std::move(formatter));
    } else {
        logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    }
    spdlog::set_default_logger(std::move(logger));
    set_log_level(level);
}

void set_log_level(const std::string& level) {
    spdlog::set_level(spdlog::level::from_str(level));
}

void log_findings(const Findings& findings) {
    for (const Finding& finding : findings) {
        const auto level = finding.severity == Severity::error  ? spdlog::level::err
                           : finding.severity == Severity::note ? spdlog::level::info
                                                                : spdlog::level::warn;
        const std::string place = finding.where.text();
        spdlog::log(level, "{}{}{}", place, place.empty() ? "" : ": ", finding.text);
    }
}

}  // namespace meshcore::bridge

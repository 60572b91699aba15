// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/output_file.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/daily_file_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "bridge/formats/topic.h"

namespace meshcore::bridge {
namespace {

namespace sinks = spdlog::sinks;

BrokerConfig broker_like(const Config& config) {
    BrokerConfig broker;
    broker.name = "output file";
    broker.packet_types = config.packet_types;
    broker.include_decoded = config.include_decoded;
    broker.topics = {"", "packets", ""};
    return broker;
}

/// Several radios do not write into one file: "packets-roof.jsonl".
OutputConfig of_radio(const Config& config) {
    OutputConfig output = config.output;
    if (config.radio.empty()) return output;
    std::filesystem::path path{output.file};
    path.replace_filename(path.stem().string() + '-' + topic_level(config.radio) +
                          path.extension().string());
    output.file = path.string();
    return output;
}

std::unique_ptr<sinks::sink> open_file(const OutputConfig& output) {
    switch (output.rotation) {
        case OutputConfig::Rotation::off: break;
        case OutputConfig::Rotation::size:
            if (output.max_bytes == 0) break;
            return std::make_unique<sinks::rotating_file_sink_st>(output.file, output.max_bytes,
                                                                  output.backups);
        case OutputConfig::Rotation::time:
            return std::make_unique<sinks::daily_file_sink_st>(
                output.file, 0, 0, false, static_cast<std::uint16_t>(output.backups));
    }
    return std::make_unique<sinks::basic_file_sink_st>(output.file);
}

/// A full disk takes half a line. It goes: whoever reads the file finds whole ones.
void remove_unfinished_line(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr std::uintmax_t longest = 64 * 1024;
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(path, problem);
    if (problem || size == 0) return;
    const std::uintmax_t begin = size - std::min(size, longest);
    std::ifstream file{path, std::ios::binary};
    std::string tail(static_cast<std::size_t>(size - begin), '\0');
    file.seekg(static_cast<std::streamoff>(begin));
    file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    const auto end = tail.rfind('\n');
    if (!file || (end == std::string::npos && begin > 0)) return;
    fs::resize_file(path, begin + (end == std::string::npos ? 0 : end + 1), problem);
}

}  // namespace

OutputFile::OutputFile(const Config& config)
    : output_{of_radio(config)},
      as_broker_{broker_like(config)},
      format_{find_format(as_broker_.format)->make(config, as_broker_)} {}

void OutputFile::open() {
    file_ = open_file(output_);
    file_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::local, "\n"));
}

void OutputFile::publish(Message message) {
    try {
        if (!file_) open();
        file_->log({{}, spdlog::level::critical, message.payload});
        file_->flush();
        failing_ = false;
    } catch (const spdlog::spdlog_ex& problem) {
        if (!failing_) spdlog::error("cannot write to {}: {}", output_.file, problem.what());
        failing_ = true;
        file_.reset();
        remove_unfinished_line(output_.file);
    }
}

}  // namespace meshcore::bridge

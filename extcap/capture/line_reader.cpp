// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace meshcore::capture {
namespace {

/// Longer ones are no lines of ours; a file of zeros is one of them.
constexpr std::size_t longest_line = 1U << 20;

Record::Time now() {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

std::string_view trimmed(std::string_view line) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    return line;
}

Record bare(Record::Time time, Bytes frame) {
    const CaptureHeader header;
    Record record{time, {header.bytes().begin(), header.bytes().end()}};
    record.bytes.insert(record.bytes.end(), frame.begin(), frame.end());
    return record;
}

}  // namespace

Result<LineReader> LineReader::open(FILE* file, std::string path) {
    return LineReader{file, std::move(path)};
}

Result<std::optional<Record>> LineReader::next() {
    char* line = nullptr;
    std::size_t size = 0;
    const std::unique_ptr<char*, void (*)(char**)> owner{&line, [](char** text) { std::free(*text); }};
    const OnRecord keep = [this](const Record& record) { ready_.push_back(record); };
    while (ready_.empty()) {
        const ssize_t length = ::getline(&line, &size, file_.get());
        if (length < 0) {
            log_.end(keep);
            break;
        }
        ++lines_;
        if (static_cast<std::size_t>(length) > longest_line)
            return fail(fmt::format("{}: line {} is too long for a text", path_, lines_));
        take({line, static_cast<std::size_t>(length)});
    }
    if (ready_.empty()) {
        if (std::ferror(file_.get())) return fail(fmt::format("cannot read {}", path_));
        if (records_ == 0) return tl::unexpected<Error>(no_packet());
        return std::nullopt;
    }
    ++records_;
    Record record = std::move(ready_.front());
    ready_.pop_front();
    return record;
}

void LineReader::take(const std::string& line) {
    const std::string_view text = trimmed(line);
    if (const auto brace = text.find('{'); brace != std::string_view::npos) {
        if (auto record = json_.packet(text.substr(0, brace), text.substr(brace), now())) {
            ready_.push_back(std::move(*record));
            return;
        }
    }
    // In a log a line of hex is the rest of one that was cut.
    constexpr std::size_t longest_frame = 255;
    const auto frame = log_.recognized() ? std::nullopt : from_hex(text);
    if (frame && !frame->empty() && frame->size() <= longest_frame)
        ready_.push_back(bare(now(), *frame));
    else
        log_.take(line, now(), [this](const Record& record) { ready_.push_back(record); });
}

Error LineReader::no_packet() const {
    if (log_.recognized())
        return Error{fmt::format(
            "{} is a log without packets: their RAW lines come of builds with MESH_PACKET_LOGGING",
            path_)};
    return Error{fmt::format(
        "{} holds no packet: it is neither a capture, nor a serial log, nor lines of JSON or hex",
        path_)};
}

}  // namespace meshcore::capture

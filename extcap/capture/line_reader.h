// SPDX-License-Identifier: GPL-2.0-or-later
// Packets written down as text: lines of JSON, lines of hex, or the log of a serial console.
#pragma once

#include <cstdio>
#include <deque>
#include <map>

#include "extcap/capture/json_packet.h"
#include "extcap/capture/log_lines.h"
#include "extcap/capture/record_source.h"

namespace meshcore::capture {

class LineReader final : public RecordSource {
public:
    /// Takes the file, also when it fails.
    static Result<LineReader> open(FILE* file, std::string path);

    /// A text without a single packet is an error at its end.
    Result<std::optional<Record>> next() override;

private:
    struct Close {
        void operator()(FILE* file) const {
            if (file != stdin) std::fclose(file);
        }
    };
    LineReader(FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
    void take(const std::string& line);
    Error no_packet() const;

    std::unique_ptr<FILE, Close> file_;
    std::string path_;
    JsonPackets json_;
    LogLines log_;
    std::deque<Record> ready_;
    std::uint64_t lines_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace meshcore::capture

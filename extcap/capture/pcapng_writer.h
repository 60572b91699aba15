// SPDX-License-Identifier: GPL-2.0-or-later
// Records into a pcapng file, which libpcap reads but does not write.
// Format: IETF draft-ietf-opsawg-pcapng, sections 4.1 to 4.3.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "dissector/core/result.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

class PcapngWriter {
public:
    /// Takes the descriptor, also when it fails; `path` is for messages.
    static Result<PcapngWriter> start(int fd, const std::string& path);

    Result<void> write(const Record& record);

private:
    struct Close {
        void operator()(FILE* file) const { std::fclose(file); }
    };
    PcapngWriter(FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
    Result<void> put(const std::vector<std::uint8_t>& bytes);

    std::unique_ptr<FILE, Close> file_;
    std::string path_;
};

}  // namespace meshcore::capture

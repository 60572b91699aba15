// SPDX-License-Identifier: GPL-2.0-or-later
// Records into a pcap stream: nanoseconds, LINKTYPE_USER11.
#pragma once

#include <pcap/pcap.h>

#include <memory>
#include <string>

#include "dissector/core/result.h"
#include "extcap/capture/output.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

class PcapWriter {
public:
    /// Replaces a file's content. The stream header has left the process when this returns. Takes the
    /// descriptor, also when it fails; `path` is for messages. The caller of these ignores SIGPIPE.
    static Result<PcapWriter> start(int fd, const std::string& path);
    /// open_output() and start().
    static Result<PcapWriter> open(const std::string& path);

    /// The record has left the process when this returns without an error.
    Result<void> write(const Record& record);

    /// For watching a fifo's reader (POLLERR when it has gone).
    int fd() const;

private:
    struct Close {
        void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
    };
    PcapWriter(pcap_dumper_t* dumper, std::string path) : dumper_(dumper), path_(std::move(path)) {}

    std::unique_ptr<pcap_dumper_t, Close> dumper_;
    std::string path_;
};

}  // namespace meshcore::capture

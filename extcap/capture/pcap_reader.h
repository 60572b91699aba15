// SPDX-License-Identifier: GPL-2.0-or-later
// Records out of a capture of ours: pcap or pcapng, LINKTYPE_USER11, any time resolution.
#pragma once

#include <pcap/pcap.h>

#include <cstdio>

#include "extcap/capture/record_source.h"

namespace meshcore::capture {

class PcapReader final : public RecordSource {
public:
    /// `path` is a file, a fifo, or "-" for standard input. Other link types are refused.
    static Result<PcapReader> open(const std::string& path);
    /// Takes the file, also when it fails.
    static Result<PcapReader> open(FILE* file, const std::string& path);

    /// The next record, nothing at the end. A file that was cut yields all that is whole, then an
    /// error. Blocks on a pipe.
    Result<std::optional<Record>> next() override;

private:
    struct Close {
        void operator()(pcap_t* pcap) const { pcap_close(pcap); }
    };
    PcapReader(pcap_t* pcap, std::string path) : pcap_(pcap), path_(std::move(path)) {}

    std::unique_ptr<pcap_t, Close> pcap_;
    std::string path_;
};

}  // namespace meshcore::capture

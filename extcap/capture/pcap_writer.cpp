// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/pcap_writer.h"

#include <cstdio>

#include "dissector/core/capture_header.h"

namespace meshcore::capture {
namespace {

constexpr int snapshot_length = 65535;

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

}  // namespace

Result<PcapWriter> PcapWriter::start(int fd, const std::string& path) {
    const std::unique_ptr<pcap_t, ClosePcap> format{pcap_open_dead_with_tstamp_precision(
        linktype_meshcore, snapshot_length, PCAP_TSTAMP_PRECISION_NANO)};
    const Result<FILE*> file = start_output(fd, path);
    if (!file) return tl::unexpected<Error>(file.error());
    pcap_dumper_t* dumper = format ? pcap_dump_fopen(format.get(), *file) : nullptr;
    if (!dumper) {
        ::fclose(*file);
        return cannot_write(path);
    }
    PcapWriter writer{dumper, path};
    if (pcap_dump_flush(dumper) != 0) return cannot_write(path);
    return writer;
}

Result<PcapWriter> PcapWriter::open(const std::string& path) {
    return open_output(path).and_then([&path](int fd) { return start(fd, path); });
}

Result<void> PcapWriter::write(const Record& record) {
    const auto since_epoch = record.time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    pcap_pkthdr header{};
    header.ts.tv_sec = seconds.count();
    header.ts.tv_usec = (since_epoch - seconds).count();  // nanoseconds in this format
    header.caplen = header.len = static_cast<bpf_u_int32>(record.bytes.size());
    pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header, record.bytes.data());
    if (pcap_dump_flush(dumper_.get()) != 0) return cannot_write(path_);
    return {};
}

int PcapWriter::fd() const {
    return ::fileno(pcap_dump_file(dumper_.get()));
}

}  // namespace meshcore::capture

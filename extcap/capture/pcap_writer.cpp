// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/pcap_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dissector/core/capture_header.h"

namespace meshcore::capture {
namespace {

constexpr int snapshot_length = 65535;

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

tl::unexpected<Error> cannot_write(const std::string& path) {
    return fail(fmt::format("cannot write to {}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<int> open_output(const std::string& path) {
    if (path == "-") {
        if (::isatty(STDOUT_FILENO))
            return fail("standard output is a terminal; redirect it, or pipe it into 'tshark -i -'");
        const int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0) return cannot_write("standard output");
        return fd;
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return fail(fmt::format("cannot open {} for writing: {}", path, std::strerror(errno)));
    return fd;
}

Result<PcapWriter> PcapWriter::start(int fd, const std::string& path) {
    const std::unique_ptr<pcap_t, ClosePcap> format{pcap_open_dead_with_tstamp_precision(
        linktype_meshcore, snapshot_length, PCAP_TSTAMP_PRECISION_NANO)};
    // What a shell hands over may be non-blocking, which stdio can't write to.
    if (const int flags = ::fcntl(fd, F_GETFL); flags & O_NONBLOCK)
        ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    struct stat status {};
    const bool replace = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && path != "-";
    FILE* file = replace && ::ftruncate(fd, 0) != 0 ? nullptr : ::fdopen(fd, "wb");
    if (!file) {
        ::close(fd);
        return cannot_write(path);
    }
    pcap_dumper_t* dumper = format ? pcap_dump_fopen(format.get(), file) : nullptr;
    if (!dumper) {
        ::fclose(file);
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

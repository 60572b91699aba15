// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/pcap_reader.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "dissector/core/capture_header.h"

namespace meshcore::capture {

Result<PcapReader> PcapReader::open(const std::string& path) {
    FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (!file) return fail(fmt::format("cannot read the capture {}: {}", path, std::strerror(errno)));
    return open(file, path);
}

Result<PcapReader> PcapReader::open(FILE* file, const std::string& path) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    pcap_t* pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error.data());
    if (!pcap) {
        if (file != stdin) std::fclose(file);
        return fail(fmt::format("cannot read the capture {}: {}", path, error.data()));
    }
    PcapReader reader{pcap, path};
    if (const int type = pcap_datalink(pcap); type != linktype_meshcore) {
        const char* name = pcap_datalink_val_to_name(type);
        return fail(
            fmt::format("{} is no capture of MeshCore: its link type is {} ({}), not USER11 ({})", path,
                        name ? name : "unknown", type, linktype_meshcore));
    }
    return reader;
}

Result<std::optional<Record>> PcapReader::next() {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    switch (pcap_next_ex(pcap_.get(), &header, &data)) {
        case 1: break;
        case PCAP_ERROR_BREAK: return std::nullopt;
        default:
            return fail(
                fmt::format("{} ends early or is damaged: {}", path_, pcap_geterr(pcap_.get())));
    }
    const Record::Time time{std::chrono::seconds{header->ts.tv_sec} +
                            std::chrono::nanoseconds{header->ts.tv_usec}};
    return Record{time, {data, data + header->caplen}};
}

}  // namespace meshcore::capture

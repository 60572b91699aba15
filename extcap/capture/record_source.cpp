// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/record_source.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "extcap/capture/line_reader.h"
#include "extcap/capture/pcap_reader.h"

namespace meshcore::capture {
namespace {

/// The first bytes of a file, which stay in it.
std::vector<std::uint8_t> peek(FILE* file, std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    bytes.resize(std::fread(bytes.data(), 1, count, file));
    for (std::size_t i = bytes.size(); i > 0; --i) std::ungetc(bytes[i - 1], file);
    return bytes;
}

bool is_capture(Bytes start) {
    constexpr std::array<std::array<std::uint8_t, 4>, 5> magics{{{0xD4, 0xC3, 0xB2, 0xA1},
                                                                 {0xA1, 0xB2, 0xC3, 0xD4},
                                                                 {0x4D, 0x3C, 0xB2, 0xA1},
                                                                 {0xA1, 0xB2, 0x3C, 0x4D},
                                                                 {0x0A, 0x0D, 0x0D, 0x0A}}};
    for (const auto& magic : magics)
        if (std::equal(start.begin(), start.end(), magic.begin(), magic.end())) return true;
    return false;
}

template <typename Reader>
Result<std::unique_ptr<RecordSource>> as_source(Result<Reader> reader) {
    if (!reader) return tl::unexpected<Error>(reader.error());
    return std::make_unique<Reader>(std::move(*reader));
}

}  // namespace

Result<std::unique_ptr<RecordSource>> open_record_source(const std::string& path) {
    FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (!file) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    const auto start = peek(file, 4);
    if (is_capture(start)) return as_source(PcapReader::open(file, path));
    return as_source(LineReader::open(file, path));
}

}  // namespace meshcore::capture

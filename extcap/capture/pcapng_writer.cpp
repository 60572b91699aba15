// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/pcapng_writer.h"

#include <algorithm>

#include "dissector/core/capture_header.h"
#include "extcap/capture/output.h"

namespace meshcore::capture {
namespace {

/// A block: type, length, body padded to four bytes, length again.
class Block {
public:
    explicit Block(std::uint32_t type) {
        u32(type);
        u32(0);
    }
    void u16(std::uint32_t value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
        bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
    }
    void u32(std::uint32_t value) {
        u16(value);
        u16(value >> 16);
    }
    void data(Bytes data) {
        bytes_.insert(bytes_.end(), data.begin(), data.end());
        while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    }
    std::vector<std::uint8_t> finish() && {
        const auto length = static_cast<std::uint32_t>(bytes_.size() + 4);
        u32(length);
        std::copy(bytes_.end() - 4, bytes_.end(), bytes_.begin() + 4);
        return std::move(bytes_);
    }

private:
    std::vector<std::uint8_t> bytes_;
};

std::vector<std::uint8_t> section_header() {
    Block block{0x0A0D0D0A};
    block.u32(0x1A2B3C4D);  // byte order
    block.u16(1);           // version 1.0
    block.u16(0);
    block.u32(0xFFFFFFFF);  // section length: unknown
    block.u32(0xFFFFFFFF);
    return std::move(block).finish();
}

std::vector<std::uint8_t> interface_description() {
    Block block{1};
    block.u16(linktype_meshcore);
    block.u16(0);
    block.u32(0);  // no snapshot length
    constexpr std::uint8_t nanoseconds[] = {9};
    block.u16(9);  // if_tsresol
    block.u16(sizeof nanoseconds);
    block.data(nanoseconds);
    block.u32(0);  // end of options
    return std::move(block).finish();
}

std::vector<std::uint8_t> packet(const Record& record) {
    const auto time = static_cast<std::uint64_t>(record.time.time_since_epoch().count());
    const auto length = static_cast<std::uint32_t>(record.bytes.size());
    Block block{6};
    block.u32(0);  // interface
    block.u32(static_cast<std::uint32_t>(time >> 32));
    block.u32(static_cast<std::uint32_t>(time));
    block.u32(length);
    block.u32(length);
    block.data(record.bytes);
    return std::move(block).finish();
}

}  // namespace

Result<PcapngWriter> PcapngWriter::start(int fd, const std::string& path) {
    const Result<FILE*> file = start_output(fd, path);
    if (!file) return tl::unexpected<Error>(file.error());
    PcapngWriter writer{*file, path};
    Result<void> written = writer.put(section_header());
    if (written) written = writer.put(interface_description());
    if (!written) return tl::unexpected<Error>(written.error());
    return writer;
}

Result<void> PcapngWriter::write(const Record& record) {
    return put(packet(record));
}

Result<void> PcapngWriter::put(const std::vector<std::uint8_t>& bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size() &&
        std::fflush(file_.get()) == 0)
        return {};
    return cannot_write(path_);
}

}  // namespace meshcore::capture

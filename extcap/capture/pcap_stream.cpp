// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/pcap_stream.h"

#include <fmt/format.h>

#include "dissector/core/capture_header.h"

namespace meshcore::capture {
namespace {

constexpr std::uint32_t magic_nanoseconds = 0xA1B23C4D;
constexpr std::uint32_t magic_microseconds = 0xA1B2C3D4;
constexpr std::size_t stream_header_length = 24;
constexpr std::size_t record_header_length = 16;
constexpr std::uint32_t longest_record = 65535;

void append(std::vector<std::uint8_t>& bytes, std::initializer_list<std::uint32_t> numbers) {
    for (const std::uint32_t number : numbers)
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

constexpr std::uint32_t swapped(std::uint32_t number) {
    return (number >> 24) | ((number >> 8) & 0xFF00) | ((number << 8) & 0xFF0000) | (number << 24);
}

}  // namespace

std::vector<std::uint8_t> pcap_stream_header() {
    std::vector<std::uint8_t> bytes;
    constexpr std::uint32_t version_2_4 = 0x0004'0002;
    append(bytes, {magic_nanoseconds, version_2_4, 0, 0, longest_record, linktype_meshcore});
    return bytes;
}

std::vector<std::uint8_t> pcap_stream_record(const Record& record) {
    const auto since_epoch = record.time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const auto length = static_cast<std::uint32_t>(record.bytes.size());
    std::vector<std::uint8_t> bytes;
    bytes.reserve(record_header_length + length);
    append(bytes, {static_cast<std::uint32_t>(seconds.count()),
                   static_cast<std::uint32_t>((since_epoch - seconds).count()), length, length});
    bytes.insert(bytes.end(), record.bytes.begin(), record.bytes.end());
    return bytes;
}

void PcapStreamParser::push(Bytes bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(position_));
    position_ = 0;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void PcapStreamParser::clear() {
    *this = {};
}

std::uint32_t PcapStreamParser::number(std::size_t offset) const {
    const Bytes at = Bytes{bytes_}.subspan(position_ + offset, 4);
    const std::uint32_t little = load_u16(at) | static_cast<std::uint32_t>(load_u16(at.subspan(2)))
                                                    << 16;
    return big_endian_ ? swapped(little) : little;
}

Result<void> PcapStreamParser::take_stream_header() {
    const std::uint32_t magic = number(0);
    big_endian_ = magic == swapped(magic_nanoseconds) || magic == swapped(magic_microseconds);
    nanoseconds_ = number(0) == magic_nanoseconds;
    if (!nanoseconds_ && number(0) != magic_microseconds)
        return fail("what it sends is no pcap stream");
    // The upper bits tell of frame check sequences.
    if (const std::uint32_t type = number(20) & 0xFFFF; type != linktype_meshcore)
        return fail(fmt::format("what it sends has link type {}, not MeshCore's {} (USER11)", type,
                                linktype_meshcore));
    position_ += stream_header_length;
    header_taken_ = true;
    return {};
}

Result<std::optional<Record>> PcapStreamParser::next() {
    const auto remaining = [this] { return bytes_.size() - position_; };
    if (!header_taken_) {
        if (remaining() < stream_header_length) return std::nullopt;
        if (const Result<void> header = take_stream_header(); !header)
            return tl::unexpected<Error>(header.error());
    }
    if (remaining() < record_header_length) return std::nullopt;
    const std::uint32_t length = number(8);
    if (length > longest_record)
        return fail(fmt::format("a record of {} bytes: the stream is damaged", length));
    if (remaining() < record_header_length + length) return std::nullopt;
    const std::chrono::nanoseconds fraction{std::int64_t{number(4)} * (nanoseconds_ ? 1 : 1000)};
    Record record{Record::Time{std::chrono::seconds{number(0)} + fraction}, {}};
    const Bytes data = Bytes{bytes_}.subspan(position_ + record_header_length, length);
    record.bytes.assign(data.begin(), data.end());
    position_ += record_header_length + length;
    return record;
}

}  // namespace meshcore::capture

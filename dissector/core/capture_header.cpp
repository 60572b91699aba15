// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/capture_header.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "dissector/core/reader.h"

namespace meshcore {
namespace {

constexpr std::size_t fixed_length = 6;

// Numbers are for ever: add at the end, never reuse. docs/capture-format.md lists them from here.
constexpr auto items = std::to_array<HeaderItem>({
    {1, "meshcore_radio.snr"_f},
    {2, "meshcore_radio.rssi"_f},
    {3, "meshcore_radio.frequency"_f},
    {4, "meshcore_radio.bandwidth"_f},
    {5, "meshcore_radio.sf"_f},
    {6, "meshcore_radio.cr"_f},
    {7, "meshcore_radio.preamble"_f},
    {8, "meshcore_radio.noise_floor"_f},
    {9, "meshcore_radio.clock"_f},
    {10, "meshcore_radio.score"_f},
    {11, "meshcore_radio.airtime"_f},
    {12, "meshcore_radio.protocol"_f},
    {13, "meshcore_radio.observer"_f},
    {32, "meshcore_radio.device.name"_f},
    {33, "meshcore_radio.device.public_key"_f},
    {34, "meshcore_radio.device.model"_f},
    {35, "meshcore_radio.device.firmware"_f},
    {36, "meshcore_radio.device.build"_f},
    {37, "meshcore_radio.device.battery"_f},
    {38, "meshcore_radio.device.uptime"_f},
    {39, "meshcore_radio.device.error_flags"_f},
    {40, "meshcore_radio.device.queue_length"_f},
    {41, "meshcore_radio.device.last_rssi"_f},
    {42, "meshcore_radio.device.last_snr"_f},
    {43, "meshcore_radio.device.tx_airtime"_f},
    {44, "meshcore_radio.device.rx_airtime"_f},
    {45, "meshcore_radio.device.packets_received"_f},
    {46, "meshcore_radio.device.packets_sent"_f},
    {47, "meshcore_radio.device.sent_flood"_f},
    {48, "meshcore_radio.device.sent_direct"_f},
    {49, "meshcore_radio.device.received_flood"_f},
    {50, "meshcore_radio.device.received_direct"_f},
    {51, "meshcore_radio.device.receive_errors"_f},
    {52, "meshcore_radio.device.event"_f},
    {53, "meshcore_radio.device.frames_captured"_f},
    {54, "meshcore_radio.device.frames_missed"_f},
});

constexpr bool numbers_ascend() {
    for (std::size_t i = 1; i < items.size(); ++i)
        if (items[i - 1].type >= items[i].type) return false;
    return true;
}
static_assert(numbers_ascend());

const HeaderItem* item_of_type(std::uint8_t type) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [type](const HeaderItem& item) { return item.type == type; });
    return found == items.end() ? nullptr : &*found;
}

/// An item of a width that is not its field's is shown as unknown, not misread.
bool fits(const Field& row, std::size_t length) {
    const unsigned width = wire_width(row.wire);
    return width == 0 || width == length;
}

void read_items(Reader& reader) {
    while (reader.remaining() >= 2) {
        const std::uint8_t type = reader.peek(0);
        const std::size_t length = reader.peek(1);
        const HeaderItem* item = item_of_type(type);
        if (2 + length > reader.remaining()) break;
        const bool known = item && fits(field(item->id), length);
        if (!known) {
            reader.bytes("meshcore_radio.item"_f, 2 + length);
            continue;
        }
        reader.skip(2);
        if (wire_width(field(item->id).wire) > 0)
            reader.integer(item->id);
        else
            reader.bytes(item->id, length);
    }
    if (reader.remaining() > 0) {
        reader.note(Note::bad_capture_header);
        reader.rest("meshcore_radio.item"_f);
    }
}

std::uint64_t number_of(const Tape& tape, FieldId id) {
    const Node* node = tape.find(id);
    return node ? node->number : 0;
}

void add_airtime(Reader& reader, std::size_t frame_length) {
    const Tape& tape = reader.tape();
    if (frame_length == 0 || tape.find("meshcore_radio.airtime"_f)) return;
    const auto sf = static_cast<unsigned>(number_of(tape, "meshcore_radio.sf"_f));
    const Node* preamble = tape.find("meshcore_radio.preamble"_f);
    const std::uint32_t airtime = time_on_air(
        frame_length, sf, static_cast<std::uint32_t>(number_of(tape, "meshcore_radio.bandwidth"_f)),
        static_cast<unsigned>(number_of(tape, "meshcore_radio.cr"_f)),
        preamble ? static_cast<unsigned>(preamble->number) : default_preamble(sf));
    if (airtime > 0) reader.derived_number("meshcore_radio.airtime"_f, airtime);
}

}  // namespace

std::span<const HeaderItem> capture_header_items() {
    return items;
}

CaptureHeader::CaptureHeader() : bytes_{0x4D, 0x43, 1, 0, fixed_length, 0} {}

void CaptureHeader::item(FieldId id, Bytes value) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [id](const HeaderItem& item) { return item.id == id; });
    if (found == items.end() || !fits(field(id), value.size())) return;
    bytes_.push_back(found->type);
    bytes_.push_back(static_cast<std::uint8_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    bytes_[4] = static_cast<std::uint8_t>(bytes_.size());
    bytes_[5] = static_cast<std::uint8_t>(bytes_.size() >> 8);
}

void CaptureHeader::put(FieldId id, double value) {
    const Field& row = field(id);
    const unsigned width = wire_width(row.wire);
    const double range = std::ldexp(1.0, static_cast<int>(8 * width));
    const double lowest = is_signed(row.wire) ? -range / 2 : 0;
    const double highest = is_signed(row.wire) ? range / 2 - 1 : range - 1;
    const auto wire =
        static_cast<std::int64_t>(std::clamp(std::round(value * row.divisor), lowest, highest));
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < width; ++i)
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(wire) >> (8 * i));
    item(id, Bytes{bytes}.first(width));
}

void CaptureHeader::put(FieldId id, std::string_view text) {
    put(id, Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void CaptureHeader::put(FieldId id, Bytes bytes) {
    item(id, bytes.first(std::min<std::size_t>(bytes.size(), 255)));
}

std::size_t dissect_capture_header(Bytes record, Tape& out) {
    out.clear(record);
    const bool ours = record.size() >= fixed_length && record[0] == 0x4D && record[1] == 0x43;
    const std::size_t length = ours ? load_u16(record.subspan(4)) : 0;
    if (length < fixed_length || length > record.size()) {
        out.note(Note::bad_capture_header, {input_buffer, 0, 0});
        return 0;
    }
    Reader reader{out, {input_buffer, 2, static_cast<std::uint16_t>(length - 2)}};
    reader.u8("meshcore_radio.version"_f);
    reader.u8("meshcore_radio.flags"_f);
    reader.bits("meshcore_radio.direction"_f);
    reader.bits("meshcore_radio.repaired"_f);
    reader.u16("meshcore_radio.header_length"_f);
    read_items(reader);
    add_airtime(reader, record.size() - length);
    return length;
}

std::uint32_t time_on_air(std::size_t length, unsigned sf, std::uint32_t bandwidth, unsigned cr,
                          unsigned preamble) {
    if (sf < 5 || sf > 12 || cr < 5 || cr > 8 || bandwidth < 1000) return 0;
    // RadioLib counts in tenths of kHz and whole microseconds.
    const std::uint32_t symbol = (10000U << sf) / (bandwidth / 100);
    const bool slow = symbol >= 16000;  // low data rate optimisation
    const std::uint32_t sync4 = sf <= 6 ? 25 : 17;
    const std::int64_t extra = sf <= 6 ? 0 : 8;
    const std::int64_t divisor = 4 * static_cast<std::int64_t>(slow ? sf - 2 : sf);
    const std::int64_t bits = std::max<std::int64_t>(
        0, 8 * static_cast<std::int64_t>(length) + 16 - 4 * static_cast<std::int64_t>(sf) + extra + 20);
    const auto symbols = static_cast<std::uint32_t>((bits + divisor - 1) / divisor);
    const std::uint64_t quarters = (preamble + 8) * 4ULL + sync4 + symbols * cr * 4ULL;
    return static_cast<std::uint32_t>(symbol * quarters / 4);
}

unsigned default_preamble(unsigned sf) {
    return sf <= 8 ? 32 : 16;
}

}  // namespace meshcore

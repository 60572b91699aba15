// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/to_text.h"

#include <array>
#include <charconv>
#include <ctime>

#include "dissector/core/summary.h"
#include "dissector/core/text.h"

namespace meshcore {
namespace {

std::string time_text(std::uint64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm utc{};
    std::array<char, 32> text{};
    if (!gmtime_r(&time, &utc)) return {};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc)};
}

template <typename Number>
std::string number_text(Number value) {
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string integer_text(const Field& row, const Node& node) {
    if (row.display == Display::hex) {
        std::string digits(wire_width(row.wire) * 2, '0');
        for (std::size_t i = 0; i < digits.size(); ++i)
            digits[digits.size() - 1 - i] = "0123456789abcdef"[(node.number >> (4 * i)) & 15];
        return "0x" + digits;
    }
    return is_signed(row.wire) ? number_text(node.signed_number) : number_text(node.number);
}

}  // namespace

std::string value_text(const Tape& tape, const Node& node) {
    const Field& row = field(node.field);
    std::string text;
    switch (row.wire) {
        case Wire::group: return {};
        case Wire::bytes:
        case Wire::address: return to_hex(tape.bytes(node));
        case Wire::text: return one_line(tape.text(node.slice()));
        case Wire::boolean: return node.number != 0 ? "yes" : "no";
        case Wire::time: return time_text(node.number);
        default: text = is_real(row) ? number_text(node.real) : integer_text(row, node);
    }
    if (!row.unit.empty()) text.append(row.unit == "°" ? "" : " ").append(row.unit);
    if (row.values != EnumId::none) {
        const std::string_view name = enum_name(row.values, node.number);
        text.append(" (").append(name.empty() ? "unknown" : name).append(")");
    }
    return text;
}

namespace {

void add_lines(std::string& out, const Tape& tape) {
    for (const Node& node : tape.nodes()) {
        out.append(2 * (node.depth + 1U), ' ').append(field(node.field).label);
        if (const std::string value = value_text(tape, node); !value.empty())
            out.append(": ").append(value);
        if (node.generated) out.append(" [generated]");
        out.push_back('\n');
    }
    for (const NoteEntry& entry : tape.notes()) {
        const NoteRow& row = note_row(entry.note);
        out.append("  ! ").append(row.text).append(" (").append(row.name).append(")\n");
    }
}

}  // namespace

std::string to_text(const Tape* capture_header, const Dissection* frame) {
    const Summary summary = frame            ? summarize(*frame)
                            : capture_header ? summarize_device(*capture_header)
                                             : Summary{};
    std::string out = summary.info + "\n";
    if (capture_header) add_lines(out, *capture_header);
    if (frame) add_lines(out, *frame);
    return out;
}

}  // namespace meshcore

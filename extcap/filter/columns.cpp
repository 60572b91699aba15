// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/filter/columns.h"

#include <algorithm>

#include "dissector/core/text.h"
#include "extcap/filter/packet_filter.h"

namespace meshcore::filter {
namespace {

constexpr std::string_view radio_prefix = "meshcore_radio.";

/// "meshcore.advert.name" is advert_name.
std::string column_name(const Field& row) {
    std::string name{row.name.substr(row.name.find('.') + 1)};
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

/// What only the packets before and after it tell.
bool is_story(const Field& field) {
    return std::any_of(rows::story.begin(), rows::story.end(),
                       [&field](const Field& row) { return row.name == field.name; });
}

std::vector<TableColumn> make_columns() {
    // The words that filters are mostly made of.
    std::vector<TableColumn> columns{{"type", Show::name, "meshcore.payload_type"_f},
                                     {"route", Show::name, "meshcore.route_type"_f},
                                     {"hash", Show::value, "meshcore.packet_hash"_f},
                                     {"len", Show::length},
                                     {"raw", Show::raw}};
    for (std::size_t row = 0; row < catalogue.size(); ++row) {
        const Field& field = catalogue[row];
        if (field.wire == Wire::group || is_story(field)) continue;
        columns.push_back({column_name(field), Show::value, field_id(row)});
        if (field.values != EnumId::none)
            columns.push_back({column_name(field) + "_name", Show::name, field_id(row)});
    }
    return columns;
}

Value field_value(const Tape& tape, const Node& node) {
    const Field& row = field(node.field);
    switch (row.wire) {
        case Wire::bytes:
        case Wire::address: return to_hex(tape.bytes(node));
        case Wire::text: return clean_text(tape.text(node.slice()));
        default: break;
    }
    if (is_real(row)) return node.real;
    return node.signed_number;
}

Value name_value(const Node& node) {
    for (const EnumRow& row : enum_rows(field(node.field).values))
        if (row.value == node.number) return lower_case(row.name);
    return {};
}

std::string as_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
    const auto* number = std::get_if<std::int64_t>(&value);
    return number ? std::to_string(*number) : std::string{};
}

}  // namespace

const std::vector<TableColumn>& table_columns() {
    static const std::vector<TableColumn> columns = make_columns();
    return columns;
}

Value value_of(const TableColumn& column, const Tape& header, const Dissection& frame) {
    const Bytes bytes = frame.buffer(input_buffer);
    if (column.show == Show::length) return static_cast<std::int64_t>(bytes.size());
    if (column.show == Show::raw) return to_hex(bytes);
    const Tape& tape = field(column.field).name.starts_with(radio_prefix) ? header : frame;
    Value value;
    for (const Node& node : tape.nodes()) {
        if (node.field != column.field) continue;
        const Value one = column.show == Show::name ? name_value(node) : field_value(tape, node);
        if (!field(column.field).repeated) return one;
        value = value.index() == 0 ? one : Value{as_text(value) + "," + as_text(one)};
    }
    return value;
}

std::vector<Column> columns() {
    std::vector<Column> all;
    for (const TableColumn& column : table_columns()) {
        std::string help = column.show == Show::length ? "Bytes of the frame"
                           : column.show == Show::raw  ? "The frame as hex"
                                                       : std::string{field(column.field).name};
        if (column.show == Show::name) help += ", in words";
        all.push_back({column.name, std::move(help)});
    }
    return all;
}

}  // namespace meshcore::filter

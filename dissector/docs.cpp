// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/docs.h"

#include <fmt/core.h>

#include "dissector/core/capture_header.h"
#include "dissector/core/catalogue.h"
#include "dissector/core/notes.h"

namespace meshcore {
namespace {

std::string wire_name(const Field& row) {
    const unsigned bits = 8 * wire_width(row.wire);
    switch (row.wire) {
        case Wire::group: return "group";
        case Wire::boolean: return "boolean";
        case Wire::bytes: return "bytes";
        case Wire::text: return "text";
        case Wire::time: return "time";
        case Wire::address: return "address";
        case Wire::frame: return "frame number";
        case Wire::real: return "real";
        default: return fmt::format("{}{}", is_signed(row.wire) ? 'i' : 'u', bits);
    }
}

std::string type_name(const Field& row) {
    std::string type = wire_name(row);
    if (row.divisor != 1) type += fmt::format(" / {:g}", row.divisor);
    if (!row.unit.empty()) type += fmt::format(" {}", row.unit);
    if (row.mask != 0) type += fmt::format(", mask {:#x}", row.mask);
    if (row.big_endian) type += ", big-endian";
    return type;
}

std::string values_of(EnumId id) {
    std::string values;
    for (const EnumRow& row : enum_rows(id))
        values += fmt::format("{}{} {}", values.empty() ? "" : ", ", row.value, row.name);
    return values;
}

std::string meaning(const Field& row) {
    std::string text{row.help.empty() ? row.label : row.help};
    if (row.generated) text += " (generated)";
    if (row.repeated) text += " (may repeat)";
    if (const std::string values = values_of(row.values); !values.empty()) text += ": " + values;
    return text;
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::chat: return "chat";
        case Severity::note: return "note";
        case Severity::warn: return "warning";
        case Severity::error: return "error";
    }
    return "";
}

}  // namespace

std::string fields_page() {
    std::string page =
        "# Fields\n\n"
        "Each name is a Wireshark display filter and a key in the JSON of meshcore-decode. The value "
        "is the\n"
        "number on the wire divided by what stands after the slash. *Generated* is computed, not "
        "sent.\n"
        "This page is made by `./dev docs` from dissector/core/catalogue_*.h.\n\n"
        "| field | type | meaning |\n|---|---|---|\n";
    for (const Field& row : catalogue)
        page += fmt::format("| `{}` | {} | {} |\n", row.name, type_name(row), meaning(row));
    return page;
}

std::string notes_page() {
    std::string page =
        "# Notes\n\n"
        "What the decoder has to say beside the fields: `meshcore.note.<name>` filters them in "
        "Wireshark, where\n"
        "they are expert infos; JSON lists the names under `notes`.\n"
        "This page is made by `./dev docs` from dissector/core/notes.cpp.\n\n"
        "| note | severity | meaning |\n|---|---|---|\n";
    for (const NoteRow& row : note_rows())
        page += fmt::format("| `{}` | {} | {} |\n", row.name, severity_name(row.severity), row.text);
    return page;
}

std::string capture_items_table() {
    std::string table = "| number | field | value | meaning |\n|---:|---|---|---|\n";
    for (const HeaderItem& item : capture_header_items()) {
        const Field& row = field(item.id);
        table +=
            fmt::format("| {} | `{}` | {} | {} |\n", item.type, row.name, type_name(row), meaning(row));
    }
    return table;
}

}  // namespace meshcore

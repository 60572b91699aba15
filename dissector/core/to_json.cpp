// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/to_json.h"

#include <nlohmann/json.hpp>

#include "dissector/core/text.h"

namespace meshcore {
namespace {

using Json = nlohmann::ordered_json;

Json value_of(const Tape& tape, const Node& node) {
    const Field& row = field(node.field);
    switch (row.wire) {
        case Wire::bytes:
        case Wire::address: return to_hex(tape.bytes(node));
        case Wire::text: return clean_text(tape.text(node.slice()));
        case Wire::boolean: return node.number != 0;
        case Wire::group: return nullptr;
        default: break;
    }
    if (is_real(row)) return node.real;
    if (is_signed(row.wire)) return node.signed_number;
    return node.number;
}

void add_nodes(Json& object, const Tape& tape) {
    for (const Node& node : tape.nodes()) {
        const Field& row = field(node.field);
        if (row.wire == Wire::group) continue;
        const std::string key{row.name};
        if (row.repeated)
            object[key].push_back(value_of(tape, node));
        else
            object[key] = value_of(tape, node);
    }
}

void add_notes(Json& notes, const Tape& tape) {
    for (const NoteEntry& entry : tape.notes()) notes.push_back(note_row(entry.note).name);
}

}  // namespace

std::string to_json(const Tape* capture_header, const Dissection* frame) {
    Json object = Json::object();
    Json notes = Json::array();
    if (capture_header) {
        add_nodes(object, *capture_header);
        add_notes(notes, *capture_header);
    }
    if (frame) {
        object["meshcore.raw"] = to_hex(frame->buffer(input_buffer));
        add_nodes(object, *frame);
        add_notes(notes, *frame);
    }
    object["notes"] = std::move(notes);
    return object.dump();
}

}  // namespace meshcore

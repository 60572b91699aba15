// SPDX-License-Identifier: GPL-2.0-or-later
// All tables are static arrays: epan keeps pointers into them until the end of the process.
#include "dissector/wireshark/registration.h"

#include <algorithm>
#include <array>

namespace meshcore::plugin {
namespace {

constexpr std::size_t field_count = catalogue.size();
constexpr std::size_t note_count = static_cast<std::size_t>(Note::count);
constexpr std::size_t enum_count = static_cast<std::size_t>(EnumId::count);

Protocols known;

std::array<int, field_count> field_ids;
std::array<int, field_count> branch_ids;
std::array<hf_register_info, field_count> field_rows;
std::array<std::array<char, 16>, field_count> unit_texts;
std::array<unit_name_string, field_count> units;
std::array<std::array<value_string, 64>, enum_count> value_strings;
std::array<expert_field, note_count> note_ids;
std::array<ei_register_info, note_count> note_rows_;
int raw_id = -1;
int radio_branch = -1, frame_branch = -1;

// Views of the catalogue are literals, so they end with a NUL.
const char* literal(std::string_view text) {
    return text.empty() ? nullptr : text.data();
}

ftenum field_type(const Field& row) {
    if (is_real(row)) return FT_DOUBLE;
    switch (row.wire) {
        case Wire::group: return FT_NONE;
        case Wire::u8: return FT_UINT8;
        case Wire::u16: return FT_UINT16;
        case Wire::u32: return FT_UINT32;
        case Wire::i8: return FT_INT8;
        case Wire::i16: return FT_INT16;
        case Wire::i32: return FT_INT32;
        case Wire::boolean: return FT_BOOLEAN;
        case Wire::text: return FT_STRING;
        case Wire::time: return FT_ABSOLUTE_TIME;
        case Wire::frame: return FT_FRAMENUM;
        case Wire::bytes:
        case Wire::address:
        case Wire::real: break;
    }
    return FT_BYTES;
}

/// For a masked boolean Wireshark wants the width of the integer that holds it.
int boolean_width(std::uint32_t mask) {
    if (mask == 0) return BASE_NONE;
    return mask <= 0xFF ? 8 : mask <= 0xFFFF ? 16 : 32;
}

int field_display(const Field& row) {
    if (is_real(row)) return BASE_NONE;
    if (row.wire == Wire::boolean) return boolean_width(row.mask);
    if (row.wire == Wire::time) return ABSOLUTE_TIME_UTC;
    if (!is_integer(row.wire)) return BASE_NONE;
    const int base = row.display == Display::hex ? BASE_HEX : BASE_DEC;
    return row.unit.empty() || row.values != EnumId::none ? base : base | BASE_UNIT_STRING;
}

/// The icon that the packet list shows beside the other frame.
const void* frame_kind(FieldId id) {
    switch (id) {
        case "meshcore.copy_of"_f: return FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV);
        case "meshcore.copied_in"_f: return FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_NEXT);
        case "meshcore.acked_in"_f: return FRAMENUM_TYPE(FT_FRAMENUM_ACK);
        case "meshcore.response_to"_f: return FRAMENUM_TYPE(FT_FRAMENUM_REQUEST);
        case "meshcore.response_in"_f: return FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE);
        default: return FRAMENUM_TYPE(FT_FRAMENUM_NONE);
    }
}

const unit_name_string* make_unit(std::size_t row, std::string_view unit) {
    if (unit.empty()) return nullptr;
    // Wireshark puts no space between value and unit.
    const std::string_view space = unit == "°" ? "" : " ";
    std::array<char, 16>& text = unit_texts[row];
    const std::size_t length = std::min(unit.size(), text.size() - 2);
    std::copy_n(unit.begin(), length, std::copy(space.begin(), space.end(), text.begin()));
    units[row] = {text.data(), nullptr};
    return &units[row];
}

void make_value_strings() {
    for (std::size_t id = 0; id < enum_count; ++id) {
        auto out = value_strings[id].begin();
        for (const EnumRow& row : enum_rows(static_cast<EnumId>(id))) {
            if (out + 1 == value_strings[id].end()) break;
            *out++ = {row.value, row.name.data()};
        }
    }
}

void make_field(std::size_t index) {
    const Field& row = catalogue[index];
    field_ids[index] = -1;
    branch_ids[index] = -1;
    const void* strings = make_unit(index, row.unit);
    if (row.values != EnumId::none)
        strings = value_strings[static_cast<std::size_t>(row.values)].data();
    else if (row.wire == Wire::frame)
        strings = frame_kind(field_id(index));
    else if (!is_integer(row.wire) || is_real(row))
        strings = nullptr;
    field_rows[index] = {&field_ids[index],
                         {row.label.data(), row.name.data(), field_type(row), field_display(row),
                          strings, row.mask, literal(row.help), HFILL}};
}

int severity(Severity level) {
    switch (level) {
        case Severity::chat: return PI_CHAT;
        case Severity::note: return PI_NOTE;
        case Severity::warn: return PI_WARN;
        case Severity::error: break;
    }
    return PI_ERROR;
}

int group(NoteGroup kind) {
    switch (kind) {
        // PI_MALFORMED would also mark the packet "_ws.malformed": Wireshark's word for a dissector
        // that ran out of data. Ours never does.
        case NoteGroup::malformed: return PI_PROTOCOL;
        case NoteGroup::checksum: return PI_CHECKSUM;
        case NoteGroup::decryption: return PI_DECRYPTION;
        case NoteGroup::protocol: return PI_PROTOCOL;
        case NoteGroup::comment: break;
    }
    return PI_COMMENTS_GROUP;
}

constexpr std::size_t filter_size = 48;
std::array<std::array<char, filter_size>, note_count> note_filters;

void make_note(const NoteRow& row) {
    const auto index = static_cast<std::size_t>(row.id);
    constexpr std::string_view prefix = "meshcore.note.";
    auto end = std::copy(prefix.begin(), prefix.end(), note_filters[index].begin());
    std::copy_n(row.name.begin(), std::min(row.name.size(), filter_size - prefix.size() - 1), end);
    note_ids[index] = EI_INIT;
    note_rows_[index] = {&note_ids[index],
                         {note_filters[index].data(), group(row.group), severity(row.severity),
                          row.text.data(), EXPFILL}};
}

/// Rows of the radio protocol come first in the catalogue.
constexpr std::size_t radio_fields = rows::radio.size();

void register_fields() {
    make_value_strings();
    for (std::size_t i = 0; i < field_count; ++i) make_field(i);
    proto_register_field_array(known.radio, field_rows.data(), static_cast<int>(radio_fields));
    proto_register_field_array(known.frame, field_rows.data() + radio_fields,
                               static_cast<int>(field_count - radio_fields));
    static hf_register_info raw = {
        &raw_id, {"Raw", "meshcore.raw", FT_BYTES, BASE_NONE, nullptr, 0, "The whole frame", HFILL}};
    proto_register_field_array(known.frame, &raw, 1);

    static std::array<int*, field_count + 2> branches;
    for (std::size_t i = 0; i < field_count; ++i) branches[i] = &branch_ids[i];
    branches[field_count] = &radio_branch;
    branches[field_count + 1] = &frame_branch;
    proto_register_subtree_array(branches.data(), static_cast<int>(branches.size()));
}

void register_notes() {
    for (const NoteRow& row : note_rows()) make_note(row);
    expert_module_t* experts = expert_register_protocol(known.frame);
    expert_register_field_array(experts, note_rows_.data(), static_cast<int>(note_rows_.size()));
}

}  // namespace

Protocols register_protocols() {
    known.radio = proto_register_protocol("MeshCore Radio", "MeshCore Radio", "meshcore_radio");
    known.frame = proto_register_protocol("MeshCore", "MeshCore", "meshcore");
    register_fields();
    register_notes();
    return known;
}

const Protocols& protocols() {
    return known;
}

int hf(FieldId id) {
    return field_ids[static_cast<std::size_t>(id)];
}

int ett(FieldId id) {
    return branch_ids[static_cast<std::size_t>(id)];
}

const char* unit_text(FieldId id) {
    return unit_texts[static_cast<std::size_t>(id)].data();
}

expert_field* ei(Note note) {
    return &note_ids[static_cast<std::size_t>(note)];
}

int hf_raw() {
    return raw_id;
}

int ett_radio() {
    return radio_branch;
}

int ett_frame() {
    return frame_branch;
}

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/notes.h"

#include <array>

namespace meshcore {
namespace {

using enum Severity;
using enum NoteGroup;

constexpr std::array<NoteRow, static_cast<std::size_t>(Note::count)> rows = {{
    {Note::truncated, "truncated", error, malformed, "The frame ends inside a field"},
    {Note::empty_payload, "empty_payload", warn, malformed, "The frame has no payload"},
    {Note::unknown_version, "unknown_version", warn, protocol,
     "Payload version that no firmware uses; receivers drop it"},
    {Note::reserved_path_size, "reserved_path_size", error, malformed,
     "Path hash size 4 is reserved; receivers drop the frame"},
    {Note::path_too_long, "path_too_long", error, malformed,
     "Path of more than 64 bytes; receivers drop the frame"},
    {Note::payload_too_long, "payload_too_long", error, malformed,
     "Payload of more than 184 bytes; receivers drop the frame"},
    {Note::unknown_type, "unknown_type", note, protocol, "Payload type without a meaning so far"},
    {Note::bad_cipher_length, "bad_cipher_length", error, malformed,
     "Ciphertext is no multiple of 16 bytes"},
    {Note::bad_mac, "bad_mac", warn, checksum,
     "A key with this hash is known, and the MAC fits none: another key or a damaged copy"},
    {Note::bad_signature, "bad_signature", error, checksum,
     "The signature does not verify: forged or damaged; receivers drop it"},
    {Note::bad_length, "bad_length", warn, malformed,
     "A length inside the payload is larger than what is there"},
    {Note::trailing, "trailing", note, protocol, "Bytes after the last field that has a meaning"},
    {Note::app_data_too_long, "app_data_too_long", warn, malformed,
     "Advert app data over 32 bytes; receivers cut it before they verify"},
    {Note::invalid_text, "invalid_text", note, malformed,
     "Text is not valid UTF-8, is empty, or has a NUL inside"},
    {Note::reserved_hash, "reserved_hash", note, protocol,
     "No node key begins with 00 or FF, so none has this hash"},
    {Note::reserved_bits, "reserved_bits", note, protocol, "Reserved bits are set"},
    {Note::wrong_route, "wrong_route", note, protocol,
     "The firmware does not take this payload type over this route"},
    {Note::bad_capture_header, "bad_capture_header", error, malformed,
     "The capture header is not one of ours, or cut"},
    {Note::advert_replayed, "advert_replayed", warn, comment,
     "A later or another advert of this node was heard before: replayed, or its clock was set back; "
     "receivers drop it"},
    {Note::clock_off, "clock_off", note, comment,
     "The sender's clock is more than a day off the time of capture"},
    {Note::path_loop, "path_loop", note, comment,
     "A hop occurs twice in the path: a loop, or two nodes with the same hash"},
    {Note::path_full, "path_full", note, comment,
     "The path has no room for another hop: repeaters drop this flood"},
    {Note::unscoped_flood, "unscoped_flood", chat, comment,
     "A flood without a region: repeaters everywhere forward it, if they allow that"},
    {Note::long_airtime, "long_airtime", note, comment, "More than a second on air"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].id) != i) return false;
    return true;
}
static_assert(in_order(), "one row for each note, in the order of the enum");

}  // namespace

const NoteRow& note_row(Note id) {
    return rows[static_cast<std::size_t>(id)];
}

std::span<const NoteRow> note_rows() {
    return rows;
}

}  // namespace meshcore

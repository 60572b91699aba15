// SPDX-License-Identifier: GPL-2.0-or-later
// What the decoder has to say beside the fields: an expert info in Wireshark, a word in JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meshcore {

enum class Note : std::uint8_t {
    truncated,
    empty_payload,
    unknown_version,
    reserved_path_size,
    path_too_long,
    payload_too_long,
    unknown_type,
    bad_cipher_length,
    bad_mac,
    bad_signature,
    bad_length,
    trailing,
    app_data_too_long,
    invalid_text,
    reserved_hash,
    reserved_bits,
    wrong_route,
    bad_capture_header,
    // About the traffic, not the frame: Wireshark only, which sees a whole capture.
    advert_replayed,
    clock_off,
    path_loop,
    path_full,
    unscoped_flood,
    long_airtime,
    count
};

enum class Severity : std::uint8_t { chat, note, warn, error };
enum class NoteGroup : std::uint8_t { malformed, checksum, decryption, protocol, comment };

struct NoteRow {
    Note id;
    std::string_view name;  ///< the filter is "meshcore.note." + name, the JSON word is name
    Severity severity;
    NoteGroup group;
    std::string_view text;
};

const NoteRow& note_row(Note id);
std::span<const NoteRow> note_rows();

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// From tape to protocol tree, in two steps, since epan's exceptions are longjmps that run no
// destructor: snapshot() copies a tape into the packet's memory and calls nothing of epan that can
// throw; show() replays the copy and owns nothing.
#pragma once

#include "dissector/core/tape.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// A tape in the packet's memory. Buffer 0 is the tvbuff that was dissected.
struct Snapshot {
    const Node* nodes;
    std::size_t node_count;
    const NoteEntry* notes;
    std::size_t note_count;
    const std::uint8_t* derived;
    const std::uint8_t* const* plaintexts;
    const std::uint16_t* plaintext_lengths;
    std::size_t plaintext_count;
};

Snapshot snapshot(wmem_allocator_t* pool, const Tape& tape);

/// Text in the packet's memory: valid UTF-8 up to the first NUL. Never throws.
const char* pool_text(wmem_allocator_t* pool, const std::uint8_t* bytes, std::size_t length) noexcept;

/// Adds the nodes below `tree` (may be null), the notes and, as data sources, the plaintexts.
void show(const Snapshot& tape, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree);

}  // namespace meshcore::plugin

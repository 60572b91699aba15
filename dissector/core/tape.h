// SPDX-License-Identifier: GPL-2.0-or-later
// What a dissection leaves behind: a flat array of nodes in reading order, the buffers that they
// point into, and the notes. Tree, JSON, text and statistics are loops over it.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "dissector/core/bytes.h"
#include "dissector/core/catalogue.h"
#include "dissector/core/notes.h"

namespace meshcore {

/// 0 is the input itself, 1 and up are decrypted plaintexts.
using BufferId = std::uint8_t;
inline constexpr BufferId input_buffer = 0;
/// Bytes and texts that were computed, not read: hashes, names of keys.
inline constexpr BufferId derived_buffer = 255;

/// A run of bytes in one of the buffers.
struct Slice {
    BufferId buffer = input_buffer;
    std::uint16_t offset = 0;
    std::uint16_t length = 0;
};

/// One shown field. Trivially copyable, so that Wireshark's allocator can hold it.
struct Node {
    FieldId field;
    std::uint8_t depth : 7;      ///< 0 is the top; children follow their parent, one deeper
    std::uint8_t generated : 1;  ///< computed, not read
    BufferId buffer;
    std::uint16_t offset;
    std::uint16_t length;
    union {
        std::uint64_t number;        ///< integers (signed ones: two's complement), booleans, times
        std::int64_t signed_number;  ///< the same, as signed
        double real;                 ///< scaled fields
    };

    Slice slice() const { return {buffer, offset, length}; }
};
static_assert(std::is_trivially_copyable_v<Node> && sizeof(Node) == 16);

struct NoteEntry {
    Note note;
    Slice where;
};

/// Nodes, notes and buffers of one input. The input is borrowed and must outlive the tape; all else
/// is owned. clear() keeps the memory, so that one tape serves a whole capture without allocating.
class Tape {
public:
    Tape();

    void clear(Bytes input);

    const std::vector<Node>& nodes() const { return nodes_; }
    const std::vector<NoteEntry>& notes() const { return notes_; }

    /// Number of buffers: the input and each plaintext.
    std::size_t buffer_count() const { return 1 + plaintexts_.size(); }
    Bytes buffer(BufferId id) const;
    Bytes bytes(Slice slice) const;
    Bytes bytes(const Node& node) const { return bytes(node.slice()); }
    /// Bytes up to the first NUL, as they are: not necessarily UTF-8 (see clean_text in to_text.h).
    std::string_view text(Slice slice) const;

    const Node* find(FieldId id) const;
    bool has(Note note) const;

    // For the reader and the decoders.
    Node& append(FieldId id, unsigned depth, Slice where) {
        Node node{};
        node.field = id;
        node.depth = static_cast<std::uint8_t>(depth & 0x7F);
        node.generated = field(id).generated;
        node.buffer = where.buffer;
        node.offset = where.offset;
        node.length = where.length;
        return nodes_.emplace_back(node);
    }
    Node& last_node() { return nodes_.back(); }
    Node& node_at(std::size_t index) { return nodes_[index]; }
    void note(Note note, Slice where);
    /// Keeps a copy of computed bytes.
    Slice derive(Bytes bytes);
    Slice derive(std::string_view text);
    /// Room for a plaintext that the caller fills; valid until the next call.
    std::span<std::uint8_t> open_plaintext(std::size_t length, BufferId& id);
    void drop_last_plaintext();

private:
    struct Range {
        std::uint32_t offset;
        std::uint32_t length;
    };
    Bytes input_;
    std::vector<Node> nodes_;
    std::vector<NoteEntry> notes_;
    std::vector<std::uint8_t> arena_;  // plaintexts
    std::vector<std::uint8_t> derived_;
    std::vector<Range> plaintexts_;
};

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/tree.h"

#include <algorithm>
#include <bit>

#include "dissector/core/text.h"
#include "dissector/wireshark/names.h"
#include "dissector/wireshark/registration.h"

namespace meshcore::plugin {
namespace {

template <typename T>
const T* copy_to(wmem_allocator_t* pool, const T* from, std::size_t count) {
    if (count == 0) return nullptr;
    return static_cast<const T*>(wmem_memdup(pool, from, count * sizeof(T)));
}

/// Replays one tape. All members are trivially destructible: a longjmp may skip them.
struct Replay {
    const Snapshot& tape;
    packet_info* pinfo;
    tvbuff_t** buffers;  ///< of the BufferIds
    proto_item** items;  ///< of the nodes, for the notes

    const std::uint8_t* bytes_of(const Node& node) const {
        if (node.buffer == derived_buffer) return tape.derived + node.offset;
        if (node.buffer == input_buffer) return tvb_get_ptr(buffers[0], node.offset, node.length);
        return tape.plaintexts[node.buffer - 1] + node.offset;
    }

    proto_item* add(proto_tree* tree, const Node& node) const {
        const Field& row = field(node.field);
        const int id = hf(node.field);
        // What was computed is nowhere in the packet: no bytes to highlight.
        const bool derived = node.buffer == derived_buffer;
        tvbuff_t* tvb = buffers[derived ? 0 : node.buffer];
        const int offset = derived ? 0 : node.offset;
        const int length = derived ? 0 : node.length;
        // Wireshark takes the whole integer and applies the mask itself.
        const int shift = row.mask == 0 ? 0 : std::countr_zero(row.mask);
        const std::uint64_t number = node.number << shift;

        // Wireshark 4.0 shows no unit of a real by itself.
        if (is_real(row))
            return proto_tree_add_double_format_value(tree, id, tvb, offset, length, node.real,
                                                      "%.15g%s", node.real, unit_text(node.field));
        switch (row.wire) {
            case Wire::group: return proto_tree_add_item(tree, id, tvb, offset, length, ENC_NA);
            case Wire::bytes:
            case Wire::address:
                return proto_tree_add_bytes_with_length(tree, id, tvb, offset, length, bytes_of(node),
                                                        node.length);
            case Wire::text:
                return proto_tree_add_string(tree, id, tvb, offset, length,
                                             pool_text(pinfo->pool, bytes_of(node), node.length));
            case Wire::boolean:
                return proto_tree_add_boolean(tree, id, tvb, offset, length,
                                              static_cast<std::uint32_t>(number));
            case Wire::time: {
                const nstime_t time = {static_cast<time_t>(node.number), 0};
                return proto_tree_add_time(tree, id, tvb, offset, length, &time);
            }
            case Wire::i8:
            case Wire::i16:
            case Wire::i32:
                return proto_tree_add_int(tree, id, tvb, offset, length,
                                          static_cast<std::int32_t>(node.signed_number));
            default: break;
        }
        return proto_tree_add_uint(tree, id, tvb, offset, length, static_cast<std::uint32_t>(number));
    }

    /// Says whose key it is, or begins like this.
    void add_name(proto_tree* tree, const Node& node, proto_item* item) const {
        std::uint8_t hash = static_cast<std::uint8_t>(node.number);
        Bytes key;
        if (field(node.field).wire == Wire::address)
            key = {bytes_of(node), node.length};
        else if (node.field == "meshcore.src_hash"_f || node.field == "meshcore.dest_hash"_f)
            key = {&hash, 1};
        else
            return;
        const FieldId hop_name = "meshcore.path.hop_name"_f;
        const bool is_hop =
            node.field == "meshcore.path.hop"_f && proto_field_is_referenced(tree, hf(hop_name));
        if (!is_hop && !item) return;
        const char* name = node_name(key);
        if (!name) return;
        if (item) proto_item_append_text(item, " (%s)", name);
        if (!is_hop) return;
        proto_tree* below = item ? proto_item_add_subtree(item, ett(node.field)) : tree;
        proto_item_set_generated(proto_tree_add_string(below, hf(hop_name), buffers[0], 0, 0, name));
    }

    void add_nodes(proto_tree* tree) const {
        // parents[d] takes the nodes of depth d.
        proto_tree* parents[128] = {tree};
        for (std::size_t i = 0; i < tape.node_count; ++i) {
            const Node& node = tape.nodes[i];
            proto_tree* parent = parents[node.depth];
            // In a hidden tree only what a filter asks for is built; its children hang one higher.
            const bool wanted = proto_field_is_referenced(parent, hf(node.field));
            items[i] = wanted ? add(parent, node) : nullptr;
            if (items[i] && node.generated) proto_item_set_generated(items[i]);
            add_name(parent, node, items[i]);
            const bool has_children = i + 1 < tape.node_count && tape.nodes[i + 1].depth > node.depth;
            if (!has_children) continue;
            proto_tree* below = items[i] ? proto_item_add_subtree(items[i], ett(node.field)) : parent;
            std::fill(parents + node.depth + 1, parents + tape.nodes[i + 1].depth + 1, below);
        }
    }

    /// The innermost item around the note's bytes, else that of the protocol.
    proto_item* item_at(const Slice& where, proto_tree* tree) const {
        const unsigned end = where.offset + where.length;
        for (std::size_t i = tape.node_count; i-- > 0;) {
            const Node& node = tape.nodes[i];
            const bool around = node.buffer == where.buffer && node.offset <= where.offset &&
                                node.offset + node.length >= static_cast<int>(end);
            if (around && items[i]) return items[i];
        }
        return tree;
    }

    void add_notes(proto_tree* tree) const {
        for (std::size_t i = 0; i < tape.note_count; ++i)
            expert_add_info(pinfo, item_at(tape.notes[i].where, tree), ei(tape.notes[i].note));
    }
};

}  // namespace

Snapshot snapshot(wmem_allocator_t* pool, const Tape& tape) {
    Snapshot copy{};
    copy.node_count = tape.nodes().size();
    copy.nodes = copy_to(pool, tape.nodes().data(), copy.node_count);
    copy.note_count = tape.notes().size();
    copy.notes = copy_to(pool, tape.notes().data(), copy.note_count);
    const Bytes derived = tape.buffer(derived_buffer);
    copy.derived = copy_to(pool, derived.data(), derived.size());
    copy.plaintext_count = tape.buffer_count() - 1;
    if (copy.plaintext_count == 0) return copy;
    auto* plaintexts = wmem_alloc_array(pool, const std::uint8_t*, copy.plaintext_count);
    auto* lengths = wmem_alloc_array(pool, std::uint16_t, copy.plaintext_count);
    for (std::size_t i = 0; i < copy.plaintext_count; ++i) {
        const Bytes plaintext = tape.buffer(static_cast<BufferId>(i + 1));
        plaintexts[i] = copy_to(pool, plaintext.data(), plaintext.size());
        lengths[i] = static_cast<std::uint16_t>(plaintext.size());
    }
    copy.plaintexts = plaintexts;
    copy.plaintext_lengths = lengths;
    return copy;
}

const char* pool_text(wmem_allocator_t* pool, const std::uint8_t* bytes, std::size_t length) noexcept {
    const auto* text = reinterpret_cast<const char*>(bytes);
    const std::string_view view{text,
                                static_cast<std::size_t>(std::find(text, text + length, '\0') - text)};
    if (is_utf8(view)) return wmem_strndup(pool, view.data(), view.size());
    const std::string clean = clean_text(view);
    return wmem_strndup(pool, clean.data(), clean.size());
}

void show(const Snapshot& tape, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
    auto** buffers = wmem_alloc_array(pinfo->pool, tvbuff_t*, tape.plaintext_count + 1);
    buffers[0] = tvb;
    for (std::size_t i = 0; i < tape.plaintext_count; ++i) {
        const unsigned length = tape.plaintext_lengths[i];
        buffers[i + 1] =
            tvb_new_child_real_data(tvb, tape.plaintexts[i], length, static_cast<int>(length));
        add_new_data_source(pinfo, buffers[i + 1], "Decrypted MeshCore");
    }
    auto** items = wmem_alloc0_array(pinfo->pool, proto_item*, tape.node_count);
    const Replay replay{tape, pinfo, buffers, items};
    if (tree) replay.add_nodes(tree);
    replay.add_notes(tree);
}

}  // namespace meshcore::plugin

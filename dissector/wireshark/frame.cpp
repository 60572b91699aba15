// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/frame.h"

#include <algorithm>

#include "dissector/core/capture_header.h"
#include "dissector/core/lua_header.h"
#include "dissector/core/summary.h"
#include "dissector/wireshark/heard.h"
#include "dissector/wireshark/learning.h"
#include "dissector/wireshark/names.h"
#include "dissector/wireshark/registration.h"
#include "dissector/wireshark/tree.h"

namespace meshcore::plugin {
namespace {

dissector_handle_t radio_dissector, lua_dissector, frame_dissector;

/// Offsets of the decoder have 16 bits; nothing on air is longer than 255.
constexpr unsigned max_record = 0xFFFF;

Bytes bytes_of(tvbuff_t* tvb) {
    const unsigned length = std::min(tvb_captured_length(tvb), max_record);
    return {tvb_get_ptr(tvb, 0, static_cast<int>(length)), length};
}

const char* keep(wmem_allocator_t* pool, const std::string& text) {
    return wmem_strndup(pool, text.data(), text.size());
}

/// What a decoder leaves in the packet's memory, ready to be shown.
struct Prepared {
    Snapshot tape;
    EndPoints ends;
    const Heard* heard;
    const char* info;          ///< for the column
    const char* title;         ///< for the tree
    std::size_t frame_offset;  ///< of a record
    RadioContext radio;
    bool ok;
};

// One tape of each kind serves all packets. Nothing of it is used once epan is called.
Tape& radio_tape() {
    static Tape tape;
    return tape;
}

Dissection& frame_dissection() {
    static Dissection dissection;
    return dissection;
}

/// Decodes what comes before the frame in a record, and returns where the frame starts.
using HeaderDecoder = std::size_t (*)(Bytes record, Tape& out);

Prepared prepare_radio(HeaderDecoder decode, Bytes record, packet_info* pinfo) noexcept {
    Prepared out{};
    try {
        Tape& tape = radio_tape();
        out.frame_offset = decode(record, tape);
        out.tape = snapshot(pinfo->pool, tape);
        out.radio = radio_context_of(tape);
        if (out.frame_offset == record.size() && pinfo->cinfo) {
            const Summary summary = summarize_device(tape);
            out.info = keep(pinfo->pool, summary.info);
            out.title = keep(pinfo->pool, summary.source);
        }
        out.ok = true;
    } catch (...) {
    }
    return out;
}

void add_end(std::string& title, const char* word, const EndPoint& end) {
    if (!end.data) return;
    title.append(word).append(end.name ? end.name : end.text);
    if (end.name) title.append(" (").append(end.text).append(")");
}

const char* title_of(wmem_allocator_t* pool, const Dissection& dissection, const EndPoints& ends) {
    if (!dissection.header.parsed) return "MeshCore, malformed";
    std::string title{"MeshCore "};
    title.append(payload_type_name(dissection.header.type)).append(", ");
    title.append(enum_name(EnumId::route_type, static_cast<std::uint64_t>(dissection.header.route)));
    add_end(title, ", Src: ", ends.source);
    add_end(title, ", Dst: ", ends.destination);
    return keep(pool, title);
}

Prepared prepare_frame(Bytes bytes, packet_info* pinfo, bool wants_tree) noexcept {
    Prepared out{};
    try {
        Dissection& dissection = frame_dissection();
        const Story* story = dissect_in_capture(bytes, pinfo, dissection);
        out.ends = end_points(pinfo->pool, dissection);
        if (wants_tree) {
            out.title = title_of(pinfo->pool, dissection, out.ends);
            append_end_points(dissection, out.ends);
        }
        if (story) append_story(dissection, *story);
        if (pinfo->cinfo) out.info = keep(pinfo->pool, summarize(dissection).info);
        if (is_heard()) out.heard = hear(pinfo, dissection, out.ends, story);
        out.tape = snapshot(pinfo->pool, dissection);
        out.ok = true;
    } catch (...) {
    }
    return out;
}

/// Only memory can run out; the packet list says so instead of the program ending.
int give_up(tvbuff_t* tvb, packet_info* pinfo) {
    col_set_str(pinfo->cinfo, COL_INFO, "MeshCore: out of memory while decoding");
    return static_cast<int>(tvb_captured_length(tvb));
}

int dissect_frame(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void*) {
    const unsigned length = tvb_captured_length(tvb);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MeshCore");
    col_clear(pinfo->cinfo, COL_INFO);
    const Prepared prepared = prepare_frame(bytes_of(tvb), pinfo, tree != nullptr);
    if (!prepared.ok) return give_up(tvb, pinfo);
    set_addresses(pinfo, prepared.ends);
    if (prepared.info) col_add_str(pinfo->cinfo, COL_INFO, prepared.info);

    proto_tree* branch = nullptr;
    if (tree) {
        proto_item* top =
            proto_tree_add_protocol_format(tree, protocols().frame, tvb, 0, -1, "%s", prepared.title);
        branch = proto_item_add_subtree(top, ett_frame());
        proto_item_set_hidden(proto_tree_add_item(branch, hf_raw(), tvb, 0, -1, ENC_NA));
    }
    show(prepared.tape, tvb, pinfo, branch);
    tell(pinfo, tvb, prepared.heard);
    return static_cast<int>(length);
}

template <HeaderDecoder decode>
int dissect_radio(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void*) {
    const unsigned length = tvb_captured_length(tvb);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MeshCore");
    col_clear(pinfo->cinfo, COL_INFO);
    const Prepared prepared = prepare_radio(decode, bytes_of(tvb), pinfo);
    if (!prepared.ok) return give_up(tvb, pinfo);
    if (prepared.title) col_add_str(pinfo->cinfo, COL_DEF_SRC, prepared.title);
    if (prepared.info) col_add_str(pinfo->cinfo, COL_INFO, prepared.info);
    set_radio_context(pinfo, prepared.radio);
    pinfo->p2p_dir = prepared.radio.sent ? P2P_DIR_SENT : P2P_DIR_RECV;

    const auto header = static_cast<int>(prepared.frame_offset);
    proto_item* top = proto_tree_add_item(tree, protocols().radio, tvb, 0, header, ENC_NA);
    show(prepared.tape, tvb, pinfo, proto_item_add_subtree(top, ett_radio()));
    if (prepared.frame_offset < length)
        call_dissector(frame_dissector, tvb_new_subset_remaining(tvb, header), pinfo, tree);
    return static_cast<int>(length);
}

}  // namespace

void register_dissectors() {
    const int radio = protocols().radio;
    radio_dissector =
        register_dissector("meshcore_radio", dissect_radio<dissect_capture_header>, radio);
    lua_dissector = register_dissector("meshcore_radio_lua", dissect_radio<dissect_lua_header>, radio);
    frame_dissector = register_dissector("meshcore", dissect_frame, protocols().frame);
}

dissector_handle_t radio_handle() {
    return radio_dissector;
}

dissector_handle_t lua_handle() {
    return lua_dissector;
}

dissector_handle_t frame_handle() {
    return frame_dissector;
}

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/mqtt.h"

#include <iterator>

#include "dissector/core/summary.h"
#include "dissector/core/text.h"
#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/frame.h"
#include "dissector/wireshark/learning.h"
#include "dissector/wireshark/mqtt_message.h"
#include "dissector/wireshark/registration.h"
#include "dissector/wireshark/tree.h"

namespace meshcore::plugin {
namespace {

int hf_message = -1;
int ett_message = -1;
dissector_handle_t json_dissector;

constexpr std::size_t longest_quote = 80;
constexpr std::size_t claim_count = static_cast<std::size_t>(Claim::count);
expert_field ei_claims[claim_count] = {EI_INIT, EI_INIT, EI_INIT, EI_INIT, EI_INIT, EI_INIT};
expert_field ei_raw = EI_INIT, ei_json = EI_INIT;

ei_register_info notes[] = {
    {&ei_claims[static_cast<std::size_t>(Claim::len)],
     {"meshcore.mqtt.len", PI_PROTOCOL, PI_WARN, "len is not the length of raw", EXPFILL}},
    {&ei_claims[static_cast<std::size_t>(Claim::packet_type)],
     {"meshcore.mqtt.packet_type", PI_PROTOCOL, PI_WARN, "packet_type is not that of raw", EXPFILL}},
    {&ei_claims[static_cast<std::size_t>(Claim::route)],
     {"meshcore.mqtt.route", PI_PROTOCOL, PI_WARN, "route is not that of raw", EXPFILL}},
    {&ei_claims[static_cast<std::size_t>(Claim::payload_len)],
     {"meshcore.mqtt.payload_len", PI_PROTOCOL, PI_WARN,
      "payload_len is not the length of raw's payload", EXPFILL}},
    {&ei_claims[static_cast<std::size_t>(Claim::hash)],
     {"meshcore.mqtt.hash", PI_CHECKSUM, PI_WARN, "hash is not that of raw", EXPFILL}},
    {&ei_claims[static_cast<std::size_t>(Claim::origin_id)],
     {"meshcore.mqtt.origin_id", PI_PROTOCOL, PI_WARN,
      "origin_id is not the key in the topic: brokers drop the message", EXPFILL}},
    {&ei_raw, {"meshcore.mqtt.raw", PI_PROTOCOL, PI_WARN, "The frame is not written as hex", EXPFILL}},
    {&ei_json,
     {"meshcore.mqtt.json", PI_PROTOCOL, PI_WARN, "The message is no JSON object, or a very deep one",
      EXPFILL}},
};

/// A message in the packet's memory: a longjmp of epan may skip whatever owns something.
struct Prepared {
    bool ours;
    bool is_json;
    bool raw_unreadable;
    const char* title;
    const char* info;  ///< for the column; of a status
    Snapshot radio;
    RadioContext context;
    const std::uint8_t* frame;  ///< null if there is none
    unsigned frame_length;
    struct {
        const char* text;  ///< null if all is well
    } claims[claim_count];
};

const char* keep(wmem_allocator_t* pool, const std::string& text) {
    return wmem_strndup(pool, text.data(), text.size());
}

Prepared prepare(std::string_view topic, Bytes body, packet_info* pinfo) noexcept {
    static Tape radio;
    Prepared out{};
    try {
        radio.clear({});
        const auto message = read_mqtt_message(topic, body, radio);
        if (!message) return out;
        out.is_json = message->is_json;
        out.raw_unreadable = message->raw_unreadable;
        out.title = keep(pinfo->pool, "MeshCore over MQTT: " + message->kind);
        out.radio = snapshot(pinfo->pool, radio);
        out.context = radio_context_of(radio);
        if (message->kind == "status" && pinfo->cinfo)
            out.info = keep(pinfo->pool, one_line(message->status.substr(0, longest_quote)) + " " +
                                             summarize_device(radio).info);
        if (!message->frame.empty()) {
            out.frame_length = static_cast<unsigned>(message->frame.size());
            out.frame = static_cast<const std::uint8_t*>(
                wmem_memdup(pinfo->pool, message->frame.data(), message->frame.size()));
        }
        for (const Contradiction& entry : message->contradictions)
            out.claims[static_cast<std::size_t>(entry.claim)].text =
                keep(pinfo->pool, "it says '" + one_line(entry.said.substr(0, longest_quote)) +
                                      "', right is '" + entry.found + "'");
        out.ours = true;
    } catch (...) {
        out.ours = false;
    }
    return out;
}

void add_notes(const Prepared& message, packet_info* pinfo, proto_item* item) {
    for (std::size_t claim = 0; claim < claim_count; ++claim)
        if (const char* text = message.claims[claim].text)
            expert_add_info_format(pinfo, item, &ei_claims[claim], "%s: %s",
                                   notes[claim].eiinfo.summary, text);
    if (message.raw_unreadable) expert_add_info(pinfo, item, &ei_raw);
    if (!message.is_json) expert_add_info(pinfo, item, &ei_json);
}

/// The JSON dissector would put its name into the columns.
void show_json(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
    const bool writable = col_get_writable(pinfo->cinfo, -1);
    col_set_writable(pinfo->cinfo, -1, FALSE);
    call_dissector(json_dissector, tvb, pinfo, tree);
    col_set_writable(pinfo->cinfo, -1, writable);
}

/// What follows is written behind what MQTT has written: our line, then the next message's.
void begin_columns(packet_info* pinfo) {
    col_append_sep_str(pinfo->cinfo, COL_PROTOCOL, "/", "MeshCore");
    col_append_str(pinfo->cinfo, COL_INFO, " ");
    col_set_fence(pinfo->cinfo, COL_INFO);
}

/// The packet keeps MQTT's protocol, and the addresses of IP: TCP looks its conversations up by them.
void show_frame(const Prepared& message, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
    const address src = pinfo->src, dst = pinfo->dst, net_src = pinfo->net_src,
                  net_dst = pinfo->net_dst;
    const auto length = static_cast<int>(message.frame_length);
    tvbuff_t* frame = tvb_new_child_real_data(tvb, message.frame, message.frame_length, length);
    add_new_data_source(pinfo, frame, "MeshCore frame");
    set_radio_context(pinfo, message.context);
    col_set_writable(pinfo->cinfo, COL_PROTOCOL, FALSE);
    call_dissector(frame_handle(), frame, pinfo, tree);
    col_set_writable(pinfo->cinfo, COL_PROTOCOL, TRUE);
    pinfo->src = src;
    pinfo->dst = dst;
    pinfo->net_src = net_src;
    pinfo->net_dst = net_dst;
}

Bool dissect_message(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* topic) {
    const unsigned length = tvb_captured_length(tvb);
    if (!topic || length == 0) return FALSE;
    const Bytes body{tvb_get_ptr(tvb, 0, static_cast<int>(length)), length};
    const Prepared message = prepare(static_cast<const char*>(topic), body, pinfo);
    if (!message.ours) return FALSE;

    begin_columns(pinfo);
    if (message.info) col_append_str(pinfo->cinfo, COL_INFO, message.info);
    proto_item* item = proto_tree_add_none_format(tree, hf_message, tvb, 0, -1, "%s", message.title);
    proto_tree* branch = proto_item_add_subtree(item, ett_message);
    add_notes(message, pinfo, item);
    show(message.radio, tvb, pinfo, branch);
    if (message.is_json)
        show_json(tvb, pinfo, branch);
    else
        call_data_dissector(tvb, pinfo, branch);
    if (message.frame) show_frame(message, tvb, pinfo, branch);
    col_set_fence(pinfo->cinfo, COL_INFO);
    return TRUE;
}

}  // namespace

void register_mqtt() {
    static hf_register_info field = {
        &hf_message,
        {"MeshCore over MQTT", "meshcore.mqtt", FT_NONE, BASE_NONE, nullptr, 0,
         "A message of a publisher: its JSON, and the frame in it", HFILL}};
    static int* branches[] = {&ett_message};
    proto_register_field_array(protocols().frame, &field, 1);
    proto_register_subtree_array(branches, 1);
    expert_register_field_array(expert_register_protocol(protocols().frame), notes, std::size(notes));
}

void hand_off_mqtt() {
    json_dissector = find_dissector("json");
    heur_dissector_add("mqtt.topic", dissect_message, "MeshCore over MQTT", "meshcore_mqtt",
                       protocols().frame, HEURISTIC_ENABLE);
}

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/conversations.h"

#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/heard.h"
#include "dissector/wireshark/learning.h"
#include "dissector/wireshark/names.h"
#include "dissector/wireshark/registration.h"

namespace meshcore::plugin {
namespace {

template <typename Item>
const char* filter_of(Item*, conv_filter_type_e filter) {
    switch (filter) {
        case CONV_FT_SRC_ADDRESS: return "meshcore.src";
        case CONV_FT_DST_ADDRESS: return "meshcore.dst";
        // Wireshark compares both with one word here, and we have none for "either".
        default: return CONV_FILTER_INVALID;
    }
}

ct_dissector_info_t conversation_info = {filter_of<conv_item_t>};
et_dissector_info_t endpoint_info = {filter_of<endpoint_item_t>};

// The packet's own addresses are those of IP if the frame came inside MQTT.

tap_packet_status conversation(void* table, packet_info* pinfo, epan_dissect_t*, const void* data,
                               tap_flags_t flags) {
    auto* hash = static_cast<conv_hash_t*>(table);
    hash->flags = flags;
    const EndPoints& ends = static_cast<const Heard*>(data)->ends;
    if (!is_source(ends.source) || !ends.destination.data) return TAP_PACKET_DONT_REDRAW;
    const address source = address_of(ends.source), destination = address_of(ends.destination);
    add_conversation_table_data(hash, &source, &destination, 0, 0, 1,
                                static_cast<int>(pinfo->fd->pkt_len), &pinfo->rel_ts, &pinfo->abs_ts,
                                &conversation_info, CONVERSATION_NONE);
    return TAP_PACKET_REDRAW;
}

tap_packet_status endpoint(void* table, packet_info* pinfo, epan_dissect_t*, const void* data,
                           tap_flags_t flags) {
    auto* hash = static_cast<conv_hash_t*>(table);
    hash->flags = flags;
    const auto length = static_cast<int>(pinfo->fd->pkt_len);
    const EndPoints& ends = static_cast<const Heard*>(data)->ends;
    const auto add = [&](const EndPoint& end, bool sends) {
        const address whose = address_of(end);
        add_endpoint_table_data(hash, &whose, 0, sends, 1, length, &endpoint_info, ENDPOINT_NONE);
    };
    if (is_source(ends.source)) add(ends.source, true);
    if (ends.destination.data) add(ends.destination, false);
    return TAP_PACKET_REDRAW;
}

// Follow: a stream is a channel.

char* filter_of_stream(unsigned stream, unsigned) {
    return g_strdup_printf("meshcore.channel_stream == %u", stream);
}

char* filter_of_packet(epan_dissect_t*, packet_info* pinfo, unsigned* stream, unsigned* sub_stream) {
    const std::uint32_t* number = channel_stream(pinfo);
    if (!number) return nullptr;
    *stream = *number;
    *sub_stream = 0;
    return filter_of_stream(*number, 0);
}

char* filter_of_addresses(address*, address*, int, int) {
    return nullptr;
}

char* port_text(wmem_allocator_t* pool, unsigned) {
    return wmem_strdup(pool, "");
}

}  // namespace

void register_conversations() {
    register_conversation_table(protocols().frame, TRUE, conversation, endpoint);
    register_follow(protocols().frame, "meshcore_follow", filter_of_packet, filter_of_stream,
                    filter_of_addresses, port_text, follow_tvb_tap_listener, channel_stream_count);
}

}  // namespace meshcore::plugin

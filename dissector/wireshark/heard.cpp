// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/heard.h"

#include <cstring>

#include "dissector/core/text.h"

namespace meshcore::plugin {
namespace {

int packets_tap = 0, follow_tap = 0;

/// What each payload adds.
struct Add {
    wmem_allocator_t* pool;
    const Dissection& frame;
    Heard& heard;

    const char* keep(Slice slice) const {
        return wmem_strdup(pool, one_line(frame.text(slice)).c_str());
    }
    void operator()(const Advert& advert) const {
        heard.is_advert = advert.signature_ok;
        heard.role = static_cast<NodeType>(advert.node_type);
        heard.has_position = advert.latitude.has_value() && advert.longitude.has_value();
        heard.latitude = advert.latitude.value_or(0);
        heard.longitude = advert.longitude.value_or(0);
    }
    void operator()(const ChannelMessage& message) const {
        heard.channel = heard.ends.destination.text;
        if (!message.decrypted) return;
        heard.text = keep(message.text);
        heard.sender = keep(message.sender);
    }
    void operator()(const ChannelData&) const { heard.channel = heard.ends.destination.text; }
    template <typename Other>
    void operator()(const Other&) const {}
};

/// A line of the chat, as data of the follow tap.
tvbuff_t* chat_line(packet_info* pinfo, tvbuff_t* tvb, const Heard& heard) {
    const bool named = heard.sender && *heard.sender;
    const char* line = wmem_strdup_printf(pinfo->pool, "%s%s%s\n", named ? heard.sender : "",
                                          named ? ": " : "", heard.text);
    const auto length = static_cast<unsigned>(std::strlen(line));
    return tvb_new_child_real_data(tvb, reinterpret_cast<const std::uint8_t*>(line), length,
                                   static_cast<int>(length));
}

}  // namespace

void register_taps() {
    packets_tap = register_tap("meshcore");
    follow_tap = register_tap("meshcore_follow");
}

bool is_heard() {
    return have_tap_listener(packets_tap) || have_tap_listener(follow_tap);
}

const Heard* hear(packet_info* pinfo, const Dissection& frame, const EndPoints& ends,
                  const Story* story) {
    auto* heard = wmem_new(pinfo->pool, Heard);
    *heard = Heard{};
    const Header& header = frame.header;
    heard->parsed = header.parsed;
    heard->type = header.type;
    heard->route = header.route;
    heard->hops = header.hash_count;
    heard->hash_size = header.hash_size;
    if (story) heard->copy_number = story->copy_number;
    if (const RadioContext* radio = radio_context(pinfo)) heard->radio = *radio;
    heard->ends = ends;
    std::visit(Add{pinfo->pool, frame, *heard}, frame.payload);
    return heard;
}

void tell(packet_info* pinfo, tvbuff_t* tvb, const Heard* heard) {
    if (!heard) return;
    tap_queue_packet(packets_tap, pinfo, heard);
    // A copy of a message says nothing new.
    if (heard->text && heard->copy_number == 1 && have_tap_listener(follow_tap))
        tap_queue_packet(follow_tap, pinfo, chat_line(pinfo, tvb, *heard));
}

}  // namespace meshcore::plugin

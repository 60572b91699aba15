// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/learning.h"

#include <new>
#include <optional>
#include <type_traits>

#include "dissector/wireshark/keys.h"
#include "dissector/wireshark/registration.h"
#include "dissector/wireshark/story.h"

namespace meshcore::plugin {
namespace {

// epan frees the file's memory without running a destructor.
static_assert(std::is_trivially_destructible_v<Story>);

/// Everything that lives as long as the open file.
struct Capture {
    Memory memory;
    Stories stories;
    explicit Capture(const Keyring& keys) : memory(keys) {}
};

std::optional<Capture>& capture() {
    static std::optional<Capture> instance;
    return instance;
}

void begin_capture() {
    refresh_keys();
    capture().emplace(keyring());
}

void end_capture() {
    capture().reset();
}

// Of data that lives as long as the packet.
constexpr std::uint32_t context_key = 0, channel_key = 0;

Story* new_story(packet_info* pinfo, std::uint32_t layer) {
    auto* story = new (wmem_alloc(wmem_file_scope(), sizeof(Story))) Story;
    story->frame = pinfo->num;
    story->time = std::int64_t{pinfo->abs_ts.secs} * 1'000'000'000 + pinfo->abs_ts.nsecs;
    p_add_proto_data(wmem_file_scope(), pinfo, protocols().frame, layer, story);
    return story;
}

/// A frame of the first pass: what it tells is learned.
Story* meet(Bytes frame, packet_info* pinfo, std::uint32_t layer, Dissection& out) {
    dissect(frame, keyring(), capture()->memory, out);
    capture()->memory.learn(out);
    const RadioContext* radio = radio_context(pinfo);
    Story* story = new_story(pinfo, layer);
    story->resolution = out.resolution;
    if (radio && radio->has_snr) {
        story->has_snr = true;
        story->snr = static_cast<float>(radio->snr);
    }
    capture()->stories.tell(*story, out, radio ? radio->airtime : 0);
    return story;
}

}  // namespace

void register_learning() {
    register_init_routine(begin_capture);
    register_cleanup_routine(end_capture);
}

RadioContext radio_context_of(const Tape& tape) {
    RadioContext context;
    if (const Node* direction = tape.find("meshcore_radio.direction"_f))
        context.sent = direction->number == 1;
    if (const Node* snr = tape.find("meshcore_radio.snr"_f)) {
        context.has_snr = true;
        context.snr = snr->real;
    }
    if (const Node* airtime = tape.find("meshcore_radio.airtime"_f)) context.airtime = airtime->real;
    return context;
}

void set_radio_context(packet_info* pinfo, const RadioContext& context) {
    auto* copy = static_cast<RadioContext*>(wmem_memdup(pinfo->pool, &context, sizeof context));
    p_add_proto_data(pinfo->pool, pinfo, protocols().radio, context_key, copy);
}

const RadioContext* radio_context(packet_info* pinfo) {
    return static_cast<const RadioContext*>(
        p_get_proto_data(pinfo->pool, pinfo, protocols().radio, context_key));
}

const Story* dissect_in_capture(Bytes frame, packet_info* pinfo, Dissection& out) {
    // A packet may hold several frames, as MQTT messages, each in a layer of its own.
    const auto layer = static_cast<std::uint32_t>(pinfo->curr_layer_num);
    auto* story =
        static_cast<Story*>(p_get_proto_data(wmem_file_scope(), pinfo, protocols().frame, layer));
    if (!capture() || (!story && pinfo->fd->visited)) {
        // Not met on the first pass: by itself, without learning out of order.
        dissect(frame, keyring(), out);
        return nullptr;
    }
    if (story)
        dissect(frame, keyring(), capture()->memory, out, &story->resolution);
    else
        story = meet(frame, pinfo, layer, out);
    if (story->first->channel)
        p_add_proto_data(pinfo->pool, pinfo, protocols().frame, channel_key, &*story->first->channel);
    return story;
}

const std::uint32_t* channel_stream(packet_info* pinfo) {
    return static_cast<const std::uint32_t*>(
        p_get_proto_data(pinfo->pool, pinfo, protocols().frame, channel_key));
}

std::uint32_t channel_stream_count() {
    return capture() ? capture()->stories.channel_count() : 0;
}

const Memory* capture_memory() {
    return capture() ? &capture()->memory : nullptr;
}

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
// How the frames of a capture belong together.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "dissector/core/dissection.h"

namespace meshcore::plugin {

/// What is known of one frame. Kept for each frame of the file, in the file's memory.
struct Story {
    Resolution resolution;
    std::uint32_t frame = 0;
    std::uint32_t copy_number = 1;
    std::int64_t time = 0;   ///< of capture, ns since 1970
    Story* first = nullptr;  ///< first copy; itself if this is the first; never null once told
    Story* next_copy = nullptr;
    float snr = 0;
    bool has_snr = false;
    std::uint8_t hops = 0;
    std::uint8_t notes = 0;                ///< bits from Note::advert_replayed on
    std::optional<std::uint32_t> channel;  ///< number of the channel in this capture

    // Of first copies only.
    Story* last_copy = nullptr;
    Story *ack_of = nullptr, *acked_in = nullptr;
    Story *response_to = nullptr, *response_in = nullptr;
    Story* path_of = nullptr;
    Story *trace_start = nullptr, *trace_end = nullptr;
};

/// Finds the links between frames. Pointers are borrowed from the file's memory.
class Stories {
public:
    /// Takes up a frame of the first pass, in order.
    void tell(Story& story, const Dissection& frame, double airtime);
    /// Channels that messages were read of.
    std::uint32_t channel_count() const { return static_cast<std::uint32_t>(channels_.size()); }

private:
    /// A request and who exchanges it.
    struct Question {
        PublicKey client, server;
        std::uint32_t tag;
        auto operator<=>(const Question&) const = default;
    };
    struct LastAdvert {
        std::uint32_t timestamp;
        PacketHash hash;
    };

    void link(Story& story, const Dissection& frame);
    void link_ack(Story& story, const std::optional<Ack>& ack);
    void link_response(Story& story, const std::optional<Ends>& ends, const Response& response);
    void await_response(Story& story, const std::optional<Ends>& ends, const Request& request);
    void await_ack(Story& story, const std::optional<std::uint32_t>& code);
    void link_datagram(Story& story, const Dissection& frame, const Datagram& datagram);
    void link_trace(Story& story, const Trace& trace);
    void link_discovery(Story& story, const Control& control);
    void check_advert(Story& story, const Dissection& frame, const Advert& advert);
    void number_channel(Story& story, std::string_view name);
    void answer(Story& response, Story& request);

    std::unordered_map<std::uint64_t, Story*> packets_;  // by packet hash
    std::unordered_map<std::uint32_t, Story*> awaited_;  // by ACK code
    std::map<Question, Story*> questions_;
    std::map<std::pair<PublicKey, PublicKey>, Story*> floods_;  // latest from first to second
    std::unordered_map<std::uint64_t, Story*> traces_;          // by tag and auth code
    std::unordered_map<std::uint32_t, Story*> discoveries_;     // by tag
    std::map<PublicKey, LastAdvert> adverts_;
    std::map<std::string, std::uint32_t, std::less<>> channels_;  // by name
};

/// Appends the story's fields and notes to the tape of its frame.
void append_story(Tape& tape, const Story& story);

}  // namespace meshcore::plugin

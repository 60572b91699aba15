// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/story.h"

#include <algorithm>
#include <cmath>

namespace meshcore::plugin {
namespace {

constexpr double long_airtime = 1000;  // ms
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400;
constexpr std::size_t max_path = 64;
// A login's answer carries the server's clock, not the tag of the request.
constexpr std::uint32_t login_tag = 0;

void mark(Story& story, Note note) {
    const unsigned bit = static_cast<unsigned>(note) - static_cast<unsigned>(Note::advert_replayed);
    story.notes = static_cast<std::uint8_t>(story.notes | (1U << bit));
}

bool clock_is_off(std::uint32_t timestamp, std::int64_t captured) {
    return std::abs(static_cast<std::int64_t>(timestamp) - captured / second) > day;
}

bool has_loop(const Dissection& frame) {
    const Header& header = frame.header;
    const Bytes path = frame.bytes(header.path);
    const std::size_t size = header.hash_size;
    for (std::size_t i = 0; i + size <= path.size(); i += size)
        for (std::size_t j = i + size; j + size <= path.size(); j += size)
            if (std::equal(path.begin() + static_cast<std::ptrdiff_t>(i),
                           path.begin() + static_cast<std::ptrdiff_t>(i + size),
                           path.begin() + static_cast<std::ptrdiff_t>(j)))
                return true;
    return false;
}

void check_route(Story& story, const Dissection& frame, double airtime) {
    const Header& header = frame.header;
    if (airtime > long_airtime) mark(story, Note::long_airtime);
    if (header.type == PayloadType::trace) return;
    if (header.route == RouteType::flood) mark(story, Note::unscoped_flood);
    if (has_loop(frame)) mark(story, Note::path_loop);
    const bool full = header.hash_count == 63 || (header.hash_count + 1U) * header.hash_size > max_path;
    if (is_flood(header.route) && full) mark(story, Note::path_full);
}

}  // namespace

void Stories::tell(Story& story, const Dissection& frame, double airtime) {
    story.first = &story;
    story.last_copy = &story;
    if (!frame.header.parsed) return;
    story.hops = frame.header.hash_count;
    check_route(story, frame, airtime);

    std::uint64_t key = 0;
    std::memcpy(&key, frame.header.hash.data(), sizeof key);
    const auto [place, is_new] = packets_.try_emplace(key, &story);
    if (is_new) return link(story, frame);
    Story& first = *place->second;
    story.first = &first;
    story.copy_number = first.last_copy->copy_number + 1;
    story.notes |= static_cast<std::uint8_t>(first.notes & 3);  // what its payload got stays true
    first.last_copy->next_copy = &story;
    first.last_copy = &story;
}

void Stories::link(Story& story, const Dissection& frame) {
    if (const auto* advert = std::get_if<Advert>(&frame.payload)) {
        check_advert(story, frame, *advert);
    } else if (const auto* ack = std::get_if<Ack>(&frame.payload)) {
        link_ack(story, *ack);
    } else if (const auto* multipart = std::get_if<Multipart>(&frame.payload)) {
        link_ack(story, multipart->ack);
    } else if (const auto* datagram = std::get_if<Datagram>(&frame.payload)) {
        link_datagram(story, frame, *datagram);
    } else if (const auto* anon = std::get_if<AnonRequest>(&frame.payload)) {
        await_response(story, anon->ends, anon->content);
        if (anon->ends && is_flood(frame.header.route))
            floods_[{anon->ends->source, anon->ends->destination}] = &story;
    } else if (const auto* trace = std::get_if<Trace>(&frame.payload)) {
        link_trace(story, *trace);
    } else if (const auto* control = std::get_if<Control>(&frame.payload)) {
        link_discovery(story, *control);
    } else if (const auto* message = std::get_if<ChannelMessage>(&frame.payload)) {
        if (!message->decrypted) return;
        number_channel(story, frame.text(message->channel));
        if (clock_is_off(message->timestamp, story.time)) mark(story, Note::clock_off);
    }
}

void Stories::number_channel(Story& story, std::string_view name) {
    story.channel = channels_.try_emplace(std::string{name}, channel_count()).first->second;
}

void Stories::check_advert(Story& story, const Dissection& frame, const Advert& advert) {
    if (!advert.signature_ok) return;
    if (clock_is_off(advert.timestamp, story.time)) mark(story, Note::clock_off);
    const LastAdvert now{advert.timestamp, frame.header.hash};
    const auto [place, is_new] = adverts_.try_emplace(advert.public_key, now);
    if (is_new) return;
    if (advert.timestamp <= place->second.timestamp)
        mark(story, Note::advert_replayed);
    else
        place->second = now;
}

void Stories::link_datagram(Story& story, const Dissection& frame, const Datagram& datagram) {
    if (!datagram.ends) return;
    const Ends& ends = *datagram.ends;
    if (const auto* text = std::get_if<TextMessage>(&datagram.content)) {
        await_ack(story, text->expected_ack);
        if (clock_is_off(text->timestamp, story.time)) mark(story, Note::clock_off);
    } else if (const auto* request = std::get_if<Request>(&datagram.content)) {
        await_response(story, datagram.ends, *request);
    } else if (const auto* response = std::get_if<Response>(&datagram.content)) {
        link_response(story, datagram.ends, *response);
    } else if (const auto* path = std::get_if<ReturnedPath>(&datagram.content)) {
        link_ack(story, path->ack);
        if (path->response) link_response(story, datagram.ends, *path->response);
        const auto flood = floods_.find({ends.destination, ends.source});
        if (flood != floods_.end()) story.path_of = flood->second;
    }
    if (is_flood(frame.header.route)) floods_[{ends.source, ends.destination}] = &story;
}

void Stories::await_ack(Story& story, const std::optional<std::uint32_t>& code) {
    if (code) awaited_[*code] = &story;
}

void Stories::link_ack(Story& story, const std::optional<Ack>& ack) {
    if (!ack) return;
    const auto message = awaited_.find(ack->checksum);
    if (message == awaited_.end()) return;
    story.ack_of = message->second;
    if (!message->second->acked_in) message->second->acked_in = &story;
}

void Stories::await_response(Story& story, const std::optional<Ends>& ends, const Request& request) {
    await_ack(story, request.expected_ack);
    if (!ends || request.answer.kind == AnswerKind::unknown) return;
    const bool login = request.answer.kind == AnswerKind::login;
    questions_[{ends->source, ends->destination, login ? login_tag : request.tag}] = &story;
}

void Stories::link_response(Story& story, const std::optional<Ends>& ends, const Response& response) {
    if (!ends || response.kind == AnswerKind::unknown) return;
    const bool login = response.kind == AnswerKind::login;
    const auto request =
        questions_.find({ends->destination, ends->source, login ? login_tag : response.tag});
    if (request != questions_.end()) answer(story, *request->second);
}

void Stories::answer(Story& response, Story& request) {
    response.response_to = &request;
    if (!request.response_in) request.response_in = &response;
}

void Stories::link_trace(Story& story, const Trace& trace) {
    const std::uint64_t key = std::uint64_t{trace.tag} << 32 | trace.auth;
    const auto [place, is_new] = traces_.try_emplace(key, &story);
    Story& start = *place->second;
    if (!is_new) story.trace_start = &start;
    if (trace.complete && !is_new && !start.trace_end) start.trace_end = &story;
}

void Stories::link_discovery(Story& story, const Control& control) {
    constexpr unsigned request = 8, response = 9;
    if (control.sub_type == request) discoveries_[control.tag] = &story;
    const auto asked = discoveries_.find(control.tag);
    if (control.sub_type == response && asked != discoveries_.end()) answer(story, *asked->second);
}

namespace {

/// Appends generated nodes to a tape.
class Teller {
public:
    explicit Teller(Tape& tape) : tape_(tape) {}

    void number(FieldId id, std::uint64_t value, unsigned depth = 0) {
        tape_.append(id, depth, {derived_buffer, 0, 0}).number = value;
    }
    void real(FieldId id, double value, unsigned depth = 0) {
        tape_.append(id, depth, {derived_buffer, 0, 0}).real = value;
    }
    void frame(FieldId id, const Story* story) {
        if (story) number(id, story->frame);
    }

private:
    Tape& tape_;
};

double seconds_between(const Story& from, const Story& to) {
    return static_cast<double>(to.time - from.time) / static_cast<double>(second);
}

void append_copies(Teller& out, const Story& story) {
    out.number("meshcore.copy_number"_f, story.copy_number);
    if (story.first != &story) {
        out.frame("meshcore.copy_of"_f, story.first);
        out.real("meshcore.copy_time"_f, seconds_between(*story.first, story));
        return;
    }
    for (const Story* copy = story.next_copy; copy; copy = copy->next_copy) {
        out.frame("meshcore.copied_in"_f, copy);
        out.number("meshcore.copied_in.hops"_f, copy->hops, 1);
        if (copy->has_snr) out.real("meshcore.copied_in.snr"_f, static_cast<double>(copy->snr), 1);
        out.real("meshcore.copied_in.time"_f, seconds_between(story, *copy), 1);
    }
}

}  // namespace

void append_story(Tape& tape, const Story& story) {
    const Story& first = *story.first;
    Teller out{tape};
    append_copies(out, story);
    if (first.channel) out.number("meshcore.channel_stream"_f, *first.channel);
    out.frame("meshcore.ack_of"_f, first.ack_of);
    if (first.ack_of) out.real("meshcore.ack_time"_f, seconds_between(*first.ack_of, story));
    out.frame("meshcore.acked_in"_f, first.acked_in);
    out.frame("meshcore.response_to"_f, first.response_to);
    if (first.response_to)
        out.real("meshcore.response_time"_f, seconds_between(*first.response_to, story));
    out.frame("meshcore.response_in"_f, first.response_in);
    out.frame("meshcore.returned_path.of"_f, first.path_of);
    out.frame("meshcore.trace.start"_f, first.trace_start);
    out.frame("meshcore.trace.end"_f, first.trace_end);
    for (unsigned bit = 0; bit < 8; ++bit)
        if (story.notes & (1U << bit))
            tape.note(static_cast<Note>(static_cast<unsigned>(Note::advert_replayed) + bit),
                      {input_buffer, 0, 0});
}

}  // namespace meshcore::plugin

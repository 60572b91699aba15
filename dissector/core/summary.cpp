// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/summary.h"

#include <algorithm>

#include "dissector/core/text.h"
#include "dissector/core/to_text.h"

namespace meshcore {
namespace {

std::string hash_text(std::uint8_t hash) {
    return to_hex(Bytes{&hash, 1});
}

std::string hex32(std::uint32_t number) {
    std::string digits(8, '0');
    for (std::size_t i = 0; i < 8; ++i) digits[7 - i] = "0123456789abcdef"[(number >> (4 * i)) & 15];
    return digits;
}

std::string key_prefix(Bytes key) {
    return to_hex(key.first(std::min<std::size_t>(key.size(), 4)));
}

/// The last hop of a flood is the transmitter that was heard.
std::string transmitter(const Dissection& frame) {
    const Header& header = frame.header;
    if (!is_flood(header.route) || header.hash_count == 0 || header.type == PayloadType::trace)
        return {};
    return to_hex(frame.bytes(header.path).last(header.hash_size));
}

void add_field(std::string& line, std::string_view word, const Tape& tape, FieldId id) {
    if (const Node* node = tape.find(id)) line.append(word).append(value_text(tape, *node));
}

/// What each payload adds to source, destination and the info line.
struct Describe {
    const Dissection& frame;
    Summary& line;

    void operator()(std::monostate) const {}
    void operator()(const Ack& ack) const { line.info.append(" ").append(hex32(ack.checksum)); }
    void operator()(const Multipart& part) const {
        line.info.append(" ").append(payload_type_name(part.type));
        if (part.ack) (*this)(*part.ack);
        line.info.append(", ").append(std::to_string(part.remaining)).append(" to follow");
    }
    void operator()(const Advert& advert) const {
        const std::string name = one_line(frame.text(advert.name));
        line.source = name.empty() ? key_prefix(advert.public_key) : name;
        const std::string_view role = enum_name(EnumId::node_type, advert.node_type);
        line.info.append(" ").append(role.empty() ? "unknown role" : role);
        line.info.append(" ").append(line.source);
        if (advert.latitude && (*advert.latitude != 0 || *advert.longitude != 0)) {
            line.info.append(" at ");
            add_field(line.info, "", frame, "meshcore.advert.latitude"_f);
            add_field(line.info, ", ", frame, "meshcore.advert.longitude"_f);
        }
    }
    void operator()(const Datagram& datagram) const {
        set_ends(hash_text(datagram.src_hash), hash_text(datagram.dest_hash),
                 datagram.ends.has_value());
        std::visit([this](const auto& content) { add_content(content); }, datagram.content);
    }
    void operator()(const AnonRequest& request) const {
        set_ends(key_prefix(request.sender), hash_text(request.dest_hash), request.ends.has_value());
        if (request.ends) add_content(request.content);
    }
    void operator()(const ChannelMessage& message) const {
        set_channel(message.decrypted, message.channel, message.channel_hash);
        if (!message.decrypted) return;
        line.source = one_line(frame.text(message.sender));
        if (!line.source.empty()) line.info.append(" ").append(line.source).append(":");
        line.info.append(" ").append(one_line(frame.text(message.text)));
    }
    void operator()(const ChannelData& message) const {
        set_channel(message.decrypted, message.channel, message.channel_hash);
    }
    void operator()(const Trace& trace) const {
        line.info.append(trace.complete ? " complete" : " in flight");
        line.info.append(", ")
            .append(std::to_string(trace.hops.length / trace.hash_size))
            .append(" nodes");
    }
    void operator()(const Control& control) const {
        const std::string_view type = enum_name(EnumId::control_type, control.sub_type);
        if (!type.empty()) line.info.append(" ").append(type);
        if (control.public_key.length > 0) {
            line.source = key_prefix(frame.bytes(control.public_key));
            line.info.append(" ").append(enum_name(EnumId::node_type, control.node_type));
            line.info.append(" ").append(line.source);
        }
    }

    /// The names of the two nodes stand in the key's name, once a key fits.
    void set_ends(std::string source, std::string destination, bool decrypted) const {
        line.source = std::move(source);
        line.destination = std::move(destination);
        if (const Node* names = decrypted ? frame.find("meshcore.key_name"_f) : nullptr) {
            const std::string both = one_line(frame.text(names->slice()));
            const std::size_t arrow = both.find(" → ");
            line.source = both.substr(0, arrow);
            line.destination = both.substr(arrow + std::string_view(" → ").size());
        }
        line.info.append(" ").append(line.source).append(" → ").append(line.destination);
    }
    void add_content(std::monostate) const {}
    void add_content(const TextMessage& message) const {
        line.info.append(message.type == TextType::cli_data ? " [CLI] " : ": ");
        line.info.append(one_line(frame.text(message.text)));
    }
    void add_content(const Request& request) const { add_kind(request.answer.kind); }
    void add_content(const Response& response) const { add_kind(response.kind); }
    void add_content(const ReturnedPath& path) const {
        const std::size_t hops = path.hops.length / path.hash_size;
        line.info.append(" ")
            .append(std::to_string(hops))
            .append(hops == 1 ? " hop back" : " hops back");
        if (path.ack) line.info.append(" + ACK ").append(hex32(path.ack->checksum));
        if (path.response) {
            line.info.append(" + RESPONSE");
            add_content(*path.response);
        }
    }
    void add_kind(AnswerKind kind) const {
        if (kind == AnswerKind::unknown) return;
        line.info.append(" ").append(enum_name(EnumId::answer_kind, static_cast<std::uint64_t>(kind)));
    }

    void set_channel(bool decrypted, Slice name, std::uint8_t hash) const {
        line.destination = decrypted ? one_line(frame.text(name)) : "channel " + hash_text(hash);
        line.info.append(" ").append(decrypted ? "[" + line.destination + "]" : line.destination);
    }
};

std::string route_text(const Dissection& frame) {
    const Header& header = frame.header;
    std::string text = is_flood(header.route) ? " flood" : " direct";
    if (const Node* region = frame.find("meshcore.region"_f))
        text.append(" ").append(one_line(frame.text(region->slice())));
    else if (header.has_codes)
        text.append(" scoped");
    if (header.type == PayloadType::trace) return text;
    if (header.hash_count == 0) return is_flood(header.route) ? text : text.append(" zero-hop");
    text.append(" ").append(std::to_string(header.hash_count));
    return text.append(header.hash_count == 1 ? " hop" : " hops");
}

/// What is wrong; chat is no more than remarkable.
void add_notes(std::string& info, const Tape& tape) {
    std::string_view before = " ! ";
    for (const NoteEntry& entry : tape.notes()) {
        const NoteRow& row = note_row(entry.note);
        if (row.severity == Severity::chat) continue;
        info.append(before).append(row.name);
        before = " ";
    }
}

}  // namespace

Summary summarize(const Dissection& frame) {
    Summary line;
    const Header& header = frame.header;
    if (!header.parsed) {
        line.info = "Malformed";
        for (const NoteEntry& entry : frame.notes())
            line.info.append(": ").append(note_row(entry.note).text);
        return line;
    }
    line.info = payload_type_name(header.type);
    line.info.append(route_text(frame));
    if (is_flood(header.route)) line.destination = "flood";
    std::visit(Describe{frame, line}, frame.payload);
    if (line.source.empty()) line.source = transmitter(frame);
    add_notes(line.info, frame);
    return line;
}

Summary summarize_device(const Tape& capture_header) {
    Summary line{.source = {}, .destination = {}, .info = "Device report"};
    add_field(line.source, "", capture_header, "meshcore_radio.device.name"_f);
    add_field(line.info, ": ", capture_header, "meshcore_radio.device.name"_f);
    add_field(line.info, ", ", capture_header, "meshcore_radio.device.model"_f);
    add_field(line.info, " ", capture_header, "meshcore_radio.device.firmware"_f);
    add_field(line.info, ", battery ", capture_header, "meshcore_radio.device.battery"_f);
    add_field(line.info, ", noise floor ", capture_header, "meshcore_radio.noise_floor"_f);
    add_field(line.info, ", ", capture_header, "meshcore_radio.device.event"_f);
    return line;
}

}  // namespace meshcore

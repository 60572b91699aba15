// SPDX-License-Identifier: GPL-2.0-or-later
// RESPONSE: tag (4), then what the request asked for. Nothing in it says which request that was: the
// memory of the requests tells. Source: handleRequest, handleLoginReq and handleAnon*Req of
// examples/simple_repeater/MyMesh.cpp, simple_room_server/MyMesh.cpp, simple_sensor/SensorMesh.cpp.
#include <algorithm>

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

void read_login(Reader& content) {
    if (content.peek(0) == 'O' && content.peek(1) == 'K') {  // before 1.7
        content.bytes("meshcore.resp.login.legacy"_f, 2);
        return;
    }
    content.u8("meshcore.resp.login.code"_f);
    content.u8("meshcore.resp.login.keep_alive"_f);
    content.u8("meshcore.resp.login.admin"_f);
    if (content.peek(1) == 'O' && content.peek(2) == 'K' && content.peek(3) == 0) {  // rooms up to 1.8
        content.u8("meshcore.resp.login.unsynced"_f);
        content.bytes("meshcore.resp.login.legacy"_f, 2);
        return;
    }
    content.u8("meshcore.resp.login.permissions"_f);
    content.bytes("meshcore.resp.login.random"_f, 4);
    if (content) content.u8("meshcore.resp.login.firmware_level"_f);
}

/// A login's answer has no tag of the request: any answer of the server could be it. It is short.
bool looks_like_login(const Reader& content) {
    constexpr std::size_t length = 9;
    if (content.peek(0) == 'O' && content.peek(1) == 'K') return true;
    const Bytes padding = content.rest_bytes().subspan(std::min(length, content.remaining()));
    return content.peek(0) == 0 &&
           std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
}

void read_status(Reader& content, bool room) {
    content.u16("meshcore.resp.status.battery"_f);
    content.u16("meshcore.resp.status.queue_length"_f);
    content.i16("meshcore.resp.status.noise_floor"_f);
    content.i16("meshcore.resp.status.last_rssi"_f);
    content.u32("meshcore.resp.status.packets_received"_f);
    content.u32("meshcore.resp.status.packets_sent"_f);
    content.u32("meshcore.resp.status.tx_airtime"_f);
    content.u32("meshcore.resp.status.uptime"_f);
    content.u32("meshcore.resp.status.sent_flood"_f);
    content.u32("meshcore.resp.status.sent_direct"_f);
    content.u32("meshcore.resp.status.received_flood"_f);
    content.u32("meshcore.resp.status.received_direct"_f);
    content.u16("meshcore.resp.status.error_flags"_f);
    content.i16("meshcore.resp.status.last_snr"_f);
    content.u16("meshcore.resp.status.direct_duplicates"_f);
    content.u16("meshcore.resp.status.flood_duplicates"_f);
    // Structures only ever grew at the end: what is not there is absent.
    if (room) {
        if (content) content.u16("meshcore.resp.status.posts"_f);
        if (content) content.u16("meshcore.resp.status.posts_pushed"_f);
    } else {
        if (content) content.u32("meshcore.resp.status.rx_airtime"_f);
        if (content) content.u32("meshcore.resp.status.receive_errors"_f);
    }
}

bool is_zero(const Reader& content, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i)
        if (content.peek(i) != 0) return false;
    return true;
}

void read_access_list(Reader& content) {
    constexpr std::size_t record = 7;
    while (content.remaining() >= record && !is_zero(content, record)) {
        content.bytes("meshcore.resp.acl.prefix"_f, 6);
        content.u8("meshcore.resp.acl.permissions"_f);
    }
}

void read_neighbours(Reader& content, std::size_t prefix_length) {
    content.i16("meshcore.resp.neighbour.total"_f);
    const std::uint16_t count = content.u16("meshcore.resp.neighbour.count"_f);
    for (unsigned i = 0; i < count && content.ok(); ++i) {
        content.bytes("meshcore.resp.neighbour.prefix"_f, prefix_length);
        content.u32("meshcore.resp.neighbour.heard"_f);
        content.i8("meshcore.resp.neighbour.snr"_f);
    }
}

/// One line of text; a further one follows if this returns true.
bool read_line(Reader& content, FieldId id) {
    const std::string_view text = content.tape().text(content.rest_slice());
    const std::size_t end = text.find('\n');
    read_text(content, id, std::min(end, text.size()));
    if (end == std::string_view::npos) return false;
    content.bytes("meshcore.resp.separator"_f, 1);
    return true;
}

void read_owner(Reader& content, bool with_firmware) {
    if (with_firmware && !read_line(content, "meshcore.resp.owner.firmware"_f)) return;
    if (!read_line(content, "meshcore.resp.owner.name"_f)) return;
    read_text_to_nul(content, "meshcore.resp.owner.info"_f);
}

bool read_anon_answer(Reader& content, AnswerKind kind) {
    switch (kind) {
        case AnswerKind::anon_regions:
            content.u32("meshcore.resp.clock"_f);
            read_text_to_nul(content, "meshcore.resp.regions"_f);
            return true;
        case AnswerKind::anon_owner:
            content.u32("meshcore.resp.clock"_f);
            read_owner(content, false);
            return true;
        case AnswerKind::anon_basic:
            content.u32("meshcore.resp.clock"_f);
            content.u8("meshcore.resp.features"_f);
            return true;
        default: return false;
    }
}

bool is_room(Decoder& d, const PublicKey& server, Reader& content) {
    NodeType role = NodeType::none;
    if (d.earlier)
        role = d.earlier->server_role;
    else if (const Peer* peer = d.memory->find_peer(server))
        role = peer->role;
    d.out.resolution.server_role = role;
    if (role == NodeType::none)
        content.derived_text("meshcore.resp.assumed"_f,
                             "a repeater, as no advert told the server's role");
    return role == NodeType::room;
}

}  // namespace

void read_series(Reader& content);

Response read_response(Decoder& d, const Opened& opened, Reader& content) {
    Response response;
    response.tag = content.u32("meshcore.resp.tag"_f);
    if (!content.ok()) return response;
    std::optional<AwaitedAnswer> awaited;
    if (!d.earlier) {
        awaited = d.memory->awaited(opened.ends, response.tag);
        if (awaited && awaited->kind == AnswerKind::login && !looks_like_login(content))
            awaited.reset();
    }
    if (d.earlier && d.earlier->has_awaited) awaited = d.earlier->awaited;
    d.out.resolution.has_awaited = awaited.has_value();
    if (awaited) {
        d.out.resolution.awaited = *awaited;
        response.kind = awaited->kind;
    }
    content.derived_number("meshcore.resp.type"_f, static_cast<std::uint64_t>(response.kind));
    switch (response.kind) {
        case AnswerKind::login:
            content.derived_number("meshcore.resp.clock"_f, response.tag);
            read_login(content);
            break;
        case AnswerKind::status: {
            const bool room = is_room(d, opened.ends.source, content);
            read_status(content, room);
            break;
        }
        case AnswerKind::telemetry: read_telemetry(content); break;
        case AnswerKind::series:
            content.u32("meshcore.resp.clock"_f);
            read_series(content);
            break;
        case AnswerKind::access_list: read_access_list(content); break;
        case AnswerKind::neighbours: read_neighbours(content, awaited->prefix_length); break;
        case AnswerKind::owner: read_owner(content, true); break;
        default:
            if (!read_anon_answer(content, response.kind)) content.rest("meshcore.resp.data"_f);
    }
    return response;
}

}  // namespace meshcore

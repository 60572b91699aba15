// SPDX-License-Identifier: GPL-2.0-or-later
// ANON_REQ: destination hash (1), sender's public key (32), MAC (2), ciphertext.
// Source: src/Mesh.cpp, createAnonDatagram; src/helpers/BaseChatMesh.cpp, sendLogin and sendAnonReq;
// examples/simple_repeater/MyMesh.cpp, onAnonDataRecv.
#include <algorithm>

#include "dissector/core/decoder.h"
#include "dissector/core/text.h"

namespace meshcore {
namespace {

NodeType role_of(const Decoder& d, const PublicKey& key) {
    if (d.earlier) return d.earlier->server_role;
    const Peer* peer = d.memory ? d.memory->find_peer(key) : nullptr;
    return peer ? peer->role : NodeType::none;
}

/// Whether the rest, from an offset on, is a text as one types it, up to the padding.
bool looks_typed(const Reader& content, std::size_t from) {
    const Bytes rest = content.rest_bytes().subspan(std::min(from, content.remaining()));
    const auto end = std::find(rest.begin(), rest.end(), 0);
    const std::string_view text{reinterpret_cast<const char*>(rest.data()),
                                static_cast<std::size_t>(end - rest.begin())};
    return std::all_of(end, rest.end(), [](std::uint8_t byte) { return byte == 0; }) && is_utf8(text) &&
           text == one_line(text);
}

/// Repeater and sensor: the password follows the timestamp. Room: a time stands between.
void read_login(Reader& content, NodeType role) {
    bool room = role == NodeType::room;
    if (role == NodeType::none) {
        room = !looks_typed(content, 0) && looks_typed(content, 4);
        content.derived_text(
            "meshcore.resp.assumed"_f,
            room ? "a room server, by the look of it" : "a repeater or sensor, by the look of it");
    }
    if (room) content.u32("meshcore.anon_req.since"_f);
    read_text_to_nul(content, "meshcore.anon_req.password"_f);
}

/// Type (1), reply path as in a packet, padding. A room's "since" begins with such a byte too.
bool looks_like_sub_request(const Reader& content) {
    const std::uint8_t kind = content.peek(), length = content.peek(1);
    const std::size_t size = (length >> 6) + 1U, hops = size * (length & 0x3FU);
    const Bytes rest = content.rest_bytes();
    if (kind < 1 || kind > 3 || size > 3 || 2 + hops > rest.size()) return false;
    for (std::size_t hop = 0; hop < hops; hop += size)
        if (rest[2 + hop] == 0) return false;  // no key begins with 00
    return std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(2 + hops), rest.end(),
                       [](std::uint8_t byte) { return byte == 0; });
}

/// Byte 4 tells a repeater what is meant. Who is asked is not always known.
bool is_sub_request(const Reader& content, NodeType role) {
    if (role == NodeType::room) return false;
    if (role == NodeType::none) return looks_like_sub_request(content);
    return content.peek() > 0 && content.peek() < 0x20;
}

}  // namespace

Request read_anon_request(Decoder& d, const Opened& opened, Reader& content) {
    Request request;
    request.tag = content.u32("meshcore.timestamp"_f);
    if (!content.ok()) return request;
    const NodeType role = role_of(d, opened.ends.destination);
    d.out.resolution.server_role = role;
    if (!is_sub_request(content, role)) {
        request.answer.kind = AnswerKind::login;
        read_login(content, role);
        return request;
    }
    const std::uint8_t kind = content.u8("meshcore.anon_req.type"_f);
    if (kind > 3) {
        content.rest("meshcore.req.data"_f);
        return request;
    }
    request.answer.kind = static_cast<AnswerKind>(0x100 + kind);
    std::uint8_t hash_size = 1;
    Slice hops;
    read_path(content, "meshcore.anon_req.reply_path_length"_f, "meshcore.anon_req.reply_hop"_f,
              hash_size, hops);
    return request;
}

void decode_anon_req(Decoder& d) {
    AnonRequest request;
    request.dest_hash = d.reader.u8("meshcore.dest_hash"_f);
    const Slice key = d.reader.bytes("meshcore.anon_req.pubkey"_f, request.sender.size());
    if (!d.reader.ok()) return;
    const Bytes bytes = d.out.bytes(key);
    std::copy(bytes.begin(), bytes.end(), request.sender.begin());
    if (request.sender[0] == 0x00 || request.sender[0] == 0xFF) d.reader.note(Note::reserved_hash, key);
    const Sealed sealed = read_sealed(d);
    request.mac = sealed.mac;
    if (auto opened = open_between(d, sealed, request.sender, request.dest_hash)) {
        request.ends = opened->ends;
        request.content = read_anon_request(d, *opened, opened->content);
        read_padding(opened->content);
    }
    d.out.payload = request;
}

}  // namespace meshcore

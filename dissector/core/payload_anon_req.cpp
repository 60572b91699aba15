// SPDX-License-Identifier: GPL-2.0-or-later
// ANON_REQ: destination hash (1), sender's public key (32), MAC (2), ciphertext.
// Source: src/Mesh.cpp, createAnonDatagram; src/helpers/BaseChatMesh.cpp, sendLogin and sendAnonReq;
// examples/simple_repeater/MyMesh.cpp, onAnonDataRecv.
#include <algorithm>

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

NodeType role_of(const Decoder& d, const PublicKey& key) {
    if (d.earlier) return d.earlier->server_role;
    const Peer* peer = d.memory ? d.memory->find_peer(key) : nullptr;
    return peer ? peer->role : NodeType::none;
}

/// Repeater and sensor: the password follows the timestamp. Room: a time stands between.
void read_login(Reader& content, NodeType role) {
    bool room = role == NodeType::room;
    if (role == NodeType::none) {
        // A time before a password has a byte that no typed text has; "since 0" has four.
        room = content.remaining() > 4 && (content.peek(0) != 0 || content.peek(4) != 0) &&
               std::any_of(content.rest_bytes().begin(), content.rest_bytes().begin() + 4,
                           [](std::uint8_t byte) { return byte < 0x20 || byte == 0x7F; }) &&
               content.peek(4) >= 0x20;
        content.derived_text(
            "meshcore.resp.assumed"_f,
            room ? "a room server, by the look of it" : "a repeater or sensor, by the look of it");
    }
    if (room) content.u32("meshcore.anon_req.since"_f);
    read_text_to_nul(content, "meshcore.anon_req.password"_f);
}

}  // namespace

Request read_anon_request(Decoder& d, const Opened& opened, Reader& content) {
    Request request;
    request.tag = content.u32("meshcore.timestamp"_f);
    if (!content.ok()) return request;
    const NodeType role = role_of(d, opened.ends.destination);
    d.out.resolution.server_role = role;
    const std::uint8_t kind = content.peek();
    const bool sub_request = kind > 0 && kind < 0x20 && role != NodeType::room;
    if (!sub_request) {
        request.answer.kind = AnswerKind::login;
        read_login(content, role);
        return request;
    }
    content.u8("meshcore.anon_req.type"_f);
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

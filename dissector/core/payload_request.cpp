// SPDX-License-Identifier: GPL-2.0-or-later
// REQ: timestamp (4) that the answer repeats as its tag, type (1), parameters.
// Source: handleRequest of simple_repeater, simple_room_server, simple_sensor;
// src/helpers/BaseChatMesh.cpp, sendRequest and checkConnections.
#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

void read_random(Reader& content) {
    if (content.remaining() >= 4) content.bytes("meshcore.req.random"_f, 4);
}

}  // namespace

Request read_request(const Opened& opened, Reader& content) {
    Request request;
    const Slice start = content.rest_slice();
    request.tag = content.u32("meshcore.timestamp"_f);
    const std::uint8_t type = content.u8("meshcore.req.type"_f);
    if (!content.ok()) return request;
    request.answer.kind = static_cast<AnswerKind>(type);
    switch (request.answer.kind) {
        case AnswerKind::status:
        case AnswerKind::owner:
            content.bytes("meshcore.req.reserved"_f, 4);
            read_random(content);
            break;
        case AnswerKind::telemetry:
            content.u8("meshcore.req.inverse_permissions"_f);
            content.bytes("meshcore.req.reserved"_f, 3);
            read_random(content);
            break;
        case AnswerKind::keep_alive: {
            content.u32("meshcore.req.since"_f);
            Slice acknowledged = start;
            acknowledged.length = 9;
            if (!content.ok()) break;
            request.expected_ack = ack_code(content.tape().bytes(acknowledged), opened.ends.source);
            content.derived_number("meshcore.expected_ack"_f, *request.expected_ack);
            break;
        }
        case AnswerKind::series:
            content.u32("meshcore.req.start"_f);
            content.u32("meshcore.req.end"_f);
            content.bytes("meshcore.req.reserved"_f, 2);
            break;
        case AnswerKind::access_list:
            content.bytes("meshcore.req.reserved"_f, 2);
            read_random(content);
            break;
        case AnswerKind::neighbours:
            content.u8("meshcore.req.version"_f);
            content.u8("meshcore.req.count"_f);
            content.u16("meshcore.req.offset"_f);
            content.u8("meshcore.req.order"_f);
            request.answer.prefix_length =
                std::min<std::uint8_t>(content.u8("meshcore.req.prefix_length"_f), 32);
            read_random(content);
            break;
        default: request.answer.kind = AnswerKind::unknown; content.rest("meshcore.req.data"_f);
    }
    return request;
}

}  // namespace meshcore

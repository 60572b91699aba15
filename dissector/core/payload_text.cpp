// SPDX-License-Identifier: GPL-2.0-or-later
// TXT_MSG: timestamp (4), type and attempt (1), [author's key prefix (4)], text, [NUL, attempt (1)].
// Source: src/helpers/BaseChatMesh.cpp, composeMsgPacket and onPeerDataRecv;
// examples/simple_room_server/MyMesh.cpp, pushPostToClient.
#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

/// The full attempt number that stands after text and NUL since attempts go beyond 3; 0 if none does.
std::uint8_t extended_attempt(const Reader& content, std::uint8_t low_bits) {
    const std::uint8_t attempt = content.peek(0) == 0 ? content.peek(1) : std::uint8_t{0};
    return attempt > 3 && (attempt & 3) == low_bits ? attempt : std::uint8_t{0};
}

}  // namespace

TextMessage read_text_message(const Opened& opened, Reader& content) {
    TextMessage message;
    const Slice start = content.rest_slice();
    message.timestamp = content.u32("meshcore.timestamp"_f);
    content.u8("meshcore.text.flags"_f);
    message.type = static_cast<TextType>(content.bits("meshcore.text.type"_f));
    message.attempt = static_cast<std::uint8_t>(content.bits("meshcore.text.attempt_bits"_f));
    if (message.type == TextType::signed_plain) content.bytes("meshcore.text.sender_prefix"_f, 4);
    message.text = read_text_to_nul(content, "meshcore.text"_f);
    if (!content.ok()) return message;

    Slice acknowledged = start;
    acknowledged.length = static_cast<std::uint16_t>(content.position() - start.offset);
    if (const std::uint8_t attempt = extended_attempt(content, message.attempt)) {
        message.attempt = attempt;
        content.bytes("meshcore.padding"_f, 1);
        content.u8("meshcore.text.attempt"_f);
    } else {
        content.derived_number("meshcore.text.attempt"_f, message.attempt);
    }
    // A room's push is acknowledged under the receiver's key, anything else under the sender's.
    if (message.type == TextType::plain || message.type == TextType::signed_plain) {
        const bool push = message.type == TextType::signed_plain;
        message.expected_ack = ack_code(content.tape().bytes(acknowledged),
                                        push ? opened.ends.destination : opened.ends.source);
        content.derived_number("meshcore.expected_ack"_f, *message.expected_ack);
    }
    return message;
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// The result of dissect(): the tape for showing, and a few typed values for code that computes.
#pragma once

#include <optional>
#include <variant>

#include "dissector/core/crypto.h"
#include "dissector/core/packet_hash.h"
#include "dissector/core/tape.h"

namespace meshcore {

struct Header {
    /// Read up to the payload, as the firmware's own parser would. The other members hold what was
    /// read before something was wrong.
    bool parsed = false;
    RouteType route = RouteType::transport_flood;
    PayloadType type = PayloadType::req;
    std::uint8_t version = 0;  ///< 0 is version 1
    bool has_codes = false;
    std::uint16_t code1 = 0, code2 = 0;
    std::uint8_t path_length = 0;  ///< the raw byte
    std::uint8_t hash_size = 1;    ///< bytes of a hop, 1 to 3
    std::uint8_t hash_count = 0;   ///< hops, or SNR values of a TRACE
    Slice path;
    Slice payload;
    PacketHash hash{};
};

struct Ack {
    std::uint32_t checksum = 0;
    Slice extra;
};

struct Advert {
    PublicKey public_key{};
    std::uint32_t timestamp = 0;
    bool signature_ok = false;
    std::uint8_t node_type = 0;                 ///< NodeType, or a reserved number up to 15
    std::optional<double> latitude, longitude;  ///< degrees
    std::optional<std::uint16_t> feature1, feature2;
    Slice name;
};

/// What a RESPONSE answers. Up to 0xFF the request type, from 0x100 on an ANON_REQ's sub-type.
enum class AnswerKind : std::uint16_t {
    login = 0x00,
    status = 0x01,
    keep_alive = 0x02,  ///< answered by an ACK
    telemetry = 0x03,
    series = 0x04,
    access_list = 0x05,
    neighbours = 0x06,
    owner = 0x07,
    anon_regions = 0x101,
    anon_owner = 0x102,
    anon_basic = 0x103,
    unknown = 0xFFFF
};

/// A request whose answer may come, with what its layout depends on.
struct AwaitedAnswer {
    AnswerKind kind = AnswerKind::unknown;
    std::uint8_t prefix_length = 6;  ///< of the keys in a list of neighbours
};

struct TextMessage {
    std::uint32_t timestamp = 0;
    TextType type = TextType::plain;
    std::uint8_t attempt = 0;
    Slice text;
    std::optional<std::uint32_t> expected_ack;  ///< code of the ACK that it asks for
};

struct Request {
    std::uint32_t tag = 0;
    AwaitedAnswer answer;
    std::optional<std::uint32_t> expected_ack;  ///< of a keep-alive
};

struct Response {
    std::uint32_t tag = 0;
    AnswerKind kind = AnswerKind::unknown;
};

struct ReturnedPath {
    std::uint8_t hash_size = 1;
    Slice hops;
    std::optional<Ack> ack;            ///< bundled
    std::optional<Response> response;  ///< bundled
};

/// The two nodes of a decrypted packet, by their whole keys.
struct Ends {
    PublicKey source{}, destination{};
};

/// REQ, RESPONSE, TXT_MSG and PATH.
struct Datagram {
    std::uint8_t dest_hash = 0, src_hash = 0;
    std::uint16_t mac = 0;
    std::optional<Ends> ends;  ///< there if decrypted
    std::variant<std::monostate, TextMessage, Request, Response, ReturnedPath> content;
};

struct AnonRequest {
    std::uint8_t dest_hash = 0;
    PublicKey sender{};
    std::uint16_t mac = 0;
    std::optional<Ends> ends;
    Request content;
};

struct Multipart {
    std::uint8_t remaining = 0;
    PayloadType type = PayloadType::req;
    std::optional<Ack> ack;
};

struct ChannelMessage {
    std::uint8_t channel_hash = 0;
    std::uint16_t mac = 0;
    bool decrypted = false;
    Slice channel;  ///< name, derived
    std::uint32_t timestamp = 0;
    std::uint8_t text_flags = 0;
    Slice sender;  ///< empty if the text names none
    Slice text;
};

struct ChannelData {
    std::uint8_t channel_hash = 0;
    std::uint16_t mac = 0;
    bool decrypted = false;
    Slice channel;
    std::uint16_t data_type = 0;
    Slice data;
};

struct Trace {
    std::uint32_t tag = 0, auth = 0;
    std::uint8_t hash_size = 1;
    Slice hops;
    bool complete = false;  ///< as many SNR values as hops
};

struct Control {
    std::uint8_t sub_type = 0;   ///< upper nibble: 8 request, 9 answer
    std::uint8_t node_type = 0;  ///< of an answer
    std::uint32_t tag = 0;
    Slice public_key;
};

using Payload = std::variant<std::monostate, Ack, Advert, Datagram, AnonRequest, Multipart,
                             ChannelMessage, ChannelData, Trace, Control>;

/// How a frame was understood with what was known when it came: given back to dissect(), it makes a
/// later look at the frame show the same, whatever has been learned since. Trivially copyable.
struct Resolution {
    static constexpr std::uint32_t no_pair = 0xFFFFFFFF;
    std::uint32_t pair = no_pair;  ///< of Memory, whose secret fits
    bool own_is_source = false;
    bool tried = false;                     ///< pairs were known, and none fitted
    std::int8_t signature = -1;             ///< of an advert: 1 good, 0 bad
    NodeType server_role = NodeType::none;  ///< of who answers
    bool has_awaited = false;
    AwaitedAnswer awaited;
};

/// Kept from frame to frame, it allocates nothing once warm. Borrows the input.
struct Dissection : Tape {
    Header header;
    Payload payload;
    Resolution resolution;
};

}  // namespace meshcore

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

/// REQ, RESPONSE, TXT_MSG and PATH.
struct Datagram {
    std::uint8_t dest_hash = 0, src_hash = 0;
    std::uint16_t mac = 0;
    bool decrypted = false;
};

struct AnonRequest {
    std::uint8_t dest_hash = 0;
    PublicKey sender{};
    std::uint16_t mac = 0;
    bool decrypted = false;
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

using Payload = std::variant<std::monostate, Ack, Advert, Datagram, AnonRequest, ChannelMessage,
                             ChannelData, Trace, Control>;

/// Kept from frame to frame, it allocates nothing once warm. Borrows the input.
struct Dissection : Tape {
    Header header;
    Payload payload;
};

}  // namespace meshcore

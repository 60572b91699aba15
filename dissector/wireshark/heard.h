// SPDX-License-Identifier: GPL-2.0-or-later
// What statistics get of each packet: the data of the taps "meshcore" and "meshcore_follow".
#pragma once

#include "dissector/wireshark/learning.h"
#include "dissector/wireshark/names.h"

namespace meshcore::plugin {

/// One packet, in its own memory; trivially copyable, as all that epan holds for us.
struct Heard {
    bool parsed = false;
    PayloadType type = PayloadType::req;
    RouteType route = RouteType::flood;
    std::uint8_t hops = 0, hash_size = 1;
    std::uint32_t copy_number = 1;
    RadioContext radio;
    EndPoints ends;

    // ADVERT
    bool is_advert = false;  ///< with a good signature
    NodeType role = NodeType::none;
    bool has_position = false;
    double latitude = 0, longitude = 0;  ///< degrees

    // GRP_TXT and GRP_DATA
    const char* channel = nullptr;  ///< name, or "channel 11"
    const char* text = nullptr;     ///< of a message that could be decrypted
    const char* sender = nullptr;
};

/// Registers the taps. Called once, from the protocols' registration.
void register_taps();

/// Whether anybody listens.
bool is_heard();
/// May throw; calls nothing of epan that can.
/// `story` may be null.
const Heard* hear(packet_info* pinfo, const Dissection& frame, const EndPoints& ends,
                  const Story* story);
/// Hands it to the listeners.
void tell(packet_info* pinfo, tvbuff_t* tvb, const Heard* heard);

}  // namespace meshcore::plugin

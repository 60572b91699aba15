// SPDX-License-Identifier: GPL-2.0-or-later
// Who is meant: node names for keys and for the first bytes of keys, and Wireshark addresses for the
// two ends of a packet. Names come from the user's keys and from the adverts of the capture.
#pragma once

#include "dissector/core/memory.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

/// Called once, from the protocols' registration.
void register_address_type();

/// Name of the node whose key begins with these bytes. If several fit: all, as "A or B"; null if none
/// is known or if the user switched name resolution off. Lives as long as the program. Never throws.
const char* node_name(Bytes key) noexcept;

/// One of the two ends of a packet, in the packet's memory: nobody, a node by the bytes of its key that
/// are known, or somebody by a text (a channel, a sender's name, "flood", "via" the last hop).
struct EndPoint {
    const std::uint8_t* data = nullptr;  ///< a kind byte, then key or text
    int length = 0;
    const char* text = nullptr;  ///< as shown without a name
    const char* name = nullptr;  ///< of a node; null if unknown
};

struct EndPoints {
    EndPoint source, destination;
};

/// What is known of an end that is a node with a whole key; null if nothing.
const Peer* find_peer(const EndPoint& end);

/// May throw; calls nothing of epan that can.
EndPoints end_points(wmem_allocator_t* pool, const Dissection& frame);

/// Appends them to the tape, with all candidates for their names.
void append_end_points(Tape& tape, const EndPoints& ends);

/// Whether it is an end of the packet, and not just the hop that it was heard from.
bool is_source(const EndPoint& end);

/// Wireshark's address of an end; of type AT_NONE if it is nobody. Borrows it.
address address_of(const EndPoint& end);

/// Sets the packet's addresses, and so the columns.
void set_addresses(packet_info* pinfo, const EndPoints& ends);

}  // namespace meshcore::plugin

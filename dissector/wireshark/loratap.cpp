// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/loratap.h"

#include "dissector/core/plausible.h"
#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/frame.h"
#include "dissector/wireshark/registration.h"

namespace meshcore::plugin {
namespace {

constexpr std::uint32_t private_network = 0x12;  // RADIOLIB_SX126X_SYNC_WORD_PRIVATE

/// Stands beside "meshcore" in Decode As: this one looks first.
int checked = -1;

int dissect_if_plausible(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void*) {
    const unsigned length = tvb_captured_length(tvb);
    const bool cut = length < tvb_reported_length(tvb);
    if (cut || length == 0) return 0;
    if (!plausible({tvb_get_ptr(tvb, 0, static_cast<int>(length)), length})) return 0;
    return call_dissector(frame_handle(), tvb, pinfo, tree);
}

}  // namespace

void register_loratap() {
    checked = proto_register_protocol_in_name_only("MeshCore in LoRaTap", "MeshCore LoRaTap",
                                                   "meshcore_loratap", protocols().frame, FT_PROTOCOL);
}

void hand_off_loratap() {
    dissector_add_uint("loratap.syncword", private_network,
                       create_dissector_handle(dissect_if_plausible, checked));
    dissector_add_for_decode_as("loratap.syncword", frame_handle());
}

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/learning.h"

#include <memory>

#include "dissector/wireshark/keys.h"
#include "dissector/wireshark/registration.h"

namespace meshcore::plugin {
namespace {

/// Has its own copy of the keys: changed preferences hold from the next reading of the capture on.
struct Learned {
    explicit Learned(const Keyring& current) : keys(current), memory(keys) {}
    Keyring keys;
    Memory memory;
};
std::unique_ptr<Learned> learned;

/// Most packets need none: only what a later look could find otherwise is kept.
bool worth_keeping(const Resolution& resolution) {
    return resolution.pair != Resolution::no_pair || resolution.tried || resolution.signature >= 0;
}

}  // namespace

void start_learning() {
    learned = std::make_unique<Learned>(keyring());
}

void dissect_learned(Bytes frame, packet_info* pinfo, Dissection& out) {
    if (!learned) start_learning();
    // A frame of the capture may hold several packets, each in a layer of its own.
    const auto layer = static_cast<std::uint32_t>(pinfo->curr_layer_num);
    if (pinfo->fd->visited) {
        const auto* kept = static_cast<const Resolution*>(
            p_get_proto_data(wmem_file_scope(), pinfo, protocols().frame, layer));
        const Resolution nothing;
        dissect(frame, learned->keys, learned->memory, out, kept ? kept : &nothing);
        return;
    }
    dissect(frame, learned->keys, learned->memory, out);
    learned->memory.learn(out);
    if (!worth_keeping(out.resolution)) return;
    auto* kept = wmem_new(wmem_file_scope(), Resolution);
    *kept = out.resolution;
    p_add_proto_data(wmem_file_scope(), pinfo, protocols().frame, layer, kept);
}

}  // namespace meshcore::plugin

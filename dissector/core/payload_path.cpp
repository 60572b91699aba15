// SPDX-License-Identifier: GPL-2.0-or-later
// PATH, decrypted: path length (1), hops, extra type (1), extra.
// Source: src/Mesh.cpp, createPathReturn and onRecvPacket.
#include "dissector/core/decoder.h"

namespace meshcore {

ReturnedPath read_returned_path(Decoder& d, const Opened& opened, Reader& content) {
    constexpr std::uint8_t no_extra = 0x0F;
    ReturnedPath path;
    if (!read_path(content, "meshcore.returned_path.length"_f, "meshcore.returned_path.hop"_f,
                   path.hash_size, path.hops)) {
        content.rest("meshcore.undecoded"_f);
        return path;
    }
    content.u8("meshcore.returned_path.extra"_f);
    const auto extra = static_cast<std::uint8_t>(content.bits("meshcore.returned_path.extra_type"_f));
    if (!content.ok()) return path;
    if (extra == static_cast<std::uint8_t>(PayloadType::ack))
        path.ack = read_ack(content);
    else if (extra == static_cast<std::uint8_t>(PayloadType::response))
        path.response = read_response(d, opened, content);
    else if (extra == no_extra)
        content.bytes("meshcore.returned_path.random"_f, 4);
    else {
        content.note(Note::unknown_type);
        content.rest("meshcore.returned_path.data"_f);
    }
    return path;
}

}  // namespace meshcore

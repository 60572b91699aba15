// SPDX-License-Identifier: GPL-2.0-or-later
// GRP_TXT and GRP_DATA: channel hash (1), MAC (2), ciphertext under the channel's key.
// Source: src/Mesh.cpp, createGroupDatagram; src/helpers/BaseChatMesh.cpp, onGroupDataRecv.
#include <algorithm>

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

struct OpenedChannel {
    const Channel* channel = nullptr;
    Slice plaintext;
};

OpenedChannel open_channel(Decoder& d, std::uint8_t hash, const Sealed& sealed) {
    if (!sealed.whole_blocks) return {};
    bool tried = false;
    for (const Channel& channel : d.keys.channels()) {
        if (channel.hash != hash) continue;
        tried = true;
        const Bytes ciphertext = d.out.bytes(sealed.ciphertext);
        if (!channel.secret.mac_fits(ciphertext, sealed.mac)) continue;
        d.reader.derived_number("meshcore.mac_ok"_f, 1);
        return {&channel, decrypt(d, channel.secret, sealed.ciphertext)};
    }
    if (tried) {
        d.reader.derived_number("meshcore.mac_ok"_f, 0);
        d.reader.note(Note::bad_mac, sealed.ciphertext);
    }
    return {};
}

/// Shows the channel's name, and the plaintext as a container to read.
Reader show_channel(Decoder& d, const OpenedChannel& opened, Slice& channel) {
    d.reader.derived_text("meshcore.key_name"_f, opened.channel->name);
    channel = d.reader.derived_text("meshcore.channel"_f, opened.channel->name);
    return show_plaintext(d, opened.plaintext);
}

/// Splits "Ann: hello" at the first ": "; without one the whole is the text.
void read_sender_and_text(Reader& reader, ChannelMessage& message) {
    Slice all = reader.rest_slice();
    const std::string_view content = reader.tape().text(all);
    const std::size_t separator = content.find(": ");
    if (separator != std::string_view::npos && separator > 0) {
        message.sender = read_text(reader, "meshcore.sender"_f, separator);
        reader.bytes("meshcore.text.separator"_f, 2);
        message.text = read_text(reader, "meshcore.text"_f, content.size() - separator - 2);
    } else {
        message.text = read_text(reader, "meshcore.text"_f, content.size());
    }
    read_padding(reader);
}

/// timestamp (4), flags (1), text.
void read_content(Reader& reader, ChannelMessage& message) {
    message.timestamp = reader.u32("meshcore.timestamp"_f);
    message.text_flags = reader.u8("meshcore.text.flags"_f);
    reader.bits("meshcore.text.type"_f);
    const std::uint32_t attempt = reader.bits("meshcore.text.attempt_bits"_f);
    reader.derived_number("meshcore.text.attempt"_f, attempt);
    read_sender_and_text(reader, message);
}

/// type (2), length (1), data. Since 1.15.
void read_content(Reader& reader, ChannelData& message) {
    message.data_type = reader.u16("meshcore.data.type"_f);
    const std::size_t length = reader.u8("meshcore.data.length"_f);
    if (length > reader.remaining()) reader.note(Note::bad_length);
    message.data = reader.bytes("meshcore.data"_f, std::min(length, reader.remaining()));
    read_padding(reader);
}

std::uint8_t read_channel_hash(Reader& reader) {
    return reader.u8("meshcore.channel_hash"_f);
}

template <typename Message>
void decode_in_channel(Decoder& d) {
    Message message;
    message.channel_hash = read_channel_hash(d.reader);
    const Sealed sealed = read_sealed(d);
    message.mac = sealed.mac;
    const OpenedChannel opened = open_channel(d, message.channel_hash, sealed);
    if (opened.channel) {
        message.decrypted = true;
        Reader plain = show_channel(d, opened, message.channel);
        read_content(plain, message);
    }
    d.out.payload = message;
}

}  // namespace

void decode_grp_txt(Decoder& d) {
    decode_in_channel<ChannelMessage>(d);
}

void decode_grp_data(Decoder& d) {
    decode_in_channel<ChannelData>(d);
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// What the JSON of several formats has in common.
#pragma once

#include <nlohmann/json.hpp>

#include "bridge/formats/format.h"

namespace meshcore::bridge {

using Json = nlohmann::ordered_json;

/// A stranger's text as valid UTF-8.
std::string text_of(const Dissection& packet, Slice slice);

/// Hops of this size in lower-case hex: ["a1b2", "c3d4"].
Json hop_array(Bytes hops, std::size_t hash_size);

/// "2023-11-14T22:13:20Z": a sender's clock, which may be anything.
std::string sender_time_text(std::uint32_t seconds);

/// "snr", "rssi" as far as they are known, "hops", and the packet's "hash", by which copies of a flood
/// are known.
void add_reception(Json& json, const Heard& heard);

/// "origin" and "origin_id", who heard it.
void add_observer(Json& json, const Observer& observer);

/// "companion", "repeater", "room", "sensor"; empty for other numbers.
std::string role_word(std::uint8_t node_type);

/// The two nodes, if it is a decrypted answer to a request of this kind; bundled with a path or by
/// itself.
const Ends* answer_ends(const Dissection& packet, AnswerKind kind);

/// Whether this channel's texts are shown, of which the public one may be left out.
bool shows_channel(bool decode_public, std::string_view channel);

}  // namespace meshcore::bridge

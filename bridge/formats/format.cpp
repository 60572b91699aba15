// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/format.h"

#include <algorithm>
#include <array>

#include "bridge/formats/crypt_clear.h"
#include "bridge/formats/hub.h"
#include "bridge/formats/letsmesh.h"
#include "bridge/formats/raw.h"
#include "bridge/formats/rooms.h"

namespace meshcore::bridge {
namespace {

template <typename T>
std::unique_ptr<Format> make(const Config& config, const BrokerConfig& broker) {
    // The broker connection fills in the token at the last moment: it is neither stored nor shown.
    BrokerConfig without_token = broker;
    if (!without_token.topic_token.empty()) without_token.topic_token = "{TOKEN}";
    return std::make_unique<T>(config, without_token);
}

constexpr auto rows = std::to_array<FormatRow>({
    {"letsmesh", "the JSON that analysers and maps read: packets, status, raw", make<LetsMesh>,
     "/status", "/packets"},
    {"rooms", "messages by room, nodes by key, status", make<Rooms>, "/status", "", true},
    {"hub", "events of meshcore-hub", make<Hub>, "", "", true},
    {"crypt-clear", "channel packets as heard, and decrypted where the channel opted in",
     make<CryptClear>, "", "", true},
    {"raw", "the bytes of each frame, nothing else", make<Raw>, "", "/binary/{PUBLIC_KEY}"},
});

}  // namespace

std::span<const FormatRow> formats() {
    return rows;
}

const FormatRow* find_format(std::string_view name) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const FormatRow& row) { return row.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace meshcore::bridge

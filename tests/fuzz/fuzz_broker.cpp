// SPDX-License-Identifier: GPL-2.0-or-later
// What a broker says: the same packets however it comes in pieces. The first byte says how long those
// are.
#include <cstdlib>

#include "bridge/mqtt/packet_guard.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meshcore::bridge;
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    for (const MqttVersion version : {MqttVersion::v311, MqttVersion::v5}) {
        PacketGuard whole{version}, pieces{version};
        const auto at_once = whole.take(text);
        std::string together;
        bool broken = false;
        const std::size_t piece = 1 + data[0] % 16;
        for (std::size_t at = 0; at < text.size() && !broken; at += piece) {
            const auto taken = pieces.take(text.substr(at, piece));
            broken = !taken;
            if (taken) together += *taken;
        }
        if (broken == at_once.has_value() || (at_once && *at_once != together)) std::abort();
    }
    return 0;
}

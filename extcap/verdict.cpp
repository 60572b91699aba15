// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/verdict.h"

#include <fmt/format.h>

namespace meshcore {

Result<void> understood(const radio::Protocol& protocol, std::string_view where,
                        std::string_view named) {
    const radio::Counters& counters = protocol.counters();
    if (counters.messages > 0) return {};
    if (counters.bytes == 0)
        return fail(fmt::format(
            "nothing came from {} radio: check that it runs {} firmware and is not used by another "
            "program",
            where, named));
    return fail(fmt::format(
        "{} bytes came from the radio of {} and none of it was {} protocol: check --protocol and "
        "--baud",
        counters.bytes, where, named));
}

std::string missed(const radio::Protocol& protocol) {
    const radio::Device& device = protocol.device();
    const double count = device.number("meshcore_radio.device.frames_missed"_f).value_or(0);
    if (count == 0) return {};
    const bool companion =
        device.number("meshcore_radio.protocol"_f) == static_cast<double>(RadioProtocol::companion);
    return fmt::format("the radio counted {} packets more than it told of the {} captured{}", count,
                       protocol.counters().frames,
                       companion ? "; a companion never tells those over 173 bytes" : "");
}

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// Lines that publishers wrote, as they are imported: what comes out must be a record that can be read.
#include <cstdlib>

#include "dissector/core/capture_header.h"
#include "extcap/capture/json_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meshcore;
    std::string_view lines{reinterpret_cast<const char*>(data), size};
    capture::JsonPackets packets;  // one for all lines: states are remembered
    Tape header;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        const std::size_t brace = std::min(line.find('{'), line.size());
        const auto record = packets.packet(line.substr(0, brace), line.substr(brace), {});
        if (record && dissect_capture_header(record->bytes, header) == 0) std::abort();
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a repeater's console writes.
#include "extcap/radio/text_log.h"
#include "fuzz_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return meshcore::fuzz_protocol<meshcore::radio::TextLog>({data, size});
}

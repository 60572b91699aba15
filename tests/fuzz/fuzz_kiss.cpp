// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a KISS modem writes.
#include "extcap/radio/kiss.h"
#include "fuzz_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return meshcore::fuzz_protocol<meshcore::radio::Kiss>({data, size});
}

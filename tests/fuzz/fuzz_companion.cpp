// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever a companion writes.
#include "extcap/radio/companion.h"
#include "fuzz_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return meshcore::fuzz_protocol<meshcore::radio::Companion>({data, size});
}

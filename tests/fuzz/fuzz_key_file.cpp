// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/keys/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(
        meshcore::parse_key_file({reinterpret_cast<const char*>(data), size}, "keys.toml"));
    return 0;
}

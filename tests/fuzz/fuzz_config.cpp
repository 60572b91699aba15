// SPDX-License-Identifier: GPL-2.0-or-later
// Configurations in all dialects, and login tokens: an error or a value, for any text.
#include "bridge/auth/token.h"
#include "bridge/config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meshcore::bridge;
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    Findings findings;
    meshcore::Result<Document> document;
    switch (data[0] % 4) {
        case 0: document = read_toml(text, "fuzz.toml"); break;
        case 1: document = read_ini(text, "fuzz.ini", findings); break;
        case 2: document = read_env_file(text, "fuzz.env", findings); break;
        default: static_cast<void>(read_token(text)); return 0;
    }
    if (!document) return 0;
    Config config;
    apply(*document, config, findings);
    static_cast<void>(split_radios(config, {*document}, findings));
    return 0;
}

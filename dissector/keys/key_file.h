// SPDX-License-Identifier: GPL-2.0-or-later
// The key file that all programs share: TOML with [[channel]], [[identity]], [[node]], [[region]].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dissector/core/keyring.h"
#include "dissector/core/result.h"

namespace meshcore {

struct KeyFile {
    Keyring keys;
    bool has_secrets = false;  ///< an identity, or a channel whose key does not follow from its name
    /// One line each: an unknown key, an entry that cannot be used, a file that others can read.
    /// They name file, line and column, never a secret.
    std::vector<std::string> warnings;
};

/// Entries that cannot be used are left out with a warning; only a file that cannot be read or is no
/// TOML is an error.
Result<KeyFile> load_key_file(const std::string& path);
Result<KeyFile> parse_key_file(std::string_view toml, const std::string& path);

}  // namespace meshcore

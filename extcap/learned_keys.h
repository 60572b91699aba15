// SPDX-License-Identifier: GPL-2.0-or-later
// Writes what a companion knows of others as a key file for all programs (dissector/keys/key_file.h).
// It holds secrets: nobody but its owner can read it, and it is there whole or not at all.
#pragma once

#include <string>

#include "dissector/core/result.h"
#include "extcap/radio/learned.h"

namespace meshcore {

/// Before anything is asked: whether it could be written. A file that is there stays unless it is to be
/// replaced.
Result<void> check_key_file_path(const std::string& path, bool replace);
Result<void> write_key_file(const std::string& path, bool replace, const radio::Learned& learned);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdio>
#include <string>

#include "dissector/core/result.h"

namespace meshcore::capture {

/// Opens a file, a fifo (waits for its reader) or "-" for standard output, and changes nothing yet.
/// The descriptor is the caller's to close or to give to a writer.
Result<int> open_output(const std::string& path);

/// Takes the descriptor, also when it fails, and empties a file. `path` is for messages.
Result<FILE*> start_output(int fd, const std::string& path);

/// "cannot write to PATH: " and what errno says.
tl::unexpected<Error> cannot_write(const std::string& path);

}  // namespace meshcore::capture

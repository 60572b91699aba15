// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "dissector/core/dissection.h"

namespace meshcore {

/// The packet in a line: what a packet list or a log shows. All texts are valid UTF-8 without control
/// characters.
struct Summary {
    std::string source;  ///< who sent it, as far as the frame tells: name, key or hash; may be empty
    std::string destination;  ///< receiver's hash, channel, or "flood"
    std::string info;         ///< type, route, hops, who, text
};

Summary summarize(const Dissection& frame);

/// The same for a device report.
Summary summarize_device(const Tape& capture_header);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "dissector/core/dissection.h"

namespace meshcore {

/// One flat JSON object without line breaks: names of the catalogue as keys, numbers as numbers, bytes
/// as lower-case hex, times as integers, enums as their number; a field that may repeat is an array
/// always. "notes" lists the notes. Either part may be null: the capture header, and the frame.
std::string to_json(const Tape* capture_header, const Dissection* frame);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "dissector/core/dissection.h"

namespace meshcore {

/// A field's value for people: with its unit and the name of an enum's value.
std::string value_text(const Tape& tape, const Node& node);

/// The summary line, then the fields as an indented list. Either part may be null.
std::string to_text(const Tape* capture_header, const Dissection* frame);

}  // namespace meshcore

// SPDX-License-Identifier: GPL-2.0-or-later
// Tells Wireshark about our protocols, and about every row of the catalogue and of the notes table.
#pragma once

#include "dissector/core/catalogue.h"
#include "dissector/core/notes.h"
#include "dissector/wireshark/compat.h"

namespace meshcore::plugin {

struct Protocols {
    int radio = -1;  ///< "meshcore_radio", the capture header
    int frame = -1;  ///< "meshcore", the on-air frame
};

/// Called once, from plugin_register.
Protocols register_protocols();
const Protocols& protocols();

/// Numbers that Wireshark gave to a field, to the branch below it and to a note.
int hf(FieldId id);
int ett(FieldId id);
expert_field* ei(Note note);
/// What to put after a field's value: its unit, with the space that it wants; may be empty.
const char* unit_text(FieldId id);
/// "meshcore.raw", the whole frame: hidden, for -T fields.
int hf_raw();
/// Branches of the two protocols themselves.
int ett_radio();
int ett_frame();

}  // namespace meshcore::plugin

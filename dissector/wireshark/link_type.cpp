// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/link_type.h"

#include "dissector/wireshark/frame.h"

namespace meshcore::plugin {
namespace {

constexpr int none = -1;

// As in tcpdump and in Wireshark's own DLT_USER table: USERn is DLT 147 + n.
const enum_val_t choices[] = {{"none", "None: leave all to the DLT_USER table", none},
                              {"user0", "USER0 (DLT 147)", 0},
                              {"user1", "USER1 (DLT 148)", 1},
                              {"user2", "USER2 (DLT 149)", 2},
                              {"user3", "USER3 (DLT 150)", 3},
                              {"user4", "USER4 (DLT 151)", 4},
                              {"user5", "USER5 (DLT 152)", 5},
                              {"user6", "USER6 (DLT 153)", 6},
                              {"user7", "USER7 (DLT 154)", 7},
                              {"user8", "USER8 (DLT 155)", 8},
                              {"user9", "USER9 (DLT 156)", 9},
                              {"user10", "USER10 (DLT 157)", 10},
                              {"user11", "USER11 (DLT 158)", 11},
                              {"user12", "USER12 (DLT 159)", 12},
                              {"user13", "USER13 (DLT 160)", 13},
                              {"user14", "USER14 (DLT 161)", 14},
                              {"user15", "USER15 (DLT 162)", 15},
                              {nullptr, nullptr, 0}};

int wanted = 11;
int taken = none;
dissector_handle_t former_owner = nullptr;

std::uint32_t encapsulation(int user) {
    return static_cast<std::uint32_t>(WTAP_ENCAP_USER0 + user);
}

}  // namespace

void register_link_type_preference(module_t* module) {
    prefs_register_enum_preference(module, "link_type", "Link type",
                                   "The user-defined link type whose packets begin with a MeshCore "
                                   "capture header. meshcoredump writes USER11.",
                                   &wanted, choices, FALSE);
}

void apply_link_type() {
    if (wanted == taken) return;
    if (taken != none) dissector_add_uint("wtap_encap", encapsulation(taken), former_owner);
    taken = wanted;
    if (taken == none) return;
    former_owner = dissector_get_uint_handle(find_dissector_table("wtap_encap"), encapsulation(taken));
    dissector_add_uint("wtap_encap", encapsulation(taken), radio_handle());
}

}  // namespace meshcore::plugin

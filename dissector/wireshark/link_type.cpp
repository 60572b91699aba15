// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/link_type.h"

#include <array>

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

int ours = 11;

enum Framing { off, bare, lua };
const enum_val_t framings[] = {{"off", "Off: leave it to the DLT_USER table", off},
                               {"bare", "Bare frames", bare},
                               {"lua", "The Lua dissector's header, then the frame", lua},
                               {nullptr, nullptr, 0}};
int user0_framing = off;

constexpr std::size_t user_count = 16;
using Owners = std::array<dissector_handle_t, user_count>;
Owners taken{};   ///< by us
Owners former{};  ///< whom each belonged to before, the user's own table

/// Whose the link types shall be; null leaves one to the table. Our own format comes first.
Owners wanted() {
    Owners owners{};
    if (user0_framing != off) owners[0] = user0_framing == bare ? frame_handle() : lua_handle();
    if (ours != none) owners[static_cast<std::size_t>(ours)] = radio_handle();
    return owners;
}

}  // namespace

void register_link_type_preferences(module_t* module) {
    prefs_register_enum_preference(module, "link_type", "Link type",
                                   "The user-defined link type whose packets begin with a MeshCore "
                                   "capture header. meshcoredump writes USER11.",
                                   &ours, choices, FALSE);
    prefs_register_enum_preference(module, "user0_framing", "Packets of USER0",
                                   "What captures of other programs hold on USER0 (DLT 147).",
                                   &user0_framing, framings, FALSE);
}

void apply_link_types() {
    const Owners owners = wanted();
    dissector_table_t table = find_dissector_table("wtap_encap");
    for (std::size_t user = 0; user < user_count; ++user) {
        if (owners[user] == taken[user]) continue;
        const auto encapsulation = static_cast<std::uint32_t>(WTAP_ENCAP_USER0 + user);
        if (!former[user]) former[user] = dissector_get_uint_handle(table, encapsulation);
        dissector_add_uint("wtap_encap", encapsulation, owners[user] ? owners[user] : former[user]);
        taken[user] = owners[user];
    }
}

}  // namespace meshcore::plugin

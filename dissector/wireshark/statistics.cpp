// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/statistics.h"

#include <string>

#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/heard.h"
#include "dissector/wireshark/tables.h"

namespace meshcore::plugin {
namespace {

int types = 0, routes = 0, sizes = 0, copies = 0;
constexpr const char* hops_name = "Hops";
constexpr const char* copies_name = "Copies of a packet";

void start_tree(stats_tree* tree) {
    types = stats_tree_create_pivot(tree, "Payload type", 0);
    routes = stats_tree_create_pivot(tree, "Route", 0);
    sizes = stats_tree_create_pivot(tree, "Path hash size", 0);
    stats_tree_create_range_node(tree, hops_name, 0, "0-0", "1-1", "2-2", "3-3", "4-7", "8-15", "16-31",
                                 "32-63", nullptr);
    copies = stats_tree_create_node(tree, copies_name, 0, STAT_DT_INT, TRUE);
}

tap_packet_status count(stats_tree* tree, packet_info*, epan_dissect_t*, const void* data,
                        tap_flags_t) {
    const auto& heard = *static_cast<const Heard*>(data);
    if (!heard.parsed) {
        stats_tree_tick_pivot(tree, types, "Malformed");
        return TAP_PACKET_REDRAW;
    }
    stats_tree_tick_pivot(tree, types, payload_type_name(heard.type).data());
    stats_tree_tick_pivot(
        tree, routes, enum_name(EnumId::route_type, static_cast<std::uint64_t>(heard.route)).data());
    if (heard.type != PayloadType::trace) {
        static const char* const size_names[] = {"", "1 byte", "2 bytes", "3 bytes"};
        stats_tree_tick_pivot(tree, sizes, size_names[heard.hash_size & 3]);
        tick_stat_node(tree, hops_name, 0, FALSE);
        stats_tree_tick_range(tree, hops_name, 0, heard.hops);
    }
    tick_stat_node(tree, copies_name, 0, TRUE);
    // The n-th copy makes it one packet more that was heard n times.
    char often[40];
    g_snprintf(often, sizeof often, "heard %u times or more", heard.copy_number);
    tick_stat_node(tree, heard.copy_number == 1 ? "heard" : often, copies, FALSE);
    return TAP_PACKET_REDRAW;
}

}  // namespace

void register_statistics() {
    stats_tree_register_plugin("meshcore", "meshcore", "MeshCore" MESHCORE_MENU_SEPARATOR "Packets", 0,
                               count, start_tree, nullptr);
    register_tables();
}

}  // namespace meshcore::plugin

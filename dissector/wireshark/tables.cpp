// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/tables.h"

#include <array>
#include <cstdlib>
#include <ctime>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/heard.h"

namespace meshcore::plugin {
namespace {

using Item = stat_tap_table_item_type;

void set(Item& item, const std::string& text) {
    g_free(const_cast<char*>(item.value.string_value));
    item.value.string_value = g_strdup(text.c_str());
}

std::string time_text(const nstime_t& time, const char* layout) {
    std::tm utc{};
    std::array<char, 32> text{};
    const std::time_t seconds = time.secs;
    if (!gmtime_r(&seconds, &utc)) return {};
    return {text.data(), std::strftime(text.data(), text.size(), layout, &utc)};
}

std::string number_text(const char* layout, double value) {
    std::array<char, 32> text{};
    g_snprintf(text.data(), text.size(), layout, value);
    return text.data();
}

constexpr const char* second_layout = "%Y-%m-%d %H:%M:%S";

/// One table: which row a packet belongs to, and what it adds there.
struct Table {
    const char* title;
    std::string (*key)(const Heard&, const packet_info&);  ///< empty: in no row
    unsigned key_column;
    void (*add)(Item* row, const Heard&, const packet_info&);
};

// Nodes: those whose whole key is known.

enum NodeColumn {
    node_title,
    node_role,
    node_packets,
    node_copies,
    node_adverts,
    node_snr,
    node_last,
    node_latitude,
    node_longitude,
    node_key
};

std::string source_key(const Heard& heard, const packet_info&) {
    const EndPoint& source = heard.ends.source;
    constexpr int whole_key = 1 + 32;
    if (!heard.parsed || source.length != whole_key || source.data[0] != 0) return {};
    return to_hex({source.data + 1, 32});
}

void add_node(Item* row, const Heard& heard, const packet_info& pinfo) {
    if (heard.ends.source.name) set(row[node_title], heard.ends.source.name);
    if (heard.is_advert) {
        set(row[node_role],
            std::string{enum_name(EnumId::node_type, static_cast<std::uint64_t>(heard.role))});
        if (heard.has_position) {
            set(row[node_latitude], number_text("%.6f", heard.latitude));
            set(row[node_longitude], number_text("%.6f", heard.longitude));
        }
        if (heard.copy_number == 1) ++row[node_adverts].value.uint_value;
    }
    ++row[heard.copy_number == 1 ? node_packets : node_copies].value.uint_value;
    // Only a packet without hops was heard from the node itself.
    const bool direct = heard.radio.has_snr && heard.hops == 0 && is_flood(heard.route);
    Item& best = row[node_snr];
    if (direct && (!best.user_data.uint_value ||
                   heard.radio.snr > std::strtod(best.value.string_value, nullptr))) {
        set(best, number_text("%.2f", heard.radio.snr));
        best.user_data.uint_value = 1;
    }
    set(row[node_last], time_text(pinfo.abs_ts, second_layout));
}

// Channels.

enum ChannelColumn { channel_name, channel_messages, channel_copies, channel_readable, channel_last };

std::string channel_key(const Heard& heard, const packet_info&) {
    return heard.channel ? heard.channel : "";
}

void add_channel(Item* row, const Heard& heard, const packet_info& pinfo) {
    ++row[heard.copy_number == 1 ? channel_messages : channel_copies].value.uint_value;
    if (heard.text && heard.copy_number == 1) ++row[channel_readable].value.uint_value;
    set(row[channel_last], time_text(pinfo.abs_ts, second_layout));
}

// Airtime: by minute, by payload type, by role of the source.

enum AirColumn { air_key, air_packets, air_time, air_flood, air_duty };

void add_air(Item* row, const Heard& heard, const packet_info&) {
    ++row[air_packets].value.uint_value;
    row[air_time].value.float_value += heard.radio.airtime;
    if (is_flood(heard.route)) row[air_flood].value.float_value += heard.radio.airtime;
}

void add_minute(Item* row, const Heard& heard, const packet_info& pinfo) {
    add_air(row, heard, pinfo);
    constexpr double minute = 60'000;  // ms
    row[air_duty].value.float_value = 100 * row[air_time].value.float_value / minute;
}

std::string minute_key(const Heard& heard, const packet_info& pinfo) {
    return heard.radio.airtime > 0 ? time_text(pinfo.abs_ts, "%Y-%m-%d %H:%M") : "";
}

std::string type_key(const Heard& heard, const packet_info&) {
    return heard.parsed && heard.radio.airtime > 0 ? std::string{payload_type_name(heard.type)} : "";
}

std::string role_key(const Heard& heard, const packet_info& pinfo) {
    if (!heard.parsed || heard.radio.airtime <= 0) return {};
    const std::string key = source_key(heard, pinfo);
    const Peer* peer = key.empty() ? nullptr : find_peer(heard.ends.source);
    if (!peer || peer->role == NodeType::none) return "unknown";
    return std::string{enum_name(EnumId::node_type, static_cast<std::uint64_t>(peer->role))};
}

stat_tap_table_item node_fields[] = {
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Node", "%-24s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Role", "%-12s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Copies", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Adverts", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Best SNR [dB]", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Last heard [UTC]", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Latitude", "%11s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Longitude", "%11s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Public key", "%-64s"},
};
constexpr Table node_tables[] = {{"Nodes", source_key, node_key, add_node}};

stat_tap_table_item channel_fields[] = {
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Channel", "%-24s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Messages", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Copies", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Readable", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Last heard [UTC]", "%s"},
};
constexpr Table channel_tables[] = {{"Channels", channel_key, channel_name, add_channel}};

stat_tap_table_item air_fields[] = {
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "What", "%-24s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%u"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Airtime [ms]", "%.1f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Of it floods [ms]", "%.1f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Duty cycle [%]", "%.2f"},
};
constexpr Table air_tables[] = {{"By minute", minute_key, air_key, add_minute},
                                {"By payload type", type_key, air_key, add_air},
                                {"By role of the source", role_key, air_key, add_air}};

// What Wireshark's tables need beside: which row a key has.
using Rows = std::unordered_map<std::string, unsigned>;

Rows& rows_of(const stat_tap_table* table) {
    static std::map<const stat_tap_table*, Rows> all;
    return all[table];
}

Item* row_of(stat_tap_table* table, const Table& kind, const std::string& key,
             std::span<const stat_tap_table_item> fields) {
    const auto [place, is_new] = rows_of(table).try_emplace(key, table->num_elements);
    if (is_new) {
        std::array<Item, 16> items{};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            items[i].type = fields[i].type;
            if (fields[i].type == TABLE_ITEM_STRING) items[i].value.string_value = g_strdup("");
        }
        set(items[kind.key_column], key);
        stat_tap_init_table_row(table, place->second, static_cast<unsigned>(fields.size()),
                                items.data());
    }
    return table->elements[place->second];
}

void free_item(stat_tap_table*, guint, guint, Item* item) {
    if (item->type != TABLE_ITEM_STRING) return;
    g_free(const_cast<char*>(item->value.string_value));
    item->value.string_value = nullptr;
}

void reset(stat_tap_table* table) {
    for (guint row = 0; row < table->num_elements; ++row) {
        for (guint column = 0; column < table->num_fields; ++column)
            free_item(table, row, column, &table->elements[row][column]);
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
    rows_of(table).clear();
}

/// A statistic of one or more tables with the same columns.
template <auto& fields, auto& tables>
struct Statistic {
    static void start(stat_tap_table_ui* ui) {
        for (const Table& kind : tables) {
            stat_tap_table* table = stat_tap_find_table(ui, kind.title);
            if (!table) {
                table =
                    stat_tap_init_table(kind.title, static_cast<int>(std::size(fields)), 0, nullptr);
                stat_tap_add_table(ui, table);
            }
            reset(table);
        }
    }

    static tap_packet_status packet(void* tap, packet_info* pinfo, epan_dissect_t*, const void* data,
                                    tap_flags_t) {
        const auto& heard = *static_cast<const Heard*>(data);
        const GArray* made = static_cast<stat_data_t*>(tap)->stat_tap_data->tables;
        try {
            for (unsigned i = 0; i < std::size(tables); ++i) {
                const std::string key = tables[i].key(heard, *pinfo);
                if (key.empty()) continue;
                auto* table = g_array_index(made, stat_tap_table*, i);
                tables[i].add(row_of(table, tables[i], key, fields), heard, *pinfo);
            }
        } catch (...) {
            return TAP_PACKET_FAILED;
        }
        return TAP_PACKET_REDRAW;
    }

    static void add(const char* title, const char* option) {
        static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", nullptr, TRUE}};
        static stat_tap_table_ui ui{};
        ui.group = REGISTER_PACKET_STAT_GROUP_UNSORTED;
        ui.title = title;
        ui.tap_name = "meshcore";
        ui.cli_string = option;
        ui.stat_tap_init_cb = start;
        ui.packet_func = packet;
        ui.stat_tap_reset_table_cb = reset;
        ui.stat_tap_free_table_item_cb = free_item;
        ui.nfields = std::size(fields);
        ui.fields = fields;
        ui.nparams = std::size(parameters);
        ui.params = parameters;
        register_stat_tap_table_ui(&ui);
    }
};

}  // namespace

void register_tables() {
    Statistic<node_fields, node_tables>::add("MeshCore Nodes", "meshcore,nodes");
    Statistic<channel_fields, channel_tables>::add("MeshCore Channels", "meshcore,channels");
    Statistic<air_fields, air_tables>::add("MeshCore Airtime", "meshcore,airtime");
}

}  // namespace meshcore::plugin

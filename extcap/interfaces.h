// SPDX-License-Identifier: GPL-2.0-or-later
// What Wireshark lists: one interface for each serial port, and those that say themselves where to
// capture from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshcore {

enum class InterfaceKind : unsigned { port = 1, serial = 2, tcp = 4, replay = 8, attach = 16 };

struct Interface {
    std::string name;     ///< meshcore-ttyUSB0
    std::string display;  ///< for people
    InterfaceKind kind;
    std::string path{};  ///< of the port, where the name says it
};

/// Opens no port and touches no network.
std::vector<Interface> list_interfaces();

/// Also for a port that is not there: opening it says so.
std::optional<Interface> find_interface(std::string_view name);

}  // namespace meshcore

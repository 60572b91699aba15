// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/interfaces.h"

#include <fmt/format.h>

#include "extcap/radio/serial_ports.h"

namespace meshcore {
namespace {

constexpr std::string_view prefix = "meshcore-";

const std::vector<Interface>& fixed_interfaces() {
    static const std::vector<Interface> interfaces{
        {"meshcore-serial", "MeshCore radio on a serial port", InterfaceKind::serial},
        {"meshcore-tcp", "MeshCore radio on the network", InterfaceKind::tcp},
        {"meshcore-replay", "MeshCore capture, played again", InterfaceKind::replay},
        {"meshcore-attach", "MeshCore capture that another program shares", InterfaceKind::attach},
    };
    return interfaces;
}

}  // namespace

std::vector<Interface> list_interfaces() {
    std::vector<Interface> interfaces;
    for (const radio::SerialPort& port : radio::serial_ports()) {
        const std::string name = port.path.substr(port.path.rfind('/') + 1);
        interfaces.push_back({fmt::format("{}{}", prefix, name),
                              port.description.empty()
                                  ? fmt::format("MeshCore radio on {}", name)
                                  : fmt::format("MeshCore radio on {}: {}", name, port.description),
                              InterfaceKind::port, port.path});
    }
    const auto& fixed = fixed_interfaces();
    interfaces.insert(interfaces.end(), fixed.begin(), fixed.end());
    return interfaces;
}

std::optional<Interface> find_interface(std::string_view name) {
    for (const Interface& interface : fixed_interfaces())
        if (interface.name == name) return interface;
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return std::nullopt;
    const std::string port{name.substr(prefix.size())};
    if (port.find('/') != std::string::npos) return std::nullopt;
    return Interface{std::string{name}, "MeshCore radio on " + port, InterfaceKind::port,
                     "/dev/" + port};
}

}  // namespace meshcore

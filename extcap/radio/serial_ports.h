// SPDX-License-Identifier: GPL-2.0-or-later
// The serial ports of this machine, found without opening one: opening can reset a board.
#pragma once

#include <string>
#include <vector>

namespace meshcore::radio {

struct SerialPort {
    std::string path;  ///< /dev/ttyACM0
    std::string
        description;      ///< USB product as the system knows it, else what the port is; may be empty
    bool likely = false;  ///< the USB vendor is one whose boards run MeshCore
};

/// Likely ones first, then by name.
std::vector<SerialPort> serial_ports();

}  // namespace meshcore::radio

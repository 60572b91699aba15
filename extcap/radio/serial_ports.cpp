// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/serial_ports.h"

#include <libserialport.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <tuple>

#include "dissector/core/text.h"

namespace meshcore::radio {
namespace {

namespace fs = std::filesystem;

/// USB vendors of boards and of the serial chips on them.
constexpr auto likely_vendors = std::to_array<int>({
    0x303A,  // Espressif
    0x239A,  // Adafruit's bootloader: RAK4631, T-Echo, T114 and most nRF52 boards
    0x2886,  // Seeed
    0x2E8A,  // Raspberry Pi RP2040
    0x10C4,  // Silicon Labs CP210x
    0x1A86,  // WCH CH340, CH9102
    0x0483   // STMicroelectronics
});

/// The 8250 driver registers ports that no hardware stands behind; their type is 0.
bool has_hardware(const fs::path& device) {
    std::ifstream file{device / "type"};
    int type = -1;
    return !(file >> type) || type != 0;
}

struct FreePort {
    void operator()(sp_port* port) const { sp_free_port(port); }
};

std::string text_or_empty(const char* text) {
    return text ? clean_text(text) : std::string{};
}

}  // namespace

std::vector<SerialPort> serial_ports() {
    // libserialport's own list opens some ports to look at them.
    std::vector<SerialPort> ports;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{"/sys/class/tty", error}) {
        std::error_code no_device;
        if (!fs::exists(entry.path() / "device", no_device) || !has_hardware(entry.path())) continue;
        SerialPort port{"/dev/" + entry.path().filename().string(), "", false};
        sp_port* details = nullptr;
        if (sp_get_port_by_name(port.path.c_str(), &details) != SP_OK) continue;
        const std::unique_ptr<sp_port, FreePort> owner{details};
        port.description = text_or_empty(sp_get_port_usb_product(details));
        if (port.description.empty())
            port.description = text_or_empty(sp_get_port_description(details));
        // Without USB that is often only the name again.
        if (port.path.ends_with("/" + port.description)) port.description.clear();
        int vendor = 0;
        int product = 0;
        if (sp_get_port_usb_vid_pid(details, &vendor, &product) == SP_OK)
            port.likely =
                std::find(likely_vendors.begin(), likely_vendors.end(), vendor) != likely_vendors.end();
        ports.push_back(std::move(port));
    }
    std::sort(ports.begin(), ports.end(), [](const SerialPort& a, const SerialPort& b) {
        return std::tie(b.likely, a.path) < std::tie(a.likely, b.path);
    });
    return ports;
}

}  // namespace meshcore::radio

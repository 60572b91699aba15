// SPDX-License-Identifier: GPL-2.0-or-later
// What Wireshark looks for in a plugin. extern "C" is essential: without it a const has internal
// linkage, and Wireshark ignores the file without a word.
#include <cstdint>

#include "dissector/wireshark/compat.h"
#include "dissector/wireshark/conversations.h"
#include "dissector/wireshark/frame.h"
#include "dissector/wireshark/heard.h"
#include "dissector/wireshark/keys.h"
#include "dissector/wireshark/learning.h"
#include "dissector/wireshark/link_type.h"
#include "dissector/wireshark/loratap.h"
#include "dissector/wireshark/mqtt.h"
#include "dissector/wireshark/names.h"
#include "dissector/wireshark/registration.h"
#include "dissector/wireshark/statistics.h"

namespace meshcore::plugin {
namespace {

void register_protocol() {
    const Protocols ids = register_protocols();
    register_dissectors();
    register_link_type_preferences(prefs_register_protocol(ids.radio, apply_link_types));
    register_key_preferences(prefs_register_protocol(ids.frame, nullptr));
    register_address_type();
    register_learning();
    register_taps();
    register_conversations();
    register_loratap();
    register_mqtt();
}

void hand_off() {
    apply_link_types();
    hand_off_loratap();
    hand_off_mqtt();
}

}  // namespace
}  // namespace meshcore::plugin

extern "C" {

WS_DLL_PUBLIC_DEF extern const char plugin_version[] = MESHCORE_VERSION;
WS_DLL_PUBLIC_DEF extern const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF extern const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC_DEF void plugin_register(void);
WS_DLL_PUBLIC_DEF std::uint32_t plugin_describe(void);

void plugin_register(void) {
    static proto_plugin plugin = {meshcore::plugin::register_protocol, meshcore::plugin::hand_off};
    proto_register_plugin(&plugin);
    static tap_plugin statistics = {meshcore::plugin::register_statistics};
    tap_register_plugin(&statistics);
}

/// From Wireshark 4.4 on. Bit 0: it has dissectors.
std::uint32_t plugin_describe(void) {
    return 1;
}
}

// SPDX-License-Identifier: GPL-2.0-or-later
// MeshCore inside MQTT: what publishers send to brokers, in captures of that traffic.
#pragma once

namespace meshcore::plugin {

/// Called once, from the protocols' registration.
void register_mqtt();

/// Offers to read messages on MeshCore's topics. A row of the user's own in MQTT's table of messages
/// comes first. Called once, at hand-off.
void hand_off_mqtt();

}  // namespace meshcore::plugin

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/formats/parts.h"

namespace meshcore::bridge {

struct HubEvent {
    const char* name;
    Json json;
};

/// What a packet is for meshcore-hub: mostly one event, or none.
std::vector<HubEvent> hub_events(const Heard& heard, bool decode_public);

}  // namespace meshcore::bridge

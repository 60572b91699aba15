// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "extcap/radio/link.h"

namespace meshcore::radio {

/// Opened for us alone. DTR and RTS stay as the system sets them on opening, both on: that keeps USB
/// radios talking, and boards with a reset circuit running.
std::unique_ptr<Link> make_serial_link(asio::io_context& io, const SerialEndpoint& endpoint);

}  // namespace meshcore::radio

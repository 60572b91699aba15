// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "extcap/radio/link.h"

namespace meshcore::radio {

/// Keepalive finds within a minute that a radio has gone without a word.
std::unique_ptr<Link> make_tcp_link(asio::io_context& io, const TcpEndpoint& endpoint);

}  // namespace meshcore::radio

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/config/config.h"
#include "extcap/radio/session.h"

namespace meshcore::bridge {

/// What is configured as a radio, or as a capture that somebody shares: connected for as long as the
/// session lives. Not for files.
std::unique_ptr<radio::Session> make_session(boost::asio::io_context& io, const SourceConfig& source,
                                             radio::Session::Handlers handlers);

}  // namespace meshcore::bridge

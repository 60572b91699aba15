// SPDX-License-Identifier: GPL-2.0-or-later
// TLS to a broker as its configuration says, and what went wrong with it in words.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "bridge/config/config.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

/// TLS 1.2 and later, the CAs and the client certificate of the configuration. An error names the file
/// that cannot be used.
Result<boost::asio::ssl::context> make_tls_context(const TlsConfig& config);

/// Before the handshake: the name to ask for, and to find in the certificate.
void prepare_tls(SSL* connection, const TlsConfig& config, const std::string& host);

/// After the handshake: whether the broker's key is the pinned one, if there is one.
Result<void> check_pin(SSL* connection, const TlsConfig& config);

/// Of a handshake that failed.
std::string tls_error_text(SSL* connection, const boost::system::error_code& error);

}  // namespace meshcore::bridge

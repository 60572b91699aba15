// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

#include "dissector/core/crypto.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

bool is_address(const std::string& host) {
    error_code problem;
    boost::asio::ip::make_address(host, problem);
    return !problem;
}

}  // namespace

Result<ssl::context> make_tls_context(const TlsConfig& config) {
    ssl::context context{ssl::context::tls_client};
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code problem;
    const auto failed = [&](const char* what, const std::string& file) {
        return fail(fmt::format("cannot use {} {}: {}", what, file, problem.message()));
    };
    context.set_verify_mode(config.verify ? ssl::verify_peer : ssl::verify_none, problem);
    if (config.ca_file.empty())
        context.set_default_verify_paths(problem);
    else
        context.load_verify_file(config.ca_file, problem);
    if (problem) return failed("ca_file", config.ca_file);
    if (config.cert_file.empty()) return context;
    context.use_certificate_chain_file(config.cert_file, problem);
    if (problem) return failed("cert_file", config.cert_file);
    const std::string& key = config.key_file.empty() ? config.cert_file : config.key_file;
    // Without this the library would ask whoever sits at the terminal, and wait.
    bool locked = false;
    context.set_password_callback(
        [&locked](std::size_t, ssl::context::password_purpose) {
            locked = true;
            return std::string{};
        },
        problem);
    context.use_private_key_file(key, ssl::context::pem, problem);
    if (problem && locked)
        return fail(
            fmt::format("cannot use key_file {}: it is locked with a passphrase; store it without "
                        "one, where nobody else can read it",
                        key));
    if (problem) return failed("key_file", key);
    return context;
}

void prepare_tls(SSL* connection, const TlsConfig& config, const std::string& host) {
    X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
    if (is_address(host)) {
        if (config.verify) X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
        return;
    }
    SSL_set_tlsext_host_name(connection, host.c_str());
    if (config.verify) X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
}

Result<void> check_pin(SSL* connection, const TlsConfig& config) {
    if (config.pin.empty()) return {};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(connection),
                                                                  &X509_free};
    unsigned char* bytes = nullptr;
    const int length =
        certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &bytes) : 0;
    std::string found;
    if (length > 0) found = to_hex(sha256({Bytes{bytes, static_cast<std::size_t>(length)}}));
    OPENSSL_free(bytes);
    if (found == lower_case(config.pin)) return {};
    return fail(fmt::format("the broker's public key is not the pinned one; it is {}", found));
}

std::string tls_error_text(SSL* connection, const error_code& error) {
    const long verified = SSL_get_verify_result(connection);
    if (verified != X509_V_OK)
        return fmt::format("the broker's certificate is not accepted: {}",
                           X509_verify_cert_error_string(verified));
    return fmt::format("TLS fails: {}", error.message());
}

}  // namespace meshcore::bridge
